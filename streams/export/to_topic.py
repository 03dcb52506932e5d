"""Keep a topic of somebody's own equal to the flat table of contacts, for Kafka Connect.

Reads:  a store, and the topic itself once: what it holds already is not written again
Writes: that topic, made with compaction if it is missing; a row that holds no longer gets a null value
The topic is its own memory, so a run that was ended anywhere is made good by the next.
"""

from collections.abc import Awaitable
from typing import Self

from readout.schemas.envelope import Record
from readout.schemas.ids import sha256_hex
from readout.streams.errors import ConfigurationError
from readout.streams.export.connect import CONTACT_PARTICIPANTS, key_and_value
from readout.streams.export.store import Store
from readout.streams.kafka.administration import Administration
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.kafka.reader import Reader
from readout.streams.log.topics import TOPICS, topic_name
from readout.streams.settings import Settings

_IN_FLIGHT = 500


class TopicTable:
    """A topic that holds the present rows by key; `async with` connects."""

    def __init__(self, settings: Settings, topic: str) -> None:
        """A table in a topic.

        Raises:
            ConfigurationError: the topic is one of the installation's own.
        """
        if topic in {topic_name(settings, one.stem) for one in TOPICS}:
            raise ConfigurationError(f"{topic!r} is a topic of this installation: name one of your own")
        self._settings = settings
        self._topic = topic
        self._producer = RecordProducer(settings)
        self._digests: dict[bytes, str] = {}
        self._pending: list[Awaitable[StoredRecord]] = []

    async def __aenter__(self) -> Self:
        partitions = await self._partitions()
        await self._producer.start()
        try:
            await self._read(partitions)
        except BaseException:
            await self._producer.abandon()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producer.close()

    async def update(self, store: Store) -> int:
        """Write the rows that are new or differ, and null values for those that are gone; how many.

        Raises:
            TransientError: the brokers do not acknowledge; the next update makes it good.
        """
        gone = set(self._digests)
        count = 0
        for row in store.flat(CONTACT_PARTICIPANTS):
            key, value = key_and_value(row)
            gone.discard(key)
            digest = sha256_hex(value)
            if self._digests.get(key) != digest:
                await self._send(key, value)
                self._digests[key] = digest
                count += 1
        for key in sorted(gone):
            await self._send(key, None)
            del self._digests[key]
            count += 1
        await self._settle()
        return count

    async def _partitions(self) -> int:
        async with Administration(self._settings) as administration:
            existing = await administration.existing([self._topic])
            if self._topic in existing:
                return existing[self._topic].partitions
            await administration.create(
                [self._topic],
                partitions=self._settings.partitions,
                replicas=self._settings.replication_factor,
                config={"cleanup.policy": "compact"},
            )
        return self._settings.partitions

    async def _read(self, partitions: int) -> None:
        async with Reader(self._settings) as reader:
            bounds = await reader.bounds([Partition(self._topic, number) for number in range(partitions)])
            starts = {place: bound.first for place, bound in bounds.items()}
            stops = {place: bound.next for place, bound in bounds.items()}
            async for record in reader.read(starts, stops):
                if record.key is None:
                    continue
                if record.value is None:
                    self._digests.pop(record.key, None)
                else:
                    self._digests[record.key] = sha256_hex(record.value)

    async def _send(self, key: bytes, value: bytes | None) -> None:
        self._pending.append(await self._producer.send(Record(self._topic, key, value, ()), self._topic))
        if len(self._pending) >= _IN_FLIGHT:
            await self._settle()

    async def _settle(self) -> None:
        for sent in self._pending:
            await sent
        self._pending.clear()
