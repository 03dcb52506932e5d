"""Lines and paragraphs: which line breaks divide, and which ones only had no room left.

Reads:  a text of plain characters (`characters`)
Writes: its paragraphs, each as pieces of the text: hard-wrapped lines joined, hyphens at a wrap judged, runs of
        spaces one space

A break is a wrap where the sentence plainly goes on (a small letter, a comma, "of the", "met"), or where the next
word had no room in a text that is wrapped. Lists, tables, headlines, verse and labels keep their lines.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from readout.streams.text.parser.casing import Rank
from readout.streams.text.reading.offsets import Piece
from readout.streams.text.spans import Span

_LINE = re.compile(r"[^\n]*[^\s\n][^\n]*")
_TERMINAL = re.compile(r"[.!?\u2026:] ?[\"'\u2019\u201d\u00bb\u203a\u300d)\]*_]*$")
_DASH = "[-\u2013\u2014]"
_SIGN = "[*\u00b7\u2022\u2023\u2043\u2219\u25a0\u25aa-\u25ac\u25b6\u25b8\u25ba\u25c6\u25cb\u25cf\u25e6\u27a4]"
_BULLET = re.compile(rf"(?:{_DASH}|{_SIGN}|\(?(?:\d{{1,2}}|[a-z])[.)])\s+\S")
_NAME_ALONE = r"[A-Z][\w.'\u2019-]*(?:,?\s(?:[A-Z(][\w.'\u2019()-]*|of|the|for|de|van|von|al)){0,6}$"
# "— Anna Berg" below a quotation is who said it.
_BULLET_SIGN = re.compile(rf"(?:{_SIGN}|{_DASH}(?!\s+{_NAME_ALONE}))\s+(?=\S)")
_LABEL = re.compile(r"(?:[QA]|[A-Z][\w.\u2019'-]*(?: [A-Z][\w.\u2019'-]*){0,3}):\s")
# A speaker's name on a line of its own, above what is said.
_LABEL_ALONE = re.compile(
    r"(?:[QA]|[A-Z][A-Z.\u2019'-]+(?: [A-Z][A-Z.\u2019'-]*){0,4}(?: ?\([^)]{1,30}\))?):"
)
_SPEAKER = re.compile(
    r"(?:[QA]|[A-Z][A-Z.\u2019'-]+(?: [A-Z][A-Z.\u2019'-]*){0,4}(?: ?\([^)]{1,30}\))?):(?:\s|$)"
)
_SMALL = re.compile(r"[\"'\u2018\u201c(\[]*[a-z\u00df-\u00f6\u00f8-\u00ff]")
_CAPITAL_LINE = re.compile(r"[^a-z]*[A-Z][^a-z]*")
_SPACES = re.compile(r" {2,}")
_HYPHENATED = re.compile(r"([^\W\d_]+)-$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_RAGGED = 0.8
"""How full a line is that breaks off in a sentence, of the widest such line."""
_COMMON = 16_000
"""Words up to this place in the order of frequency are one word, whatever their halves mean: with-/out."""
_RARER = 3
_SHORTEST_PROSE = 45
_LONGEST_WORD = 24
_FEW = 10
"""One line in so many may be wider than the rest, as a headline that nobody wrapped."""
_RARE = 20
"""One broken line in so many may be wider as well: no-break spaces hold its words together."""
_MOST_WIDTH = 132
_LEAST_WIDTH = 24
_HEADING_WORDS = 14
# “We are ready.” — Anna Berg
_SIGNED = re.compile(r"[\u2015\u2014\u2013-]\s?[A-Z][\w.'\u2019-]*(?:[ ,]+[\w.'\u2019()-]+){0,6}$")
_SENTENCE_END = re.compile(r"[a-z\u00df-\u00ff)\d][.!?][\"'\u2019\u201d]? [\"'\u2018\u201c]?[A-Z]")
# "on Sept." above "5. Beauty queens are", which is no item of a list.
_BEFORE_NUMBERS = frozenset(
    "jan. feb. mar. apr. jun. jul. aug. sept. sep. oct. nov. dec. no. nos. p. pp.".split()
)
# Words that end no line of their own, so that the next line goes on: "of the", "spoke with", "Prime Minister".
_GOES_ON = frozenset(
    "a an the this that these those his her its their our my your and or but nor as at by for from in into of "
    "off on onto over per than through to toward towards under until upon via with within without between "
    "among against about after before during since while when where which who whom whose because if whether "
    "though although is are was were be been being am has have had do does did will would shall should can "
    "could may might must not no very more most also both either neither such said says say told tells tell "
    "met meets meet called calls phoned visited visits received hosted thanked urged asked warned accused "
    "added announced discussed president minister chancellor secretary general ambassador senator governor "
    "chairman king queen prince princess prime foreign defence defense deputy vice mr mrs ms dr mr. mrs. ms. "
    "dr. gen. lt. col. sen. rep. gov. st. monday tuesday wednesday thursday friday saturday sunday january "
    "february march april june july august september october november december".split()
)


@dataclass(frozen=True)
class Line:
    """A line with words in it: trimmed of spaces, `indent` spaces behind the break, `apart` after an empty line."""

    text: str
    start: int
    indent: int
    apart: bool

    @property
    def end(self) -> int:
        """Where its words end."""
        return self.start + len(self.text)

    @cached_property
    def is_closed(self) -> bool:
        """Does it end as a sentence ends?"""
        return _TERMINAL.search(self.text) is not None

    @cached_property
    def first_word(self) -> str:
        """Up to the first space."""
        return self.text.split(" ", 1)[0]

    @cached_property
    def last_word(self) -> str:
        """From the last space."""
        return self.text.rsplit(" ", 1)[-1]


def lines(text: str) -> list[Line]:
    """The lines that are not empty, in order."""
    found = []
    end = 0
    for match in _LINE.finditer(text):
        words = match[0].strip()
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        apart = text.count("\n", end, match.start()) > 1
        found.append(Line(words, start, start - match.start(), apart))
        end = match.end()
    return found


def paragraphs(found: Sequence[Line], alone: Sequence[bool], begins: Sequence[bool]) -> list[list[Line]]:
    """The lines of each paragraph.

    Args:
        found: the lines of a text.
        alone: for each line, is it a part of the article by itself, such as a byline?
        begins: for each line, does a paragraph begin with it in any case?
    """
    is_spaced = len(found) == 2 or any(line.apart for line in found[1:])
    shape = _Shape(_width(found), is_spaced, _is_hanging(found))
    groups: list[list[Line]] = []
    was_alone, in_head = False, True
    for index, line in enumerate(found):
        is_part = alone[index] or begins[index]
        can_join = bool(groups) and not was_alone and _goes_on(groups[-1], line, shape, in_head=in_head)
        is_inside = can_join and (not is_part or _breaks_off(groups[-1][-1], line, shape.width))
        if is_inside:
            groups[-1].append(line)
        else:
            groups.append([line])
        was_alone = alone[index] and not is_inside
        in_head = in_head and (was_alone or not line.is_closed)
    return groups


class _Shape(NamedTuple):
    """How a text is set.

    Attributes:
        width: of its wraps; 0: it is not wrapped.
        is_spaced: do empty lines stand between paragraphs?
        is_hanging: are the lines below the first one of a paragraph set in?
    """

    width: int
    is_spaced: bool
    is_hanging: bool


def _breaks_off(above: Line, line: Line, width: int) -> bool:
    """Does the line above certainly end inside a sentence, so that "by Ann Lee" below it is no byline?"""
    if above.is_closed or above.text[-1] == "-":
        return False
    is_full = bool(width) and _had_no_room(above, line, width)
    return is_full or above.text[-1] in ",(" or above.last_word.casefold() in _GOES_ON


def _width(found: Sequence[Line]) -> int:
    """The widest line that certainly broke off in a sentence, rare ones apart; 0: the text is not wrapped."""
    pairs = [(line, after) for line, after in itertools.pairwise(found) if not after.apart]
    broken = [len(line.text) + line.indent for line, after in pairs if _goes_on_plainly(line, after)]
    widest = sorted(broken)[-1 - len(broken) // _RARE] if broken else 0
    if not broken or len(broken) * 5 < len(pairs) or not _LEAST_WIDTH <= widest <= _MOST_WIDTH:
        return 0
    if len(broken) == 1 and not all(
        _had_no_room(line, after, widest, is_hanging=_is_hanging(found)) for line, after in pairs
    ):
        return 0
    longer = sum(len(line.text) > widest + _LONGEST_WORD for line in found)
    return widest if longer * _FEW < len(found) else 0


def _is_hanging(found: Sequence[Line]) -> bool:
    """Is a line set in further than the one that it plainly goes on, more often than the other way round?"""
    joined = [(line, after) for line, after in itertools.pairwise(found) if not after.apart]
    steps = [after.indent - line.indent for line, after in joined if _goes_on_plainly(line, after)]
    return sum(step > 1 for step in steps) > sum(step < -1 for step in steps)


def _goes_on_plainly(line: Line, after: Line) -> bool:
    """The line breaks off inside a sentence, whatever the width."""
    if line.is_closed:
        return False
    return bool(_SMALL.match(after.text)) or line.text[-1] == "," or line.last_word.casefold() in _GOES_ON


def _goes_on(group: Sequence[Line], line: Line, shape: _Shape, *, in_head: bool) -> bool:
    """Does a line go on the paragraph above it? `in_head`: no sentence has ended so far."""
    above = group[-1]
    if line.apart or _is_row(line) or _is_row(above):
        return False
    if len(group) == 1 and _LABEL_ALONE.fullmatch(above.text):
        return True
    if shape.width and _had_no_room(above, line, shape.width, is_hanging=shape.is_hanging):
        return True
    if above.is_closed or (not shape.width and _starts_anew(line)):
        return False
    return _is_open(group, line, in_head=in_head) or (
        shape.is_spaced and _is_prose(group, line, in_head=in_head)
    )


def _had_no_room(above: Line, line: Line, width: int, *, is_hanging: bool = False) -> bool:
    """Would the next word have fitted? In a wrapped text only the end of a paragraph leaves room."""
    is_set_in = line.indent > above.indent + 1 and not is_hanging
    if above.is_closed and (is_set_in or _begins_item(above, line)):
        return False
    if len(above.text) > width + _LONGEST_WORD:
        return False
    needed = len(above.text) + above.indent + 1 + len(line.first_word)
    return needed > width if above.is_closed else needed > width * _RAGGED


def _begins_item(above: Line, line: Line) -> bool:
    """Does a line begin a list's item or a speaker's turn? Not "5. Beauty queens" below "on Sept."."""
    return _starts_anew(line) and above.last_word.casefold() not in _BEFORE_NUMBERS


def _starts_anew(line: Line) -> bool:
    return _BULLET.match(line.text) is not None or _LABEL.match(line.text) is not None


def _is_open(group: Sequence[Line], line: Line, *, in_head: bool) -> bool:
    """The line above breaks off in a sentence."""
    above = group[-1]
    if _SMALL.match(line.text) and not _BULLET.match(line.text):
        return True
    if above.text[-1] in ",(-\u2014\u2013" or above.last_word.casefold() in _GOES_ON:
        return not _CAPITAL_LINE.fullmatch(above.text)
    words = 0 if in_head else sum(len(one.text.split()) for one in group)
    if not line.text[0].isalnum() or _SIGNED.search(above.text):
        return False
    return words > _HEADING_WORDS and _SENTENCE_END.search(above.text) is not None and not _is_table(line)


def _is_row(line: Line) -> bool:
    """A row of results: names and numbers, no small word, at least as many numbers as names."""
    words = line.text.split()
    numbers = sum(word[0].isdigit() or (word[0] in ".-+(" and word[1:2].isdigit()) for word in words)
    return numbers > 1 and numbers * 2 >= len(words) and not any(word[0].islower() for word in words)


def is_label(text: str) -> bool:
    """Does a line begin with a speaker's name in capitals, as in a transcript?"""
    return _SPEAKER.match(text) is not None


def _is_prose(group: Sequence[Line], line: Line, *, in_head: bool) -> bool:
    """In a text with empty lines between paragraphs, a long line of small words that no mark ends goes on.

    The first paragraph may be a headline with the text below it, which is longer.
    """
    above = group[-1].text
    if line.apart or group[-1].is_closed or not line.text[0].isalnum() or _SIGNED.search(above):
        return False
    if not _SHORTEST_PROSE <= len(above) <= _MOST_WIDTH or _starts_anew(line):
        return False
    words = above.split()
    is_small = sum(word[0].islower() for word in words) * 14 >= len(words) * 5
    return is_small and (not in_head or (line.is_closed and len(line.text) < len(above)))


def _is_table(line: Line) -> bool:
    """Are most of its words numbers or names without a verb: a row of results?"""
    words = line.text.split()
    return sum(word[0].islower() for word in words) * 4 < len(words)


def pieces(group: Sequence[Line], rank: Rank | None) -> Iterator[Piece]:
    """The words of a paragraph as pieces of the text: one space where lines were joined or spaces ran on.

    The sign in front of a list's item is no word of it.
    """
    for number, line in enumerate(group):
        first = 0
        if number:
            above = group[number - 1]
            cut, joint = _joint(above, line, rank)
            yield above.end - cut, line.start, joint
        elif sign := _BULLET_SIGN.match(line.text):
            first = sign.end()
        yield from _spaced(line, first, _kept(group, number, rank))


def _kept(group: Sequence[Line], number: int, rank: Rank | None) -> int:
    """The length of a line without a hyphen that goes with its wrap."""
    line = group[number]
    if number + 1 == len(group):
        return len(line.text)
    return len(line.text) - _joint(line, group[number + 1], rank)[0]


def _spaced(line: Line, first: int, length: int) -> Iterator[Piece]:
    done = first
    for match in _SPACES.finditer(line.text, first, length):
        yield line.start + done, line.start + match.start(), None
        yield line.start + match.start(), line.start + match.end(), " "
        done = match.end()
    yield line.start + done, line.start + length, None


def _joint(above: Line, line: Line, rank: Rank | None) -> tuple[int, str]:
    """How many characters of the line above go, and what joins it to the next one."""
    broken = _HYPHENATED.search(above.text)
    if broken is None or not line.text[0].isalnum():
        return (0, " ") if not _ends_in_hyphen(above) else (0, "")
    after = _FIRST_WORD.match(line.text)
    if after is None or not line.text[0].islower():
        return 0, ""
    return (1, "") if _is_one_word(broken[1], after[0], rank) else (0, "")


def _ends_in_hyphen(line: Line) -> bool:
    return len(line.text) > 1 and line.text[-1] in "-\u2010\u2011" and line.text[-2].isalnum()


def _is_one_word(before: str, after: str, rank: Rank | None) -> bool:
    """Was "nego-/tiations" one word, other than "long-/term"? Writers in general know."""
    if rank is None:
        return True
    whole = _place(rank, before + after)
    return whole < max(_COMMON, _RARER * max(_place(rank, before), _place(rank, after)))


def _place(rank: Rank, word: str) -> int:
    found = rank(word)
    if found is None:
        found = rank(word.lower())
    return 10**9 if found is None else found


def extent(group: Sequence[Line]) -> Span:
    """Where a paragraph stands in the text."""
    return Span(group[0].start, group[-1].end)
