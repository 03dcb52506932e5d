"""A broker for audits of live topics: embedded, one for all tests, a prefix for each."""

from collections.abc import Iterator
from itertools import count

import pytest

from schemas.envelope import Record
from streams.broker import embedded_broker
from streams.kafka.producer import RecordProducer
from streams.settings import Settings
from streams.topics import ensure_topics
from tests.audit.ledger import PARTITIONS, MemoryLog

_prefixes = count(1)


@pytest.fixture(scope="session")
def audit_broker() -> Iterator[str]:
    with embedded_broker() as running:
        yield running.bootstrap_servers


@pytest.fixture
def live(audit_broker: str) -> Settings:
    """Settings of an installation that has no topics yet."""
    return settings_of(audit_broker)


def settings_of(bootstrap_servers: str) -> Settings:
    return Settings(
        bootstrap_servers=bootstrap_servers, topic_prefix=f"audit{next(_prefixes)}.", partitions=PARTITIONS
    )


async def pour(log: MemoryLog, settings: Settings) -> None:
    """Write a log in memory to the topics of an installation; it must have no gaps."""
    await ensure_topics(settings)
    producer = RecordProducer(settings)
    await producer.start()
    pending = []
    try:
        for record in sorted(log.all(), key=lambda one: one.timestamp):
            stem = record.topic.removeprefix(settings.topic_prefix)
            copy = Record(stem, record.key, record.value, record.headers)
            pending.append(await producer.send(copy, record.topic, partition=record.partition))
        for sent in pending:
            await sent
    finally:
        await producer.close()
