"""Old events are lifted by pure steps, one version at a time; what is stored stays as it was."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from readout.schemas.envelope import canonical_json
from readout.schemas.news import ArticlePublished
from readout.schemas.registry import EVENTS_BY_TYPE
from readout.schemas.upcasts import UPCASTS, JsonObject, Upcast, upcast
from readout.streams.errors import InvalidRecord, UnknownEventType
from readout.streams.log.decoding import decode_event

RELEASED = Path(__file__).parent / "released"


def upcast_call_v1_v2(data: JsonObject) -> JsonObject:
    return {"caller": data["from"], "callee": data["to"]}


def upcast_call_v2_v3(data: JsonObject) -> JsonObject:
    return data | {"mode": "call"}


# No event of ours has an older version yet: these are made up.
STEPS: Mapping[str, Upcast] = {
    "call.made.v1": Upcast("call.made.v2", upcast_call_v1_v2),
    "call.made.v2": Upcast("call.made.v3", upcast_call_v2_v3),
}
CASES: list[tuple[str, JsonObject]] = [
    ("call.made.v1", {"from": "Ada", "to": "Bo"}),
    ("call.made.v2", {"caller": "Ada", "callee": "Bo"}),
    ("call.made.v3", {"caller": "Ada", "callee": "Bo", "mode": "call"}),
]


@pytest.mark.parametrize(("event_type", "data"), CASES)
def test_every_version_is_lifted_to_the_newest(event_type: str, data: JsonObject) -> None:
    newest = {"caller": "Ada", "callee": "Bo", "mode": "call"}
    assert upcast(event_type, data, STEPS) == ("call.made.v3", newest)


def test_the_data_that_was_read_stays_as_it_was() -> None:
    data: JsonObject = {"from": "Ada", "to": "Bo"}
    upcast("call.made.v1", data, STEPS)
    assert data == {"from": "Ada", "to": "Bo"}


def test_an_event_without_steps_comes_back_as_it_is() -> None:
    assert upcast("call.ended.v1", {"at": "noon"}, STEPS) == ("call.ended.v1", {"at": "noon"})


# Made up: the article of a version that had a list of paragraphs.
OLDER = "readout.article.published.v0"


def upcast_article_published_v0_v1(data: JsonObject) -> JsonObject:
    paragraphs = data.pop("paragraphs")
    texts = [str(one) for one in paragraphs] if isinstance(paragraphs, list) else []
    return {**data, "body": "\n\n".join(texts)}


OLDER_STEPS = {OLDER: Upcast(ArticlePublished.event_type, upcast_article_published_v0_v1)}


def stored(data: object, event_type: str = OLDER) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    return canonical_json(data), (("ce_type", event_type.encode()),)


def test_a_stored_record_of_an_older_version_is_read_as_the_newest_event() -> None:
    data = {"article_id": "a", "revision": 1, "status": "usable", "paragraphs": ["They met.", "They spoke."]}
    event = decode_event(*stored(data), OLDER_STEPS)
    assert isinstance(event, ArticlePublished)
    assert event.body == "They met.\n\nThey spoke."


BROKEN: list[tuple[object, str]] = [
    (
        {"article_id": "a", "revision": 1, "status": "usable"},
        "KeyError on the way to readout.article.published.v1",
    ),
    (["They met."], "no JSON object"),
    ({"article_id": "a", "revision": 0, "status": "usable", "paragraphs": ["They met."]}, "revision"),
]


@pytest.mark.parametrize(("data", "reason"), BROKEN)
def test_an_old_value_that_never_fitted_its_schema_is_an_invalid_record(data: object, reason: str) -> None:
    with pytest.raises(InvalidRecord, match=reason):
        decode_event(*stored(data), OLDER_STEPS)


def test_an_old_value_that_is_no_json_is_an_invalid_record() -> None:
    with pytest.raises(InvalidRecord, match=OLDER):
        decode_event(b"{", stored({})[1], OLDER_STEPS)


def test_an_old_version_that_nobody_can_lift_is_unknown() -> None:
    with pytest.raises(UnknownEventType, match=r"published\.v0"):
        decode_event(*stored({}))


def test_every_chain_ends_at_an_event_that_is_still_written() -> None:
    for event_type in UPCASTS:
        newest = event_type
        while newest in UPCASTS:
            newest = UPCASTS[newest].event_type
        assert newest in EVENTS_BY_TYPE, event_type


def test_every_example_ever_released_is_still_read() -> None:
    for file in sorted(RELEASED.glob("*/*.example.json")):
        record = json.loads(file.read_bytes())
        decode_event(
            canonical_json(record["value"]), tuple((name, text.encode()) for name, text in record["headers"])
        )
