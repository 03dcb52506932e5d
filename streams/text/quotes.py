"""Quotations: where an article stands between quotation marks, and how much of a statement does.

Reads:  the body
Writes: the quoted ranges in reading order, and the kind of a statement: direct, indirect or mixed
Deliberately absent: who speaks. Marks alone do not tell: "the alleged use of ‘dirty bombs’" quotes nobody's
speech.

Double marks are straight, curly, angle, and doubled apostrophes; only they decide the kind, since single ones
are too easily apostrophes. A quotation left open ends with its paragraph, and the next paragraph of the same
speech opens its own, as multi-paragraph quotations do.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from readout.schemas.statements import StatementKind
from readout.streams.text.spans import Span

_PARAGRAPH = re.compile(r"[^\n]+")
_DOUBLE = re.compile(r"[“”„«»\"]|''|``|‘‘|’’")
_OPENERS = frozenset({"“", "„", "«", "``", "‘‘"})
_CLOSERS = frozenset({"”", "»", "’’"})
_OPENS_AFTER = frozenset("([—–-'‘")
# “It’s ‘in their heads’” and 'We are ready,' he said; but neither "the '90s" nor "the workers' pay".
# The mark comes first, what stands before it is looked at afterwards: so the text is searched for marks alone.
_SINGLE = re.compile(
    r"""[‘'’\n](?:
        (?P<opens> (?<=[‘'])(?<![\w'’‘].)(?=[^\W\d]|[\[“"]) )
    |   (?P<closes> (?<=[^\s'’‘][’'])(?![\w'’]) )
    |   (?P<breaks> (?<=\n) )
    )""",
    re.VERBOSE,
)
_WORD = re.compile(r"\w+(?:(?:['’\-.&]|(?<=\d),(?=\d))\w+)*")
_SPACE = re.compile(r"\s")


class Quotation(NamedTuple):
    """A quoted range, its marks included."""

    span: Span
    is_double: bool


def quotations(text: str) -> tuple[Quotation, ...]:
    """All quotations of a text in reading order; single ones only where they touch no double one."""
    double = double_quotations(text)
    found = [Quotation(span, is_double=True) for span in double]
    found += [
        Quotation(span, is_double=False) for span in _single_quotations(text) if not _touches(span, double)
    ]
    return tuple(sorted(found))


def _single_quotations(text: str) -> Iterator[Span]:
    start: int | None = None
    for mark in _SINGLE.finditer(text):
        if mark.lastgroup == "closes" and start is not None:
            yield Span(start, mark.end())
        start = mark.start() if mark.lastgroup == "opens" else None


def double_quotations(text: str) -> tuple[Span, ...]:
    """The ranges between double quotation marks, the marks included, in reading order."""
    return tuple(span for paragraph in _PARAGRAPH.finditer(text) for span in _pairs(paragraph))


def _pairs(paragraph: re.Match[str]) -> Iterator[Span]:
    """Marks open and close in turn; a second opening mark changes nothing, nor does a stray closing one."""
    words, first = paragraph.group(), paragraph.start()
    start: int | None = None
    for mark in _DOUBLE.finditer(words):
        is_opening = _opens(words, mark, is_open=start is not None)
        if is_opening and start is None:
            start = mark.start()
        elif not is_opening and start is not None:
            yield Span(first + start, first + mark.end())
            start = None
    if start is not None:
        yield Span(first + start, paragraph.end())


def _opens(words: str, mark: re.Match[str], *, is_open: bool) -> bool:
    """Upright marks open where they lean on the next word only: said "we"; undecided ones take turns."""
    if mark.group() in _OPENERS | _CLOSERS:
        return mark.group() in _OPENERS
    before, after = words[max(mark.start() - 1, 0) : mark.start()], words[mark.end() : mark.end() + 1]
    leans_left = bool(before) and not before.isspace() and before not in _OPENS_AFTER
    leans_right = bool(after) and not after.isspace()
    return leans_right if leans_left != leans_right else not is_open


def statement_kind(text: str, content: Sequence[Span], quoted: Sequence[Span]) -> StatementKind:
    """Direct if all words of the content stand in the quoted ranges, mixed if some do, else indirect.

    Args:
        text: the body.
        content: the spans of the content.
        quoted: `double_quotations(text)`.
    """
    whole = [_whole(text, span) for span in content]
    if not any(_touches(span, quoted) for span in whole):
        return "indirect"
    inside = {
        _touches(word, quoted)
        for span, around in zip(content, whole, strict=True)
        for word in _words(text, span, around)
    }
    if True not in inside:
        return "indirect"
    return "mixed" if False in inside else "direct"


def _whole(text: str, span: Span) -> Span:
    """The span, and the words whole that it cuts."""
    start = span.start
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    space = _SPACE.search(text, span.end)
    return Span(start, space.start() if space else len(text))


def _words(text: str, span: Span, around: Span) -> Iterator[Span]:
    """Every word that shares a code point with the span, whole even where the span cuts it."""
    words = (Span(*word.span()) for word in _WORD.finditer(text, *around))
    return (word for word in words if word.overlaps(span))


def _touches(span: Span, quoted: Sequence[Span]) -> bool:
    nearest = bisect_right(quoted, span)
    return any(span.overlaps(other) for other in quoted[max(nearest - 1, 0) : nearest + 1])
