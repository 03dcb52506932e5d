"""Restore a log into empty topics: values, keys, headers, order and partitions as they were.

Reads:  a log, as a rule an archive
Writes: every topic, `news` last, so that no worker takes half a log for a whole one
A broker gives new offsets and timestamps. The old ones go into one more header of each record, in which every
audit command finds them. An interrupted restore goes on where the topics end.
"""

from collections.abc import Callable

from readout.streams.audit.log import LiveLog, Log, snapshot
from readout.streams.audit.replay.copy_out import Copier
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.connection import Bounds, Partition
from readout.streams.kafka.reader import closing
from readout.streams.log.origin import before_restoring
from readout.streams.log.topics import ensure_topics
from readout.streams.settings import Settings


async def restore(log: Log, settings: Settings, *, advance: Callable[[int], None] | None = None) -> int:
    """Write a whole log into the topics of the settings; returns how many records were written.

    Raises:
        ConfigurationError: the topics have other partitions, or hold something else.
        TransientError: the brokers do not acknowledge; start again, it goes on.
    """
    partitions = await log.partitions()
    if settings.partitions != partitions:
        raise ConfigurationError(
            f"the log has {partitions} partitions a topic: restore it with READOUT_PARTITIONS={partitions}"
        )
    await ensure_topics(settings)
    target = LiveLog(settings)
    filled = await snapshot(target)
    async with Copier(settings, advance) as copier:
        for place, bounds in (await snapshot(log)).items():
            into = Partition(settings.topic_prefix + place.topic.removeprefix(log.prefix), place.number)
            start = await _start(target, into, filled[into], place)
            async for record in log.read(place, Bounds(max(start, bounds.first), bounds.next)):
                await copier.copy(record, into.topic, into.number)
            await copier.settle()
        return copier.copied


async def _start(target: LiveLog, into: Partition, bounds: Bounds, place: Partition) -> int:
    """The first offset of the log that is not in the topic yet."""
    if bounds.first == bounds.next:
        return 0
    last = None
    async with closing(target.read(into, Bounds(bounds.next - 1, bounds.next))) as records:
        async for record in records:
            last = before_restoring(record, 1)
    if last is None or (last.topic, last.partition) != place:
        raise ConfigurationError(
            f"topic {into.topic!r} is not empty: restore into a new cluster, or beside this one with "
            f"READOUT_TOPIC_PREFIX"
        )
    return last.offset + 1
