"""Read records from wherever asked, as a reader that belongs to no group and commits nothing."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, Self, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition

from readout.streams.errors import TransientError
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord, broker_errors, connection
from readout.streams.kafka.diagnosis import connecting
from readout.streams.settings import Settings

T = TypeVar("T")
_FETCH_WAIT_MS = 100
_POLL_MS = 200
_CLOSE_SECONDS = 1.0


class Ends(NamedTuple):
    """What is before `visible` was committed or aborted; from there to `high` may lie open transactions."""

    visible: int
    high: int


class Reader:
    """Reads partitions from wherever asked; commits nothing and belongs to no group.

    One reader serves one task at a time.
    """

    def __init__(self, settings: Settings, *, committed: bool = True, fetch_bytes: int | None = None) -> None:
        """A reader; `fetch_bytes` is what it holds at a time, a larger record apart, and None what brokers give."""
        limit = {} if fetch_bytes is None else {"fetch_max_bytes": fetch_bytes}
        self._consumer = AIOKafkaConsumer(
            **connection(settings),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed" if committed else "read_uncommitted",
            max_partition_fetch_bytes=fetch_bytes or max(settings.max_record_bytes, 1024 * 1024),
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            **limit,
        )
        self._committed = committed
        self._settings = settings
        self._patience_seconds = settings.request_timeout_seconds

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Connect."""
        try:
            async with connecting("connecting a reader", self._settings):
                await self._consumer.start()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Disconnect."""
        with broker_errors("closing a reader"):
            stopping = asyncio.ensure_future(self._consumer.stop())
            # Just after a new assignment aiokafka swallows its own cancellation; the second one gets through.
            if not (await asyncio.wait({stopping}, timeout=_CLOSE_SECONDS))[0]:
                stopping.cancel()
                await asyncio.wait({stopping}, timeout=_CLOSE_SECONDS)
            if not stopping.done():
                raise TimeoutError
            # Without brokers it lets out the cancellation of a task of its own, before it has closed its client.
            if stopping.cancelled():
                await self._consumer._client.close()  # noqa: SLF001 - nothing else closes it any more
            else:
                stopping.result()

    async def bounds(self, partitions: Iterable[Partition]) -> dict[Partition, Bounds]:
        """First and next offset of partitions that exist; of all records, if that is what this one reads.

        The end is taken from a fetch, because the embedded broker's own answer can fall short of it.
        """
        wanted = [TopicPartition(*partition) for partition in partitions]
        if not wanted:
            return {}
        with broker_errors("asking for offsets"):
            self._consumer.assign(wanted)
            first = await self._consumer.beginning_offsets(wanted)
            last = await self._consumer.end_offsets(wanted)
            for partition in wanted:
                self._consumer.seek(partition, max(first[partition], last[partition]))
            ends = await self._fetched_ends(wanted)
        return {
            Partition(*place): Bounds(
                first[place], ends[place].visible if self._committed else ends[place].high
            )
            for place in wanted
        }

    async def ends(self, partitions: Iterable[Partition]) -> dict[Partition, Ends]:
        """Up to where partitions are visible to readers of committed records, and where they end."""
        wanted = [TopicPartition(*partition) for partition in partitions]
        if not wanted:
            return {}
        with broker_errors("asking for offsets"):
            self._consumer.assign(wanted)
            last = await self._consumer.end_offsets(wanted)
            for partition in wanted:
                self._consumer.seek(partition, last[partition])
            found = await self._fetched_ends(wanted)
        return {Partition(*place): found[place] for place in wanted}

    async def offsets_at(self, partitions: Iterable[Partition], moment: int) -> dict[Partition, int | None]:
        """For each partition the first offset whose record is not older than a moment, in milliseconds since 1970.

        None where no record is so late. The embedded broker says 0 then; no answer lies too far on.
        """
        wanted = {TopicPartition(*place): max(moment, 0) for place in partitions}
        if not wanted:
            return {}
        with broker_errors("asking for offsets by time"):
            found = await self._consumer.offsets_for_times(wanted)
        return {Partition(*place): answer and answer.offset for place, answer in found.items()}

    async def read(
        self, starts: Mapping[Partition, int], stops: Mapping[Partition, int] | None = None
    ) -> AsyncIterator[StoredRecord]:
        """Records from the starts on, in order within each partition.

        Args:
            starts: the first offset wanted of each partition, within its bounds.
            stops: where each partition ends (exclusive); None follows all of them for ever.
        """
        left = {place: stops[place] if stops else None for place in starts}
        left = {place: stop for place, stop in left.items() if stop is None or starts[place] < stop}
        if not left:
            return
        with broker_errors("reading"):
            self._consumer.assign([TopicPartition(*place) for place in left])
            for place in left:
                self._consumer.seek(TopicPartition(*place), starts[place])
        alive = time.monotonic()
        while left:
            records = await self._next_records()
            alive = self._check_progress(alive, moved=bool(records) or stops is None)
            for record in records:
                stop = left.get(Partition(record.topic, record.partition), -1)
                if stop is None or record.offset < stop:
                    yield record
            await self._drop_finished(left)

    def _check_progress(self, since: float, *, moved: bool) -> float:
        """The client waits without end for a broker that is gone; who reads up to an end does not."""
        now = time.monotonic()
        if not moved and now - since > self._patience_seconds:
            raise TransientError(f"the brokers sent nothing for {self._patience_seconds:.0f} s")
        return now if moved else since

    async def read_in_time_order(
        self, starts: Mapping[Partition, int], stops: Mapping[Partition, int]
    ) -> AsyncIterator[StoredRecord]:
        """The same up to the stops, the partitions merged by the time at which records were written.

        Within a partition the order of the offsets stays, whatever the times say. What waits for a partition that
        is behind is held in memory: a fetch of each, no more, as nothing is fetched for those that are ahead.
        """
        left: dict[Partition, int | None] = {p: stops[p] for p in starts if starts[p] < stops[p]}
        waiting: dict[Partition, deque[StoredRecord]] = {place: deque() for place in left}
        if not left:
            return
        with broker_errors("reading"):
            self._consumer.assign([TopicPartition(*place) for place in left])
            for place in left:
                self._consumer.seek(TopicPartition(*place), starts[place])
        alive = time.monotonic()
        while left:
            records = await self._next_records(place for place in left if not waiting[place])
            alive = self._check_progress(alive, moved=bool(records))
            for record in records:
                place = Partition(record.topic, record.partition)
                if record.offset < stops[place]:
                    waiting[place].append(record)
            await self._drop_finished(left)
            while any(waiting.values()) and all(waiting[place] for place in left):
                yield min((one for one in waiting.items() if one[1]), key=_when)[1].popleft()
        while any(waiting.values()):
            yield min((one for one in waiting.items() if one[1]), key=_when)[1].popleft()

    async def _next_records(self, only: Iterable[Partition] = ()) -> list[StoredRecord]:
        with broker_errors("reading"):
            fetched = await self._consumer.getmany(
                *(TopicPartition(*place) for place in only), timeout_ms=_POLL_MS
            )
        return [stored_record(record) for records in fetched.values() for record in records]

    async def _drop_finished(self, left: dict[Partition, int | None]) -> None:
        for place, stop in list(left.items()):
            if stop is None:
                continue
            with broker_errors("reading"):
                position = await self._consumer.position(TopicPartition(*place))
            if position >= stop:
                del left[place]
                self._consumer.pause(TopicPartition(*place))

    async def _fetched_ends(self, wanted: Sequence[TopicPartition]) -> dict[TopicPartition, Ends]:
        ends: dict[TopicPartition, Ends] = {}
        asked = time.monotonic()
        while len(ends) < len(wanted):
            self._check_progress(asked, moved=False)
            await self._consumer.getmany(timeout_ms=_FETCH_WAIT_MS)
            for partition in wanted:
                high = self._consumer.highwater(partition)
                if high is not None:
                    # Only readers of committed records are told up to where there are any.
                    visible = self._consumer.last_stable_offset(partition) if self._committed else high
                    ends[partition] = Ends(visible, high)
        return ends


def _when(waiting: tuple[Partition, deque[StoredRecord]]) -> tuple[int, Partition]:
    place, records = waiting
    return records[0].timestamp, place


def stored_record(record: Any) -> StoredRecord:  # noqa: ANN401 - aiokafka ships no types
    """What aiokafka read, as ours."""
    return StoredRecord(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp=record.timestamp,
        timestamp_type=record.timestamp_type,
        key=record.key,
        value=record.value,
        headers=record.headers,
    )


@asynccontextmanager
async def closing(records: AsyncIterator[T]) -> AsyncIterator[AsyncIterator[T]]:
    """Let go of what an iterator holds, also when it is not read to its end."""
    try:
        yield records
    finally:
        close = getattr(records, "aclose", None)
        if close is not None:
            await close()


async def committed_offsets(
    settings: Settings, group: str, partitions: Iterable[Partition]
) -> dict[Partition, int]:
    """What a consumer group has committed, without joining it; partitions without a commit are left out."""
    consumer = AIOKafkaConsumer(**connection(settings), group_id=group, enable_auto_commit=False)
    places = list(partitions)
    with broker_errors("asking for committed offsets"):
        await consumer.start()
        try:
            consumer.assign([TopicPartition(*place) for place in places])
            found = {place: await consumer.committed(TopicPartition(*place)) for place in places}
        finally:
            await consumer.stop()
    return {place: offset for place, offset in found.items() if offset is not None}
