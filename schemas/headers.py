"""What the headers of a record say, as JSON Schema: CloudEvents 1.0 in Kafka's binary content mode."""

from collections.abc import Mapping

from pydantic import JsonValue

from readout.schemas.contract import JsonObject
from readout.schemas.envelope import CONTENT_TYPE, SALT, dataschema
from readout.schemas.event import Event

SALT_MEANING = "128 random bits in hexadecimal: without them nobody can try out what was erased."
_ALWAYS = {
    "ce_id": "sha256 of the value's bytes: equal events have equal ids, on every replay.",
    "ce_source": "Who wrote the event.",
    "ce_subject": "The article id, as in the key; in contacts the consolidated id.",
    "ce_correlationid": "The same: joins an article and all that was derived from it.",
}
_SOMETIMES = {
    "ce_time": "The article version's time, RFC 3339 in UTC; absent where the source gave none.",
    "ce_causationid": "ce_id of the article event that a derived record follows from.",
    "ce_step": "Counts the steps of the consolidation; all events of a step are written as one; contacts only.",
    "ce_stepevent": "Which event of its step this is, and of how many, such as 1/3; contacts only.",
    "ce_positions": "Up to where contact-log had been read: partition:offset, … in order; contacts only.",
    "ce_recordedtime": "When this record was written; never part of the value, so that replays are equal.",
    "ce_sourcepartition": "Partition of `news` that the article was read from.",
    "ce_sourceoffset": "Offset in `news` that the article was read from.",
    "ce_environment": "Libraries and processor that the derivation ran on; manifests only.",
    "ce_application": "Which application sealed the article; manifests only.",
    SALT: SALT_MEANING,
    "readout.moved": "Where the article was in the log that this one was copied from; JSON; news only.",
    "traceparent": "W3C trace context of the run that wrote the record.",
}


def event_headers(event: type[Event]) -> JsonObject:
    """The headers of an event's records."""
    fixed = {
        "ce_specversion": "1.0",
        "ce_type": event.event_type,
        "ce_dataschema": dataschema(event.event_type),
        "content-type": CONTENT_TYPE,
    }
    properties: JsonObject = {name: {"type": "string", "const": text} for name, text in fixed.items()}
    properties |= _described(_ALWAYS | _SOMETIMES)
    return {"type": "object", "required": [*fixed, *_ALWAYS], "properties": properties}


def opaque_headers(meanings: Mapping[str, str]) -> JsonObject:
    """The headers of records that are no events: any, and those described."""
    return {"type": "object", "properties": _described(meanings)}


def _described(meanings: Mapping[str, str]) -> JsonObject:
    described: dict[str, JsonValue] = {}
    for name, meaning in meanings.items():
        described[name] = {"type": "string", "description": meaning}
    return described
