"""Derive a whole live log again: partition by partition, in batches, or only to see what would change.

Reads:  the live topics, by way of `rederive`
Writes: by way of `renew`; nothing in a dry run
"""

import datetime

from streams.audit.log import LiveLog
from streams.audit.rederive import Changes, Derive, Renewal, renewals
from streams.audit.renew import RenewalWriter
from streams.environment import environment_text
from streams.kafka.producer import can_transact
from streams.producer_block import load_producer
from streams.settings import Settings
from streams.topics import require_topics


async def renew_all(settings: Settings, derive: Derive, *, dry_run: bool) -> Changes:
    """Derive again whatever was sealed by other code than is installed.

    Raises:
        ConfigurationError: topics are missing.
        TransientError: a worker is running, or the brokers do not acknowledge; run it again.
    """
    await require_topics(settings)
    log, producer, changes = LiveLog(settings), load_producer(settings), Changes()
    transactional = not dry_run and await _is_transactional(settings)
    for number in range(await log.partitions()):
        found = renewals(log, number, derive, producer, changes, batch_size=settings.batch_size)
        if dry_run:
            async for _ in found:
                pass
            continue
        writer = RenewalWriter(
            settings,
            number,
            transactional=transactional,
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


async def _is_transactional(settings: Settings) -> bool:
    if settings.delivery != "auto":
        return settings.delivery == "transactional"
    return await can_transact(settings)


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
