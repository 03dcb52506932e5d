"""Holidays whose day follows from the year: fixed ones, weekdays of a month, and those that move with Easter.

Reads:  the name of a holiday, a year
Writes: its day, or None for a feast that only a calendar of its faith tells (Diwali, Eid)

Deliberately absent: days that differ from country to country where no country is told ("Independence Day" alone,
Labour Day, Mother's Day).
"""

import datetime
import re
from collections.abc import Callable

Rule = Callable[[int], datetime.date | None]
_AN_ADJECTIVE = {
    "us": "us",
    "u.s.": "us",
    "american": "us",
    "america's": "us",
    "indian": "in",
    "india's": "in",
    "pakistani": "pk",
    "pakistan's": "pk",
    "ukrainian": "ua",
    "ukraine's": "ua",
    "polish": "pl",
    "poland's": "pl",
    "finnish": "fi",
    "finland's": "fi",
    "mexican": "mx",
    "mexico's": "mx",
    "brazilian": "br",
    "brazil's": "br",
    "nigerian": "ng",
    "nigeria's": "ng",
    "ghanaian": "gh",
    "ghana's": "gh",
    "indonesian": "id",
    "indonesia's": "id",
    "philippine": "ph",
    "armenian": "am",
    "armenia's": "am",
    "estonian": "ee",
    "estonia's": "ee",
    "greek": "gr",
    "greece's": "gr",
    "croatian": "hr",
    "croatia's": "hr",
}
_INDEPENDENCE = {
    "us": (7, 4),
    "in": (8, 15),
    "pk": (8, 14),
    "ua": (8, 24),
    "pl": (11, 11),
    "fi": (12, 6),
    "mx": (9, 16),
    "br": (9, 7),
    "ng": (10, 1),
    "gh": (3, 6),
    "id": (8, 17),
    "ph": (6, 12),
    "am": (9, 21),
    "ee": (2, 24),
    "gr": (3, 25),
    "hr": (5, 30),
}


def _fixed(month: int, day: int) -> Rule:
    return lambda year: datetime.date(year, month, day)


def _nth(number: int, weekday: int, month: int, later: int = 0) -> Rule:
    return lambda year: nth_weekday(number, weekday, year, month) + datetime.timedelta(later)


def _from_easter(days: int) -> Rule:
    return lambda year: easter(year) + datetime.timedelta(days)


def _orthodox(days: int) -> Rule:
    return lambda year: orthodox_easter(year) + datetime.timedelta(days)


def _unknown(_: int) -> None:
    return None


def nth_weekday(number: int, weekday: int, year: int, month: int) -> datetime.date:
    """The third Monday of a month, or with -1 its last one; Monday is 0.

    Raises:
        ValueError: the month has no fifth one.
    """
    if number < 0:
        following = datetime.date(year + month // 12, month % 12 + 1, 1)
        last = following - datetime.timedelta(1)
        return last - datetime.timedelta((last.weekday() - weekday) % 7)
    first = datetime.date(year, month, 1)
    return first.replace(day=1 + (weekday - first.weekday()) % 7 + 7 * (number - 1))


def easter(year: int) -> datetime.date:
    """Easter Sunday in the Gregorian calendar, by the golden number and the corrected epact."""
    century = year // 100
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (8 * century + 13) // 25 + 15) % 30
    epact -= epact // 28 * (1 - epact // 28 * (29 // (epact + 1)) * ((21 - golden) // 11))
    sunday = epact - (year + year // 4 + epact + 2 - century + century // 4) % 7
    month = 3 + (sunday + 40) // 44
    return datetime.date(year, month, sunday + 28 - 31 * (month // 4))


def orthodox_easter(year: int) -> datetime.date:
    """Easter Sunday of the Orthodox churches, as a Gregorian day."""
    moon = (19 * (year % 19) + 15) % 30
    month, day = divmod(moon + (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7 + 114, 31)
    behind = year // 100 - year // 400 - 2
    return datetime.date(year, month, day + 1) + datetime.timedelta(behind)


# The first that fits wins: "Easter Monday" stands before "Easter". The name of a season stands for its chief day.
_HOLIDAYS: tuple[tuple[str, Rule], ...] = (
    (r"orthodox\s+christmas\s+eve", _fixed(1, 6)),
    (r"orthodox\s+christmas(?:\s+day)?", _fixed(1, 7)),
    (r"orthodox\s+good\s+friday", _orthodox(-2)),
    (r"orthodox\s+easter\s+monday", _orthodox(1)),
    (r"orthodox\s+easter(?:\s+sunday)?", _orthodox(0)),
    (r"christmas\s+eve", _fixed(12, 24)),
    (r"christmas(?:\s+day)?", _fixed(12, 25)),
    (r"boxing\s+day|(?:saint|st\.?)\s+stephen['\u2019]s\s+day", _fixed(12, 26)),
    (
        r"(?:lunar|chinese|jewish|islamic|persian|vietnamese|korean)\s+new\s+year(?:['\u2019]s\s+(?:day|eve))?",
        _unknown,
    ),
    (r"new\s+year['\u2019]?s\s+eve|hogmanay", _fixed(12, 31)),
    (r"new\s+year['\u2019]?s(?:\s+day)?", _fixed(1, 1)),
    (r"epiphany|three\s+kings['\u2019]?\s+day", _fixed(1, 6)),
    (r"burns\s+night", _fixed(1, 25)),
    (r"(?:international\s+)?holocaust\s+(?:memorial|remembrance)\s+day", _fixed(1, 27)),
    (r"(?:(?:saint|st\.?)\s+)?valentine['\u2019]?s\s+day", _fixed(2, 14)),
    (r"leap\s+day", _fixed(2, 29)),
    (r"(?:saint|st\.?)\s+david['\u2019]?s\s+day", _fixed(3, 1)),
    (r"international\s+women['\u2019]?s\s+day", _fixed(3, 8)),
    (r"(?:saint|st\.?)\s+patrick['\u2019]?s\s+day", _fixed(3, 17)),
    (r"april\s+fools?['\u2019]?s?['\u2019]?\s+day", _fixed(4, 1)),
    (r"earth\s+day", _fixed(4, 22)),
    (r"(?:saint|st\.?)\s+george['\u2019]?s\s+day", _fixed(4, 23)),
    (r"anzac\s+day", _fixed(4, 25)),
    (r"may\s+day", _fixed(5, 1)),
    (r"juneteenth", _fixed(6, 19)),
    (r"canada\s+day", _fixed(7, 1)),
    (r"bastille\s+day", _fixed(7, 14)),
    (r"assumption\s+day|(?:the\s+)?feast\s+of\s+the\s+assumption", _fixed(8, 15)),
    (r"hallowe['\u2019]?en", _fixed(10, 31)),
    (r"all\s+saints['\u2019]?\s+day", _fixed(11, 1)),
    (r"all\s+souls['\u2019]?\s+day", _fixed(11, 2)),
    (r"(?:guy\s+fawkes|bonfire)\s+night", _fixed(11, 5)),
    (r"armistice\s+day|veterans['\u2019]?\s+day|remembrance\s+day", _fixed(11, 11)),
    (r"(?:saint|st\.?)\s+andrew['\u2019]?s\s+day", _fixed(11, 30)),
    (r"australia\s+day", _fixed(1, 26)),
    (r"waitangi\s+day", _fixed(2, 6)),
    (r"shrove\s+tuesday|pancake\s+day|mardi\s+gras|fat\s+tuesday", _from_easter(-47)),
    (r"ash\s+wednesday", _from_easter(-46)),
    (r"palm\s+sunday", _from_easter(-7)),
    (r"maundy\s+thursday|holy\s+thursday", _from_easter(-3)),
    (r"good\s+friday", _from_easter(-2)),
    (r"holy\s+saturday|easter\s+(?:eve|saturday)", _from_easter(-1)),
    (r"easter\s+monday", _from_easter(1)),
    (r"easter(?:\s+(?:sunday|day))?", _from_easter(0)),
    (r"ascension\s+(?:day|thursday)", _from_easter(39)),
    (r"whit\s+monday|pentecost\s+monday", _from_easter(50)),
    (r"whit\s*sunday|pentecost(?:\s+sunday)?", _from_easter(49)),
    (r"corpus\s+christi", _from_easter(60)),
    (r"(?:martin\s+luther\s+king(?:,?\s+jr\.?)?|mlk)\s+day", _nth(3, 0, 1)),
    (r"presidents?['\u2019]?s?\s+day", _nth(3, 0, 2)),
    (r"memorial\s+day", _nth(-1, 0, 5)),
    (r"labor\s+day", _nth(1, 0, 9)),
    (r"columbus\s+day", _nth(2, 0, 10)),
    (r"canadian\s+thanksgiving|canada['\u2019]s\s+thanksgiving", _nth(2, 0, 10)),
    (r"remembrance\s+sunday", _nth(2, 6, 11)),
    (r"thanksgiving(?:\s+day)?", _nth(4, 3, 11)),
    (r"black\s+friday", _nth(4, 3, 11, later=1)),
    (r"cyber\s+monday", _nth(4, 3, 11, later=4)),
    (r"diwali|eid\s+al[\s-](?:fitr|adha)|passover|yom\s+kippur|rosh\s+hashanah|hanukkah|vesak", _unknown),
    *(
        (rf"{re.escape(adjective)}\s+independence\s+day", _fixed(*_INDEPENDENCE[country]))
        for adjective, country in _AN_ADJECTIVE.items()
    ),
    (r"independence\s+day|labour\s+day|mother['\u2019]?s\s+day|father['\u2019]?s\s+day", _unknown),
)
_KNOWN = tuple((re.compile(name, re.IGNORECASE), rule) for name, rule in _HOLIDAYS)
HOLIDAY = "|".join(name for name, _ in _HOLIDAYS)


def holiday_in(name: str, year: int) -> datetime.date | None:
    """The day of a holiday in a year; None for one that cannot be computed.

    Raises:
        ValueError: the year has no such day (29 February).
    """
    rule = next((rule for words, rule in _KNOWN if words.fullmatch(name)), _unknown)
    return rule(year)
