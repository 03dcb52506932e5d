"""Keep the index up with the log: records as they are committed, and the news of them.

Reads:  live topics, from where the index ends
Writes: the index, in a thread of its own
Between broker and index lies a queue of bounded length: when the index is slow, nothing more is fetched.
"""

import asyncio
from collections.abc import Mapping

from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.report.index import Index
from readout.streams.report.serve.news import News
from readout.streams.settings import Settings

_WAITING = 2000
_FETCH_BYTES = 4 * 1024 * 1024


async def follow(settings: Settings, index: Index, bounds: Mapping[Partition, Bounds], news: News) -> None:
    """Follow a log from the end of the bounds on, until cancelled.

    Raises:
        TransientError: the brokers refuse; while they are only away, it waits.
    """
    queue: asyncio.Queue[StoredRecord] = asyncio.Queue(_WAITING)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_fetch(settings, bounds, queue))
            tasks.create_task(_index(queue, index, news))
    except ExceptionGroup as group:
        # One has ended, and the other with it: what is said is what ended the first.
        raise group.exceptions[0] from None


async def _fetch(
    settings: Settings, bounds: Mapping[Partition, Bounds], queue: asyncio.Queue[StoredRecord]
) -> None:
    starts = {place: reach.next for place, reach in bounds.items()}
    async with Reader(settings, fetch_bytes=_FETCH_BYTES) as reader:
        async for record in reader.read(starts):
            await queue.put(record)


async def _index(queue: asyncio.Queue[StoredRecord], index: Index, news: News) -> None:
    while True:
        batch = [await queue.get()]
        while not queue.empty():
            batch.append(queue.get_nowait())
        articles = await asyncio.to_thread(_take, index, batch)
        news.tell(len(batch), articles)


def _take(index: Index, batch: list[StoredRecord]) -> list[str]:
    index.add(batch)
    return index.settle()
