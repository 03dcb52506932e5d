"""What a date expression means: a day, week, month or year, or a stretch of days; and from where it is read.

Reads:  nothing; these are the values that `resolving` makes and that contacts and statements carry
"""

import datetime
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal, NamedTuple

from readout.streams.text.spans import Span

Precision = Literal["day", "week", "month", "year", "unknown"]
LENGTHS: dict[Precision, int] = {"day": 10, "week": 10, "month": 7, "year": 4}
_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class ResolvedDate:
    """What a date expression means; `date` is None exactly when the precision is unknown.

    Attributes:
        date: ISO 8601, cut to the precision; of a week its Monday.
        anchor: the day that the words were counted from, None if they tell it all.
        end: the last day of a stretch that the words tell, inclusive.
        is_approximate: "around May 3".
    """

    span: Span
    date: str | None
    precision: Precision
    anchor: str | None
    end: str | None = None
    is_approximate: bool = False

    @property
    def day(self) -> datetime.date | None:
        """The day, if the words tell one."""
        return datetime.date.fromisoformat(self.date) if self.date and self.precision == "day" else None

    @property
    def reach(self) -> tuple[datetime.date, datetime.date] | None:
        """The first and the last day that it may mean; None if it is unknown."""
        if self.date is None:
            return None
        first = datetime.date.fromisoformat(self.date + "-01-01"[len(self.date) - 4 :])
        return first, datetime.date.fromisoformat(self.end) if self.end else last_day(first, self.precision)

    def may_be(self, other: "ResolvedDate") -> bool:
        """Can both tell of one day? False if either is unknown."""
        mine, theirs = self.reach, other.reach
        if mine is None or theirs is None:
            return False
        return mine[0] <= theirs[1] and theirs[0] <= mine[1]


def last_day(first: datetime.date, precision: Precision) -> datetime.date:
    """The last day of the week, month or year that begins on a day."""
    if precision == "week":
        return first + datetime.timedelta(_A_WEEK - 1)
    if precision == "month":
        return datetime.date(first.year + first.month // 12, first.month % 12 + 1, 1) - datetime.timedelta(1)
    return datetime.date(first.year, 12, 31) if precision == "year" else first


class Viewpoint(NamedTuple):
    """From where the words are read.

    Attributes:
        published_on: the day on which they were written, None if the article has none.
        ahead: does the clause announce (True), report (False), or can neither be told (None)?
        previous: the last day that the text before the words has told, for "five days earlier".
    """

    published_on: datetime.date | None
    ahead: bool | None = False
    previous: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Anchors:
    """The day on which each part of an article was written.

    Attributes:
        published_on: the day of publication, for what stands in no dated part.
        parts: (code point offset, day) in reading order: from there on the text was written on that day, as a
            dateline or the time of a live entry tells; a day of None stands for that of publication.
    """

    published_on: datetime.date | None
    parts: tuple[tuple[int, datetime.date | None], ...] = ()

    def at(self, offset: int) -> datetime.date | None:
        """The day on which the words at an offset were written."""
        index = bisect_right(self.parts, offset, key=lambda part: part[0])
        day = self.parts[index - 1][1] if index else None
        return day or self.published_on
