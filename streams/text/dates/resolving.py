"""Resolve dates: what day, week, month or year words mean, seen from the day on which they were written.

Reads:  date expressions and a viewpoint
Writes: `ResolvedDate`: ISO date cut to what the words tell, or none where it cannot be known

A weekday in a report is the latest one on or before the day of writing, in an announcement the next one.
Deliberately absent: guessing. Without a day of publication only a date with its year is resolved, 03/04/2024 is
either of two days and so neither, and "two days after the vote" is no day where nobody tells that of the vote.
"""

import datetime
from collections.abc import Callable

from readout.streams.text.dates.calendar_dates import (
    Answer,
    Meaning,
    day_of_the_month,
    days_of_a_month,
    full_date,
    holiday,
    is_ahead,
    known,
    month,
    month_and_day,
    month_of_a_year,
    month_off,
    nth_weekday_of,
    numeric_date,
    period,
    season,
    year_alone,
    years,
)
from readout.streams.text.dates.composition import find_date_words
from readout.streams.text.dates.grammar import DateWords
from readout.streams.text.dates.resolved import LENGTHS, ResolvedDate, Viewpoint, last_day
from readout.streams.text.dates.vocabulary import (
    count_of,
    weekday_number,
)

_A_WEEK = 7
# What counts from a day that the text has told before.
COUNTED_FROM_TEXT = frozenset(("shift", "shift_weekday", "that_weekday", "in_the_day"))


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
    meaning = None if words.is_bound else _meaning(words, view)
    if meaning is None:
        return ResolvedDate(words.span, None, "unknown", None)
    iso = meaning.day.isoformat()[: LENGTHS[meaning.precision]]
    return ResolvedDate(
        words.span,
        iso,
        meaning.precision,
        _anchor(words, view),
        end=meaning.end.isoformat() if meaning.end else None,
        is_approximate=words.is_approximate or meaning.is_approximate,
    )


def _anchor(words: DateWords, view: Viewpoint) -> str | None:
    """The day that the words were counted from; None if they tell all of it."""
    if words.ends:
        return next((anchor for end in words.ends if (anchor := _anchor(end, view))), None)
    if words.part("year"):
        return None
    from_previous = words.kind in COUNTED_FROM_TEXT and view.previous
    day = view.previous if from_previous else view.published_on
    return None if day is None else str(day)


def _meaning(words: DateWords, view: Viewpoint) -> Answer:
    try:
        return _RESOLVERS[words.kind](words, view)
    except (ValueError, OverflowError):  # 31 June, a week before the year 1
        return None


# Weekdays and weeks -------------------------------------------------------------------------------------------


def _weekday(words: DateWords, view: Viewpoint) -> Answer:
    if view.published_on is None:
        return None
    which = words.part("which")
    strict = which not in ("", "this")
    number = weekday_number(words.part("weekday"))
    return Meaning(
        _nearest(number, view.published_on, ahead=bool(is_ahead(words, view)), strict=strict), "day"
    )


def _nearest(weekday: int, day: datetime.date, *, ahead: bool, strict: bool) -> datetime.date:
    """The next or the latest such weekday; the day itself unless it is strict."""
    if ahead:
        return day + datetime.timedelta((weekday - day.weekday() - strict) % _A_WEEK + strict)
    return day - datetime.timedelta((day.weekday() - weekday - strict) % _A_WEEK + strict)


def _in_week(words: DateWords, view: Viewpoint) -> Answer:
    """As in "Thursday last week"."""
    if view.published_on is None:
        return None
    step = {"last": -1, "next": 1}.get(words.part("which"), 0)
    return Meaning(
        _monday(view.published_on, step) + datetime.timedelta(weekday_number(words.part("weekday"))), "day"
    )


def _monday(day: datetime.date, weeks: int = 0) -> datetime.date:
    return day + datetime.timedelta(_A_WEEK * weeks - day.weekday())


def _weeks(words: DateWords) -> datetime.timedelta:
    factor = 2 if words.part("unit") == "fortnight" else 1
    return datetime.timedelta(_A_WEEK * factor * count_of(words.part("count")))


def _week_on(words: DateWords, view: Viewpoint) -> Answer:
    """As in "a week on Friday", "Monday week", "two weeks from today"."""
    today = view.published_on
    if today is None:
        return None
    if words.part("word"):
        return Meaning(today + datetime.timedelta(words.part("word") == "tomorrow") + _weeks(words), "day")
    return Meaning(
        _nearest(weekday_number(words.part("weekday")), today, ahead=True, strict=True) + _weeks(words), "day"
    )


def _week_back(words: DateWords, view: Viewpoint) -> Answer:
    """As in "a week last Friday", "two weeks ago on Monday", "a week ago today"."""
    today = view.published_on
    if today is None:
        return None
    if words.part("word"):
        return Meaning(today - datetime.timedelta(words.part("word") == "yesterday") - _weeks(words), "day")
    number = weekday_number(words.part("weekday"))
    is_last = bool(words.part("which") or words.part("last"))
    return Meaning(_nearest(number, today, ahead=False, strict=is_last) - _weeks(words), "day")


def _after_next(words: DateWords, view: Viewpoint) -> Answer:
    """As in "the Monday after next", "the week before last"."""
    today = view.published_on
    if today is None:
        return None
    ahead = words.part("way") == "after next"
    if words.part("weekday"):
        day = _nearest(weekday_number(words.part("weekday")), today, ahead=ahead, strict=True)
        return Meaning(day + datetime.timedelta(_A_WEEK if ahead else -_A_WEEK), "day")
    return _off(today, words.part("unit"), 2 if ahead else -2)


def _off(day: datetime.date, unit: str, steps: int) -> Answer:
    """The day, week, month or year so many steps away."""
    if unit in ("week", "weekend", "fortnight"):
        return Meaning(_monday(day, steps * (2 if unit == "fortnight" else 1)), "week")
    if unit == "month":
        return Meaning(month_off(day, steps), "month")
    if unit == "year":
        return Meaning(datetime.date(day.year + steps, 1, 1), "year")
    return Meaning(day + datetime.timedelta(steps), "day")


def _week(words: DateWords, view: Viewpoint) -> Answer:
    """A week tells no day, and a weekend is one or both of two."""
    today = view.published_on
    if today is None:
        return None
    which = words.part("which")
    if words.part("unit") == "weekend":
        return Meaning(_monday(_saturday(today, which, view)), "week")
    step = {"last": -1, "this past": -1, "next": 1, "this coming": 1}.get(which, 0)
    return Meaning(_monday(today, step), "week")


def _saturday(today: datetime.date, which: str, view: Viewpoint) -> datetime.date:
    """The first day of the weekend that is meant: on a Sunday, "this weekend" and "the weekend" began yesterday."""
    began = _nearest(5, today, ahead=False, strict=False)
    is_now = today.weekday() >= 5
    if which in ("last", "past", "this past"):
        return began - datetime.timedelta(_A_WEEK if is_now else 0)
    if which in ("next", "this coming"):
        return began + datetime.timedelta(_A_WEEK)
    return began if is_now or not view.ahead else began + datetime.timedelta(_A_WEEK)


def _week_of(words: DateWords, view: Viewpoint) -> Answer:
    """As in "the week of May 13"."""
    meaning = _meaning(words.ends[0], view)
    return None if meaning is None else Meaning(_monday(meaning.day), "week")


# Counted days -------------------------------------------------------------------------------------------------

_NEAR_DAYS = {
    "the day before yesterday": -2,
    "yesterday": -1,
    "last night": -1,
    "tomorrow": 1,
    "the day after tomorrow": 2,
    "the night before last": -2,
}


def _near_day(words: DateWords, view: Viewpoint) -> Answer:
    if view.published_on is None:
        return None
    return Meaning(view.published_on + datetime.timedelta(_NEAR_DAYS.get(words.part("word"), 0)), "day")


def _ago(words: DateWords, view: Viewpoint) -> Answer:
    return _counted(words, view.published_on, -1, is_exact=bool(words.part("exact")))


def _from_now(words: DateWords, view: Viewpoint) -> Answer:
    """As in "in three days' time", "in two weeks"; in a report "twice in three days" is a duration."""
    return _counted(words, view.published_on, 1) if view.ahead else None


def _counted(words: DateWords, day: datetime.date | None, sign: int, *, is_exact: bool = False) -> Answer:
    """So many days, weeks, months or years away; "a fortnight ago today" is a day, "a fortnight ago" a week."""
    if day is None:
        return None
    steps = sign * count_of(words.part("count"))
    unit = words.part("unit")
    if is_exact and unit in ("month", "year"):
        return Meaning(month_off(day, steps * (12 if unit == "year" else 1)).replace(day=day.day), "day")
    if is_exact and unit in ("week", "fortnight"):
        return _off(day, "day", steps * _A_WEEK * (2 if unit == "fortnight" else 1))
    return _off(day, unit, steps)


_BACK = frozenset(
    ("earlier", "before", "beforehand", "previous", "previously", "preceding", "prior to", "prior")
)
_SAME = frozenset(("same", "that"))


def _shift(words: DateWords, view: Viewpoint) -> Answer:
    """As in "five days earlier", "the day before Easter": counted from the last day told, or from Easter."""
    day = _inner(words, view)
    if day is None:
        return None
    unit, way = words.part("unit"), words.part("way")
    if unit not in ("day", "week", "weekend", "fortnight", "month", "year"):
        unit = "day"  # "the night before"
    if way in _SAME:
        return _off(day, unit, 0)
    if unit == "weekend":
        return Meaning(_monday(_nearest(5, day, ahead=way not in _BACK, strict=True)), "week")
    return _off(day, unit, count_of(words.part("count")) * (-1 if way in _BACK else 1))


def _inner(words: DateWords, view: Viewpoint) -> datetime.date | None:
    """The day that an expression counts from: its own inner one, else the last one told."""
    if not words.ends:
        return view.previous
    meaning = _meaning(words.ends[0], view)
    return meaning.day if meaning and meaning.precision == "day" else None


def _shift_weekday(words: DateWords, view: Viewpoint) -> Answer:
    """As in "the following Tuesday", "the Monday after", "the Monday before Easter"."""
    day = _inner(words, view)
    if day is None:
        return None
    ahead = words.part("way") not in _BACK
    return Meaning(_nearest(weekday_number(words.part("weekday")), day, ahead=ahead, strict=True), "day")


def _that_weekday(words: DateWords, view: Viewpoint) -> Answer:
    """As in "that Monday": the last day told, if it was a Monday."""
    is_it = view.previous and view.previous.weekday() == weekday_number(words.part("weekday"))
    return Meaning(view.previous, "day") if view.previous and is_it else None


def _in_the_day(_: DateWords, view: Viewpoint) -> Answer:
    """As in "earlier in the day": of the day told last, else of publication."""
    return known(view.previous or view.published_on)


# Stretches ----------------------------------------------------------------------------------------------------


def _range(words: DateWords, view: Viewpoint) -> Answer:
    """From one day to another: in a report the last one is the latest, and the first one before it."""
    one, other = words.ends
    if view.ahead:
        first = _meaning(one, view)
        last = _meaning(other, view._replace(published_on=first.day)) if first else None
    else:
        last = _meaning(other, view)
        first = _meaning(one, view._replace(published_on=last.day, ahead=False)) if last else None
    if first is None or last is None or first.precision != last.precision or first.day >= last.day:
        return None
    return first._replace(end=last_day(last.day, last.precision))


def _pair(words: DateWords, view: Viewpoint) -> Answer:
    """As in "on Monday and Tuesday": a stretch if the two follow each other, else two days and so none."""
    meaning = _range(words, view)
    is_stretch = (
        meaning
        and meaning.end
        and (meaning.end - meaning.day == datetime.timedelta(1) or meaning.precision != "day")
    )
    return meaning if is_stretch else None


def _none(_: DateWords, __: Viewpoint) -> Answer:
    """As in "every Monday", "Monday or Tuesday", "two days after the vote"."""
    return None


_RESOLVERS: dict[str, Callable[[DateWords, Viewpoint], Answer]] = {
    "full": full_date,
    "numeric": numeric_date,
    "month_day": month_and_day,
    "days": days_of_a_month,
    "nth": nth_weekday_of,
    "ordinal": day_of_the_month,
    "weekday_number": day_of_the_month,
    "holiday": holiday,
    "month_year": month_of_a_year,
    "month": month,
    "year": year_alone,
    "years": years,
    "season": season,
    "period": period,
    "weekday": _weekday,
    "in_week": _in_week,
    "week_on": _week_on,
    "week_back": _week_back,
    "after_next": _after_next,
    "week": _week,
    "week_of": _week_of,
    "near_day": _near_day,
    "ago": _ago,
    "from_now": _from_now,
    "shift": _shift,
    "shift_weekday": _shift_weekday,
    "that_weekday": _that_weekday,
    "in_the_day": _in_the_day,
    "range": _range,
    "pair": _pair,
    "habit": _none,
    "either": _none,
    "event": _none,
}
