"""What copies what: how near texts are, whom they credit, and which reports are independent of each other.

Reads:  bodies and passages; reports of one contact
Writes: sketches (MinHash), credits, groups of reports with the reasons that join them
Pure:   rensa makes the sketches with a fixed seed; its version is pinned, since they stand in the records.
"""

import re
from collections.abc import Sequence

from rensa import RMinHash

from readout.schemas.contacts import ContactReport, CopyReason, ReportGroup
from readout.schemas.news import ArticlePublished
from readout.streams.processors.consolidation.names import fold
from readout.streams.text.gazetteer import Gazetteer

PERMUTATIONS = 64
_SEED = 42
_FEWEST_RUNS = 8
# One byte of each permutation is kept: two of 256 texts that share nothing agree in it all the same.
_BY_CHANCE = 1 / 256
_NEAR = 500
_WORD = re.compile(r"[^\W_]+")
_HEAD, _TAIL = 240, 200
_CREDITED = re.compile(
    r"\(([^()]{2,30})\)|/([^/]{2,30})/|[-–—]\s*([A-Z][\w. ]{1,24})$|^([A-Z][\w ]{1,24}):", re.MULTILINE
)
_ORIGIN = re.compile(
    r"(?:reported by|according to|told|quoted by|cited by|citing|quoting|, said)\s+(?:the\s+)?"
    r"((?:[A-Z][\w-]*\s?){1,4})"
    r"|((?:[A-Z][\w-]*\s?){1,4})(?:news agency\s*|state media\s*|agency\s*)?"
    r"(?:reported|reports|said|quoted|cited|writes)\b"
)


def sketch(text: str, run: int) -> str:
    """The MinHash of a text's runs of words, a byte for each permutation, hexadecimal; empty for a short text."""
    words = _WORD.findall(fold(text))
    runs = [" ".join(words[start : start + run]) for start in range(len(words) - run + 1)]
    if len(runs) < _FEWEST_RUNS:
        return ""
    made = RMinHash(PERMUTATIONS, _SEED)
    made.update(runs)
    return bytes(value & 0xFF for value in made.digest()).hex()


def nearness(one: str, other: str) -> int | None:
    """The Jaccard likeness of two sketched texts, in per mille; None if one is too short to tell."""
    if not one or not other:
        return None
    agreeing = sum(a == b for a, b in zip(bytes.fromhex(one), bytes.fromhex(other), strict=True))
    shared = (agreeing / PERMUTATIONS - _BY_CHANCE) / (1 - _BY_CHANCE)
    return max(0, round(1000 * shared))


def credit_of(article: ArticlePublished, gazetteer: Gazetteer) -> str | None:
    """The news agency that an article comes from, by its byline, its dateline or the line at its end."""
    places = [article.byline or "", article.body[:_HEAD], article.body[-_TAIL:]]
    for text in places:
        for found in _CREDITED.finditer(text):
            name = _agency(next(part for part in found.groups() if part), gazetteer)
            if name:
                return name
    return _agency(article.byline or "", gazetteer)


def origin_of(passages: Sequence[str], reporter: str | None, gazetteer: Gazetteer) -> str | None:
    """The agency or paper that the passages name as where the report comes from."""
    named = _medium(reporter or "", gazetteer)
    if named:
        return named
    for passage in passages:
        for found in _ORIGIN.finditer(passage):
            name = _medium(found[1] or found[2], gazetteer)
            if name:
                return name
    return None


def groups_of(reports: Sequence[ContactReport]) -> tuple[ReportGroup, ...]:
    """The reports of one contact by what copies what; groups and their members in the order of the reports."""
    joined = list(range(len(reports)))
    reasons: list[set[CopyReason]] = [set() for _ in reports]
    for second in range(len(reports)):
        for first in range(second):
            found = _why_copied(reports[first], reports[second])
            if found:
                _join(joined, reasons, first, second)
                reasons[_root(joined, first)].update(found)
    roots = [_root(joined, number) for number in range(len(reports))]
    return tuple(
        ReportGroup(
            reports=tuple(number for number, other in enumerate(roots) if other == root),
            reasons=tuple(sorted(reasons[root])),
        )
        for root in sorted(set(roots))
    )


def _why_copied(one: ContactReport, other: ContactReport) -> tuple[CopyReason, ...]:
    found: list[CopyReason] = []
    if one.text_sha256 == other.text_sha256 or one.article_id == other.article_id:
        found.append("same text digest")
    elif (nearness(one.text_sketch, other.text_sketch) or 0) >= _NEAR:
        found.append("near-duplicate text")
    if one.origin and one.origin == other.origin:
        found.append("same named origin")
    if one.credit and one.credit == other.credit:
        found.append("same wire credit")
    return tuple(found)


def _join(joined: list[int], reasons: list[set[CopyReason]], first: int, second: int) -> None:
    low, high = sorted((_root(joined, first), _root(joined, second)))
    if low != high:
        joined[high] = low
        reasons[low] |= reasons[high]


def _root(joined: list[int], number: int) -> int:
    while joined[number] != number:
        number = joined[number]
    return number


def _agency(words: str, gazetteer: Gazetteer) -> str | None:
    return _known(words, gazetteer, ("agency",))


def _medium(words: str, gazetteer: Gazetteer) -> str | None:
    return _known(words, gazetteer, ("agency", "outlet"))


def _known(words: str, gazetteer: Gazetteer, kinds: tuple[str, ...]) -> str | None:
    parts = words.replace("/", " ").split()
    for length in range(min(len(parts), 4), 0, -1):
        for start in range(len(parts) - length + 1):
            entry = gazetteer.lookup(" ".join(parts[start : start + length]).strip(".,;:"))
            if entry is not None and entry.kind in kinds:
                return entry.name
    return None
