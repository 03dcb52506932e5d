"""Derive a whole live log again: partition by partition, in batches, or only to see what would change.

Reads:  the live topics, by way of `changes`
Writes: by way of the delivery's writer; nothing in a dry run
The workers must be stopped meanwhile. Opening a writer fences them where there are transactions; nothing else does.
"""

import datetime
import math
import time
from collections.abc import AsyncIterator

from readout.streams.audit.log import LiveLog
from readout.streams.deliver.batch_plan import BatchPlanner, Processed
from readout.streams.deliver.partition_writer import Delivery, PartitionWriter
from readout.streams.deliver.sleep_guard import SleepGuard
from readout.streams.derive.environment import environment_text
from readout.streams.derive.producer_block import load_producer
from readout.streams.errors import Fenced, TransientError
from readout.streams.log.topics import require_topics
from readout.streams.rederive.changes import Changes, Derive, Rederivation, Rederiver, rederivations
from readout.streams.settings import Settings


async def rederive_log(settings: Settings, derive: Derive, *, dry_run: bool) -> Changes:
    """Derive again whatever was sealed by other code than is installed.

    Raises:
        ConfigurationError: topics are missing.
        TransientError: a worker is running, or the brokers do not acknowledge; run it again.
    """
    await require_topics(settings)
    log, changes = LiveLog(settings), Changes()
    rederiver = Rederiver(settings, derive, load_producer(settings))
    delivery = Delivery(
        settings=settings,
        planner=BatchPlanner(settings, rederiver.producer, environment_text()),
        recorded_time=_now,
        # No group takes partitions from this process, however long it does not run.
        guard=SleepGuard(time.monotonic, math.inf),
    )
    for number in range(await log.partitions()):
        found = rederivations(log, number, rederiver, changes)
        if dry_run:
            async for _ in found:
                pass
        else:
            await write(PartitionWriter(delivery, number), number, found)
    return changes


async def write(writer: PartitionWriter, number: int, found: AsyncIterator[list[Rederivation]]) -> None:
    """Write a partition's articles, a batch as a unit, as each was derived again.

    Raises:
        TransientError: a worker has the partition, or the brokers do not acknowledge; run it again.
    """
    try:
        await writer.open()
        async for batch in found:
            await writer.deliver_again(
                [Processed(one.source, one.derivation.article, one.derivation) for one in batch]
            )
    except Fenced:
        message = f"a worker has partition {number}: stop the workers, then run this again"
        raise TransientError(message) from None
    finally:
        await writer.release()


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
