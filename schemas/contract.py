"""The published contract: JSON Schema 2020-12 and an example record of every event type, as files by name.

Pure: returns names and bytes; `readout schemas export` writes them to `schemas/json/`, where they are
committed. The schemas are closed, as the events are: a reader that validates needs those of the release that
wrote the record, or later ones.
"""

from collections.abc import Iterable, Iterator, Sequence

import orjson
from pydantic import JsonValue
from pydantic.json_schema import GenerateJsonSchema

from readout.schemas.envelope import ce_time, cloudevents_attributes, dataschema, encode_value, to_headers
from readout.schemas.event import Event
from readout.schemas.examples import example_events
from readout.schemas.news import ArticlePublished
from readout.schemas.registry import EVENT_CLASSES

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
JsonObject = dict[str, JsonValue]


def contract_files() -> Iterator[tuple[str, bytes]]:
    """File name and content of every schema and example, in the order of the registry."""
    for event_class in EVENT_CLASSES:
        yield f"{event_class.event_type}.schema.json", _pretty(json_schema(event_class))
    for event_type, record in example_records().items():
        yield f"{event_type}.example.json", _pretty(record)


def json_schema(event_class: type[Event]) -> JsonObject:
    """JSON Schema of the value of an event type."""
    schema = event_class.model_json_schema(mode="serialization", schema_generator=_WithoutFieldTitles)
    return {"$schema": _DIALECT, "$id": dataschema(event_class.event_type), **schema}


def topic_schema(name: str, events: Sequence[type[Event]]) -> JsonObject:
    """JSON Schema of whatever a topic may hold: one of its events, for registries that know topics only."""
    choices: list[JsonValue] = [{"$ref": f"#/$defs/{event.__name__}"} for event in events]
    return {"$schema": _DIALECT, "$id": f"urn:readout:topic:{name}", "oneOf": choices, "$defs": parts(events)}


def parts(events: Iterable[type[Event]]) -> JsonObject:
    """The schemas of events and of all that they consist of, by class name; they refer to `#/$defs/NAME`."""
    found: JsonObject = {}
    for event in events:
        schema = json_schema(event)
        shared = schema.pop("$defs", {})
        found |= shared if isinstance(shared, dict) else {}
        found[event.__name__] = {key: schema[key] for key in schema if key not in ("$schema", "$id")}
    return dict(sorted(found.items()))


def example_records() -> dict[str, JsonObject]:
    """An example of every event type, by event type."""
    events = example_events()
    article = events[0]
    if not isinstance(article, ArticlePublished):
        raise TypeError("the first example is the article that the others were derived from")
    return {event.event_type: example_record(event, article) for event in events}


def example_record(event: Event, article: ArticlePublished) -> JsonObject:
    """A Kafka record as JSON: topic, key, headers in order, value."""
    value = encode_value(event)
    attributes = cloudevents_attributes(event, value, source="urn:readout:example", time=ce_time(article))
    headers: list[JsonValue] = [[name, (text or b"").decode()] for name, text in to_headers(attributes)]
    topic = event.topic or "contact-log"
    return {"topic": topic, "key": event.key, "headers": headers, "value": orjson.loads(value)}


class _WithoutFieldTitles(GenerateJsonSchema):
    """pydantic repeats the name of every field as its title, which tells a reader nothing."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002
        return False


def _pretty(data: JsonObject) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_INDENT_2) + b"\n"
