"""Resolve dates: what day, month or year the words of an article mean, seen from its day of publication.

Reads:  date expressions (readout.streams.text.date_words) and the day of publication, if known
Writes: `ResolvedDate`: ISO date cut to what the words tell, or none where it cannot be known

A weekday in a past report is the latest one on or before publication, in an announcement the next one after.
Deliberately absent: guessing. Without a day of publication only a date with its year is resolved.
"""

import calendar
import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from readout.streams.text.date_words import COUNTS, MONTHS, WEEKDAYS, DateWords, find_date_words
from readout.streams.text.spans import Span

Precision = Literal["day", "month", "year", "unknown"]
_LENGTHS: dict[Precision, int] = {"day": 10, "month": 7, "year": 4}
_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class ResolvedDate:
    """What a date expression means; `date` is None exactly when the precision is unknown."""

    span: Span
    date: str | None
    precision: Precision
    anchor: str | None

    @property
    def day(self) -> datetime.date | None:
        """The day, if the words tell one."""
        return datetime.date.fromisoformat(self.date) if self.date and self.precision == "day" else None


class Viewpoint(NamedTuple):
    """From where the words are read.

    Attributes:
        published_on: the day of publication, None if the article has none.
        ahead: does the sentence announce (True), report (False), or can neither be told (None)?
        previous: the last day that the text before the words has told, for "five days earlier".
    """

    published_on: datetime.date | None
    ahead: bool | None = False
    previous: datetime.date | None = None


Meaning = tuple[datetime.date, Precision] | None


def resolve(
    words: str, published_on: datetime.date | None, *, ahead: bool | None = False
) -> ResolvedDate | None:
    """The first date expression in some words, resolved; its span counts from the start of the words.

    Returns:
        None if the words hold no date expression at all.
    """
    found = find_date_words(words)
    return resolve_words(found[0], Viewpoint(published_on, ahead)) if found else None


def resolve_words(words: DateWords, view: Viewpoint) -> ResolvedDate:
    """What a date expression means from a viewpoint; the precision is unknown where that cannot be known."""
    meaning = _meaning(words, view)
    if meaning is None:
        return ResolvedDate(words.span, None, "unknown", None)
    day, precision = meaning
    anchor = view.previous if words.kind == "shift" else view.published_on
    absolute = words.kind in ("iso", "full", "month_year", "year") or anchor is None
    iso = day.isoformat()[: _LENGTHS[precision]]
    return ResolvedDate(words.span, iso, precision, None if absolute else str(anchor))


def _meaning(words: DateWords, view: Viewpoint) -> Meaning:
    try:
        return _RESOLVERS[words.kind](words, view)
    except (ValueError, OverflowError):  # 31 June, a week before the year 1
        return None


def _month(words: DateWords) -> int:
    return MONTHS.index(words.part("month")[:3]) + 1


def _iso(words: DateWords, _: Viewpoint) -> Meaning:
    return datetime.date(int(words.part("year")), int(words.part("number")), int(words.part("day"))), "day"


def _full(words: DateWords, _: Viewpoint) -> Meaning:
    return datetime.date(int(words.part("year")), _month(words), int(words.part("day"))), "day"


def _month_year(words: DateWords, _: Viewpoint) -> Meaning:
    return datetime.date(int(words.part("year")), _month(words), 1), "month"


def _year(words: DateWords, _: Viewpoint) -> Meaning:
    return datetime.date(int(words.part("year")), 1, 1), "year"


def _month_day(words: DateWords, view: Viewpoint) -> Meaning:
    """As in "initially set for 18 November": in the year that fits the tense, a leap year for 29 February."""
    today = view.published_on
    if today is None:
        return None
    month, number = _month(words), int(words.part("day"))
    years = [today.year + step for step in (-1, 0, 1)]
    days = [
        datetime.date(year, month, number) for year in years if number <= calendar.monthrange(year, month)[1]
    ]
    return _fitting(days, today, ahead=view.ahead), "day"


def _fitting(days: list[datetime.date], today: datetime.date, *, ahead: bool | None) -> datetime.date:
    """The candidate that the tense wants, else the nearest one."""
    wanted = [day for day in days if ahead is None or (day >= today if ahead else day <= today)]
    return min(wanted or days, key=lambda day: abs(day - today))


def _bare_month(words: DateWords, view: Viewpoint) -> Meaning:
    today = view.published_on
    if today is None or words.part("which") in ("since", "until"):
        return None
    month = _month(words)
    ahead = words.part("which") == "next" or bool(view.ahead)
    if ahead:
        return datetime.date(today.year + (month < today.month), month, 1), "month"
    strict = words.part("which") == "last"
    return datetime.date(
        today.year - (month > today.month or (strict and month == today.month)), month, 1
    ), "month"


def _weekday(words: DateWords, view: Viewpoint) -> Meaning:
    today, which = view.published_on, words.part("which")
    if today is None:
        return None
    number = WEEKDAYS.index(words.part("weekday"))
    if which == "next":
        return today + datetime.timedelta((number - today.weekday() - 1) % _A_WEEK + 1), "day"
    if which in ("this", "this coming") or (view.ahead and which == ""):
        return today + datetime.timedelta((number - today.weekday()) % _A_WEEK), "day"
    back = (today.weekday() - number) % _A_WEEK
    return today - datetime.timedelta(back or (_A_WEEK if which == "last" else 0)), "day"


_NEAR_DAYS = {"the day before yesterday": -2, "yesterday": -1, "last night": -1, "tomorrow": 1}


def _near_day(words: DateWords, view: Viewpoint) -> Meaning:
    if view.published_on is None:
        return None
    return view.published_on + datetime.timedelta(_NEAR_DAYS.get(words.part("word"), 0)), "day"


def _count(words: DateWords) -> int:
    count = words.part("count")
    return COUNTS[count] if count in COUNTS else int(count or 1)


def _ago(words: DateWords, view: Viewpoint) -> Meaning:
    today, count = view.published_on, _count(words)
    if today is None:
        return None
    if words.part("unit") == "day":
        return today - datetime.timedelta(count), "day"
    if words.part("unit") == "week":
        return _one_month(today - datetime.timedelta(_A_WEEK * count))
    if words.part("unit") == "month":
        return _months_off(today, -count)
    return datetime.date(today.year - count, 1, 1), "year"


def _shift(words: DateWords, view: Viewpoint) -> Meaning:
    """As in "five days earlier", "the next day": counted from the last day that the text has told."""
    if view.previous is None:
        return None
    if words.part("way") in ("same", ""):
        return view.previous, "day"
    days = _count(words) * (_A_WEEK if words.part("unit") == "week" else 1)
    back = words.part("way") in ("earlier", "before", "previous")
    return view.previous + datetime.timedelta(-days if back else days), "day"


def _week(words: DateWords, view: Viewpoint) -> Meaning:
    """A week tells no day; it tells the month if it lies in one."""
    if view.published_on is None:
        return None
    step = {"last": -_A_WEEK, "next": _A_WEEK}.get(words.part("which"), 0)
    return _one_month(view.published_on + datetime.timedelta(step))


def _one_month(day: datetime.date) -> Meaning:
    monday = day - datetime.timedelta(day.weekday())
    return (day, "month") if monday.month == (monday + datetime.timedelta(6)).month else None


def _months_off(today: datetime.date, months: int) -> Meaning:
    years, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return datetime.date(years, month + 1, 1), "month"


def _period(words: DateWords, view: Viewpoint) -> Meaning:
    today = view.published_on
    if today is None:
        return None
    step = {"last": -1, "next": 1}.get(words.part("which"), 0)
    if words.part("unit") == "month":
        return _months_off(today, step)
    return datetime.date(today.year + step, 1, 1), "year"


_RESOLVERS: dict[str, Callable[[DateWords, Viewpoint], Meaning]] = {
    "iso": _iso,
    "full": _full,
    "month_day": _month_day,
    "month_year": _month_year,
    "month": _bare_month,
    "year": _year,
    "weekday": _weekday,
    "near_day": _near_day,
    "ago": _ago,
    "shift": _shift,
    "week": _week,
    "period": _period,
}
