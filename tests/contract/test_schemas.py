"""The contract: committed schemas are fresh, examples validate, values are canonical, foreign readers agree."""

import datetime
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rfc8785
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from pydantic import ValidationError

from readout.schemas.contract import json_schema, parts
from readout.schemas.envelope import ce_time, cloudevents_attributes, encode_value, from_headers, to_headers
from readout.schemas.event import Event
from readout.schemas.examples import example_events
from readout.schemas.ids import sha256_hex
from readout.schemas.news import ArticlePublished
from readout.schemas.registry import EVENT_CLASSES, EVENTS_BY_TYPE
from readout.streams.contract.files import published_files

JSON = Path(__file__).parents[2] / "schemas" / "json"
EXAMPLES = example_events()


def test_committed_schemas_and_examples_are_fresh() -> None:
    """Run `readout schemas export` and read the difference: a changed schema is an entry of CHANGELOG.md."""
    assert {file.name: file.read_bytes() for file in JSON.iterdir()} == published_files()


def test_every_event_type_has_one_example() -> None:
    assert [type(event) for event in EXAMPLES] == list(EVENT_CLASSES)


@pytest.mark.parametrize("file", sorted(JSON.glob("*.example.json")), ids=lambda file: file.name)
def test_an_example_validates_against_its_schema(file: Path) -> None:
    record = json.loads(file.read_bytes())
    event_type = dict(record["headers"])["ce_type"]
    schema = json.loads((JSON / f"{event_type}.schema.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(record["value"])


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.event_type)
def test_a_value_is_canonical_json_and_comes_back_equal(event: Event) -> None:
    value = encode_value(event)
    assert value == rfc8785.dumps(json.loads(value))
    assert EVENTS_BY_TYPE[event.event_type].model_validate_json(value) == event


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.event_type)
def test_a_field_that_nobody_declared_is_refused(event: Event) -> None:
    data = json.loads(encode_value(event)) | {"certainty": 1}
    with pytest.raises(ValidationError, match="certainty"):
        type(event).model_validate_json(json.dumps(data))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json_schema(type(event)))


def attributes_of(event: Event) -> dict[str, str]:
    return cloudevents_attributes(
        event,
        encode_value(event),
        source="urn:readout:test",
        time="2022-10-25T00:00:00Z",
        causation_id="a" * 64,
    )


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.event_type)
def test_the_cloudevents_sdk_reads_what_we_write(event: Event) -> None:
    value = encode_value(event)
    headers: dict[str, Any] = dict(to_headers(attributes_of(event)))
    message = KafkaMessage(headers=headers, key=event.key.encode(), value=value)
    read = from_binary(message, JSONFormat())
    assert read.get_id() == sha256_hex(value)
    assert read.get_type() == event.event_type
    assert read.get_subject() == event.key
    assert read.get_data() == json.loads(value)
    assert read.get_extension("correlationid") == event.key


def test_headers_come_back_as_attributes_in_order() -> None:
    attributes = attributes_of(EXAMPLES[0])
    assert list(from_headers(to_headers(attributes)).items()) == list(attributes.items())


def test_an_absent_time_stays_absent() -> None:
    event = EXAMPLES[0]
    attributes = cloudevents_attributes(event, encode_value(event), source="urn:readout:test", time=None)
    assert "time" not in attributes
    assert "causationid" not in attributes


TIMES = [
    ("2022-10-25", "2022-10-25T00:00:00Z"),
    ("2022-W43-2", "2022-10-25T00:00:00Z"),
    ("2022-10-25T09:30Z", "2022-10-25T09:30:00Z"),
    ("20221025T093000Z", "2022-10-25T09:30:00Z"),
    ("2022-10-25 09:30:00.5+02:00", "2022-10-25T07:30:00.500000Z"),
    ("2022-10-25T00:30:00+0200", "2022-10-24T22:30:00Z"),
]


@pytest.mark.parametrize(("published_at", "time"), TIMES)
def test_whatever_iso_8601_a_source_writes_the_envelope_says_in_rfc_3339(
    published_at: str, time: str
) -> None:
    article = article_of(published_at)
    assert ce_time(article) == time
    assert article.published_on == datetime.date(2022, 10, 25)


@pytest.mark.parametrize(
    "published_at", ["20221025", "2022-10-25T09:30", "0001-01-01T00:00+02:00", "yesterday"]
)
def test_a_time_that_names_no_moment_is_refused(published_at: str) -> None:
    with pytest.raises(ValidationError, match="published_at"):
        article_of(published_at)


def article_of(published_at: str) -> ArticlePublished:
    return ArticlePublished(
        article_id="a", revision=1, status="usable", body="They met.", published_at=published_at
    )


def properties_without_a_description(schema: dict[str, Any], path: str) -> list[str]:
    found = []
    for name, field in schema.get("properties", {}).items():
        found += [] if field.get("description", "").endswith(".") else [f"{path}.{name}"]
    for name, part in schema.get("$defs", {}).items():
        found += properties_without_a_description(part, name)
    return found


@pytest.mark.parametrize("event_class", EVENT_CLASSES, ids=lambda one: one.event_type)
def test_every_field_is_described_in_a_sentence(event_class: type[Event]) -> None:
    assert properties_without_a_description(json_schema(event_class), event_class.__name__) == []


def test_a_part_that_two_events_share_is_the_same_in_both() -> None:
    for event_class in EVENT_CLASSES:
        for name, part in parts([event_class]).items():
            assert parts(EVENT_CLASSES)[name] == part, f"{name} in {event_class.__name__}"
