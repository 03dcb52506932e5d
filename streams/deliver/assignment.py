"""The partitions that the group has assigned to this worker, each with its writer.

A writer is opened when its partition is assigned, and released for good when it is no longer. One that was fenced
has been taken over: it stays closed until the next assignment, or, where that does not come (the other one died as
well), until the group has had time to notice. Who is fenced again and again, without the group having assigned the
partition to anybody else, has a rival of whom the group knows nothing: then the worker ends.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence

from readout.streams.deliver.batch_plan import Processed
from readout.streams.deliver.partition_writer import Check, Delivery, PartitionWriter
from readout.streams.errors import ConfigurationError, Fenced, ReadoutError, Released
from readout.streams.logs import EventLogger

log = EventLogger(__name__)
_MOST_FENCINGS = 5

Seek = Callable[[int, int], Awaitable[None]]
Fail = Callable[[ReadoutError], None]


class Assignment:
    """The writers of the assigned partitions of `news`, by partition number."""

    def __init__(self, delivery: Delivery, *, seek: Seek, fail: Fail, reclaim_seconds: float) -> None:
        self._delivery = delivery
        self._seek = seek
        self._fail = fail
        self._reclaim_seconds = reclaim_seconds
        self._writers: dict[int, PartitionWriter] = {}
        self._fenced: set[int] = set()
        self._fencings: Counter[int] = Counter()
        self._reclaiming: set[asyncio.Task[None]] = set()

    async def assign(self, numbers: Iterable[int]) -> dict[int, int]:
        """Own exactly these partitions from now on; returns the first offset to derive of each.

        Every writer is opened again, also of a partition that stays: somebody may have had it in between.

        Raises:
            TransientError: the brokers did not answer.
            ConfigurationError: the log contradicts itself, or is another application's.
        """
        wanted = sorted(numbers)
        await self._release(number for number in list(self._writers) if number not in wanted)
        await asyncio.gather(*[writer.suspend() for writer in self._writers.values()])
        # Nothing is under way any more. The group has just heard from this process: what it missed before is past.
        self._delivery.guard.reset()
        for number in wanted:
            self._writers.setdefault(number, PartitionWriter(self._delivery, number))
        self._fenced.clear()
        self._fencings.clear()
        starts = dict(zip(wanted, await asyncio.gather(*map(self._open, wanted)), strict=True))
        log.info("partitions.assigned", starts={str(number): start for number, start in starts.items()})
        return starts

    def writer(self, number: int) -> PartitionWriter | None:
        """The writer of a partition; None if the partition is not ours."""
        return None if number in self._fenced else self._writers.get(number)

    async def deliver(
        self, number: int, batch: Sequence[Processed], check: Check
    ) -> Sequence[Processed] | None:
        """Write a batch that `check` accepts; returns it as it was planned, without what was sealed already.

        None if the partition is not ours any more and the batch is somebody else's.

        Raises:
            TransientError: retries ran out.
        """
        writer = self.writer(number)
        if writer is None:
            return None
        try:
            return await writer.deliver(batch, check)
        except Fenced as fenced:
            self.set_aside(number, writer, fenced)
            return None

    async def close(self) -> None:
        """Release everything."""
        for task in self._reclaiming:
            task.cancel()
        await self._release(list(self._writers))

    async def _release(self, numbers: Iterable[int]) -> None:
        await asyncio.gather(*[self._writers.pop(number).release() for number in numbers])

    async def _open(self, number: int) -> int:
        writer = self._writers[number]
        try:
            return await writer.open()
        except Fenced as fenced:
            self.set_aside(number, writer, fenced)
            return writer.next_offset

    def set_aside(self, number: int, writer: PartitionWriter, fenced: Fenced) -> None:
        """A writer could not go on, because somebody else has its partition or it was released."""
        if isinstance(fenced, Released) or self._writers.get(number) is not writer:
            log.info("partition.released", partition=number, reason=str(fenced))
            return
        self._fenced.add(number)
        self._fencings[number] += 1
        times = self._fencings[number]
        (log.info if times == 1 else log.warning)(
            "partition.fenced", partition=number, reason=str(fenced), times=times
        )
        if times >= _MOST_FENCINGS:
            self._fail(self._rivalry(number))
            return
        task = asyncio.create_task(self._reclaim(number, writer))
        self._reclaiming.add(task)
        task.add_done_callback(self._reclaiming.discard)

    def _rivalry(self, number: int) -> ReadoutError:
        settings = self._delivery.settings
        writes_as = settings.transactional_id(number)
        return ConfigurationError(
            f"partition {number} was taken over {_MOST_FENCINGS} times by a writer that is not in the group "
            f"{settings.group_id!r}: look for what else writes as {writes_as!r} (another application, "
            f"`readout rederive`), and end it or give it a READOUT_TOPIC_PREFIX of its own"
        )

    async def _reclaim(self, number: int, writer: PartitionWriter) -> None:
        """If by now the group had given the partition to somebody else, we would have been told."""
        await asyncio.sleep(self._reclaim_seconds)
        if self._writers.get(number) is not writer or number not in self._fenced:
            return
        self._delivery.guard.reset()
        try:
            start = await writer.open()
            self._fenced.discard(number)
            await self._seek(number, start)
        except Fenced as fenced:
            self.set_aside(number, writer, fenced)
        except ReadoutError as error:
            self._fail(error)
