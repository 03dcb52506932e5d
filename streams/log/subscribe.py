"""Subscribe to events from Python, typed.

    async for event in subscribe(ContactLogged):
        ...

Reads what is committed, from the beginning or from wherever asked, to the present end or for ever, in order within
each partition. Without a group nothing is committed and every subscriber reads the whole log; with one, the members
share the partitions, and whoever comes back goes on where the group left off.
"""

import os
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from readout.schemas.event import Event
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.administration import Administration
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.group import GroupReader
from readout.streams.kafka.reader import Reader
from readout.streams.log.decoding import attributes_of, decode_event
from readout.streams.log.filters import Filter, Selected
from readout.streams.log.memory import MemoryReader, memory_log
from readout.streams.log.partition_times import narrowed
from readout.streams.log.topics import TOPICS, topic_name
from readout.streams.settings import Settings, read_settings

E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Received(Generic[E_co]):
    """An event and the record that held it: topic, partition, offset, timestamp, headers."""

    event: E_co
    record: StoredRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What of a log to read.

    Attributes:
        start: an aware moment, for records written then or later; an offset, which counts in every partition; None
            for the beginning.
        end: the same, exclusive; None for where the log ends when reading begins, which a `follow` goes beyond.
        partitions: their numbers; empty for all.
    """

    start: datetime | int | None = None
    end: datetime | int | None = None
    partitions: tuple[int, ...] = ()

    def holds(self, record: StoredRecord) -> bool:
        """Does the record lie in it?"""
        if self.start is not None and _position(record, self.start) < _number(self.start):
            return False
        return self.end is None or _position(record, self.end) < _number(self.end)

    def times(self) -> tuple[int | None, int | None]:
        """Its moments in milliseconds since 1970; None where it names none."""
        start = _number(self.start) if isinstance(self.start, datetime) else None
        return start, _number(self.end) if isinstance(self.end, datetime) else None

    def cut(self, bounds: Mapping[Partition, Bounds]) -> tuple[dict[Partition, int], dict[Partition, int]]:
        """Where to begin in each partition, and where to stop, as far as offsets tell."""
        start = self.start if isinstance(self.start, int) else 0
        starts = {place: max(bound.first, start) for place, bound in bounds.items()}
        stops = {
            place: min(bound.next, self.end) if isinstance(self.end, int) else bound.next
            for place, bound in bounds.items()
        }
        return starts, stops


ALL = Extent()
EVERYTHING = Filter()


async def subscribe(
    *event_types: type[E],
    settings: Settings | None = None,
    since: datetime | None = None,
    follow: bool = False,
    extent: Extent = ALL,
    where: Filter = EVERYTHING,
    group: str | None = None,
) -> AsyncIterator[E]:
    """The events of these types, in order within each partition.

    Args:
        event_types: classes of `schemas`; add `RecordWithdrawn` to learn what no longer holds.
        settings: where the brokers are; None reads them as the command line does.
        since: short for `extent=Extent(start=since)`.
        follow: wait for more at the end.
        extent: from where to where, and which partitions.
        where: what the events must say.
        group: a consumer group to read with; an event counts as used when the next one is asked for.

    Raises:
        InvalidRecord: a topic holds what its schema refuses; only tampering or a foreign writer does that.
        ConfigurationError: a topic does not exist yet, or no event of these types can be chosen so.
        TransientError: the brokers cannot be reached.
    """
    where.check(event_types)
    found = subscribe_records(
        topics_of(event_types),
        settings=settings,
        since=since,
        follow=follow,
        extent=extent,
        where=where,
        group=group,
    )
    async for received in found:
        if isinstance(received.event, event_types):
            yield received.event


async def subscribe_records(  # noqa: PLR0913 - as above
    stems: Iterable[str],
    *,
    settings: Settings | None = None,
    since: datetime | None = None,
    follow: bool = False,
    extent: Extent = ALL,
    where: Filter = EVERYTHING,
    group: str | None = None,
) -> AsyncIterator[Received[Event]]:
    """Like `subscribe`, for whole topics by name (without prefix), with the record of every event."""
    selected = Selected(where)
    found = read_topics(stems, settings=settings, since=since, follow=follow, extent=extent, group=group)
    async for record in found:
        if selected.takes(record):
            yield Received(decode_event(record.value, record.headers), record)


async def read_topics(  # noqa: PLR0913 - as above
    stems: Iterable[str],
    *,
    settings: Settings | None = None,
    since: datetime | None = None,
    follow: bool = False,
    extent: Extent = ALL,
    group: str | None = None,
    in_time_order: bool = False,
) -> AsyncIterator[StoredRecord]:
    """The records of topics, undecoded: dead letters are bytes that nobody could read.

    With `in_time_order` what is there when reading begins comes merged by the time at which it was written, and
    what follows as it comes.
    """
    settings = settings or read_settings(os.environ)
    if since is not None:
        extent = Extent(start=since, end=extent.end, partitions=extent.partitions)
    if group is not None:
        records = _read_as_group(stems, settings, group, extent, follow=follow)
    else:
        records = _read(stems, settings, extent, follow=follow, in_time_order=in_time_order)
    async for record in records:
        if extent.holds(record):
            yield record


async def _read(
    stems: Iterable[str], settings: Settings, extent: Extent, *, follow: bool, in_time_order: bool
) -> AsyncIterator[StoredRecord]:
    places = await places_of(stems, settings, extent.partitions)
    async with reader_of(settings) as reader:
        bounds = await reader.bounds(places)
        if isinstance(reader, Reader):
            since, until = extent.times()
            # Who follows goes on after the present end, whatever was asked of it.
            bounds = await narrowed(reader, bounds, since=since, until=None if follow else until)
        starts, stops = extent.cut(bounds)
        if in_time_order:
            async for record in reader.read_in_time_order(starts, stops):
                yield record
            if not follow:
                return
            starts = {place: max(starts[place], stop) for place, stop in stops.items()}
        async for record in reader.read(starts, None if follow else stops):
            yield record


async def _read_as_group(
    stems: Iterable[str], settings: Settings, group: str, extent: Extent, *, follow: bool
) -> AsyncIterator[StoredRecord]:
    if extent.partitions:
        raise ConfigurationError("a group shares out the partitions: leave out either group or partitions")
    memory = memory_log(settings)
    if memory is not None:
        places = memory.places(topic_name(settings, stem) for stem in stems)
        async for record in MemoryReader(memory).read_as_group(group, places, follow=follow):
            yield record
        return
    await partitions_of(stems, settings)
    async with GroupReader(settings, group, [topic_name(settings, stem) for stem in stems]) as reader:
        async for record in reader.read(follow=follow):
            yield record


def reader_of(settings: Settings) -> Reader | MemoryReader:
    """A reader of the log that the settings name."""
    memory = memory_log(settings)
    return MemoryReader(memory) if memory is not None else Reader(settings)


async def partitions_of(stems: Iterable[str], settings: Settings) -> list[Partition]:
    """All partitions of topics.

    Raises:
        ConfigurationError: a topic does not exist.
    """
    names = [topic_name(settings, stem) for stem in stems]
    memory = memory_log(settings)
    if memory is not None:
        return memory.places(names)
    async with Administration(settings) as administration:
        existing = await administration.existing(names)
    for name in names:
        if name not in existing:
            raise ConfigurationError(
                f"topic {name!r} does not exist: create the topics with `readout topics`"
            )
    return [Partition(name, number) for name in names for number in range(existing[name].partitions)]


async def places_of(stems: Iterable[str], settings: Settings, numbers: tuple[int, ...]) -> list[Partition]:
    """The partitions of topics that have one of the numbers; all if none is given.

    Raises:
        ConfigurationError: a topic or a number does not exist.
    """
    places = await partitions_of(stems, settings)
    there = {place.number for place in places}
    for number in numbers:
        if number not in there:
            raise ConfigurationError(f"there is no partition {number}: the topics have {len(there)}")
    return [place for place in places if not numbers or place.number in numbers]


def topics_of(event_types: Iterable[type[Event]]) -> list[str]:
    """The topics that hold events of these types."""
    return sorted({stem for event_type in event_types for stem in _topics_of(event_type)})


def event_id(record: StoredRecord) -> str | None:
    """The CloudEvents id of a record."""
    return attributes_of(record.headers).get("id")


def _topics_of(event_type: type[Event]) -> list[str]:
    if event_type is RecordWithdrawn:
        return [topic.stem for topic in TOPICS if RecordWithdrawn in topic.events]
    return [event_type.topic]


def _position(record: StoredRecord, limit: datetime | int) -> int:
    return record.offset if isinstance(limit, int) else record.timestamp


def _number(limit: datetime | int) -> int:
    return limit if isinstance(limit, int) else round(limit.timestamp() * 1000)
