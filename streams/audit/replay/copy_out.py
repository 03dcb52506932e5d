"""Copy replayed records into a topic that somebody names, of this cluster or another.

Reads:  records, from a replay
Writes: that topic and no other; never one of an installation's own
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Self

from readout.schemas.envelope import Record
from readout.streams.audit.archive.segments import record_size
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.administration import Administration
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.origin import restored_header
from readout.streams.log.topics import TOPICS, topic_name
from readout.streams.settings import Settings

_IN_FLIGHT = 500
_IN_FLIGHT_BYTES = 32 * 1024 * 1024


async def copy_out(
    records: AsyncIterator[StoredRecord], settings: Settings, topic: str, *, same_cluster: bool
) -> int:
    """Copy records, with a header that says where they were; returns how many.

    Raises:
        ConfigurationError: the topic does not exist, or is one that a worker writes.
        TransientError: the brokers do not acknowledge.
    """
    if same_cluster and topic in {topic_name(settings, one.stem) for one in TOPICS}:
        raise ConfigurationError(f"{topic!r} is a topic of this installation: replay into one of your own")
    async with Administration(settings) as administration:
        existing = await administration.existing([topic])
    if topic not in existing:
        raise ConfigurationError(
            f"topic {topic!r} does not exist at {settings.bootstrap_servers}: create it first"
        )
    async with Copier(settings) as copier:
        async for record in records:
            await copier.copy(record, topic, record.partition % existing[topic].partitions)
        await copier.settle()
        return copier.copied


class Copier:
    """Copies records in the order given; `async with` ends the connection, after an error at once."""

    def __init__(self, settings: Settings, advance: Callable[[int], None] | None = None) -> None:
        """A copier; `advance` is told how many more copies are acknowledged."""
        self.copied = 0
        self._producer = RecordProducer(settings)
        self._advance = advance
        self._pending: list[Awaitable[StoredRecord]] = []
        self._bytes = 0

    async def __aenter__(self) -> Self:
        await self._producer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producer.close()

    async def copy(self, record: StoredRecord, topic: str, partition: int) -> None:
        """Write a copy of a record.

        Raises:
            TransientError: the brokers do not acknowledge.
        """
        copy = Record(topic, record.key, record.value, (*record.headers, restored_header(record)))
        self._pending.append(await self._producer.send(copy, topic, partition=partition))
        self._bytes += record_size(record)
        if len(self._pending) >= _IN_FLIGHT or self._bytes >= _IN_FLIGHT_BYTES:
            await self.settle()

    async def settle(self) -> None:
        """Wait until everything written so far is acknowledged."""
        for sent in self._pending:
            await sent
        count = len(self._pending)
        self._pending.clear()
        self._bytes = 0
        self.copied += count
        if self._advance and count:
            self._advance(count)
