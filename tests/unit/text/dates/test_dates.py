"""Dates: what words mean from the day they were written on, and none where none can be known."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.streams.text.dates import (
    Anchors,
    DateWords,
    ResolvedDate,
    Viewpoint,
    find_date_words,
    resolve,
    resolve_words,
)
from readout.streams.text.dates.holidays import easter, orthodox_easter
from readout.streams.text.dates.resolved import LENGTHS

TUESDAY = date(2022, 10, 25)

PAST = [
    ("On Monday the two spoke", "2022-10-24"),
    ("held talks on Sunday with", "2022-10-23"),
    ("met on Tuesday", "2022-10-25"),
    ("met last Tuesday", "2022-10-18"),
    ("met this past Tuesday", "2022-10-18"),
    ("met on Tuesday last week", "2022-10-18"),
    ("met last week on Friday", "2022-10-21"),
    ("a week ago on Friday", "2022-10-14"),
    ("a week last Tuesday", "2022-10-11"),
    ("two weeks ago today", "2022-10-11"),
    ("went to see her on Thursday afternoon", "2022-10-20"),
    ("spoke yesterday", "2022-10-24"),
    ("dined last night", "2022-10-24"),
    ("the night before last", "2022-10-23"),
    ("arrived today", "2022-10-25"),
    ("met the day before yesterday", "2022-10-23"),
    ("three days ago", "2022-10-22"),
    ("exactly a fortnight ago", "2022-10-11"),
    ("a month ago today", "2022-09-25"),
    ("exactly a year ago", "2021-10-25"),
    ("on Nov. 9, 2017", "2017-11-09"),
    ("on 14 December 2018", "2018-12-14"),
    ("on Friday, 14 December 2018,", "2018-12-14"),
    ("on the 3rd of May 2019", "2019-05-03"),
    ("on the third of May", "2022-05-03"),
    ("on May the 3rd, 2019", "2019-05-03"),
    ("on 2019-05-03", "2019-05-03"),
    ("on 13.05.2019", "2019-05-13"),
    ("on 5/13/2019", "2019-05-13"),
    ("on Monday, 13/12/2021", "2021-12-13"),
    ("initially set for 18 November", "2021-11-18"),
    ("on July 18, Rahimi met", "2022-07-18"),
    ("on July 18 last year", "2021-07-18"),
    ("on Saturday, January 1", "2022-01-01"),
    ("on the 3rd, and left", "2022-10-03"),
    ("on the 31st", "2022-08-31"),
    ("on the 3rd of last month", "2022-09-03"),
    ("on Monday the 3rd", "2022-10-03"),
    ("the first Monday in May", "2022-05-02"),
    ("the last Friday of September", "2022-09-30"),
    ("on New Year's Eve", "2021-12-31"),
    ("on Easter Monday 2021", "2021-04-05"),
    ("on Ash Wednesday", "2022-03-02"),
    ("on Thanksgiving", "2021-11-25"),
    ("the day before Thanksgiving", "2021-11-24"),
    ("the Monday before Easter", "2022-04-11"),
    ("two days after May 3", "2022-05-05"),
    ("in September", "2022-09"),
    ("in November", "2021-11"),
    ("in Sept.", "2022-09"),
    ("in January 2016", "2016-01"),
    ("in June last year", "2021-06"),
    ("in the first week of May", "2022-05"),
    ("their April meeting", "2022-04"),
    ("last month", "2022-09"),
    ("earlier this month", "2022-10"),
    ("two months ago", "2022-08"),
    ("last year", "2021"),
    ("two years ago", "2020"),
    ("in 2016", "2016"),
    ("in the summer of 2016", "2016"),
    ("the 2016 meeting", "2016"),
]
WEEKS = [
    ("earlier this week", "2022-10-24"),
    ("last week", "2022-10-17"),
    ("last weekend", "2022-10-17"),
    ("at the weekend", "2022-10-17"),
    ("a fortnight ago", "2022-10-10"),
    ("the week before last", "2022-10-10"),
    ("the week of October 5", "2022-10-03"),
]
AHEAD = [
    ("will meet on Wednesday", "2022-10-26"),
    ("will meet on Tuesday", "2022-10-25"),
    ("will meet on Monday", "2022-10-31"),
    ("will meet next Tuesday", "2022-11-01"),
    ("will meet this coming Saturday", "2022-10-29"),
    ("will meet on Friday next week", "2022-11-04"),
    ("will meet a week on Friday", "2022-11-04"),
    ("will meet on Monday week", "2022-11-07"),
    ("will meet the Monday after next", "2022-11-07"),
    ("will meet tomorrow morning", "2022-10-26"),
    ("will meet the day after tomorrow", "2022-10-27"),
    ("will meet in three days' time", "2022-10-28"),
    ("will meet on December 15", "2022-12-15"),
    ("will meet on 3 March", "2023-03-03"),
    ("will meet on the 3rd", "2022-11-03"),
    ("will meet on Christmas Eve", "2022-12-24"),
    ("in January", "2023-01"),
    ("next month", "2022-11"),
    ("next year", "2023"),
]
STRETCHES = [
    ("June 14-15", False, "2022-06-14", "2022-06-15"),
    ("on June 14 and 15, 2021", False, "2021-06-14", "2021-06-15"),
    ("between 3 and 5 May", False, "2022-05-03", "2022-05-05"),
    ("from 20 to 23 November", True, "2022-11-20", "2022-11-23"),
    ("from June 3 to June 5", False, "2022-06-03", "2022-06-05"),
    ("from 29 December to 2 January", False, "2021-12-29", "2022-01-02"),
    ("from 29 December 2018 to 2 January 2019", False, "2018-12-29", "2019-01-02"),
    ("from Monday to Wednesday", False, "2022-10-17", "2022-10-19"),
    ("from Monday to Wednesday", True, "2022-10-31", "2022-11-02"),
    ("on Sunday and Monday", False, "2022-10-23", "2022-10-24"),
    ("from May to July", False, "2022-05", "2022-07-31"),
    ("between 2019 and 2021", False, "2019", "2021-12-31"),
]
UNKNOWN = [
    "every Monday",
    "Tuesdays with the minister",
    "on Monday or Tuesday",
    "on Monday and Thursday",
    "on 03/04/2021",
    "two days after the vote",
    "the Monday before the vote",
    "since Monday",
    "until May 3",
    "by Friday",
    "no later than Friday",
    "by the end of May",
    "31 June 2020",
    "on Diwali",
    "on Independence Day",
    "in the winter of 2021",
    "twice in three days",
]
NOT_A_DATE = [
    "they may meet",
    "a march on the capital",
    "a two-day meeting",
    "the second engagement",
    "at 10 Downing Street",
    "marched 18 miles",
    "on the 3rd floor",
    "the 14th Earl",
    "a 14-15 vote",
    "file no. 2024-05-13",
    "the Good Friday Agreement",
    "Bloody Sunday",
    "the Sunday Times",
    "told USA Today",
    "sat down, sun shining",
]
SHIFTS = [
    ("five days earlier", "2018-12-14"),
    ("a day after", "2018-12-20"),
    ("the next day", "2018-12-20"),
    ("the same day", "2018-12-19"),
    ("later that evening", "2018-12-19"),
    ("the night before", "2018-12-18"),
    ("The day before, she", "2018-12-18"),
    ("two weeks later", "2018-12-31"),
    ("the following weekend", "2018-12-17"),
    ("a month later", "2019-01"),
    ("the year before", "2017"),
    ("the following Tuesday", "2018-12-25"),
    ("the previous Wednesday", "2018-12-12"),
    ("The Monday after, she", "2018-12-24"),
    ("that Wednesday", "2018-12-19"),
]


def meaning(words: str, *, ahead: bool | None = False) -> ResolvedDate:
    resolved = resolve(words, TUESDAY, ahead=ahead)
    assert resolved is not None
    return resolved


@pytest.mark.parametrize(("words", "expected"), PAST)
def test_a_report_looks_back_from_its_day_of_publication(words: str, expected: str) -> None:
    assert (meaning(words).date, meaning(words).is_approximate) == (expected, False)
    assert meaning(words).precision != "week"


@pytest.mark.parametrize(("words", "expected"), WEEKS)
def test_a_week_is_told_by_its_monday(words: str, expected: str) -> None:
    assert (meaning(words).date, meaning(words).precision) == (expected, "week")


@pytest.mark.parametrize(("words", "expected"), AHEAD)
def test_an_announcement_looks_ahead(words: str, expected: str) -> None:
    assert meaning(words, ahead=True).date == expected


@pytest.mark.parametrize(("words", "ahead", "first", "last"), STRETCHES)
def test_a_stretch_has_its_first_and_its_last_day(words: str, ahead: object, first: str, last: str) -> None:
    resolved = meaning(words, ahead=bool(ahead))
    assert (resolved.date, resolved.end) == (first, last)


@pytest.mark.parametrize("words", UNKNOWN)
def test_words_that_fix_no_day_say_none(words: str) -> None:
    assert (meaning(words).date, meaning(words).precision) == (None, "unknown")


@pytest.mark.parametrize("words", NOT_A_DATE)
def test_other_words_are_no_date(words: str) -> None:
    assert resolve(words, TUESDAY) is None


@pytest.mark.parametrize("words", ["around May 3", "a couple of days ago", "about ten days ago", "at Easter"])
def test_what_is_only_about_right_says_so(words: str) -> None:
    assert meaning(words).precision == "day"
    assert meaning(words).is_approximate


@pytest.mark.parametrize("words", ["on Monday", "yesterday", "next month", "on 18 November", "last year"])
def test_no_date_is_given_where_none_can_be_known(words: str) -> None:
    resolved = resolve(words, None)
    assert resolved is not None
    assert (resolved.date, resolved.precision, resolved.anchor) == (None, "unknown", None)


def test_a_full_date_needs_no_day_of_publication() -> None:
    resolved = resolve("on Nov. 9, 2017", None)
    assert resolved is not None
    assert (resolved.date, resolved.precision, resolved.anchor) == ("2017-11-09", "day", None)


def test_the_anchor_of_relative_words_is_the_day_of_publication() -> None:
    assert meaning("on Monday").anchor == "2022-10-25"
    assert meaning("from Monday to Wednesday").anchor == "2022-10-25"


@pytest.mark.parametrize(("words", "expected"), SHIFTS)
def test_a_shift_counts_from_the_last_day_told(words: str, expected: str) -> None:
    view = Viewpoint(TUESDAY, previous=date(2018, 12, 19))
    resolved = resolve_words(find_date_words(words)[0], view)
    assert (resolved.date, resolved.anchor) == (expected, "2018-12-19")
    assert resolve_words(find_date_words(words)[0], Viewpoint(TUESDAY)).date is None


def test_earlier_in_the_day_is_that_of_publication_where_no_other_is_told() -> None:
    assert meaning("Earlier in the day").date == "2022-10-25"


def test_an_expression_holds_all_its_words() -> None:
    body = "She met him on Thursday morning last week and, on 3 March 2020, a week before the Monday after Easter."
    assert [body[slice(*words.span)] for words in find_date_words(body)] == [
        "Thursday morning last week",
        "3 March 2020",
        "a week before",
        "the Monday after Easter",
    ]


def test_each_part_of_an_article_has_its_own_day() -> None:
    anchors = Anchors(TUESDAY, ((10, date(2022, 10, 20)), (20, date(2022, 10, 21)), (30, None)))
    days = [anchors.at(offset) for offset in (0, 9, 10, 19, 20, 29, 30)]
    assert [day.day for day in days if day] == [25, 25, 20, 20, 21, 21, 25]
    assert Anchors(None).at(3) is None


def test_two_dates_may_be_one_day_if_they_overlap() -> None:
    week, day, other = meaning("last week"), meaning("on Thursday"), meaning("on Monday")
    assert week.may_be(day)
    assert not week.may_be(other)
    assert not week.may_be(meaning("every Monday"))
    assert meaning("in October").may_be(day)
    assert meaning("this year").may_be(meaning("from May to July"))


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (1954, "04-18"),
        (1981, "04-19"),
        (2000, "04-23"),
        (2008, "03-23"),
        (2011, "04-24"),
        (2024, "03-31"),
        (2038, "04-25"),
    ],
)
def test_easter_is_computed(year: int, expected: str) -> None:
    assert easter(year).isoformat() == f"{year}-{expected}"


@pytest.mark.parametrize(
    ("year", "expected"), [(2016, "05-01"), (2021, "05-02"), (2024, "05-05"), (2025, "04-20")]
)
def test_orthodox_easter_is_computed(year: int, expected: str) -> None:
    assert orthodox_easter(year).isoformat() == f"{year}-{expected}"


@given(st.integers(1600, 2400))
def test_easter_is_a_sunday_between_22_march_and_25_april(year: int) -> None:
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


PIECES = st.sampled_from(
    "on the Monday of last week , 3 14-15 May 2024 June and to from between before after a two weeks ago Easter next day"
    " 03/04/2024 that year in summer every Friday morning Christmas Eve".split()
)


@given(st.text() | st.lists(PIECES, max_size=12).map(" ".join), st.dates())
def test_no_text_raises_and_no_date_is_more_precise_than_it_says(body: str, published_on: date) -> None:
    for words in find_date_words(body):
        for ahead in (True, False, None):
            resolved = resolve_words(words, Viewpoint(published_on, ahead, published_on))
            assert len(resolved.date or "") == LENGTHS.get(resolved.precision, 0)
            assert resolved.end is None or (resolved.date or "") < resolved.end


@given(st.lists(PIECES, max_size=12).map(" ".join))
def test_expressions_stand_in_reading_order_and_none_inside_another(body: str) -> None:
    spans = [words.span for words in find_date_words(body)]
    assert all(one.end <= other.start for one, other in pairwise(spans))


@given(st.sampled_from([words for words, _ in PAST + WEEKS]), st.text("abc \n", max_size=30))
def test_what_stands_before_a_date_moves_it_and_changes_nothing_else(words: str, before: str) -> None:
    lead = f"{before}. "
    moved = [shifted(one, len(lead)) for one in find_date_words(words)]
    assert [one.span for one in find_date_words(lead + words)] == [one.span for one in moved]
    resolved = [resolve_words(one, Viewpoint(TUESDAY)).date for one in find_date_words(lead + words)]
    assert resolved == [resolve_words(one, Viewpoint(TUESDAY)).date for one in find_date_words(words)]


def shifted(words: DateWords, by: int) -> DateWords:
    span = type(words.span)(words.span.start + by, words.span.end + by)
    return DateWords(span, words.kind, words.parts, words.ends, words.is_bound, words.is_approximate)


@given(st.dates(date(2001, 1, 1), date(2040, 1, 1)), st.integers(0, 6))
def test_a_weekday_is_the_latest_behind_and_the_next_ahead(published_on: date, back: int) -> None:
    day = published_on - timedelta(back)
    behind = resolve(f"on {day:%A}", published_on)
    ahead = resolve(f"on {day:%A}", published_on, ahead=True)
    assert behind is not None
    assert ahead is not None
    assert behind.day == day
    assert ahead.day == (day if back == 0 else day + timedelta(7))
