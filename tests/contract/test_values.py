"""What the values promise beyond their JSON Schema: selectors that prove, dates that fit, articles with words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from readout.schemas.envelope import Record, json_line
from readout.schemas.news import ArticlePublished, ArticleStatus
from readout.schemas.occurrence import Occurrence
from readout.schemas.selector import CONTEXT_LENGTH, Selector, proves, select, select_or_none

TEXTS = st.text(st.characters(codec="utf-8"), max_size=80)


@given(TEXTS, st.integers(-2, 90), st.integers(-2, 90))
def test_a_selector_of_any_text_proves_its_words_or_there_is_none(text: str, start: int, end: int) -> None:
    selector = select_or_none(text, start, end)
    if selector is None:
        assert not 0 <= start < end <= len(text)
        return
    assert selector.exact == text[start:end]
    assert text[:start].endswith(selector.prefix)
    assert text[end:].startswith(selector.suffix)
    assert max(len(selector.prefix), len(selector.suffix)) <= CONTEXT_LENGTH
    assert proves(selector, text)
    assert Selector.model_validate_json(selector.model_dump_json()) == selector


def test_a_selector_proves_nothing_in_a_text_that_was_changed() -> None:
    text = "🤝 They met in Oslo."
    selector = select(text, 2, 10)
    assert selector.exact == "They met"
    assert not proves(selector, text.replace("met", "sat"))
    assert not proves(selector, text.replace("Oslo", "Bonn"))
    assert not proves(selector, f" {text}")
    assert not proves(selector, "They")


def test_a_selector_whose_length_is_not_that_of_its_words_is_refused() -> None:
    """As a reader would write it who counts UTF-16 units: the handshake takes two of them."""
    with pytest.raises(ValidationError, match="holds 1 code points"):
        Selector(start=0, end=2, exact="🤝", prefix="", suffix="")


def test_no_selector_leaves_its_text() -> None:
    with pytest.raises(ValueError, match="no selector for 3\\.\\.9 in a text of 4 code points"):
        select("They", 3, 9)


PRECISIONS = [
    ("2022-10-24", "month"),
    ("2022", "day"),
    (None, "year"),
    ("2022-10", "unknown"),
    ("24 Oct", "day"),
]


@pytest.mark.parametrize(("date", "precision"), PRECISIONS)
def test_a_date_that_does_not_have_its_precision_is_refused(date: str | None, precision: str) -> None:
    data = {"date": date, "precision": precision, "text": None, "anchor": None}
    with pytest.raises(ValidationError):
        Occurrence.model_validate(data)


def test_a_record_from_before_stretches_and_about_is_still_read() -> None:
    older = {"date": "2022-10-24", "precision": "day", "text": None, "anchor": "2022-10-25"}
    read = Occurrence.model_validate(older)
    assert (read.end, read.approximate) == (None, False)


@pytest.mark.parametrize(
    ("date", "precision", "end"),
    [("2022-10-24", "week", None), ("2022-10-24", "day", "2022-10-26"), ("2022-10", "month", "2022-12-31")],
)
def test_weeks_and_stretches_are_told(date: str, precision: str, end: str | None) -> None:
    data = {"date": date, "precision": precision, "text": None, "anchor": None, "end": end}
    assert Occurrence.model_validate(data).end == end


@pytest.mark.parametrize(("date", "precision"), [("2022-10-24", "day"), (None, "unknown")])
def test_a_stretch_does_not_end_before_it_begins(date: str | None, precision: str) -> None:
    data = {"date": date, "precision": precision, "text": None, "anchor": None, "end": "2022-10-23"}
    with pytest.raises(ValidationError, match="has no length"):
        Occurrence.model_validate(data)


@pytest.mark.parametrize(("status", "refused"), [("usable", True), ("withheld", False), ("canceled", False)])
def test_only_a_usable_article_needs_words(status: ArticleStatus, *, refused: bool) -> None:
    def article() -> ArticlePublished:
        return ArticlePublished(article_id="a", revision=1, status=status, body=" \n")

    if not refused:
        assert article().body == " \n"
        return
    with pytest.raises(ValidationError, match="words in it"):
        article()


def test_a_line_of_json_holds_the_value_as_it_was_and_its_attributes() -> None:
    headers = (
        ("ce_id", b"a"),
        ("ce_type", b"t"),
        ("traceparent", b"00"),
        ("content-type", b"application/json"),
    )
    line = json_line(Record("news", b"k", '{"body":"💬"}'.encode(), headers))
    assert json.loads(line) == {
        "id": "a",
        "type": "t",
        "datacontenttype": "application/json",
        "data": {"body": "💬"},
    }
    assert json.loads(json_line(Record("news", b"k", None, headers)))["data"] is None
