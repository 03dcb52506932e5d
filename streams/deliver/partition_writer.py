"""Write what was derived, exactly once: one writer for each partition of `news`, and the log as its checkpoint.

Reads:  manifests and dead-letters of the partition, by way of `sealed`
Writes: entities, statements, contact-log, then manifests; dead-letters for what could not be processed

Transactional delivery writes a batch of articles as one transaction. Its id is the application's and the
partition's, so that opening a writer fences the older one of that partition, before it reads how far the log is
sealed. Confirmed delivery, for brokers without usable transactions, has every derived record acknowledged before
the first manifest, and finds out when it opens what a predecessor has left unsealed, so as not to write it twice.

After any error the outcome of a write is unknown. Then there is one way out: open again and read it in the log.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from readout.schemas.envelope import Record
from readout.schemas.manifests import ManifestSealed
from readout.streams.deliver.batch_plan import BatchPlanner, Processed
from readout.streams.deliver.sealed_partition import SealedPartition, mark_of
from readout.streams.errors import TransientError
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.kafka.reader import Reader
from readout.streams.log.topics import DERIVED, topic_name
from readout.streams.settings import Settings

T = TypeVar("T")
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
# Whoever asks for one record gets so much of what follows it as well, and throws it away.
_ONE_MANIFEST_BYTES = 64 * 1024
_DERIVED_STEMS = frozenset(topic.stem for topic in DERIVED)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What all writers of a worker share.

    `recorded_time` gives the present in RFC 3339. `check_alive` raises Fenced when this process has been asleep
    for so long that another may have taken over.
    """

    settings: Settings
    planner: BatchPlanner
    recorded_time: Callable[[], str]
    check_alive: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Open:
    """The connections of an open writer, and what its predecessor left unsealed, by topic and mark.

    The reader is for single manifests.
    """

    producer: RecordProducer
    reader: Reader
    left_behind: frozenset[tuple[str, bytes]]


class PartitionWriter:
    """The one writer of a partition; `open` before use."""

    def __init__(self, delivery: Delivery, number: int) -> None:
        self._delivery = delivery
        self._settings = delivery.settings
        self._sealed = SealedPartition(delivery.settings, number)
        self._number = number
        self._open: _Open | None = None
        self._lock = asyncio.Lock()

    @property
    def next_offset(self) -> int:
        """The first offset of news that is not sealed."""
        return self._sealed.next_offset

    async def open(self) -> int:
        """Fence the older writer, read how far the log is sealed, and return the first offset to derive.

        Raises:
            TransientError: the brokers did not answer, for as long as the settings have us try.
            ConfigurationError: the log contradicts itself.
        """
        async with self._lock:
            await self.close()
            await self._retry(self._reopen)
            return self.next_offset

    async def deliver(self, batch: Sequence[Processed]) -> None:
        """Write a batch of consecutive records, in the order of their offsets; what is sealed is passed over.

        Raises:
            Fenced: another writer has the partition now; nothing of this batch is ours any more.
            TransientError: retries ran out; nothing of the batch may be acknowledged.
        """
        async with self._lock:
            await self._retry(lambda: self._deliver_once(batch))

    async def read_source(self, start: int, stop: int) -> list[StoredRecord]:
        """Records of `news`, committed ones only.

        Raises:
            TransientError: the brokers did not answer.
        """
        news = self._sealed.news
        async with Reader(self._settings) as reader:
            return [record async for record in reader.read({news: start}, {news: stop})]

    async def close(self) -> None:
        """Release the partition at once; whatever was not finished is left to the next writer."""
        connections, self._open = self._open, None
        if connections is not None:
            await connections.producer.abandon()
            with suppress(TransientError):
                await connections.reader.close()

    async def _retry(self, attempt: Callable[[], Awaitable[T]]) -> T:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._settings.retry_seconds
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return await attempt()
            except TransientError:
                await self.close()
                if loop.time() + pause > deadline:
                    raise
            except BaseException:
                await self.close()
                raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _reopen(self) -> _Open:
        transactional = self._settings.delivery == "transactional"
        transactional_id = f"{self._settings.application_id}-{self._number}" if transactional else None
        producer = RecordProducer(
            self._settings, transactional_id=transactional_id, may_send=self._delivery.check_alive
        )
        reader = Reader(self._settings, fetch_bytes=_ONE_MANIFEST_BYTES)
        self._open = _Open(producer, reader, frozenset())
        # Fencing first: what is read after it can no longer be added to by anyone else.
        await self._in_time(producer.start())
        await self._in_time(reader.start())
        self._open = _Open(producer, reader, await self._read_the_log(unsealed=not transactional))
        return self._open

    async def _read_the_log(self, *, unsealed: bool) -> frozenset[tuple[str, bytes]]:
        """Catch up with what is sealed, in large pieces; returns what was left unsealed, if that is asked for."""
        reader = Reader(self._settings)
        await self._in_time(reader.start())
        try:
            await self._sealed.catch_up(reader)
            return await self._sealed.unsealed(reader) if unsealed else frozenset()
        finally:
            await reader.close()

    async def _deliver_once(self, batch: Sequence[Processed]) -> None:
        connections = self._open or await self._reopen()
        rest = [one for one in batch if one.source.offset >= self.next_offset]
        if not rest:
            return

        async def last_manifest(article_id: str) -> ManifestSealed | None:
            return await self._sealed.last_manifest(connections.reader, article_id)

        records = await self._delivery.planner.plan(rest, last_manifest, self._delivery.recorded_time())
        write = (
            self._write_transaction if self._settings.delivery == "transactional" else self._write_confirmed
        )
        for written in await self._in_time(write(connections, records)):
            self._sealed.note(written)
        self._sealed.next_offset = rest[-1].source.offset + 1

    async def _write_transaction(self, connections: _Open, records: Sequence[Record]) -> list[StoredRecord]:
        if not records:
            return []
        await connections.producer.begin()
        written = await self._send(connections, records)
        await connections.producer.commit()
        return written

    async def _write_confirmed(self, connections: _Open, records: Sequence[Record]) -> list[StoredRecord]:
        """Derived records first; then each seal, when all before it are there."""
        missing = [record for record in records if not self._is_left_behind(connections, record)]
        self._delivery.check_alive()
        await self._send(connections, [record for record in missing if record.topic in _DERIVED_STEMS])
        written = []
        for record in missing:
            if record.topic not in _DERIVED_STEMS:
                self._delivery.check_alive()
                written += await self._send(connections, [record])
        return written

    async def _send(self, connections: _Open, records: Sequence[Record]) -> list[StoredRecord]:
        sent: list[Coroutine[Any, Any, StoredRecord]] = []
        try:
            for record in records:
                queued = await connections.producer.send(record, self._name(record), partition=self._number)
                sent.append(queued)
        except BaseException:
            for one in sent:
                one.close()
            raise
        return list(await asyncio.gather(*sent))

    def _is_left_behind(self, connections: _Open, record: Record) -> bool:
        return (self._name(record), mark_of(record.headers)) in connections.left_behind

    def _name(self, record: Record) -> str:
        return topic_name(self._settings, record.topic)

    async def _in_time(self, work: Awaitable[T]) -> T:
        """Where the client cannot know better it tries for ever; we open again and look."""
        seconds = self._settings.request_timeout_seconds
        try:
            async with asyncio.timeout(seconds):
                return await work
        except TimeoutError:
            message = f"partition {self._number}: the brokers did not answer within {seconds:.0f} s"
            raise TransientError(message) from None
