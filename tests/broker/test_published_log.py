"""What a publisher is told of single articles: sealed, waiting, older, contradictory; and `news` is not read for it."""

from collections.abc import Sequence

import pytest

from readout.schemas.manifests import ManifestSealed
from readout.streams.deliver.batch_plan import BatchPlanner, Processed
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.producer import partition_of
from readout.streams.log.topics import ensure_topics
from readout.streams.processors.records import article_event_id
from readout.streams.publish.published_log import PublishedLog
from readout.streams.publish.publisher import Published, publishing
from readout.streams.settings import Settings
from tests.agents.made import PRODUCER, article, derived
from tests.brokers.topics import all_records, publish_articles, publish_records


async def _seal(settings: Settings, numbers: Sequence[int], revision: int = 1) -> None:
    """Write manifests of articles that were published, as a worker does, in the order of their offsets."""
    published = {record.key: record for record in await all_records(settings, "news")}

    async def nothing_before(_: str) -> ManifestSealed | None:
        return None

    for number in numbers:
        one = article(number, revision)
        source = published[one.article_id.encode()]
        plan = await BatchPlanner(settings, PRODUCER).plan(
            [Processed(source, one, derived(one))], nothing_before, "2022-10-25T00:00:00Z"
        )
        await publish_records(settings, plan.records[-1:], source.partition)


async def test_articles_are_looked_up_among_what_is_sealed_and_what_waits(installation: Settings) -> None:
    await ensure_topics(installation)
    await publish_articles(installation, [article(number) for number in range(8)])
    await _seal(installation, range(4))
    async with PublishedLog(installation, installation.partitions) as log:
        for number in range(8):
            one = article(number)
            assert await log.revisions(one.article_id) == {1: article_event_id(one)}
        assert await log.revisions("article-99") == {}


async def test_the_counts_are_exact_where_they_are_asked_for(installation: Settings) -> None:
    await ensure_topics(installation)
    await publish_articles(installation, [article(1, 2), article(2)])
    await _seal(installation, [1], revision=2)
    async with publishing(installation, check=True) as publisher:
        assert await publisher.publish(article(1, 1)) is Published.OLDER
        assert await publisher.publish(article(1, 2)) is Published.UNCHANGED
        assert await publisher.publish(article(1, 3)) is Published.ADDED
        assert await publisher.publish(article(1, 3)) is Published.UNCHANGED
        assert await publisher.publish(article(2)) is Published.UNCHANGED
        with pytest.raises(InvalidRecord, match="--revision 2"):
            await publisher.publish(article(2).model_copy(update={"body": "Another text."}))
    assert len(await all_records(installation, "news")) == 3


async def test_without_a_check_everything_is_sent(installation: Settings) -> None:
    await ensure_topics(installation)
    for _ in range(2):
        async with publishing(installation) as publisher:
            assert await publisher.publish(article(1)) is Published.ADDED
    assert len(await all_records(installation, "news")) == 2


async def test_a_key_goes_where_the_lookup_looks_for_it(installation: Settings) -> None:
    await ensure_topics(installation)
    await publish_articles(installation, [article(number) for number in range(30)])
    for record in await all_records(installation, "news"):
        assert partition_of(record.key or b"", installation.partitions) == record.partition
