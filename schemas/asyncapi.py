"""AsyncAPI 3: the topics, keys, headers and values in the form that catalogues and generators read.

Pure: topics come in as values, because how they are configured is no matter of the schemas. The JSON Schemas are
hoisted into `components`, each part once; what they say is the same as in the `.schema.json` files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from readout.schemas.contract import JsonObject, example_records, parts
from readout.schemas.event import Event
from readout.schemas.headers import event_headers, opaque_headers

_BINDING = "0.5.0"
# Of the topics and the envelope; every event has a version of its own in `ce_type`.
_VERSION = "1.0.0"
_DESCRIPTION = """\
Turns news articles into an auditable log of who is mentioned, who said what, and who was in contact with whom.

Values are canonical JSON (RFC 8785) and headers are CloudEvents 1.0 in Kafka's binary content mode. The key of a
record is its article id: an article and everything derived from it share a partition number and are in order.
Selectors count Unicode code points of the article body exactly as published, and are half-open. A reader meets
new optional fields and new event types in time: skip the types you do not know, and validate with the schemas of
the release that wrote a record, or later ones. Topics may carry an installation's prefix.
"""


@dataclass(frozen=True, slots=True)
class Channel:
    """A topic as it is published; `headers` describes those of records that are no events."""

    stem: str
    key: str
    events: tuple[type[Event], ...]
    meaning: str
    partitions: int
    replicas: int
    config: Mapping[str, str]
    headers: Mapping[str, str]


def asyncapi_document(channels: Sequence[Channel]) -> JsonObject:
    """The whole document, as plain data."""
    events = {event.event_type: event for channel in channels for event in channel.events}
    messages: JsonObject = {event.__name__: _event_message(event) for event in events.values()}
    messages |= {_opaque_name(one): _opaque_message(one) for one in channels if not one.events}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Readout",
            "version": _VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {channel.stem: _channel(channel) for channel in channels},
        "operations": _operations(channels),
        "components": {"messages": messages, "schemas": _hoisted(parts(events.values()))},
    }


def _channel(channel: Channel) -> JsonValue:
    names = [event.__name__ for event in channel.events] or [_opaque_name(channel)]
    return {
        "address": channel.stem,
        "description": channel.meaning,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {
            "kafka": {
                "partitions": channel.partitions,
                "replicas": channel.replicas,
                "topicConfiguration": _configuration(channel.config),
                "bindingVersion": _BINDING,
            }
        },
    }


def _configuration(config: Mapping[str, str]) -> JsonObject:
    """The binding wants numbers as numbers and clean-up policies as a list."""
    found: JsonObject = {
        name: int(text) if text.lstrip("-").isdigit() else text for name, text in config.items()
    }
    return found | {"cleanup.policy": list(config["cleanup.policy"].split(","))}


def _operations(channels: Sequence[Channel]) -> JsonObject:
    """What a subscriber can do, which is to receive, told from this application's side: it sends."""
    return {
        f"send-{channel.stem}": {
            "action": "send",
            "channel": {"$ref": f"#/channels/{channel.stem}"},
        }
        for channel in channels
    }


def _event_message(event: type[Event]) -> JsonValue:
    example = example_records()[event.event_type]
    headers = example["headers"]
    pairs = [pair for pair in headers if isinstance(pair, list)] if isinstance(headers, list) else []
    return {
        "name": event.event_type,
        "title": event.__name__,
        "summary": _first_line(event),
        "contentType": "application/json",
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "headers": event_headers(event),
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
        "bindings": {"kafka": {"key": _key(event.key_field.replace("_", " ")), "bindingVersion": _BINDING}},
        "examples": [{"headers": {str(name): text for name, text in pairs}, "payload": example["value"]}],
    }


def _opaque_message(channel: Channel) -> JsonValue:
    return {
        "name": channel.stem,
        "title": _opaque_name(channel),
        "summary": channel.meaning,
        "contentType": "application/octet-stream",
        "headers": opaque_headers(channel.headers),
        "payload": {"description": "Bytes that only the headers speak of."},
        "bindings": {"kafka": {"key": _key(channel.key), "bindingVersion": _BINDING}},
    }


def _opaque_name(channel: Channel) -> str:
    return "".join(word.capitalize() for word in channel.stem.removesuffix("s").split("-"))


def _key(meaning: str) -> JsonValue:
    return {"type": "string", "description": f"Key of the record: {meaning}."}


def _first_line(event: type[Event]) -> str:
    return (event.__doc__ or "").partition("\n")[0]


def _hoisted(node: JsonValue) -> JsonValue:
    """References point into `components`; what stands beside one moves out of its shadow.

    AsyncAPI reads schemas as of draft 07, where `$ref` hides its neighbours.
    """
    if isinstance(node, list):
        return [_hoisted(item) for item in node]
    if not isinstance(node, dict):
        return node
    rest: JsonObject = {key: _hoisted(value) for key, value in node.items() if key != "$ref"}
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return rest
    target: JsonValue = {"$ref": reference.replace("#/$defs/", "#/components/schemas/")}
    return {"allOf": [target], **rest} if rest else target
