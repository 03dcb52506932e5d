"""Dates that are made of others: "from Monday to Wednesday", "the day before Thanksgiving", "the week of May 13".

Reads:  a text and its single dates
Writes: all its date expressions in reading order, none inside another
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from readout.streams.text.dates.grammar import DateWords, find_points
from readout.streams.text.spans import Span

_BEFORE = 24
_TO = re.compile(r",?\s*(?:[-\u2013\u2014]|to|until|till|through|thru)\s*(?:on\s+)?", re.IGNORECASE)
_AND = re.compile(r"\s+and(?:\s+on)?\s+(?:the\s+)?", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s+$", re.IGNORECASE)
_WEEK_OF = re.compile(r"\bthe\s+week\s+(?:of|beginning|starting|commencing)\s+(?:on\s+)?$", re.IGNORECASE)
_INNER = re.compile(r"\s+(?:on\s+)?(?:the\s+)?", re.IGNORECASE)
# "two days after the vote" counts from a day that nobody tells; "two days after, she met" from the last one told.
_ALONE = re.compile(r"\s*(?:$|[.,;:!?)\u2014\u2013]|that\b|this\b)", re.IGNORECASE)
_DAYS = frozenset(
    ("full", "month_day", "weekday", "near_day", "ordinal", "weekday_number", "in_week", "holiday")
)
_MONTHS = frozenset(("month", "month_year"))
_YEARS = frozenset(("year",))
_COUNTING = frozenset(("shift", "shift_weekday"))
_TOWARDS = frozenset(("before", "after", "prior to", "following"))


def find_date_words(body: str) -> tuple[DateWords, ...]:
    """All date expressions of a text in reading order, none inside another."""
    found: list[DateWords] = []
    for words in find_points(body):
        joined = _joined(found[-1], words, body) if found else None
        if joined is None:
            found.append(_in_its_place(words, body))
        else:
            found[-1] = joined
    return tuple(found)


def _joined(one: DateWords, other: DateWords, body: str) -> DateWords | None:
    """One expression of two, if the words between them and before them join them."""
    between = body[one.span.end : other.span.start]
    span = Span(one.span.start, other.span.end)
    if one.kind == "event" and _INNER.fullmatch(between) and other.kind in _DAYS:
        return replace(one, span=span, kind=one.part("kind"), ends=(other,))
    is_by_and = _AND.fullmatch(between) is not None
    if not _are_alike(one, other) or not (is_by_and or _TO.fullmatch(between)):
        return None
    before = body[max(0, one.span.start - _BEFORE) : one.span.start]
    is_loose = is_by_and and _BETWEEN.search(before) is None
    return DateWords(span, "pair" if is_loose else "range", (), (_free(one), _free(other)))


def _are_alike(one: DateWords, other: DateWords) -> bool:
    return any(one.kind in kinds and other.kind in kinds for kinds in (_DAYS, _MONTHS, _YEARS))


def _free(words: DateWords) -> DateWords:
    return replace(words, is_bound=False)


def _in_its_place(words: DateWords, body: str) -> DateWords:
    """An expression as the words around it tell: "the week of May 13", "two days after the vote"."""
    before = body[max(0, words.span.start - _BEFORE) : words.span.start]
    if words.kind in _DAYS and _WEEK_OF.search(before):
        return replace(words, kind="week_of", ends=(words,), is_bound=False)
    is_counted_from = words.kind in _COUNTING and words.part("way") in _TOWARDS
    if is_counted_from and not _ALONE.match(body, words.span.end):
        return replace(words, kind="event", parts=(*words.parts, ("kind", words.kind)))
    return words


def date_words_in(body: str, start: int, end: int) -> Iterator[DateWords]:
    """The date expressions of a stretch of a text, where they stand in it."""
    for words in find_date_words(body[start:end]):
        yield shifted(words, start)


def shifted(words: DateWords, by: int) -> DateWords:
    """The same words further on in a text."""
    span = Span(words.span.start + by, words.span.end + by)
    return replace(words, span=span, ends=tuple(shifted(end, by) for end in words.ends))
