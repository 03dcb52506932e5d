"""Derive a whole live log again: partition by partition, in batches, or only to see what would change.

Reads:  the live topics, by way of `rederive`
Writes: by way of `renew`; nothing in a dry run
"""

import datetime

from readout.streams.audit.log import LiveLog
from readout.streams.derive.environment import environment_text
from readout.streams.derive.producer_block import load_producer
from readout.streams.log.topics import require_topics
from readout.streams.rederive.changes import Changes, Derive, Renewal, renewals
from readout.streams.rederive.renew import RenewalWriter
from readout.streams.settings import Settings


async def renew_all(settings: Settings, derive: Derive, *, dry_run: bool) -> Changes:
    """Derive again whatever was sealed by other code than is installed.

    Raises:
        ConfigurationError: topics are missing.
        TransientError: a worker is running, or the brokers do not acknowledge; run it again.
    """
    await require_topics(settings)
    log, producer, changes = LiveLog(settings), load_producer(settings), Changes()
    for number in range(await log.partitions()):
        found = renewals(log, number, derive, producer, changes, batch_size=settings.batch_size)
        if dry_run:
            async for _ in found:
                pass
            continue
        writer = RenewalWriter(
            settings,
            number,
            transactional=settings.delivery == "transactional",
            recorded_time=_now,
            environment=environment_text(),
        )
        async with writer:
            batch: list[Renewal] = []
            async for renewal in found:
                batch.append(renewal)
                if len(batch) >= settings.batch_size:
                    await writer.write(batch)
                    batch = []
            await writer.write(batch)
    return changes


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
