"""Topics on a broker: created as declared, shown as they are, and refused when they do not fit."""

import asyncio

import pytest

from readout.streams.errors import ConfigurationError
from readout.streams.kafka.administration import Administration
from readout.streams.log.partition_report import describe_topics
from readout.streams.log.topics import (
    TOPICS,
    TOPICS_BY_STEM,
    ensure_topics,
    require_topics,
    topic_config,
    topic_name,
)
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings
from tests.brokers.topics import all_records, generated_article, publish_articles
from tests.conftest import Broker, installation_on


async def test_missing_topics_are_created_and_existing_ones_left_alone(installation: Settings) -> None:
    created = await ensure_topics(installation)
    assert created == tuple(installation.topic_prefix + topic.stem for topic in TOPICS)
    assert await ensure_topics(installation) == ()
    await require_topics(installation)


async def test_a_worker_is_told_which_topics_are_missing(installation: Settings) -> None:
    with pytest.raises(ConfigurationError, match=r"missing topics: .*news.*readout topics"):
        await require_topics(installation)


async def test_another_partition_count_is_refused_and_nothing_is_created(installation: Settings) -> None:
    await _create(installation, "news", partitions=2)
    with pytest.raises(
        ConfigurationError, match=r"news' has 2 partitions, wanted 4.*no existing topic was changed"
    ):
        await ensure_topics(installation)
    assert await _existing(installation) == ["news"]


@pytest.mark.parametrize(
    ("setting", "value", "complaint"),
    [
        ("retention.ms", "604800000", "it would forget"),
        ("cleanup.policy", "compact", "it would lose history"),
        ("message.timestamp.type", "CreateTime", "whoever writes could choose the time"),
    ],
)
async def test_a_topic_that_forgets_or_takes_others_times_is_refused(
    installation: Settings, setting: str, value: str, complaint: str
) -> None:
    await _create(installation, "manifests", partitions=4, **{setting: value})
    with pytest.raises(ConfigurationError, match=f"manifests' has {setting}={value}, wanted .*{complaint}"):
        await ensure_topics(installation)
    assert await _existing(installation) == ["manifests"]


async def test_the_report_counts_every_record_and_the_lag(installation: Settings) -> None:
    await ensure_topics(installation)
    await publish_articles(installation, [generated_article(number) for number in range(25)])
    report = await describe_topics(installation)
    assert len(report) == len(TOPICS) * installation.partitions
    news = [line for line in report if line.topic == topic_name(installation, "news")]
    assert sum(line.next_offset - line.first_offset for line in news) == 25
    assert sum(line.lag or 0 for line in news) == 25
    assert {line.lag for line in report if line not in news} == {None}


@pytest.mark.parametrize("codec", ["gzip", "lz4", "snappy", "zstd"])
async def test_a_topic_that_the_broker_compresses_reads_the_same(kafka_broker: Broker, codec: str) -> None:
    settings = installation_on(kafka_broker)
    await _create(settings, "news", partitions=settings.partitions, **{"compression.type": codec})
    await ensure_topics(settings)
    published = [generated_article(number) for number in range(8)]
    await publish_articles(settings, published)
    found = [record.value for record in await all_records(settings, "news")]
    assert sorted(found, key=str) == sorted((article_record(one).value for one in published), key=str)


def test_an_unknown_topic_is_named_with_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="no topic 'contact'; choose from news"):
        topic_name(Settings(), "contact")


async def _create(settings: Settings, stem: str, partitions: int, **changes: str) -> None:
    async with Administration(settings) as administration:
        await administration.create(
            [topic_name(settings, stem)],
            partitions=partitions,
            replicas=1,
            config=topic_config(settings, TOPICS_BY_STEM[stem]) | changes,
        )
    async with asyncio.timeout(10):
        while await _existing(settings) != [stem]:  # noqa: ASYNC110 - the broker tells nobody
            await asyncio.sleep(0.05)


async def _existing(settings: Settings) -> list[str]:
    names = [topic_name(settings, topic.stem) for topic in TOPICS]
    async with Administration(settings) as administration:
        found = await administration.existing(names)
    return [name.removeprefix(settings.topic_prefix) for name in found]
