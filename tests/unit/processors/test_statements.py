"""Statements: sources and addressees are members of the cast, and every selector holds the words that it points to."""

from collections.abc import Callable

import pytest

from readout.schemas.event import Producer
from readout.schemas.ids import RecordIds
from readout.schemas.news import ArticlePublished
from readout.schemas.selector import proves
from readout.schemas.statements import StatementAttributed
from readout.streams.processors.statements import derive_statements
from readout.streams.text.statements.attributions import find_attributions
from tests.quality.statements_to_predictions import predictions
from tests.unit.conftest import Read

PRODUCER = Producer(package="test", version="1", build="0" * 64, models=(), configuration="0" * 64)
Derive = Callable[[str], tuple[StatementAttributed, ...]]


@pytest.fixture(scope="session")
def derive(read: Read) -> Derive:
    """Statements of a text by the rules alone, so that new weights change no test; members' ids are their numbers."""

    def derive_from(body: str) -> tuple[StatementAttributed, ...]:
        article = ArticlePublished(
            article_id="a", revision=1, status="usable", body=body, published_at="2022-10-25"
        )
        doc, cast = read(body)
        ids = [f"{number:064x}" for number in range(len(cast.members))]
        attributions = find_attributions(doc, None)
        return derive_statements(article, PRODUCER, doc, cast, ids, attributions, RecordIds("a"))

    return derive_from


def test_a_pronoun_is_the_person_it_stands_for(derive: Derive) -> None:
    found = derive("Anna Berg met the press in Vienna. She said the talks would go on.")
    (statement,) = [one for one in found if one.content.text == "the talks would go on"]
    assert statement.source is not None
    assert statement.source.name == "Anna Berg"
    assert statement.source.selectors[0].exact == "She"
    assert statement.source.entity_id is not None


def test_a_source_that_nobody_names_keeps_its_words(derive: Derive) -> None:
    (statement,) = derive("Two officials said the talks would go on.")
    assert statement.source is not None
    assert (statement.source.name, statement.source.entity_id) == ("Two officials", None)


def test_the_spokesperson_of_the_seed_is_butler(derive: Derive, seed_body: str) -> None:
    found = [
        one for one in derive(seed_body) if one.source and one.source.selectors[0].exact == "the spokesperson"
    ]
    assert {one.source.name for one in found if one.source} == {"Dave Butler"}


def test_a_nested_statement_points_to_the_one_that_reports_it(derive: Derive, seed_body: str) -> None:
    found = derive(seed_body)
    (claim,) = [one for one in found if one.cue and one.cue.lemma == "claim"]
    (outer,) = [one for one in found if one.statement_id == claim.nested_in]
    assert claim.content.text in outer.content.text


def test_the_addressee_and_the_day_of_telling_are_kept(derive: Derive) -> None:
    (statement,) = derive("Anna Berg told Emil Wolf on Monday that the talks had failed.")
    assert statement.addressee is not None
    assert statement.addressee.name == "Emil Wolf"
    assert statement.occurred_on is not None
    assert (statement.occurred_on.date, statement.occurred_on.precision) == ("2022-10-24", "day")


def test_a_day_inside_the_content_does_not_date_the_statement(derive: Derive) -> None:
    (statement,) = derive("Anna Berg said the talks on Monday had failed.")
    assert statement.occurred_on is None


def test_equal_statements_have_ids_of_their_own_and_the_same_again(derive: Derive) -> None:
    body = "Anna Berg said the talks had failed.\n\nAnna Berg said the talks had failed."
    first, second = derive(body)
    assert first.statement_id != second.statement_id
    assert (first, second) == derive(body)


def test_every_selector_proves_its_words(derive: Derive, seed_body: str) -> None:
    found = derive(seed_body)
    selectors = [
        selector
        for one in found
        for part in (one.source, one.cue, one.content, one.addressee)
        if part is not None
        for selector in part.selectors
    ]
    assert selectors
    assert all(proves(selector, seed_body) for selector in selectors)


def test_the_scorer_gets_every_statement_but_the_nested(derive: Derive, seed_body: str) -> None:
    found = derive(seed_body)
    events = [{"type": one.event_type, "subject": "a", "data": one.model_dump(mode="json")} for one in found]
    (prediction,) = predictions([{"type": "readout.entity.mentioned.v1"}, *events])
    outer = [one for one in found if one.nested_in is None]
    assert len(prediction["statements"]) == len(outer) < len(found)
    for given, one in zip(prediction["statements"], outer, strict=True):
        assert [seed_body[a:b] for a, b in given["content"]] == [part.exact for part in one.content.selectors]
