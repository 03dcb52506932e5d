"""Copy replayed records into a topic that somebody names, of this cluster or another.

Reads:  records, from a replay
Writes: that topic and no other; never one of an installation's own
"""

from collections.abc import AsyncIterator

from readout.streams.audit.archive.copying import Copier
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.administration import Administration
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.topics import TOPICS, topic_name
from readout.streams.settings import Settings


async def copy_out(
    records: AsyncIterator[StoredRecord], settings: Settings, topic: str, *, same_cluster: bool
) -> int:
    """Copy records, with a header that says where they were; returns how many.

    Raises:
        ConfigurationError: the topic does not exist, or is one that a worker writes.
        TransientError: the brokers do not acknowledge.
    """
    if same_cluster and topic in {topic_name(settings, one.stem) for one in TOPICS}:
        raise ConfigurationError(f"{topic!r} is a topic of this installation: replay into one of your own")
    async with Administration(settings) as administration:
        existing = await administration.existing([topic])
    if topic not in existing:
        raise ConfigurationError(
            f"topic {topic!r} does not exist at {settings.bootstrap_servers}: create it first"
        )
    async with Copier(settings) as copier:
        async for record in records:
            await copier.copy(record, topic, record.partition % existing[topic].partitions)
        await copier.settle()
        return copier.copied
