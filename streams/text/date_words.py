"""The words that date an event: which stretches of a text are date expressions, and what each one says.

Reads:  the body
Writes: `DateWords` in reading order, not yet resolved against any day (readout.streams.text.dates does that)

Deliberately absent: durations ("a two-day meeting"), times of day by themselves, holidays and bare "May" or
"March", which are verbs or names more often than months unless "in", "last" or a day stands beside them.
"""

import re
from dataclasses import dataclass
from typing import Literal

from readout.streams.text.spans import Span

Kind = Literal[
    "iso",
    "full",
    "month_day",
    "month_year",
    "month",
    "year",
    "weekday",
    "near_day",
    "ago",
    "shift",
    "week",
    "period",
]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
COUNTS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
} | {"a": 1, "an": 1, "the": 1, "several": 0, "few": 0}

_MONTH = (
    r"(?P<month>jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)|apr(?:il|\.)?|may|june?|july?|aug(?:ust|\.)?"
    r"|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)"
)
_FULL_MONTH = (
    r"(?P<month>january|february|march|april|may|june|july|august|september|october|november|december)"
)
_DAY = r"(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?(?:\s?[-\u2013]\s?[0-3]?[0-9](?:st|nd|rd|th)?)?"
_YEAR = r"(?P<year>(?:1[89]|20)[0-9]{2})"
_WEEKDAY = r"(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_PART = r"(?:\s+(?:early\s+|late\s+)?(?:morning|afternoon|evening|night))?"
_COUNT = r"(?P<count>a|an|the|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[0-9]{1,2})"
_UNIT = r"(?P<unit>day|week|month|year)s?"

# Pieces of months, as short as their abbreviations; "ep" is one of September.
_MONTHLY = "jan feb mar apr may jun jul aug ep oct nov dec"
_DIGITS = "0 1 2 3 4 5 6 7 8 9"
_DAILY = "day even ght noon orn"

# In order of precedence: an earlier pattern keeps its words from the later ones. Beside each one two lists of
# pieces: a text is searched only if it holds one of both. No piece has an i, some of whose capitals do not fold.
_GRAMMAR: tuple[tuple[Kind, str, str, str], ...] = (
    ("iso", r"(?P<year>[12][0-9]{3})-(?P<number>[01][0-9])-(?P<day>[0-3][0-9])", "-", _DIGITS),
    (
        "full",
        rf"(?:{_WEEKDAY},?\s+)?(?:the\s+)?{_DAY}(?:\s+of)?\s+{_MONTH},?\s+{_YEAR}",
        _DIGITS,
        _MONTHLY,
    ),
    ("full", rf"(?:{_WEEKDAY},?\s+)?{_MONTH}\s+{_DAY},?\s+{_YEAR}", _DIGITS, _MONTHLY),
    ("month_day", rf"(?:{_WEEKDAY},?\s+)?(?:the\s+)?{_DAY}(?:\s+of)?\s+{_MONTH}", _DIGITS, _MONTHLY),
    ("month_day", rf"(?:{_WEEKDAY},?\s+)?{_MONTH}\s+{_DAY}(?![0-9])", _DIGITS, _MONTHLY),
    ("month_year", rf"{_FULL_MONTH},?\s+{_YEAR}", _DIGITS, _MONTHLY),
    (
        "month",
        rf"(?P<which>in|last|next|since|until|this(?:\s+past)?)\s+(?:early\s+|late\s+|mid-)?{_FULL_MONTH}",
        _MONTHLY,
        _MONTHLY,
    ),
    ("month", rf"(?:(?:early|late)\s+|mid-){_FULL_MONTH}", "early late m", _MONTHLY),
    ("weekday", rf"(?:(?P<which>last|next|this(?:\s+(?:past|coming))?)\s+)?{_WEEKDAY}{_PART}", "day", "day"),
    (
        "near_day",
        r"(?P<word>the\s+day\s+before\s+yesterday|yesterday|today|tonight|tomorrow|last\s+night)" + _PART,
        "yesterday today ght morrow",
        _DAILY + " morrow",
    ),
    ("near_day", r"(?P<word>this\s+(?:morning|afternoon|evening))", "th", "orn noon even"),
    ("ago", rf"{_COUNT}\s+{_UNIT}\s+ago", "ago", "day week month year"),
    (
        "shift",
        rf"{_COUNT}\s+(?P<unit>day|week)s?\s+(?P<way>earlier|later|before|after)",
        "day week",
        "earl later before after",
    ),
    (
        "shift",
        r"(?:the\s+)?(?P<way>next|following|same|previous)\s+(?P<unit>day)",
        "day",
        "next follow same prev",
    ),
    (
        "shift",
        r"(?:(?:earlier|later)\s+)?that\s+(?P<unit>day|evening|night|afternoon|morning)",
        "that",
        _DAILY,
    ),
    (
        "week",
        r"(?P<which>last|this|next)\s+(?:week(?:end)?)|(?:over|at)\s+the\s+(?P<near>weekend)",
        "week",
        "week",
    ),
    (
        "period",
        r"(?P<which>last|this|next|earlier\s+this|later\s+this)\s+(?P<unit>month|year)",
        "month year",
        "last th next",
    ),
    (
        "year",
        rf"(?:in|during|throughout)\s+(?:early\s+|late\s+|mid-)?{_YEAR}(?![0-9])",
        _DIGITS,
        "n dur through",
    ),
)
_PATTERNS = tuple(
    (
        kind,
        re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE),
        frozenset(one.split()),
        frozenset(other.split()),
    )
    for kind, words, one, other in _GRAMMAR
)
_PIECES = sorted({piece for _, _, one, other in _PATTERNS for piece in one | other})


@dataclass(frozen=True, slots=True)
class DateWords:
    """A date expression: what kind it is, and its parts in lower case."""

    span: Span
    kind: Kind
    parts: tuple[tuple[str, str], ...]

    def part(self, name: str) -> str:
        """The words of a part; empty if the expression has none."""
        return dict(self.parts).get(name, "")


def find_date_words(body: str) -> tuple[DateWords, ...]:
    """All date expressions of a text in reading order, none inside another."""
    folded = body.casefold()
    held = {piece for piece in _PIECES if piece in folded}
    found: list[DateWords] = []
    taken: set[int] = set()
    for kind, pattern, one, other in _PATTERNS:
        if held.isdisjoint(one) or held.isdisjoint(other):
            continue
        for match in pattern.finditer(body):
            words = _date_words(kind, match)
            place = range(*words.span)
            if taken.isdisjoint(place):
                taken.update(place)
                found.append(words)
    return tuple(sorted(found, key=lambda words: words.span))


def _date_words(kind: Kind, match: re.Match[str]) -> DateWords:
    parts = tuple(
        (name, " ".join(text.casefold().split())) for name, text in match.groupdict().items() if text
    )
    return DateWords(Span(*match.span()), kind, parts)
