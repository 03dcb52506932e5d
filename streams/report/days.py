"""The days that a date may mean: 2022-10 is any day of October, a week any of its seven.

Pure: dates as the schemas write them in, days out.
"""

import calendar
import datetime

from readout.schemas.occurrence import Occurrence

Days = tuple[str, str]
"""First and last day, YYYY-MM-DD, both included; empty texts where nothing is known."""

_WEEK = datetime.timedelta(days=6)


def days_of(occurred_on: Occurrence | None) -> Days:
    """All days on which it may have been."""
    if occurred_on is None or occurred_on.date is None:
        return "", ""
    return days_between(occurred_on.date, occurred_on.precision, occurred_on.end)


def days_between(date: str, precision: str, end: str | None) -> Days:
    """The days of a date, up to the end of the stretch that it begins, where it begins one."""
    first, last = _stretch(date, precision)
    return first, max(last, end or last)


def _stretch(date: str, precision: str) -> Days:
    if precision == "year":
        return f"{date}-01-01", f"{date}-12-31"
    if precision == "month":
        year, month = map(int, date.split("-"))
        return f"{date}-01", f"{date}-{calendar.monthrange(year, month)[1]:02}"
    if precision == "week":
        return date, (datetime.date.fromisoformat(date) + _WEEK).isoformat()
    return date, date
