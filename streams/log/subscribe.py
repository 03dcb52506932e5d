"""Subscribe to events from Python, typed.

    async for event in subscribe(ContactLogged, settings=Settings()):
        ...

Reads what is committed, from the beginning or from a moment, to the present end or for ever, in order within
each partition. Belongs to no consumer group and commits nothing: every subscriber reads the whole log.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from readout.schemas.event import Event
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.administration import Administration
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.log.decoding import attributes_of, decode_event
from readout.streams.log.topics import TOPICS, topic_name
from readout.streams.settings import Settings

E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Received(Generic[E_co]):
    """An event and the record that held it: topic, partition, offset, timestamp, headers."""

    event: E_co
    record: StoredRecord


async def subscribe(
    *event_types: type[E], settings: Settings, since: datetime | None = None, follow: bool = False
) -> AsyncIterator[E]:
    """The events of these types, in order within each partition.

    Args:
        event_types: classes of `schemas`; add `RecordWithdrawn` to learn what no longer holds.
        settings: where the brokers are.
        since: only records written at or after this moment (aware); None reads from the beginning.
        follow: wait for more at the end.

    Raises:
        InvalidRecord: a topic holds what its schema refuses; only tampering or a foreign writer does that.
        ConfigurationError: a topic does not exist yet.
        TransientError: the brokers cannot be reached.
    """
    stems = sorted({stem for event_type in event_types for stem in _topics_of(event_type)})
    async for received in subscribe_records(stems, settings=settings, since=since, follow=follow):
        if isinstance(received.event, event_types):
            yield received.event


async def subscribe_records(
    stems: Iterable[str], *, settings: Settings, since: datetime | None = None, follow: bool = False
) -> AsyncIterator[Received[Event]]:
    """Like `subscribe`, for whole topics by name (without prefix), with the record of every event."""
    async for record in read_topics(stems, settings=settings, since=since, follow=follow):
        yield Received(decode_event(record.value, record.headers), record)


async def read_topics(
    stems: Iterable[str], *, settings: Settings, since: datetime | None = None, follow: bool = False
) -> AsyncIterator[StoredRecord]:
    """The records of topics, undecoded: dead letters are bytes that nobody could read."""
    places = await partitions_of(stems, settings)
    earliest = round(since.timestamp() * 1000) if since else 0
    async with Reader(settings) as reader:
        bounds = await reader.bounds(places)
        starts = {place: bound.first for place, bound in bounds.items()}
        stops = None if follow else {place: bound.next for place, bound in bounds.items()}
        async for record in reader.read(starts, stops):
            if record.timestamp >= earliest:
                yield record


async def partitions_of(stems: Iterable[str], settings: Settings) -> list[Partition]:
    """All partitions of topics.

    Raises:
        ConfigurationError: a topic does not exist.
    """
    names = [topic_name(settings, stem) for stem in stems]
    async with Administration(settings) as administration:
        existing = await administration.existing(names)
    for name in names:
        if name not in existing:
            raise ConfigurationError(
                f"topic {name!r} does not exist: create the topics with `readout topics`"
            )
    return [Partition(name, number) for name in names for number in range(existing[name].partitions)]


def event_id(record: StoredRecord) -> str | None:
    """The CloudEvents id of a record."""
    return attributes_of(record.headers).get("id")


def _topics_of(event_type: type[Event]) -> list[str]:
    if event_type is RecordWithdrawn:
        return [topic.stem for topic in TOPICS if RecordWithdrawn in topic.events]
    return [event_type.topic]
