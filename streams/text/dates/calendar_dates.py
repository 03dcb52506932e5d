"""Days, months and years that the words name: "14 June", "03/04/2024", "the first Monday in May", "Easter".

Reads:  date expressions and a viewpoint
Writes: a `Meaning`; None where the words name no one day, month or year
"""

import calendar
import datetime
from collections.abc import Iterable
from typing import NamedTuple

from readout.streams.text.dates.grammar import DateWords
from readout.streams.text.dates.holidays import holiday_in, nth_weekday
from readout.streams.text.dates.resolved import Precision, Viewpoint
from readout.streams.text.dates.vocabulary import day_number, month_number, weekday_number


class Meaning(NamedTuple):
    """A first day, how much of it is told, and the last day of a stretch."""

    day: datetime.date
    precision: Precision
    end: datetime.date | None = None
    is_approximate: bool = False


Answer = Meaning | None


def is_ahead(words: DateWords, view: Viewpoint) -> bool | None:
    """What the words say of their direction, else what the clause does."""
    which = words.part("which")
    if which in ("next", "this coming", "coming", "the coming"):
        return True
    return False if which in ("last", "this past", "this last", "past", "the past") else view.ahead


def full_date(words: DateWords, _: Viewpoint) -> Answer:
    """As in "14 June 2024", "2024-06-14"."""
    month = int(words.part("number")) if words.part("number") else month_number(words.part("month"))
    return Meaning(datetime.date(int(words.part("year")), month, day_number(words.part("day"))), "day")


def numeric_date(words: DateWords, _: Viewpoint) -> Answer:
    """The one day that a form such as 13.05.2024 or 5/13/2024 may mean; none if it may mean two."""
    year, one, two = (int(words.part(name)) for name in ("year", "one", "two"))
    days = {
        datetime.date(year, month, day)
        for month, day in ((one, two), (two, one))
        if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    }
    return Meaning(_on_weekday(words, days).pop(), "day") if len(_on_weekday(words, days)) == 1 else None


def _on_weekday(words: DateWords, days: Iterable[datetime.date]) -> set[datetime.date]:
    """The days that fall on the weekday that the words tell too, if any does."""
    told = words.part("weekday")
    fitting = {day for day in days if told and day.weekday() == weekday_number(told)}
    return fitting or set(days)


def month_and_day(words: DateWords, view: Viewpoint) -> Answer:
    """As in "initially set for 18 November": in the year that fits the tense, a leap year for 29 February."""
    today = view.published_on
    if today is None:
        return None
    told_month, number = month_number(words.part("month")), day_number(words.part("day"))
    step = {"last": -1, "this": 0, "next": 1}.get(words.part("which"))
    years = [today.year + one for one in ((-1, 0, 1) if step is None else (step,))]
    days = [
        datetime.date(year, told_month, number)
        for year in years
        if number <= calendar.monthrange(year, told_month)[1]
    ]
    return _fitting(_on_weekday(words, days), today, ahead=view.ahead)


def _fitting(days: Iterable[datetime.date], today: datetime.date, *, ahead: bool | None) -> Answer:
    """The candidate that the tense wants, else the nearest one."""
    known = sorted(days)
    wanted = [day for day in known if ahead is None or (day >= today if ahead else day <= today)]
    return Meaning(min(wanted or known, key=lambda day: abs(day - today)), "day") if known else None


def days_of_a_month(words: DateWords, view: Viewpoint) -> Answer:
    """As in "June 14-15", "between 3 and 5 May"."""
    first = full_date(words, view) if words.part("year") else month_and_day(words, view)
    if first is None:
        return None
    last = first.day.replace(day=day_number(words.part("last")))
    return first._replace(end=last) if last > first.day else None


def nth_weekday_of(words: DateWords, view: Viewpoint) -> Answer:
    """As in "the first Monday in May"."""
    today = view.published_on
    number = -1 if words.part("nth") == "last" else day_number(words.part("nth"))
    weekday, month = weekday_number(words.part("weekday")), month_number(words.part("month"))
    if words.part("year"):
        return Meaning(nth_weekday(number, weekday, int(words.part("year")), month), "day")
    if today is None:
        return None
    step = {"last": -1, "this": 0, "next": 1}.get(words.part("which"))
    steps = (-1, 0, 1) if step is None else (step,)
    days = [nth_weekday(number, weekday, today.year + one, month) for one in steps]
    return _fitting(days, today, ahead=view.ahead)


def day_of_the_month(words: DateWords, view: Viewpoint) -> Answer:
    """As in "on the 3rd", "on the 3rd of last month", "Monday the 13th"."""
    today, number = view.published_on, day_number(words.part("day"))
    if today is None:
        return None
    step = {"last": -1, "this": 0, "next": 1}.get(words.part("which"))
    months = [month_off(today, one) for one in (range(-2, 3) if step is None else (step,))]
    days = [
        month.replace(day=number)
        for month in months
        if number <= calendar.monthrange(month.year, month.month)[1]
    ]
    return _fitting(_on_weekday(words, days), today, ahead=view.ahead)


def holiday(words: DateWords, view: Viewpoint) -> Answer:
    """As in "on Good Friday", "Christmas Day 2022"; the latest or the next one where no year is told."""
    name, today = words.part("holiday"), view.published_on
    if words.part("year"):
        return known(holiday_in(name, int(words.part("year"))))
    if today is None:
        return None
    step = {"last": -1, "this": 0, "next": 1}.get(words.part("which"))
    years = [today.year + one for one in ((-1, 0, 1) if step is None else (step,))]
    return _fitting([day for year in years if (day := holiday_in(name, year))], today, ahead=view.ahead)


def known(day: datetime.date | None) -> Answer:
    """The day as a meaning, if there is one."""
    return None if day is None else Meaning(day, "day")


def month_of_a_year(words: DateWords, _: Viewpoint) -> Answer:
    """As in "June 2014"."""
    return Meaning(datetime.date(int(words.part("year")), month_number(words.part("month")), 1), "month")


def month(words: DateWords, view: Viewpoint) -> Answer:
    """As in "in May", "last May", "in June last year"."""
    today = view.published_on
    if today is None:
        return None
    month = month_number(words.part("month"))
    step = {"last": -1, "this": 0, "next": 1}.get(words.part("in_year"))
    if step is not None:
        return Meaning(datetime.date(today.year + step, month, 1), "month")
    if is_ahead(words, view):
        return Meaning(datetime.date(today.year + (month < today.month), month, 1), "month")
    strict = words.part("which") == "last"
    is_behind = month > today.month or (strict and month == today.month)
    return Meaning(datetime.date(today.year - is_behind, month, 1), "month")


def year_alone(words: DateWords, _: Viewpoint) -> Answer:
    """As in "in 2019"."""
    return Meaning(datetime.date(int(words.part("year")), 1, 1), "year")


def years(words: DateWords, _: Viewpoint) -> Answer:
    """As in "from 2019 to 2021"."""
    first, last = int(words.part("year")), int(words.part("last"))
    return Meaning(datetime.date(first, 1, 1), "year", datetime.date(last, 12, 31)) if first < last else None


_LAST_OF_SUMMER = 8


def season(words: DateWords, view: Viewpoint) -> Answer:
    """The year of a season; none for a winter, which lies in two, nor for "last summer" told in the autumn."""
    if words.part("season") == "winter":
        return None
    if words.part("year"):
        return year_alone(words, view)
    today, which = view.published_on, words.part("which")
    if today is None or (which == "last" and today.month > _LAST_OF_SUMMER):
        return None
    step = {"last": -1, "next": 1}.get(which, 0)
    return None if step > 0 else Meaning(datetime.date(today.year + step, 1, 1), "year")


def period(words: DateWords, view: Viewpoint) -> Answer:
    """As in "last month", "earlier this year"."""
    today = view.published_on
    if today is None:
        return None
    step = {"last": -1, "this past": -1, "next": 1, "this coming": 1}.get(words.part("which"), 0)
    if words.part("unit") == "month":
        return Meaning(month_off(today, step), "month")
    return Meaning(datetime.date(today.year + step, 1, 1), "year")


def month_off(today: datetime.date, months: int) -> datetime.date:
    """The first day of the month so many months away."""
    years, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return datetime.date(years, month + 1, 1)
