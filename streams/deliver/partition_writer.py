"""Write what was derived, exactly once: one writer for each partition of `news`, and the log as its checkpoint.

Reads:  manifests and dead-letters of the partition, by way of `sealed_partition`
Writes: entities, statements, contact-log, then manifests; dead-letters for what could not be processed; all by way
        of `unit_writer`
After any error the outcome of a write is unknown. Then there is one way out: open again and read it in the log.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from readout.schemas.envelope import Record
from readout.schemas.manifests import ManifestSealed
from readout.streams.deliver.batch_plan import BatchPlanner, LastManifest, Processed
from readout.streams.deliver.confirmed import ConfirmedWriter
from readout.streams.deliver.sealed_partition import SealedPartition
from readout.streams.deliver.sleep_guard import SleepGuard
from readout.streams.deliver.unit_writer import TransactionalWriter, UnitWriter
from readout.streams.deliver.visible import until_visible
from readout.streams.errors import Released, TransientError
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.settings import Settings

T = TypeVar("T")
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
# Whoever asks for one record gets so much of what follows it as well, and throws it away.
_ONE_MANIFEST_BYTES = 64 * 1024
_SOURCE_BYTES = 512 * 1024
_ENDS_WITHIN_SECONDS = 5.0

Check = Callable[[Sequence[Processed]], object]


def _accept(_: Sequence[Processed]) -> None:
    """Nothing is wrong with any batch."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What all writers of a process share; `recorded_time` gives the present in RFC 3339."""

    settings: Settings
    planner: BatchPlanner
    recorded_time: Callable[[], str]
    guard: SleepGuard

    def unit_writer(self, number: int) -> UnitWriter:
        """A new writer of units into a partition, as the settings ask for."""
        if self.settings.delivery == "confirmed":
            return ConfirmedWriter(self.settings, number, self.guard.check)
        return TransactionalWriter(self.settings, number)


@dataclass(slots=True)
class _Open:
    """The connections of an open writer; `news` only where records of it had to be read again."""

    units: UnitWriter
    manifests: Reader
    news: Reader | None = None


class PartitionWriter:
    """The one writer of a partition; `open` before use, and nothing after `release`."""

    def __init__(self, delivery: Delivery, number: int) -> None:
        self._delivery = delivery
        self._settings = delivery.settings
        self._sealed = SealedPartition(delivery.settings, number)
        self._number = number
        self._open: _Open | None = None
        self._lock = asyncio.Lock()
        self._under_way: asyncio.Future[Any] | None = None
        self._is_opening = False
        self._is_suspended = False
        self._is_released = False

    @property
    def next_offset(self) -> int:
        """The first offset of news that is not sealed."""
        return self._sealed.next_offset

    def settles(self, article_id: str, revision: int) -> bool:
        """Is this revision of the article, or a newer one, known to be sealed for good?"""
        try:
            return self._sealed.settles(article_id, revision)
        except TransientError:
            # Not known now; whoever delivers reads the log again first.
            return False

    async def open(self) -> int:
        """Fence the older writer, read how far the log is sealed, and return the first offset to derive.

        Raises:
            Fenced: this process did not run for a while.
            Released: the partition is not ours any more.
            TransientError: the brokers did not answer, for as long as the settings have us try.
            ConfigurationError: the log contradicts itself, or is another application's, or the brokers cannot do
                what is asked for.
        """
        async with self._lock:
            await self._close()
            self._is_suspended = False
            await self._retry(self._reopen, opening=True)
            return self.next_offset

    async def deliver(self, batch: Sequence[Processed], check: Check = _accept) -> Sequence[Processed]:
        """Write a batch of consecutive records, in the order of their offsets; what is sealed is passed over.

        Args:
            batch: what came of the records.
            check: sees the batch as it was planned before any of it is written; what it raises ends the delivery.

        Returns:
            What was not passed over, as it was planned.

        Raises:
            Fenced: another writer has the partition now, or it was released; the batch is not ours any more.
            TransientError: retries ran out; nothing of the batch may be acknowledged.
        """
        async with self._lock:
            return await self._retry(lambda: self._deliver_once(batch, check))

    async def deliver_again(self, batch: Sequence[Processed]) -> None:
        """Write what newer code makes of articles that are sealed already; what it has sealed is passed over.

        Raises:
            Fenced: another writer has the partition now.
            TransientError: retries ran out; some may have been written, repeating is safe.
        """
        async with self._lock:
            await self._retry(lambda: self._deliver_again_once(batch))

    async def read_source(self, start: int, stop: int) -> list[StoredRecord]:
        """Records of `news` that the consumer has passed over, committed ones only.

        Raises:
            Fenced: another writer has the partition now, or it was released.
            TransientError: retries ran out.
        """
        async with self._lock:
            return await self._retry(lambda: self._read_source_once(start, stop))

    async def release(self) -> None:
        """Give the partition up for good: a delivery under way ends, and nothing opens this writer again.

        Whatever was not finished is left to the next writer.
        """
        self._is_released = True
        await self._end_what_is_under_way()
        self._sealed.close()

    async def suspend(self) -> None:
        """End a delivery under way, and let nothing be written until the writer is opened again."""
        self._is_suspended = True
        if not self._is_opening:
            await self._end_what_is_under_way()

    async def _end_what_is_under_way(self) -> None:
        if self._under_way is not None:
            self._under_way.cancel()
        # Whoever was delivering has heard of it when the lock is free; aiokafka may swallow the cancellation.
        with suppress(TimeoutError):
            async with asyncio.timeout(_ENDS_WITHIN_SECONDS), self._lock:
                pass
        await self._close()

    async def _close(self) -> None:
        connections, self._open = self._open, None
        if connections is None:
            return
        await connections.units.abandon()
        for reader in (connections.manifests, connections.news):
            if reader is not None:
                with suppress(TransientError):
                    await reader.close()

    async def _retry(self, attempt: Callable[[], Coroutine[Any, Any, T]], *, opening: bool = False) -> T:
        self._is_opening = opening
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._settings.retry_seconds
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return await self._while_it_is_ours(attempt)
            except TransientError:
                await self._close()
                # What fails while the process does not run says nothing about the brokers, and uses no retries up.
                self._delivery.guard.check()
                if loop.time() + pause > deadline:
                    raise
            except BaseException:
                await self._close()
                raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _while_it_is_ours(self, attempt: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run an attempt; `suspend` or `release` ends it, wherever it is."""
        self._refuse_if_not_ours()
        self._under_way = under_way = asyncio.ensure_future(attempt())
        try:
            return await under_way
        except asyncio.CancelledError:
            ours = asyncio.current_task()
            if ours is None or not ours.cancelling():
                self._refuse_if_not_ours()
            raise
        finally:
            self._under_way = None

    def _refuse_if_not_ours(self) -> None:
        if self._is_released:
            raise Released(f"partition {self._number} was released")
        if self._is_suspended and not self._is_opening:
            raise Released(f"partition {self._number} is being assigned anew")

    async def _reopen(self) -> _Open:
        self._refuse_if_not_ours()
        # Opening fences, and whoever did not run for a while may be about to fence the rightful owner.
        self._delivery.guard.check()
        # Of manifests that are known to be committed: another producer's open transaction must not hide them.
        reader = Reader(self._settings, committed=False, fetch_bytes=_ONE_MANIFEST_BYTES)
        self._open = connections = _Open(self._delivery.unit_writer(self._number), reader)
        # Fencing first: what is read after it can no longer be added to by anyone else.
        await self._in_time(connections.units.open())
        await self._in_time(reader.start())
        await self._read_the_log(connections.units)
        return connections

    async def _read_source_once(self, start: int, stop: int) -> list[StoredRecord]:
        connections = self._open or await self._reopen()
        if connections.news is None:
            connections.news = Reader(self._settings, fetch_bytes=_SOURCE_BYTES)
            await self._in_time(connections.news.start())
        news = self._sealed.news
        return [record async for record in connections.news.read({news: start}, {news: stop})]

    async def _read_the_log(self, units: UnitWriter) -> None:
        """Catch up with what is sealed, in large pieces, and with what is not."""
        reader = Reader(self._settings)
        await self._in_time(reader.start())
        try:
            await until_visible(self._settings, reader, self._sealed.seals)
            await self._sealed.catch_up(reader, partial(self._write_page, units))
            await units.reconcile(self._sealed, reader)
        finally:
            await reader.close()

    async def _deliver_once(self, batch: Sequence[Processed], check: Check) -> Sequence[Processed]:
        connections = self._open or await self._reopen()
        rest = [one for one in batch if one.source.offset >= self.next_offset]
        if not rest:
            return ()
        now = self._delivery.recorded_time()
        plan = await self._delivery.planner.plan(rest, self._last_manifest(connections), now)
        check(plan.batch)
        await self._write(connections, plan.records)
        self._sealed.next_offset = rest[-1].source.offset + 1
        return plan.batch

    async def _deliver_again_once(self, batch: Sequence[Processed]) -> None:
        connections = self._open or await self._reopen()
        now = self._delivery.recorded_time()
        plan = await self._delivery.planner.plan_again(batch, self._last_manifest(connections), now)
        await self._write(connections, plan.records)

    def _last_manifest(self, connections: _Open) -> LastManifest:
        async def last_manifest(article_id: str) -> ManifestSealed | None:
            return await self._sealed.last_manifest(connections.manifests, article_id)

        return last_manifest

    async def _write(self, connections: _Open, records: Sequence[Record]) -> None:
        self._sealed.note(await self._in_time(connections.units.write(records, self._sealed.due_pages)))

    async def _write_page(self, units: UnitWriter, page: Record) -> StoredRecord:
        """Write a page of seals that is missing, by itself."""
        (written,) = await self._in_time(units.write([page]))
        return written

    async def _in_time(self, work: Awaitable[T]) -> T:
        """Where the client cannot know better it tries for ever; we open again and look."""
        seconds = self._settings.request_timeout_seconds
        try:
            async with asyncio.timeout(seconds):
                return await work
        except TimeoutError:
            message = f"partition {self._number}: the brokers did not answer within {seconds:.0f} s"
            raise TransientError(message) from None
