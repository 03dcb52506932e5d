"""The partitions that the group has assigned to this worker, each with its writer.

A writer is opened when its partition is assigned, and closed when it is not any more. One that was fenced has
been taken over: it stays closed until the next assignment, or, where that does not come (the other one died as
well), until the group has had time to notice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

import structlog

from readout.streams.deliver.batch_plan import Processed
from readout.streams.deliver.partition_writer import Delivery, PartitionWriter
from readout.streams.errors import Fenced, ReadoutError

log = structlog.get_logger(__name__)

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
        self._reclaiming: set[asyncio.Task[None]] = set()

    async def assign(self, numbers: Iterable[int]) -> dict[int, int]:
        """Own exactly these partitions from now on; returns the first offset to derive of each.

        Every writer is opened again, also of a partition that stays: somebody may have had it in between.

        Raises:
            TransientError: the brokers did not answer.
            ConfigurationError: the log contradicts itself.
        """
        wanted = sorted(numbers)
        await self._release(number for number in list(self._writers) if number not in wanted)
        for number in wanted:
            self._writers.setdefault(number, PartitionWriter(self._delivery, number))
        self._fenced.clear()
        starts = dict(zip(wanted, await asyncio.gather(*map(self._open, wanted)), strict=True))
        log.info("partitions.assigned", starts={str(number): start for number, start in starts.items()})
        return starts

    def writer(self, number: int) -> PartitionWriter | None:
        """The writer of a partition; None if the partition is not ours."""
        return None if number in self._fenced else self._writers.get(number)

    async def deliver(self, number: int, batch: Sequence[Processed]) -> bool:
        """Write a batch; False if the partition is not ours any more and the batch is somebody else's.

        Raises:
            TransientError: retries ran out.
        """
        writer = self.writer(number)
        if writer is None:
            return False
        try:
            await writer.deliver(batch)
        except Fenced as fenced:
            log.info("partition.fenced", partition=number, reason=str(fenced))
            self._set_aside(number, writer)
            return False
        return True

    async def close(self) -> None:
        """Release everything."""
        for task in self._reclaiming:
            task.cancel()
        await self._release(list(self._writers))

    async def _release(self, numbers: Iterable[int]) -> None:
        await asyncio.gather(*[self._writers.pop(number).close() for number in numbers])

    async def _open(self, number: int) -> int:
        try:
            return await self._writers[number].open()
        except Fenced as fenced:
            log.info("partition.fenced", partition=number, reason=str(fenced))
            self._set_aside(number, self._writers[number])
            return self._writers[number].next_offset

    def _set_aside(self, number: int, writer: PartitionWriter) -> None:
        self._fenced.add(number)
        task = asyncio.create_task(self._reclaim(number, writer))
        self._reclaiming.add(task)
        task.add_done_callback(self._reclaiming.discard)

    async def _reclaim(self, number: int, writer: PartitionWriter) -> None:
        """If by now the group had given the partition to somebody else, we would have been told."""
        await asyncio.sleep(self._reclaim_seconds)
        if self._writers.get(number) is not writer or number not in self._fenced:
            return
        try:
            start = await writer.open()
            self._fenced.discard(number)
            await self._seek(number, start)
        except Fenced:
            self._set_aside(number, writer)
        except ReadoutError as error:
            self._fail(error)
