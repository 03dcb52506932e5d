"""Dates: relative words against the day of publication, and none where none can be known."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.streams.text.date_words import find_date_words
from readout.streams.text.dates import Viewpoint, resolve, resolve_words

TUESDAY = date(2022, 10, 25)

PAST = [
    ("On Monday the two spoke", "2022-10-24"),
    ("held talks on Sunday with", "2022-10-23"),
    ("met on Tuesday", "2022-10-25"),
    ("met last Tuesday", "2022-10-18"),
    ("went to see her on Thursday afternoon", "2022-10-20"),
    ("spoke yesterday", "2022-10-24"),
    ("dined last night", "2022-10-24"),
    ("arrived today", "2022-10-25"),
    ("met the day before yesterday", "2022-10-23"),
    ("three days ago", "2022-10-22"),
    ("on Nov. 9, 2017", "2017-11-09"),
    ("on 14 December 2018", "2018-12-14"),
    ("on Friday, 14 December 2018,", "2018-12-14"),
    ("on the 3rd of May 2019", "2019-05-03"),
    ("on 2019-05-03", "2019-05-03"),
    ("initially set for 18 November", "2021-11-18"),
    ("on July 18, Rahimi met", "2022-07-18"),
    ("in September", "2022-09"),
    ("in November", "2021-11"),
    ("in January 2016", "2016-01"),
    ("last month", "2022-09"),
    ("earlier this month", "2022-10"),
    ("earlier this week", "2022-10"),
    ("two months ago", "2022-08"),
    ("last year", "2021"),
    ("two years ago", "2020"),
    ("in 2016", "2016"),
]
AHEAD = [
    ("will meet on Wednesday", "2022-10-26"),
    ("will meet on Monday", "2022-10-31"),
    ("will meet next Tuesday", "2022-11-01"),
    ("will meet tomorrow morning", "2022-10-26"),
    ("will meet on December 15", "2022-12-15"),
    ("will meet on 3 March", "2023-03-03"),
    ("June 12-15", "2023-06-12"),
    ("in January", "2023-01"),
    ("next month", "2022-11"),
    ("next year", "2023"),
]
NOT_A_DATE = [
    "they may meet",
    "a march on the capital",
    "a two-day meeting",
    "the second engagement",
    "Tuesdays with the minister",
    "at 10 Downing Street",
    "marched 18 miles",
]


@pytest.mark.parametrize(("words", "expected"), PAST)
def test_a_report_looks_back_from_its_day_of_publication(words: str, expected: str) -> None:
    resolved = resolve(words, TUESDAY)
    assert resolved is not None
    assert resolved.date == expected


@pytest.mark.parametrize(("words", "expected"), AHEAD)
def test_an_announcement_looks_ahead(words: str, expected: str) -> None:
    resolved = resolve(words, TUESDAY, ahead=True)
    assert resolved is not None
    assert resolved.date == expected


@pytest.mark.parametrize("words", NOT_A_DATE)
def test_other_words_are_no_date(words: str) -> None:
    assert resolve(words, TUESDAY) is None


@pytest.mark.parametrize(
    "words", ["on Monday", "yesterday", "next month", "on 18 November", "last year", "31 June 2020"]
)
def test_no_date_is_given_where_none_can_be_known(words: str) -> None:
    resolved = resolve(words, None)
    assert resolved is not None
    assert (resolved.date, resolved.precision, resolved.anchor) == (None, "unknown", None)


def test_a_full_date_needs_no_day_of_publication() -> None:
    resolved = resolve("on Nov. 9, 2017", None)
    assert resolved is not None
    assert (resolved.date, resolved.precision, resolved.anchor) == ("2017-11-09", "day", None)


def test_a_week_across_two_months_tells_no_month() -> None:
    resolved = resolve("last week", date(2022, 10, 5))
    assert resolved is not None
    assert resolved.precision == "unknown"


def test_the_anchor_of_relative_words_is_the_day_of_publication() -> None:
    resolved = resolve("on Monday", TUESDAY)
    assert resolved is not None
    assert resolved.anchor == "2022-10-25"


SHIFTS = [
    ("five days earlier", "2018-12-14"),
    ("a day after", "2018-12-20"),
    ("the next day", "2018-12-20"),
    ("the same day", "2018-12-19"),
    ("two weeks later", "2019-01-02"),
]


@pytest.mark.parametrize(("words", "expected"), SHIFTS)
def test_a_shift_counts_from_the_last_day_told(words: str, expected: str) -> None:
    view = Viewpoint(TUESDAY, previous=date(2018, 12, 19))
    resolved = resolve_words(find_date_words(words)[0], view)
    assert (resolved.date, resolved.anchor) == (expected, "2018-12-19")
    assert resolve_words(find_date_words(words)[0], Viewpoint(TUESDAY)).date is None


def test_spans_hold_the_words() -> None:
    body = "She met him on Thursday and, on 3 March 2020, wrote to him."
    assert [body[slice(*words.span)] for words in find_date_words(body)] == ["Thursday", "3 March 2020"]


@given(
    st.text() | st.from_regex(r"(on |last |in )?(Mon|Sun)day,? ([0-9]{1,2} )?(May|Feb\.) ?[0-9]{0,4}"),
    st.dates(),
)
def test_no_text_raises_and_no_date_is_more_precise_than_it_says(body: str, published_on: date) -> None:
    lengths = {"day": 10, "month": 7, "year": 4, "unknown": 0}
    for words in find_date_words(body):
        for ahead in (True, False, None):
            resolved = resolve_words(words, Viewpoint(published_on, ahead, published_on))
            assert len(resolved.date or "") == lengths[resolved.precision]
