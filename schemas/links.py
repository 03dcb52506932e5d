"""A link: signed, in the `checkpoints` of a log that was copied from another one, with the heads of both.

Value:   a signed note (https://c2sp.org/signed-note) whose text is no checkpoint's: the second line is a time
Key:     `link`; it lies in partition 0

Pure: no key and no clock; who signs is in `readout.streams.audit.proof`.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from readout.schemas.checkpoints import Checkpoint, parse_checkpoint

EVENT_TYPE = "readout.link.signed.v1"
KEY = "link"
FORMAT = "readout link 1"
_BEFORE, _AFTER = "from ", "to "


@dataclass(frozen=True, slots=True)
class Link:
    """That a log was copied from another one: when, and the signed heads of all partitions of both."""

    time: str
    before: tuple[Checkpoint, ...]
    after: tuple[Checkpoint, ...]


def link_text(link: Link) -> str:
    """The text that is signed: format, time, and a line for each head."""
    lines = [FORMAT, link.time, *_lines(_BEFORE, link.before), *_lines(_AFTER, link.after)]
    return "\n".join(lines) + "\n"


def is_link(note: bytes) -> bool:
    """Does a value begin as a link?"""
    return note.startswith(f"{FORMAT}\n".encode())


def parse_link(text: str) -> Link:
    """Read the text of a link.

    Raises:
        ValueError: it is none.
    """
    first, _, rest = text.partition("\n")
    time, _, heads = rest.partition("\n")
    lines = heads.splitlines()
    before = [line for line in lines if line.startswith(_BEFORE)]
    after = lines[len(before) :]
    if first != FORMAT or not time or not before or not after or lines[: len(before)] != before:
        raise ValueError("a link has a time, lines that begin with from, and then lines that begin with to")
    return Link(time, _heads(_BEFORE, before), _heads(_AFTER, after))


def _lines(word: str, heads: Iterable[Checkpoint]) -> list[str]:
    return [f"{word}{one.origin} {one.size} {base64.b64encode(one.root).decode()}" for one in heads]


def _heads(word: str, lines: Iterable[str]) -> tuple[Checkpoint, ...]:
    if not all(line.startswith(word) and line.count(" ") == 3 for line in lines):
        raise ValueError(f"a line of a link is {word}ORIGIN SIZE ROOT")
    return tuple(parse_checkpoint(line.removeprefix(word).replace(" ", "\n") + "\n") for line in lines)
