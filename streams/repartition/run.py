"""Copy a live log into a new one with another number of partitions; a copy that was broken off goes on.

Reads:  the old log, one partition number after the other; `news` of the new log, for what is there already
Writes: the new log: each article in the partition that its key decides there, with all that came of it
One old partition is finished before the next begins, and the one that was broken off before all others. So what is
not sealed yet at the end of a new partition comes from one old partition, and goes on in its order.
"""

import asyncio
import datetime
import math
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from readout.schemas.event import Producer
from readout.streams.audit.archive.segments import record_size
from readout.streams.audit.log import LiveLog, snapshot
from readout.streams.audit.scratch import Scratch
from readout.streams.deliver.partition_writer import Delivery
from readout.streams.deliver.sleep_guard import SleepGuard
from readout.streams.deliver.unit_writer import UnitWriter
from readout.streams.deliver.visible import until_visible
from readout.streams.errors import ConfigurationError, Fenced, TransientError
from readout.streams.kafka.connection import Bounds, Partition
from readout.streams.kafka.producer import partition_of
from readout.streams.kafka.reader import Reader
from readout.streams.log.origin import moved_from
from readout.streams.log.topics import NEWS, ensure_topics, topic_name
from readout.streams.repartition.carrying import CarryingPlanner
from readout.streams.repartition.new_partition import NewPartition, news_writer
from readout.streams.repartition.old_partition import OldPartition, Step
from readout.streams.repartition.places import Places
from readout.streams.settings import Settings

_STEPS = 256
_BYTES = 16 * 1024 * 1024
_FETCH_BYTES = 1024 * 1024

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """What one run came to: how far the old log was read, and how many of its articles wait to be derived there."""

    bounds: dict[Partition, Bounds]
    pending: int


async def copy_log(
    old: Settings, new: Settings, producer: Producer, advance: Advance = lambda _: None
) -> Copied:
    """Copy what the old log holds and the new one does not.

    Args:
        old: the log that is there.
        new: the same cluster, with another prefix and number of partitions.
        producer: this code; it derives nothing here.
        advance: is told how many more records of `news` are done.

    Raises:
        ConfigurationError: the new topics hold something else, or do not fit.
        ReplayMismatch: the old log is not as it must be.
        TransientError: the brokers do not answer, or somebody else writes the new log; run it again, it goes on.
    """
    if new.topic_prefix == old.topic_prefix:
        raise ConfigurationError("the new log needs another --topic-prefix than the one that is copied")
    await ensure_topics(new)
    log = LiveLog(old)
    bounds = await snapshot(log)
    delivery = Delivery(
        settings=new,
        planner=CarryingPlanner(new, producer),
        recorded_time=_now,
        # No group takes partitions from this process, however long it does not run.
        guard=SleepGuard(time.monotonic, math.inf),
    )
    with Places() as places:
        try:
            async with AsyncExitStack() as stack:
                writers = await _news_writers(stack, delivery)
                last = await _note_places(old, new, places)
                numbers = sorted(range(await log.partitions()), key=lambda number: (number != last, number))
                copier = _Copier(delivery, writers, places, advance)
                pending = [await copier.copy(log, number, bounds) for number in numbers]
        except Fenced as fenced:
            raise TransientError(
                f"somebody else writes the log {new.topic_prefix!r} ({fenced}): stop that, then run this again"
            ) from None
    return Copied(bounds, sum(pending))


async def _news_writers(stack: AsyncExitStack, delivery: Delivery) -> list[UnitWriter]:
    writers = [news_writer(delivery, number) for number in range(delivery.settings.partitions)]
    for writer in writers:
        await writer.open()
        stack.push_async_callback(writer.abandon)
    return writers


async def _note_places(old: Settings, new: Settings, places: Places) -> int:
    """Note what is copied already; the old partition that was copied last."""
    topic, newest, last = topic_name(new, NEWS.stem), -1, 0
    news = [Partition(topic, number) for number in range(new.partitions)]
    async with Reader(new, fetch_bytes=_FETCH_BYTES) as reader:
        await until_visible(new, reader, news)
        bounds = await reader.bounds(news)
        starts = {place: reach.first for place, reach in bounds.items()}
        async for record in reader.read(starts, {place: reach.next for place, reach in bounds.items()}):
            origin = moved_from(record)
            if origin is None or origin.topic != topic_name(old, NEWS.stem):
                raise ConfigurationError(
                    f"{record.topic}/{record.partition}@{record.offset} was not copied from the log "
                    f"{old.topic_prefix!r}: choose a --topic-prefix of which there are no topics yet"
                )
            places.add(origin.partition, origin.offset, record.offset)
            if record.timestamp >= newest:
                newest, last = record.timestamp, origin.partition
    return last


class _Copier:
    """Copies one old partition at a time; what it writes to has a queue for each new partition."""

    def __init__(
        self, delivery: Delivery, news: Sequence[UnitWriter], places: Places, advance: Advance
    ) -> None:
        self._delivery = delivery
        self._news = news
        self._places = places
        self._advance = advance
        self._targets: dict[int, NewPartition] = {}
        self._queues: dict[int, list[Step]] = {}
        self._steps = self._bytes = 0

    async def copy(self, log: LiveLog, number: int, bounds: dict[Partition, Bounds]) -> int:
        """Copy a partition; how many records of `news` at its end wait to be derived."""
        with Scratch() as scratch:
            partition = OldPartition(log, number, bounds, scratch)
            try:
                async for step in partition.steps():
                    self._add(step)
                    if self._steps >= _STEPS or self._bytes >= _BYTES:
                        await self._flush()
                await self._flush()
            finally:
                targets, self._targets = list(self._targets.values()), {}
                await asyncio.gather(*(target.close() for target in targets))
            return partition.pending

    def _add(self, step: Step) -> None:
        key, count = step.source.key, self._delivery.settings.partitions
        number = step.source.partition % count if key is None else partition_of(key, count)
        self._queues.setdefault(number, []).append(step)
        self._steps += 1
        self._bytes += record_size(step.source) + sum(len(one.value or b"") for one in step.records)

    async def _flush(self) -> None:
        queues, self._queues = self._queues, {}
        self._steps = self._bytes = 0
        done = await asyncio.gather(
            *(self._write(number, steps) for number, steps in queues.items()), return_exceptions=True
        )
        # All have ended by now: none goes on writing while the copy is given up.
        failed = [one for one in done if isinstance(one, BaseException)]
        if failed:
            raise failed[0]

    async def _write(self, number: int, steps: Sequence[Step]) -> None:
        if number not in self._targets:
            target = NewPartition(self._delivery, number, self._news[number], self._places)
            await target.open()
            self._targets[number] = target
        await self._targets[number].write(steps)
        self._advance(sum(not step.is_again for step in steps))


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
