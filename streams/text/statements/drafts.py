"""Drafts: attributions as tokens, between finding them and handing them out as spans of the body.

Reads:  tokens of a parsed body
Writes: spans, trimmed, in reading order
Deliberately absent: how source, cue and content are found, by `attribution_rules` or by the model.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Doc

from readout.streams.text.spans import Span

# At the edge of a phrase these belong to the sentence around it; quotation marks and brackets stay.
_EDGE_MARKS = frozenset({",", ";", ":", ".", "-", "--", "–", "—", "---", "…", "*", "•"})
_BRACKETS_AND_QUOTES = "“”„«»\"'`‘’()[]{} \n\t"


@dataclass(frozen=True, slots=True)
class Draft:
    """One attribution as token indexes in reading order; `head` is the cue's main word."""

    head: int
    cue: tuple[int, ...]
    source: tuple[int, ...]
    content: tuple[int, ...]


def to_spans(doc: Doc, tokens: Iterable[int]) -> tuple[Span, ...]:
    """Spans of the runs among the tokens, trimmed of white space and of the marks at their edges.

    Runs that nothing but white space or a mark divides are one span. Empty if only such tokens are given.
    """
    spans = (_trimmed(doc, first, last) for first, last in _runs(doc, sorted(set(tokens))))
    return tuple(span for span in spans if span is not None)


def _runs(doc: Doc, tokens: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for token in tokens:
        last = runs[-1][1] if runs else -2
        if token == last + 1 or (runs and all(_is_loose(doc, gap) for gap in range(last + 1, token))):
            runs[-1] = (runs[-1][0], token)
        else:
            runs.append((token, token))
    return runs


def _is_loose(doc: Doc, token: int) -> bool:
    word = doc[token]
    return word.is_space or word.text in _EDGE_MARKS


def _trimmed(doc: Doc, first: int, last: int) -> Span | None:
    while first <= last and _is_loose(doc, first):
        first += 1
    while last >= first and _is_loose(doc, last):
        last -= 1
    if first > last or not any(
        doc[index].text.strip(_BRACKETS_AND_QUOTES) for index in range(first, last + 1)
    ):
        return None
    return Span(doc[first].idx, doc[last].idx + len(doc[last].text))
