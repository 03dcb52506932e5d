"""From which day each stretch of an article is told: that of its dateline, or that of the entry it stands in.

Reads:  a reading, and the day of publication if it is known
Writes: anchors in the order of the text; each one holds from its place up to the next
"""

import datetime
import re
from typing import NamedTuple

from readout.streams.text.dates import Anchors
from readout.streams.text.parts import Part, months_day, told_day
from readout.streams.text.reading.reading import Reading

_CLOCK = re.compile(
    r"(?<!\d)(?P<hour>[0-2]?\d)(?:[:.h](?P<minute>[0-5]\d))?\s?(?P<half>[ap])?\.?m?\b", re.IGNORECASE
)
_A_WEEK = datetime.timedelta(7)
_YEAR = datetime.timedelta(183)


class Anchor(NamedTuple):
    """From where on what day holds.

    Attributes:
        start: offset into the text of the reading.
        day: the day told, completed by the year of publication; None if the part tells none.
        time: the time of day of an entry as the article gives it, "HH:MM"; None if it tells none.
        part: the part that says so; its span counts in the body.
    """

    start: int
    day: datetime.date | None
    time: str | None
    part: Part


def days_of(reading: Reading, published_on: datetime.date | None) -> Anchors:
    """On which day each part of the text was written, as dates are resolved.

    A dateline counts only if it is of the days before publication: an old story that is told again was filed then,
    but its "Monday" is of now.
    """
    day = reading.day(published_on)
    found = anchors(reading, day)
    parts = tuple((one.start, one.day) for one in found if one.part.kind == "entry" or _is_near(one.day, day))
    return Anchors(day, parts)


def _is_near(day: datetime.date | None, published_on: datetime.date | None) -> bool:
    if day is None or published_on is None:
        return False
    return datetime.timedelta(0) <= published_on - day <= _A_WEEK


def anchors(reading: Reading, published_on: datetime.date | None) -> tuple[Anchor, ...]:
    """The anchors of a reading; empty for most articles. An entry without a day has that of the one before it."""
    found: list[Anchor] = []
    for part in reading.parts:
        if part.kind not in ("dateline", "entry"):
            continue
        day = _day(part.text, published_on)
        if day is None and part.kind == "entry":
            day = found[-1].day if found else published_on
        time = _time(part.text) if part.kind == "entry" else None
        found.append(Anchor(reading.place_behind(part.span.end), day, time, part))
    return tuple(found)


def _day(words: str, published_on: datetime.date | None) -> datetime.date | None:
    """A day without its year is the one nearest to publication."""
    told = told_day(words)
    if told is not None or published_on is None:
        return told
    years = (published_on.year, published_on.year - 1, published_on.year + 1)
    days = (months_day(words, year) for year in years)
    return next((day for day in days if day is not None and abs(day - published_on) <= _YEAR), None)


def _time(words: str) -> str | None:
    for match in _CLOCK.finditer(words):
        if match["minute"] is None and match["half"] is None:
            continue
        hour = int(match["hour"])
        if match["half"] and hour <= 12:
            hour = hour % 12 + (12 if match["half"].casefold() == "p" else 0)
        if hour < 24:
            return f"{hour:02}:{match['minute'] or '00'}"
    return None
