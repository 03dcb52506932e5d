"""A log to audit: the live topics or an archive of them, read through one interface.

Reads:  what is committed, in order within each partition, from wherever asked
Writes: nothing, and leaves no consumer group behind
Every audit command takes a `Log` and so says the same of both.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Protocol, Self

from readout.streams.errors import ConfigurationError
from readout.streams.kafka.administration import Administration
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.reader import Reader, closing
from readout.streams.log.partition_times import narrowed
from readout.streams.log.subscribe import partitions_of
from readout.streams.log.topics import CHECKPOINTS, CONTACTS, DEAD_LETTERS, DERIVED, KEPT, MANIFESTS, NEWS
from readout.streams.settings import Settings

# A fetch of this size is held in memory for each partition that is read; a larger record still comes through.
_FETCH_BYTES = 256 * 1024
# What seals is looked at before what it seals, and that before what it was made from: then a log that grows
# meanwhile shows more records than it seals, which is harmless, and never fewer.
_SNAPSHOT_ORDER = ((CHECKPOINTS,), (CONTACTS,), (MANIFESTS, DEAD_LETTERS), DERIVED, (NEWS,))


class Log(Protocol):
    """Topics of one installation; `prefix` is in front of their names."""

    prefix: str

    async def partitions(self) -> int:
        """How many partitions each topic has."""
        ...

    async def bounds(self, places: Sequence[Partition]) -> dict[Partition, Bounds]:
        """First and next offset of partitions."""
        ...

    def read(self, place: Partition, bounds: Bounds) -> AsyncIterator[StoredRecord]:
        """The records of a partition whose offsets lie in the bounds, in order."""
        ...


class LiveLog:
    """The topics on the brokers of the settings."""

    def __init__(self, settings: Settings) -> None:
        self.prefix = settings.topic_prefix
        self._settings = settings
        self._counts: dict[str, int] = {}

    async def partitions(self) -> int:
        """How many partitions each topic has; seals only repeat what manifests say, and are not looked at.

        Raises:
            ConfigurationError: a topic is missing, or has more partitions than another.
            TransientError: the brokers cannot be reached.
        """
        places = await partitions_of([topic.stem for topic in KEPT], self._settings)
        counts = Counter(place.topic for place in places)
        if len(set(counts.values())) > 1:
            said = ", ".join(f"{topic} {count}" for topic, count in counts.items())
            raise ConfigurationError(
                f"the topics have different numbers of partitions ({said}), but an article and its records lie in "
                f"the same one: give all as many as the largest has, or audit an archive from before the change"
            )
        return 1 + max(place.number for place in places)

    async def bounds(self, places: Sequence[Partition]) -> dict[Partition, Bounds]:
        """First and next offset of partitions.

        Raises:
            ConfigurationError: there is no such partition; the client would wait for it.
            TransientError: the brokers cannot be reached.
        """
        await self._check_exist(places)
        async with Reader(self._settings) as reader:
            return await reader.bounds(places)

    async def within(
        self, bounds: Mapping[Partition, Bounds], since: int | None, until: int | None
    ) -> dict[Partition, Bounds]:
        """The parts of bounds in which all records of a time lie, in milliseconds since 1970; as `narrowed`."""
        async with Reader(self._settings, fetch_bytes=_FETCH_BYTES) as reader:
            return await narrowed(reader, bounds, since=since, until=until)

    async def _check_exist(self, places: Sequence[Partition]) -> None:
        if any(place.number >= self._counts.get(place.topic, 0) for place in places):
            async with Administration(self._settings) as administration:
                found = await administration.existing({place.topic for place in places})
            self._counts |= {name: state.partitions for name, state in found.items()}
        for place in places:
            if place.number >= self._counts.get(place.topic, 0):
                raise ConfigurationError(
                    f"{self._settings.bootstrap_servers} has no partition {place.number} of topic {place.topic!r}"
                )

    async def read(self, place: Partition, bounds: Bounds) -> AsyncIterator[StoredRecord]:
        """The committed records of a partition whose offsets lie in the bounds, in order."""
        if bounds.first >= bounds.next:
            return
        starts, stops = {place: bounds.first}, {place: bounds.next}
        reader = Reader(self._settings, fetch_bytes=_FETCH_BYTES)
        async with reader, closing(reader.read(starts, stops)) as records:
            async for record in records:
                yield record


class Cursor:
    """Goes through one partition, record by record, and can look at the next one; `async with` closes it."""

    def __init__(
        self,
        log: Log,
        place: Partition,
        bounds: Bounds,
        observe: Callable[[StoredRecord], None] | None = None,
        passes_over: Callable[[StoredRecord], bool] | None = None,
    ) -> None:
        """A cursor before the first record of the bounds.

        Args:
            log: what is read.
            place: the partition.
            bounds: from where to where.
            observe: sees each record once, in order.
            passes_over: which records are observed and no more.
        """
        self.place = place
        self._records = log.read(place, bounds)
        self._observe = observe
        self._passes_over = passes_over
        self._ahead: StoredRecord | None = None
        self._ended = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def peek(self) -> StoredRecord | None:
        """The next record, which stays the next; None at the end."""
        while self._ahead is None and not self._ended:
            record = await anext(self._records, None)
            self._ended = record is None
            if record and self._observe:
                self._observe(record)
            if record and not (self._passes_over and self._passes_over(record)):
                self._ahead = record
        return self._ahead

    @property
    def is_finished(self) -> bool:
        """Was the end reached?"""
        return self._ended

    async def take(self) -> StoredRecord | None:
        """The next record; None at the end."""
        record, self._ahead = await self.peek(), None
        return record

    async def close(self) -> None:
        """Let go of the connection or file."""
        async with closing(self._records):
            self._ended = True


async def snapshot(log: Log, numbers: Iterable[int] | None = None) -> dict[Partition, Bounds]:
    """The bounds of all topics, or of some partition numbers of them, taken so that nothing sealed is cut off.

    Raises:
        ConfigurationError: there is no such partition.
    """
    count = await log.partitions()
    wanted = range(count) if numbers is None else sorted(set(numbers))
    for number in wanted:
        if number >= count:
            raise ConfigurationError(f"there is no partition {number}: the topics have {count}")
    found: dict[Partition, Bounds] = {}
    for topics in _SNAPSHOT_ORDER:
        places = [Partition(log.prefix + topic.stem, number) for topic in topics for number in wanted]
        found |= await log.bounds(places)
    return found
