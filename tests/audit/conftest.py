"""Installations for audits of live topics."""

import pytest

from readout.schemas.envelope import Record
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.topics import ensure_topics
from readout.streams.settings import Settings
from tests.audit.ledger import PARTITIONS, MemoryLog
from tests.conftest import Broker, installation_on


@pytest.fixture
def live(broker: Broker) -> Settings:
    """Settings of an installation that has no topics yet, on either broker."""
    return settings_on(broker)


def settings_on(broker: Broker) -> Settings:
    """Settings of a new installation with as many partitions as the logs in memory."""
    return installation_on(broker).model_copy(update={"partitions": PARTITIONS})


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
