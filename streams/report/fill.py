"""Read a log into an index: up to where it ends now.

Reads:  the topics that pages show
Writes: the index
"""

from collections.abc import AsyncIterator, Callable, Mapping

from readout.streams.audit.log import Log, snapshot
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.report.index import SHOWN, Index

_BATCH = 1000


async def shown_bounds(log: Log) -> Mapping[Partition, Bounds]:
    """How far the topics reach that pages show."""
    topics = {log.prefix + stem for stem in SHOWN}
    return {place: reach for place, reach in (await snapshot(log)).items() if place.topic in topics}


async def fill(
    log: Log,
    index: Index,
    bounds: Mapping[Partition, Bounds],
    advance: Callable[[int], None] | None = None,
) -> None:
    """Read everything within the bounds; `advance` is told how many more records were read.

    Raises:
        ReplayMismatch: an archive is damaged.
        TransientError: the brokers cannot be reached.
    """
    for place, reach in bounds.items():
        async for batch in _batches(log.read(place, reach)):
            index.add(batch)
            if advance:
                advance(len(batch))
    index.settle()


async def _batches(records: AsyncIterator[StoredRecord]) -> AsyncIterator[list[StoredRecord]]:
    batch: list[StoredRecord] = []
    async for record in records:
        batch.append(record)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
