"""Read capitals as a person does: "UKRAINE SAYS RUSSIA'S SHOIGU CALLED MILLEY" is a sentence with four names.

Reads:  a body, and how frequent each spelling of a word is in the pipeline's own lexicon
Writes: a copy of the same length in ordinary case, for the parser only; offsets and the published body stay

Absent on purpose: words in ordinary case are never touched.
"""

import re
from collections.abc import Callable

Rank = Callable[[str], int | None]
"""The place of a spelling in the order of frequency, the most frequent first; None if it is unknown."""

_CAPITALS = re.compile(r"[^\W\d_a-z]{2,}(?:['\u2019][^\W\d_a-z]+)?")
_WORD = re.compile(r"(?<!\w\.)[^\W\d_]+(?!\.\w)(?:['\u2019][^\W\d_]+)*")
_KEPT = frozenset(("US", "UN", "EU", "UK"))
_UNKNOWN = 10**9
_RARER = 10
_FAR_RARER = 3


def ordinary_case(body: str, rank: Rank, below: str = "") -> str:
    """The body with lines in capitals, and names in capitals elsewhere, in ordinary case; the same length.

    "Sheikh HASINA arrived" becomes "Sheikh Hasina arrived"; "NATO said it would NOT" stays.

    Args:
        body: some lines, of which the first may be a headline.
        rank: how frequent each spelling of a word is.
        below: what stands below them in the article.
    """
    lines = body.split("\n")
    if _is_headline(lines[0]):
        lines[0] = _headline(lines[0], body[len(lines[0]) :] + below, rank)
    return "\n".join(_line(line, rank) if _CAPITALS.search(line) else line for line in lines)


def _is_headline(line: str) -> bool:
    """Does a first line capitalise every long word: "Only Half of the Ministers Will Fly to Oslo"?"""
    long = [word for word in _WORD.findall(line) if len(word) > 3]
    return 3 < len(long) < 20 and all(word[0].isupper() for word in long) and not line.isupper()


def _headline(line: str, rest: str, rank: Rank) -> str:
    """A headline with capitals only where the rest of the article has them, or writers in general."""
    seen = set(_WORD.findall(rest))

    def spelled(match: re.Match[str]) -> str:
        word = match[0]
        small = word.lower()
        if not match.start() or word[1:] != small[1:] or len(small) != len(word):
            return word
        if word in seen or small in seen:
            return small if small in seen and _mostly_small(word, rest) else word
        return small if _place(rank, small) * _FAR_RARER < _place(rank, word) else word

    return _WORD.sub(spelled, line)


def _mostly_small(word: str, rest: str) -> bool:
    """Is a word written small in the article, capitals at the start of a sentence apart?"""
    inside = len(re.findall(rf"(?<=[a-z,] ){re.escape(word)}\b", rest))
    return len(re.findall(rf"\b{re.escape(word.lower())}\b", rest)) > inside


def _line(line: str, rank: Rank) -> str:
    letters = sum(map(str.isalpha, line))
    if letters < 4 or sum(map(str.isupper, line)) < letters * 0.85:
        return _CAPITALS.sub(lambda match: _emphasised(match[0], rank), line)
    spoken = _CAPITALS.sub(lambda match: _shouted(match[0], rank), line)
    start = len(spoken) - len(spoken.lstrip())
    return _same_length(line, spoken[:start] + spoken[start : start + 1].upper() + spoken[start + 1 :])


def _shouted(word: str, rank: Rank) -> str:
    """One word of a line in capitals: the spelling that writers use most; a name if nobody uses any."""
    if word in _KEPT:
        return word
    stem, mark, tail = _cut(word)
    spellings = (_capitalised(stem), stem.lower(), stem)
    best = min(spellings, key=lambda spelling: _place(rank, spelling))
    return _same_length(word, best + mark + tail)


def _emphasised(word: str, rank: Rank) -> str:
    """A word in capitals among others is a name only if it is hardly ever written so."""
    stem, mark, tail = _cut(word)
    name = _place(rank, _capitalised(stem))
    is_name = name * _RARER < _place(rank, stem) and name < _place(rank, stem.lower())
    return _same_length(word, _capitalised(stem) + mark + tail) if is_name and len(stem) > 3 else word


def _cut(word: str) -> tuple[str, str, str]:
    """A possessive apart: "RUSSIA'S" is RUSSIA, ', s."""
    for mark in ("'", "\u2019"):
        stem, found, tail = word.partition(mark)
        if found and len(tail) == 1:
            return stem, mark, tail.lower()
    return word, "", ""


def _capitalised(word: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda match: match[0].capitalize(), word)


def _place(rank: Rank, spelling: str) -> int:
    place = rank(spelling)
    return _UNKNOWN if place is None else place


def _same_length(word: str, spelling: str) -> str:
    return spelling if len(spelling) == len(word) else word
