"""From where to where a partition holds the records of a time, as far as brokers can tell.

Reads:  the broker's index of times, and the ends of partitions
Writes: nothing
What comes back may hold too much and never too little: whoever wants no other records looks at their time stamps.
In a restored log the broker knows when it was restored; its records are older than that, never younger.
"""

from collections.abc import Mapping

from readout.streams.kafka.connection import Bounds, Partition
from readout.streams.kafka.reader import Reader
from readout.streams.log.origin import origin_of

# Brokers stamp the time, each by its own clock: after another one takes over, time may go back by so much.
_CLOCKS_DIFFER_BY_MILLISECONDS = 10 * 60 * 1000


async def narrowed(
    reader: Reader, bounds: Mapping[Partition, Bounds], *, since: int | None = None, until: int | None = None
) -> dict[Partition, Bounds]:
    """The bounds within which all records lie that were written at or after `since` and before `until`.

    Args:
        reader: who asks.
        bounds: what there is.
        since: milliseconds since 1970; None for the beginning.
        until: milliseconds since 1970, exclusive; None for the end.
    """
    found = dict(bounds)
    if since is not None:
        for place, first in (await reader.offsets_at(found, since)).items():
            reach = found[place]
            start = reach.next if first is None else min(max(first, reach.first), reach.next)
            found[place] = Bounds(start, reach.next)
    if until is not None:
        late = until + _CLOCKS_DIFFER_BY_MILLISECONDS
        for place, stop in (await reader.offsets_at(found, late)).items():
            if stop is not None and await _is_so_late(reader, place, Bounds(stop, found[place].next), late):
                found[place] = Bounds(min(found[place].first, stop), stop)
    return found


async def _is_so_late(reader: Reader, place: Partition, reach: Bounds, moment: int) -> bool:
    """Is the record at a place really that late, and was it so when it was first written?"""
    if reach.first >= reach.next:
        return False
    record = await anext(reader.read({place: reach.first}, {place: reach.next}), None)
    return record is not None and record.timestamp >= moment and origin_of(record).timestamp >= moment
