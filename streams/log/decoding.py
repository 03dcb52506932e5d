"""Read an event out of a record: what every agent, subscriber and auditor does first.

A record that cannot be read raises `InvalidRecord`, whatever is wrong with it; what follows (dead letter, line
of a report) is the caller's.
"""

from collections.abc import Mapping

from pydantic import ValidationError

from readout.schemas.envelope import Header, from_headers
from readout.schemas.event import Event
from readout.schemas.news import ArticlePublished
from readout.schemas.registry import EVENTS_BY_TYPE
from readout.schemas.upcasts import UPCASTS, Upcast, newest
from readout.streams.errors import InvalidRecord, UnknownEventType, describe


def decode_event(
    value: bytes | None, headers: tuple[Header, ...], steps: Mapping[str, Upcast] = UPCASTS
) -> Event:
    """The event that a record holds; one of an older version is lifted to the newest.

    Args:
        value: the record's value, which stays as it is.
        headers: its headers.
        steps: how old versions are lifted, for tests.

    Raises:
        UnknownEventType: no version of the schemas knows its `ce_type`.
        InvalidRecord: no value, no `ce_type`, or a value that its schema refuses.
    """
    event_type = attributes_of(headers).get("type")
    if event_type is None:
        raise InvalidRecord("the record has no ce_type header")
    if event_type not in EVENTS_BY_TYPE and event_type not in steps:
        raise UnknownEventType(f"ce_type {event_type[:80]!r} is unknown")
    if value is None:
        raise InvalidRecord(f"the {event_type} record has no value")
    try:
        newest_type, newest_value = newest(event_type, value, steps)
        return EVENTS_BY_TYPE[newest_type].model_validate_json(newest_value)
    except ValidationError as error:
        raise InvalidRecord(f"no {event_type}: {describe(error)}") from None
    except ValueError as error:
        raise InvalidRecord(f"no {event_type}: {error}") from None


def decode_article(key: bytes | None, value: bytes | None, headers: tuple[Header, ...]) -> ArticlePublished:
    """The article that a record of `news` holds.

    Raises:
        InvalidRecord: it holds no article, or one whose key is not its id and so may sit in a wrong partition.
    """
    event = decode_event(value, headers)
    if not isinstance(event, ArticlePublished):
        raise InvalidRecord(f"{event.event_type} does not belong into news")
    if key != event.article_id.encode():
        raise InvalidRecord(f"the record's key is not its article id {event.article_id[:80]!r}")
    return event


def attributes_of(headers: tuple[Header, ...]) -> dict[str, str]:
    """The CloudEvents attributes of a record.

    Raises:
        InvalidRecord: a `ce_` header is not UTF-8.
    """
    try:
        return from_headers(headers)
    except UnicodeDecodeError:
        raise InvalidRecord("a ce_ header is not UTF-8") from None
