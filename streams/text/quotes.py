"""Quotations: where an article stands between quotation marks, and how much of a statement does.

Reads:  the body, or the text that is read of it
Writes: what each mark does, the quoted ranges in reading order, and the kind of a statement
Deliberately absent: who speaks. Marks alone do not tell: "the alleged use of ‘dirty bombs’" quotes nobody's
speech.

Double marks are those of all houses: straight, curly, low, angle, corner, doubled single ones. They decide the
kind: direct, indirect or mixed; single ones do so only in an article whose house writes no others. A quotation left
open ends with its paragraph, and the next paragraph of the same speech opens its own.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from readout.schemas.statements import StatementKind
from readout.streams.text.spans import Span

_PARAGRAPH = re.compile(r"[^\n]+")
_HAS_MARK = re.compile("[\"“”„‟«»‹›「」『』＂〝〞`'‘’‚‛]")
# Of three straight marks that close, the first one closes what is inside.
_MARK = re.compile("(?<=\\S)'(?=''(?!'))|''|``|‘‘|’’|,,(?=[^\\W\\d])|[\"“”„‟«»‹›「」『』＂〝〞]|['‘’‚‛`]")
_SINGLE = frozenset("'‘’‚‛`")
_OPENERS = frozenset({"“", "„", "‟", "«", "‹", "「", "『", "〝", "``", "‘‘", ",,", "‘", "‚", "‛", "`"})
_CLOSERS = frozenset({"”", "»", "›", "」", "』", "〞", "’’", "''", "’"})
_ALL_MARKS = frozenset("\"“”„‟«»‹›「」『』＂〝〞'‘’‚‛`")
_MARKS_BESIDE = 16
_OPENS_AFTER = frozenset("([{—–-/")
_SENTENCE_MARKS = frozenset(".,!?…;:—–")
_FAMILIES = ("“”„‟", "«»", "‹›", "「」", "『』")
_STRAIGHT = ('"', "＂", "〞", "''", "’’")
_DEEPEST = 3
# What stands behind a mark that may open: no mark of the sentence, but an ellipsis.
_BEHIND = re.compile(r"\.\.|…\w|[^\s,.;:!?)\]}…]")
# What a leading apostrophe stands for: 'em, 'tis, rock 'n' roll, the '90s.
_CLIPPED = re.compile(
    r"(?:\d|(?:em|tis|twas|til|cause|bout|n|round|cos|ere|neath|nuff|tude|hood)\b)", re.IGNORECASE
)
_WORD = re.compile(r"\w+(?:(?:['’\-.&]|(?<=\d),(?=\d))\w+)*")
_SPACE = re.compile(r"\s")
_LONG_SPEECH = 4

Role = Literal["opens", "closes", "apostrophe", "idle"]


class Quotation(NamedTuple):
    """A quoted range, its marks included."""

    span: Span
    is_double: bool


class Mark(NamedTuple):
    """One mark and what it does; `depth` counts the quotations that it opens or closes in, the outermost 0."""

    span: Span
    role: Role
    is_double: bool
    depth: int


def quotations(text: str) -> tuple[Quotation, ...]:
    """All quotations of a text in reading order; single ones only where they touch no double one."""
    if _HAS_MARK.search(text) is None:
        return ()
    found = [one for paragraph in _PARAGRAPH.finditer(text) for one in _outermost(paragraph)]
    if _single_house(text, found):
        found = [one._replace(is_double=True) for one in found]
    return tuple(found)


def double_quotations(text: str) -> tuple[Span, ...]:
    """The ranges of the quotations that decide the kind of a statement, the marks included, in reading order."""
    return tuple(quotation.span for quotation in quotations(text) if quotation.is_double)


def marks(text: str) -> Iterator[Mark]:
    """What each quotation mark and apostrophe of a text does, in reading order; idle ones do nothing."""
    if _HAS_MARK.search(text) is None:
        return
    for paragraph in _PARAGRAPH.finditer(text):
        yield from _marks(paragraph)


def is_single_house(text: str) -> bool:
    """Does an article write its quotations with single marks alone, or with double ones only inside them?"""
    found = [one for paragraph in _PARAGRAPH.finditer(text) for one in _outermost(paragraph)]
    return _single_house(text, found)


def _single_house(text: str, found: Sequence[Quotation]) -> bool:
    if any(one.is_double for one in found):
        return False
    return any(_is_speech(text[one.span.start + 1 : one.span.end - 1]) for one in found)


def _is_speech(words: str) -> bool:
    """A sentence or a good part of one; but not ‘dirty bombs’."""
    return words[-1:] in _SENTENCE_MARKS or len(words.split()) >= _LONG_SPEECH


def _outermost(paragraph: re.Match[str]) -> Iterator[Quotation]:
    """The quotations of a paragraph that lie in no other one; with double marks, one left open goes to its end."""
    start: Mark | None = None
    for mark in _marks(paragraph):
        if mark.role == "opens" and mark.depth == 0:
            start = mark
        elif mark.role == "closes" and mark.depth == 0 and start is not None:
            yield Quotation(Span(start.span.start, mark.span.end), is_double=start.is_double)
            start = None
    if start is not None and start.is_double:
        yield Quotation(Span(start.span.start, paragraph.end()), is_double=True)


@dataclass(slots=True)
class _Open:
    """The quotations open at a place, the outermost first: each with its mark."""

    stack: list[str] = field(default_factory=list)

    def has_single(self) -> bool:
        return any(mark in _SINGLE for mark in self.stack)

    def last(self, *, single: bool) -> int | None:
        places = [place for place, mark in enumerate(self.stack) if (mark in _SINGLE) is single]
        return places[-1] if places else None


def _marks(paragraph: re.Match[str]) -> Iterator[Mark]:
    words, first = paragraph.group(), paragraph.start()
    open_now = _Open()
    for match in _MARK.finditer(words):
        role = (
            _single_role(words, match, open_now)
            if match[0] in _SINGLE
            else _double_role(words, match, open_now)
        )
        if role is None:
            continue
        span, is_double = Span(first + match.start(), first + match.end()), match[0] not in _SINGLE
        if role in ("apostrophe", "idle"):
            yield Mark(span, role, is_double, len(open_now.stack))
            continue
        after = words[match.end() :]
        depth = _opened(open_now, match[0], after) if role == "opens" else _closed(open_now, match[0])
        yield Mark(span, "idle" if depth is None else role, is_double, depth or 0)


def _opened(now: _Open, mark: str, after: str) -> int | None:
    """A second opening mark of a kind that is open already changes nothing, unless another kind lies between.

    Nor does one of another house inside double marks that nobody closes in the words behind it.
    """
    single = mark in _SINGLE
    if len(now.stack) >= _DEEPEST or (now.stack and _alike(now.stack[-1], mark)):
        return None
    if not single and now.stack and not _is_closed(now.stack[-1], after):
        return None
    if not single and any(_alike(mark, other) for other in now.stack) and now.stack[-1] not in _SINGLE:
        return None
    now.stack.append(mark)
    return len(now.stack) - 1


def _alike(one: str, other: str) -> bool:
    if one in _SINGLE or other in _SINGLE:
        return one in _SINGLE and other in _SINGLE
    return _family(one) == _family(other)


def _is_closed(mark: str, after: str) -> bool:
    """Does a mark of the same kind stand behind some word of those behind? Of single ones nobody asks."""
    family = _family(mark)
    places = (place for closing in family for place in _places(after, closing))
    return mark in _SINGLE or any(not after[place - 1 : place].isspace() for place in places)


def _places(text: str, words: str) -> Iterator[int]:
    place = text.find(words)
    while place >= 0:
        yield place
        place = text.find(words, place + 1)


def _family(mark: str) -> Sequence[str]:
    return next((family for family in _FAMILIES if mark in family), _STRAIGHT)


def _closed(now: _Open, mark: str) -> int | None:
    """A closing mark ends what was opened with its kind, and all that was left open inside."""
    place = next(
        (place for place in reversed(range(len(now.stack))) if _alike(now.stack[place], mark)),
        now.last(single=mark in _SINGLE),
    )
    if place is None:
        return None
    del now.stack[place:]
    return place


def _leans(words: str, match: re.Match[str]) -> tuple[bool, bool]:
    """Does a mark lean on the word before it, and on the one behind? Marks beside it are looked through."""
    before, after = match.start() - 1, match.end()
    # No further than this: of thousands of marks in a row each would look through all others.
    first, last = max(0, match.start() - _MARKS_BESIDE), min(len(words), match.end() + _MARKS_BESIDE)
    while before >= first and words[before] in _ALL_MARKS:
        before -= 1
    while after < last and words[after] in _ALL_MARKS:
        after += 1
    left = before >= 0 and not words[before].isspace() and words[before] not in _OPENS_AFTER
    right = _BEHIND.match(words, after) is not None
    return left, right


def _double_role(words: str, match: re.Match[str], now: _Open) -> Role | None:
    """Marks open where they lean on the next word only: said "we"; undecided ones go by shape, or take turns."""
    mark = match[0]
    is_open = now.last(single=False) is not None
    left, right = _leans(words, match)
    if mark in ('"', "''") and not is_open and left and words[match.start() - 1].isdigit():
        return None  # six inches, 6'2"
    if left != right:
        opens = right
    elif mark in _OPENERS | _CLOSERS and mark != "''":
        opens = mark in _OPENERS
    else:
        opens = not is_open
    if mark in {"„", ",,", "``", "‘‘"}:
        opens = True
    return "opens" if opens else "closes"


def _single_role(words: str, match: re.Match[str], now: _Open) -> Role:
    start, end = match.span()
    before, after = words[start - 1 : start], words[end : end + 1]
    if before.isalnum() and after.isalnum():
        return "apostrophe"
    left, right = _leans(words, match)
    if left and not right:
        return _closing_role(words, match, now)
    if right and not left:
        return _opening_role(words, match, now)
    if left and after and not after.isalnum() and now.has_single():
        return _closing_role(words, match, now)
    return "apostrophe" if before.isalnum() or after.isalnum() else "idle"


def _closing_role(words: str, match: re.Match[str], now: _Open) -> Role:
    """Of 'the workers' pay is low,' he said, the mark behind the comma closes."""
    before = words[match.start() - 1 : match.start()]
    if not now.has_single():
        return "apostrophe" if before.isalnum() else "idle"
    if before in "sS" and words[match.end() : match.end() + 1] == " " and _closes_later(words, match.end()):
        return "apostrophe"
    return "closes"


def _closes_later(words: str, place: int) -> bool:
    """Is there a better closing mark ahead, behind a mark of the sentence, before another quotation opens?"""
    for match in re.finditer(r"[.,!?…]['’](?!\w)|(?<=\s)['‘](?=\w)", words[place:]):
        return match[0][0] not in "'‘"
    return False


def _opening_role(words: str, match: re.Match[str], now: _Open) -> Role:
    after = words[match.end() :]
    if match[0] != "‘" and _CLIPPED.match(after):
        return "apostrophe"
    if match[0] == "‘" and _CLIPPED.match(after) and "’" not in after.split(" ", 1)[0]:
        return "apostrophe"
    if now.has_single():
        return "idle"
    if not (after[:1].isalpha() or after[:1] in "[(…" or after[:1] in _ALL_MARKS or match[0] == "‘"):
        return "apostrophe"
    return "opens" if _can_close(after) else "idle"


def _can_close(after: str) -> bool:
    return re.search(r"(?<=[^\s'’‘])['’](?!\w)", after) is not None


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
