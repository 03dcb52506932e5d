"""Consumer groups of the library on real brokers: shared out, committed after use, gone on with."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator

from readout import ArticlePublished, Filter, Settings, read, read_topics, subscribe
from readout.streams.log.topics import ensure_topics
from tests.brokers.topics import generated_article, publish_articles
from tests.conftest import Broker, installation_on

ARTICLES = 40


async def published(installation: Settings) -> Settings:
    await ensure_topics(installation)
    await publish_articles(installation, [generated_article(number) for number in range(ARTICLES)])
    return installation


async def test_a_group_uses_each_record_once_and_goes_on_where_it_stopped(kafka_broker: Broker) -> None:
    settings = await published(installation_on(kafka_broker))
    seen: list[str] = []
    records = subscribe(ArticlePublished, settings=settings, group="readers")
    async for article in records:
        if len(seen) == ARTICLES // 2:
            break
        seen.append(article.article_id)
    assert isinstance(records, AsyncGenerator)
    await records.aclose()
    seen += [one.article_id async for one in subscribe(ArticlePublished, settings=settings, group="readers")]
    assert Counter(seen) == Counter(f"article-{number}" for number in range(ARTICLES))
    again = [one async for one in subscribe(ArticlePublished, settings=settings, group="readers")]
    assert again == []


async def test_members_of_a_group_share_the_partitions(installation: Settings) -> None:
    settings = await published(installation)
    seen: list[set[str]] = [set(), set()]

    async def member(number: int) -> None:
        async for article in subscribe(ArticlePublished, settings=settings, group="pair", follow=True):
            seen[number].add(article.article_id)

    members = [asyncio.create_task(member(number)) for number in (0, 1)]
    written = ARTICLES
    async with asyncio.timeout(60):
        # Whoever comes first has all partitions until the other has joined.
        while not all(seen) or len(seen[0] | seen[1]) < written:
            if not all(seen):
                await publish_articles(settings, [generated_article(n) for n in range(written, written + 8)])
                written += 8
            await asyncio.sleep(0.1)
    for one in members:
        one.cancel()
    await asyncio.gather(*members, return_exceptions=True)


async def test_partitions_are_merged_by_time_and_filters_hold(installation: Settings) -> None:
    settings = await published(installation)
    records = [one async for one in read_topics(["news"], settings=settings, in_time_order=True)]
    assert len(records) == ARTICLES
    assert [one.timestamp for one in records] == sorted(one.timestamp for one in records)
    by_partition = {n: [r.offset for r in records if r.partition == n] for n in range(settings.partitions)}
    assert all(offsets == sorted(offsets) for offsets in by_partition.values())
    chosen = read(ArticlePublished, settings=settings, where=Filter(article="article-3"))
    assert [one.article_id for one in chosen] == ["article-3"]
