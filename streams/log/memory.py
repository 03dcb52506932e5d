"""A log in memory: what consumers' own tests read from instead of brokers.

Settings whose `bootstrap_servers` name it (`memory:1`) make `subscribe` and `read` read it, groups and their
positions included. One process, one thread of control; nothing is kept.
"""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from itertools import count
from typing import Self

from readout.schemas.envelope import Record
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.topics import topic_name
from readout.streams.settings import Settings

_SCHEME = "memory:"
_LOGS: "dict[str, RecordsInMemory]" = {}
_numbers = count(1)


class RecordsInMemory:
    """The records of all topics of an installation, and what groups have committed."""

    def __init__(self, partitions: int = 2) -> None:
        """An empty log with so many partitions a topic."""
        address = f"{_SCHEME}{next(_numbers)}"
        self.settings = Settings(bootstrap_servers=address, topic_prefix="", partitions=partitions)
        self.records: dict[Partition, list[StoredRecord]] = defaultdict(list)
        self.committed: dict[str, dict[Partition, int]] = defaultdict(dict)
        self._waiting: list[asyncio.Event] = []
        _LOGS[address] = self

    def forget(self) -> None:
        """Let nobody read it any more."""
        _LOGS.pop(self.settings.bootstrap_servers, None)

    def append(self, record: Record, timestamp: int) -> StoredRecord:
        """Write a record to the partition of its key; the time is in milliseconds since 1970."""
        digest = hashlib.sha256(record.key or b"").digest()
        number = int.from_bytes(digest[:4], "big") % self.settings.partitions
        place = Partition(topic_name(self.settings, record.topic), number)
        stored = StoredRecord(
            place.topic,
            number,
            len(self.records[place]),
            timestamp,
            1,
            record.key,
            record.value,
            record.headers,
        )
        self.records[place].append(stored)
        for waiting in self._waiting:
            waiting.set()
        self._waiting.clear()
        return stored

    def places(self, names: Iterable[str]) -> list[Partition]:
        """All partitions of topics."""
        return [Partition(name, number) for name in names for number in range(self.settings.partitions)]

    async def changed(self) -> None:
        """Wait until something is appended."""
        event = asyncio.Event()
        self._waiting.append(event)
        await event.wait()


class MemoryReader:
    """Reads a log in memory as `readout.streams.kafka.reader.Reader` reads brokers."""

    def __init__(self, log: RecordsInMemory) -> None:
        self._log = log

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def bounds(self, partitions: Iterable[Partition]) -> dict[Partition, Bounds]:
        """First and next offset of partitions."""
        return {place: Bounds(0, len(self._log.records[place])) for place in partitions}

    async def read(
        self, starts: Mapping[Partition, int], stops: Mapping[Partition, int] | None = None
    ) -> AsyncIterator[StoredRecord]:
        """Records from the starts on; without stops, of what is still to come as well."""
        position = dict(starts)
        while True:
            moved = False
            for place in position:
                stop = stops[place] if stops else len(self._log.records[place])
                for record in self._log.records[place][position[place] : stop]:
                    position[place], moved = record.offset + 1, True
                    yield record
            if stops is not None:
                return
            if not moved:
                await self._log.changed()

    async def read_in_time_order(
        self, starts: Mapping[Partition, int], stops: Mapping[Partition, int]
    ) -> AsyncIterator[StoredRecord]:
        """The same, merged by time."""
        found = [record async for record in self.read(starts, stops)]
        for record in sorted(found, key=lambda one: (one.timestamp, one.topic, one.partition, one.offset)):
            yield record

    async def read_as_group(
        self, group: str, places: Iterable[Partition], *, follow: bool
    ) -> AsyncIterator[StoredRecord]:
        """Records from where the group left off; one counts as used when the next is asked for."""
        committed = self._log.committed[group]
        starts = {place: committed.get(place, 0) for place in places}
        stops = None if follow else {place: len(self._log.records[place]) for place in starts}
        async for record in self.read(starts, stops):
            yield record
            committed[Partition(record.topic, record.partition)] = record.offset + 1


def memory_log(settings: Settings) -> RecordsInMemory | None:
    """The log in memory that the settings name; None if they name brokers.

    Raises:
        ConfigurationError: it is of another process, or was forgotten.
    """
    if not settings.bootstrap_servers.startswith(_SCHEME):
        return None
    if settings.bootstrap_servers not in _LOGS:
        raise ConfigurationError(f"there is no log {settings.bootstrap_servers} in this process")
    return _LOGS[settings.bootstrap_servers]
