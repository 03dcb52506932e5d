"""What a search has found, and the sentences in which evidence lies.

Pure. Sentences are found by marks and capitals, for people; nothing is derived from them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from readout.schemas.event import Event
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.decoding import decode_event

_END = re.compile(r"(?<=[.!?…])[\"”’»)]*\s+(?=[\"“‘«(]*[A-Z0-9])|\s*\n\s*")

# A full stop behind these ends no sentence: what follows is a name, or a number.
_SHORTENED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Cmdr|Sgt|Adm|Brig|Sen|Rep|Gov|Rev|St|No|vs|[A-Z])\.\s*$"
)
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a body, from its first code point, and the stretches in it that are evidence."""

    start: int
    text: str
    marks: tuple[Span, ...]
    """Half-open, in code points of `text`, in order and apart from each other."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record and its event; no event where the bytes cannot be read."""

    record: StoredRecord
    event: Event | None


def found_of(record: StoredRecord) -> Found:
    """A record with its event, if it can be read."""
    try:
        return Found(record, decode_event(record.value, record.headers))
    except InvalidRecord:
        return Found(record, None)


def sentences_with(body: str, spans: Iterable[Span]) -> tuple[Sentence, ...]:
    """The sentences in which spans lie, in order."""
    joined = _joined(spans)
    found = []
    for start, end in _bounds(body):
        marks = [(max(a, start) - start, min(b, end) - start) for a, b in joined if a < end and b > start]
        if marks:
            found.append(Sentence(start, body[start:end], tuple(marks)))
    return tuple(found)


def marked(sentence: Sentence, before: str, after: str) -> str:
    """The text of a sentence with signs around its evidence, white space as single spaces."""
    parts, done = [], 0
    for start, end in sentence.marks:
        parts += [sentence.text[done:start], before, sentence.text[start:end], after]
        done = end
    return " ".join("".join((*parts, sentence.text[done:])).split())


def _bounds(body: str) -> list[Span]:
    ends = _END.finditer(body)
    cuts = [one.end() for one in ends if not _SHORTENED.search(body, max(0, one.end() - 12), one.end())]
    edges = [0, *cuts, len(body)]
    return [(start, end) for start, end in pairwise(edges) if start < end]


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(set(spans)):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
