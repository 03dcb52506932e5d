"""The grammar of single dates: which stretches of a text are date expressions, and what each one says.

Reads:  a text
Writes: `DateWords` in reading order, not yet resolved against any day (`resolving` does that)

Every expression holds all its words: "Thursday last week", "a week on Friday", "the Monday after next". What joins
two of them, such as "from Monday to Wednesday" or "the day before Thanksgiving", is in `composition`.
Deliberately absent: durations ("a two-day meeting"), times of day by themselves, and bare "May" or "March", which
are names or verbs more often than months unless "in", "last" or a day stands beside them.
"""

import re
from dataclasses import dataclass

from readout.streams.text.dates.rules import RULES
from readout.streams.text.spans import Span


@dataclass(frozen=True, slots=True)
class DateWords:
    """A date expression.

    Attributes:
        kind: which rule of the grammar found it; `resolving` knows what it means.
        parts: its parts in lower case, by name.
        ends: the expressions that it joins: first and last day, or the day that "the day before" counts from.
        is_bound: "since Monday", "until May": the edge of a time, and not the day of what is told.
        is_approximate: "around May 3".
    """

    span: Span
    kind: str
    parts: tuple[tuple[str, str], ...]
    ends: "tuple[DateWords, ...]" = ()
    is_bound: bool = False
    is_approximate: bool = False

    def part(self, name: str) -> str:
        """The words of a part; empty if the expression has none."""
        return dict(self.parts).get(name, "")


def _pieces(told: str) -> frozenset[str]:
    return frozenset(piece.replace("_", " ") for piece in told.split())


_PATTERNS = tuple(
    (
        kind,
        re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE),
        _pieces(one),
        _pieces(other),
    )
    for kind, words, one, other in RULES
)
_PIECES = sorted({piece for _, _, one, other in _PATTERNS for piece in one | other})

# What may stand before an expression and changes what it says; so many characters are looked at.
_BEFORE = 24
_BOUND = re.compile(
    r"\b(?:since|until|till|by|before|after|ahead\s+of|prior\s+to|following|than|from|as\s+of|starting|beginning)\s+(?:early\s+|late\s+|about\s+)?$",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\b(?:since|until|till|by|before|after)\s+$", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:\b(?:around|circa|roughly|approximately|some\s+time\s+(?:around|about)|sometime\s+(?:around|about)|on\s+or\s+(?:about|around))"
    r"|(?:^|[.,;]\s*|\bat\s+)about)\s+$",
    re.IGNORECASE,
)
_ABOUT_COUNT = re.compile(
    r"\b(?:about|around|roughly|approximately|some|nearly|almost|over|more\s+than|less\s+than|at\s+least|barely)\s+$",
    re.IGNORECASE,
)
_EXACTLY = re.compile(r"\b(?:exactly|precisely)\s+$", re.IGNORECASE)
# "the third meeting in two weeks", "twice in three days" is a stretch of time and no day to come.
_SO_OFTEN = re.compile(
    r"\b(?:first|second|third|fourth|fifth|sixth|[0-9]+(?:st|nd|rd|th)|once|twice|times?)\b[^.,;]*$",
    re.IGNORECASE,
)
_EDGES = {"from_now": _SO_OFTEN, "ago": None, "shift": None, "days": _UNTIL, "week_back": None}
_SEASONAL = re.compile(r"\b(?:at|over|around|during)\s+$", re.IGNORECASE)
_REFERENCE = re.compile(
    r"\b(?:nos?\.?|numbers?|files?|ref\.?|reference|cases?|dockets?|id|code|version|part|serial|models?|invoice|section|lot|#)\s*:?\s*$",
    re.IGNORECASE,
)
# "Bloody Sunday" is the name of a day that has none of its own; "the Good Friday agreement" tells none.
_NAMED = (
    r"(?:good|ash|palm|easter|whit|maundy|holy|shrove|bloody|super|black|red|blue|sheffield|plough|spy|cyber|giving"
    r"|girl|man)"
)
_NAME_BEFORE = re.compile(rf"\b{_NAMED}\s+$|\bmail\s+on\s+$", re.IGNORECASE)
_PAPER_BEFORE = re.compile(r"\b(?:USA|Russia|India|Business|Psychology|Christianity)\s+$")
_COUNTED = frozenset(("ago", "week_back", "shift", "from_now"))
_NUMERIC = frozenset(("numeric", "full"))


def find_points(body: str) -> tuple[DateWords, ...]:
    """All single dates of a text in reading order, none inside another."""
    folded = body.casefold()
    held = {piece for piece in _PIECES if piece in folded}
    found: list[DateWords] = []
    taken: set[int] = set()
    for kind, pattern, one, other in _PATTERNS:
        if held.isdisjoint(one) or held.isdisjoint(other):
            continue
        for match in pattern.finditer(body):
            place = match.span("words") if "words" in pattern.groupindex else match.span()
            if taken.isdisjoint(range(*place)) and not _is_no_date(
                kind, body[max(0, place[0] - _BEFORE) : place[0]]
            ):
                taken.update(range(*place))
                found.append(_date_words(kind, match, Span(*place)))
    return tuple(sorted(found, key=lambda words: words.span))


def _is_no_date(kind: str, before: str) -> bool:
    """As in "file no. 2024-05-13", "Bloody Sunday", "the Mail on Sunday"."""
    if kind in _NUMERIC:
        return _REFERENCE.search(before) is not None
    if kind == "near_day":
        return _PAPER_BEFORE.search(before) is not None
    return kind == "weekday" and _NAME_BEFORE.search(before) is not None


def _date_words(kind: str, match: re.Match[str], span: Span) -> DateWords:
    parts = tuple(
        (name, " ".join(text.casefold().split()))
        for name, text in match.groupdict().items()
        if text and name != "words"
    )
    before = match.string[max(0, span.start - _BEFORE) : span.start]
    if kind == "ago" and _EXACTLY.search(before):
        parts = (*parts, ("exact", "exactly"))
    edge = _EDGES.get(kind, _BOUND)
    is_bound = edge is not None and edge.search(before) is not None
    return DateWords(
        span, kind, parts, is_bound=is_bound, is_approximate=_is_about(kind, dict(parts), before)
    )


def _is_about(kind: str, parts: dict[str, str], before: str) -> bool:
    if kind in _COUNTED:
        is_loose = parts.get("count", "").endswith("couple of")
        return is_loose or _ABOUT_COUNT.search(before) is not None
    if kind == "holiday" and parts["holiday"] in ("christmas", "easter", "thanksgiving"):
        return _SEASONAL.search(before) is not None
    return _ABOUT.search(before) is not None
