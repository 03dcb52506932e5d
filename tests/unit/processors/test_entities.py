"""Entities: one event per member, with ids that others can point to and selectors that prove every mention."""

import pytest

from readout.schemas.event import Model, Producer
from readout.schemas.ids import RecordIds
from readout.schemas.news import ArticlePublished
from readout.schemas.selector import proves
from readout.streams.processors.entities import derive_entities, entity_ids
from tests.quality.entities_to_predictions import predictions
from tests.unit.conftest import Read

PRODUCER = Producer(
    package="readout-streams",
    version="0",
    build="0" * 64,
    models=(Model(name="en_core_web_md", version="3.7.1", sha256="0" * 64),),
    configuration="0" * 64,
)


def published(body: str) -> ArticlePublished:
    return ArticlePublished(article_id="a", revision=1, status="usable", body=body)


def test_the_seed_gives_one_proven_entity_per_member(read: Read, seed_body: str) -> None:
    _, cast = read(seed_body)
    events = derive_entities(published(seed_body), PRODUCER, cast, RecordIds("a"))
    assert [event.name for event in events] == [member.name for member in cast.members]
    assert all(proves(mention.selector, seed_body) for event in events for mention in event.mentions)
    assert [event.entity_id for event in events] == list(entity_ids(cast, RecordIds("a")))


def test_titles_are_roles_and_no_part_of_names(read: Read, seed_body: str) -> None:
    _, cast = read(seed_body)
    events = {
        event.name: event for event in derive_entities(published(seed_body), PRODUCER, cast, RecordIds("a"))
    }
    shoigu = events["Sergei Shoigu"]
    assert [(role.title, role.country) for role in shoigu.roles] == [("Defence Minister", "RU")]
    assert shoigu.aliases == ("Shoigu",)


def test_a_metonym_points_to_the_entity_of_its_country(read: Read, seed_body: str) -> None:
    _, cast = read(seed_body)
    events = {
        event.name: event for event in derive_entities(published(seed_body), PRODUCER, cast, RecordIds("a"))
    }
    assert events["Moscow"].stands_for == events["Russia"].entity_id
    assert events["Russia"].stands_for is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("Ann Lee left.", "Today Ann Lee left.", True), ("Ann Lee left.", "Bo Lee left.", False)],
)
def test_ids_follow_the_name_and_not_the_place(read: Read, one: str, other: str, *, same: bool) -> None:
    first, second = (
        derive_entities(published(text), PRODUCER, read(text)[1], RecordIds("a"))[0].entity_id
        for text in (one, other)
    )
    assert (first == second) is same


def test_only_names_become_predictions(read: Read) -> None:
    body = "Ann Lee said she met the Kurds in Oslo."
    _, cast = read(body)
    events = derive_entities(published(body), PRODUCER, cast, RecordIds("a"))
    lines = predictions(
        {"type": e.event_type, "subject": e.article_id, "data": e.model_dump(mode="json")} for e in events
    )
    (line,) = lines
    found = sorted((body[one["start"] : one["end"]], one["type"]) for one in line["entities"])
    assert found == [("Ann Lee", "PERSON"), ("Kurds", "MISC"), ("Oslo", "PLACE")]
