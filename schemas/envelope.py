"""The envelope: how an event becomes a Kafka record, and back.

Value:   canonical JSON (sorted keys, no floats), the event and nothing else
Headers: CloudEvents 1.0, Kafka protocol binding, binary content mode
Key:     the article id, so that an article and all that is derived from it share a partition

The id of an event is the sha256 of its value: equal events have equal ids, on every replay. The headers are
written here and not by the CloudEvents SDK, which keeps them in a dict and invents ids and times; the tests
let the SDK read them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter

import orjson

from readout.schemas.event import Event, Part
from readout.schemas.ids import sha256_hex
from readout.schemas.news import ArticlePublished

CONTENT_TYPE = "application/json"
SALT = "readout.salt"
"""The header with 128 random bits, in hexadecimal, that every record gets when it is written.

It keeps what was erased from being guessed by its digest, and says nothing else.
"""
Header = tuple[str, bytes | None]
# What pydantic would copy into nested dicts first: three times as slow.
_FIELDS = attrgetter("__dict__")


@dataclass(frozen=True, slots=True)
class Record:
    """A record as Kafka is handed it; `topic` is the name without an installation's prefix."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...]


def canonical_json(data: object) -> bytes:
    """RFC 8785 bytes of plain data without floats and with ASCII keys.

    Raises:
        TypeError: the data holds what JSON cannot, lone surrogates included.
    """
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def encode_value(event: Part) -> bytes:
    """The canonical bytes of an event, or of a part of one.

    All its fields are plain data or parts of such, under their own names.

    Raises:
        TypeError: a field holds what JSON cannot, lone surrogates included.
    """
    return orjson.dumps(_as_stored(event), _FIELDS, orjson.OPT_SORT_KEYS)


def _as_stored(event: Part) -> object:
    """Articles that were not extracted keep the bytes, and so the ids, of before there was `extraction`."""
    if not isinstance(event, ArticlePublished) or event.source is None or event.source.extraction is not None:
        return event
    return event.__dict__ | {"source": {"name": event.source.name, "url": event.source.url}}


def ce_time(article: ArticlePublished) -> str | None:
    """The article version's time in RFC 3339 and UTC, or None.

    Sources write ISO 8601 in ways that RFC 3339 does not know, such as 20221025T093000Z or 2022-W43-2, and on those
    the CloudEvents SDK for JavaScript gives up.
    """
    moment = article.published_in_utc
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def dataschema(event_type: str) -> str:
    """The URI that names the JSON Schema of an event type."""
    return f"urn:readout:schema:{event_type.removeprefix('readout.')}"


def cloudevents_attributes(
    event: Event, value: bytes, *, source: str, time: str | None, causation_id: str | None = None
) -> dict[str, str]:
    """The CloudEvents attributes of an event, in the order in which they are written."""
    attributes = {
        "specversion": "1.0",
        "id": sha256_hex(value),
        "source": source,
        "type": event.event_type,
        "subject": event.key,
        "time": time,
        "dataschema": dataschema(event.event_type),
        "correlationid": event.key,
        "causationid": causation_id,
    }
    return {name: text for name, text in attributes.items() if text is not None}


def to_headers(attributes: Mapping[str, str]) -> tuple[Header, ...]:
    """CloudEvents attributes as Kafka headers of the binary content mode."""
    prefixed = [(f"ce_{name}", text.encode()) for name, text in attributes.items()]
    return (*prefixed, ("content-type", CONTENT_TYPE.encode()))


def from_headers(headers: tuple[Header, ...]) -> dict[str, str]:
    """The CloudEvents attributes among Kafka headers; the last of a repeated one counts.

    Raises:
        UnicodeDecodeError: an attribute is not UTF-8; the record is unreadable.
    """
    found = ((name, text) for name, text in headers if name.startswith("ce_") and text is not None)
    return {name.removeprefix("ce_"): text.decode() for name, text in found}


def json_line(record: Record) -> bytes:
    """CloudEvents JSON format of a record, in one line; the value's bytes stand in it as they are."""
    attributes = from_headers(record.headers) | {"datacontenttype": CONTENT_TYPE}
    return orjson.dumps(attributes)[:-1] + b',"data":' + (record.value or b"null") + b"}"
