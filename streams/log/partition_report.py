"""The partitions as they stand: what they hold, what of it is hidden, and who has those of `news`.

Reads:  the ends of all topics, what the group of the workers has committed, and who is in it
Writes: nothing
"""

from collections.abc import Mapping
from dataclasses import dataclass

from readout.streams.kafka.administration import Administration
from readout.streams.kafka.connection import Bounds, Partition
from readout.streams.kafka.reader import Ends, Reader, committed_offsets
from readout.streams.log.topics import NEWS, TOPICS, topic_name
from readout.streams.settings import Settings

# The end of a transaction takes an offset and is no record: a short lag is counted, a long one need not be exact.
_COUNTED = 100


@dataclass(frozen=True, slots=True)
class PartitionReport:
    """A partition as it stands.

    `next_offset` is the end for readers of committed records, and `hidden` counts the offsets after it, which open
    transactions hide. For news only: `lag` counts what the workers have not acknowledged, hidden or not; `owner` is
    the worker that has it, `is_orphan` that none has.
    """

    topic: str
    partition: int
    first_offset: int
    next_offset: int
    hidden: int
    lag: int | None
    owner: str | None
    is_orphan: bool


async def describe_topics(settings: Settings) -> tuple[PartitionReport, ...]:
    """All partitions of the topics that exist, in the order of `TOPICS`."""
    names = [topic_name(settings, topic.stem) for topic in TOPICS]
    async with Administration(settings) as administration:
        existing = await administration.existing(names)
        owners = await administration.owners(settings.group_id)
    places = [
        Partition(name, n) for name in names if name in existing for n in range(existing[name].partitions)
    ]
    sources = [place for place in places if place.topic == topic_name(settings, NEWS.stem)]
    committed = await committed_offsets(settings, settings.group_id, sources)
    async with Reader(settings) as reader:
        bounds, ends = await reader.bounds(places), await reader.ends(places)
        lags = {
            place: await _lag(reader, place, max(committed.get(place, 0), bounds[place].first), ends[place])
            for place in sources
        }
    return tuple(_report(place, bounds[place], ends[place], lags, owners) for place in places)


async def _lag(reader: Reader, place: Partition, acknowledged: int, end: Ends) -> int:
    """Records from an offset on, and whatever an open transaction hides after them."""
    visible = max(end.visible - acknowledged, 0)
    if 0 < visible <= _COUNTED:
        stops = {place: end.visible}
        visible = len([None async for _ in reader.read({place: acknowledged}, stops)])
    return visible + end.high - max(end.visible, acknowledged)


def _report(
    place: Partition,
    bounds: Bounds,
    end: Ends,
    lags: Mapping[Partition, int],
    owners: Mapping[Partition, str] | None,
) -> PartitionReport:
    return PartitionReport(
        topic=place.topic,
        partition=place.number,
        first_offset=bounds.first,
        next_offset=end.visible,
        hidden=end.high - end.visible,
        lag=lags.get(place),
        owner=owners.get(place) if owners else None,
        is_orphan=place in lags and owners is not None and place not in owners,
    )
