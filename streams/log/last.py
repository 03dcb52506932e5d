"""The last records of topics, without reading them from their beginning.

Reads:  from the ends backwards, in windows that double until enough was found
Writes: nothing
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping

from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.log.memory import MemoryReader

Takes = Callable[[StoredRecord], bool]


async def last_records(
    reader: Reader | MemoryReader, bounds: Mapping[Partition, Bounds], number: int, takes: Callable[[], Takes]
) -> list[StoredRecord]:
    """The last so many records that are taken, of all partitions together, in the order in which they were written.

    Args:
        reader: of the log.
        bounds: from where to where each partition is looked at.
        number: how many.
        takes: makes what decides, anew for each window, since it may remember what it took.
    """
    done: dict[Partition, deque[StoredRecord]] = {}
    window = 2 * number
    left = dict(bounds)
    while left:
        starts = {place: max(reach.first, reach.next - window) for place, reach in left.items()}
        stops = {place: reach.next for place, reach in left.items()}
        found = await _found(reader, starts, stops, number, takes())
        for place, records in found.items():
            if len(records) == number or starts[place] == left[place].first:
                done[place] = records
                del left[place]
        window *= 4
    return _in_time_order(one for records in done.values() for one in records)[-number:]


async def _found(
    reader: Reader | MemoryReader,
    starts: Mapping[Partition, int],
    stops: Mapping[Partition, int],
    number: int,
    takes: Takes,
) -> dict[Partition, deque[StoredRecord]]:
    found: dict[Partition, deque[StoredRecord]] = {place: deque(maxlen=number) for place in starts}
    async for record in reader.read(starts, stops):
        if takes(record):
            found[Partition(record.topic, record.partition)].append(record)
    return found


def _in_time_order(records: Iterable[StoredRecord]) -> list[StoredRecord]:
    return sorted(records, key=lambda one: (one.timestamp, one.topic, one.partition, one.offset))
