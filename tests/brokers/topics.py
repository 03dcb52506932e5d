"""Publish to and read from an installation's topics in tests, and check what must hold of them."""

import asyncio
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from readout.schemas.envelope import Record
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.origin import origin_of
from readout.streams.log.run_facts import SOURCE_OFFSET
from readout.streams.log.seal_pages import SealPage, seal_of
from readout.streams.log.subscribe import read_topics
from readout.streams.log.topics import DERIVED, topic_name
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings

_LOOK_AGAIN_SECONDS = 0.3
_NAMES = ("Anna Weber", "Luis Ortega", "Mei Tanaka", "Omar Haddad", "Grace Mbeki", "Ivan Petrov")
_CITIES = ("Vienna", "Geneva", "Oslo", "Nairobi")


def generated_article(number: int, revision: int = 1) -> ArticlePublished:
    """A short article about a phone call, always the same for one number and revision."""
    draw = random.Random(f"{number}.{revision}")
    caller, called = draw.sample(_NAMES, 2)
    city = draw.choice(_CITIES)
    body = (
        f"{city} - Foreign Minister {caller} spoke by phone with Defence Minister {called} on Monday. "
        f'"We agreed on point {number}," {caller} said. {called} said that the call was useful '
        f"and that talks would go on in {city}."
    )
    return ArticlePublished(
        article_id=f"article-{number}",
        revision=revision,
        status="usable",
        body=body,
        published_at="2022-10-25",
    )


async def publish_articles(settings: Settings, articles: Sequence[ArticlePublished]) -> None:
    """Publish articles, all acknowledged."""
    await publish_records(settings, [article_record(article) for article in articles])


async def publish_records(
    settings: Settings, records: Sequence[Record], partition: int | None = None
) -> None:
    """Publish records as they are to the topics that they name."""
    producer = RecordProducer(settings)
    await producer.start()
    try:
        sent = [
            await producer.send(record, topic_name(settings, record.topic), partition=partition)
            for record in records
        ]
        await asyncio.gather(*sent)
    finally:
        await producer.abandon()


async def all_records(settings: Settings, stem: str) -> list[StoredRecord]:
    """Everything that a topic holds for readers of committed records."""
    return [record async for record in read_topics([stem], settings=settings)]


async def until_sealed(
    settings: Settings,
    articles: int,
    *,
    within_seconds: float,
    still_hopeful: Callable[[], bool] = lambda: True,
) -> None:
    """Wait for manifests of so many article revisions."""
    async with asyncio.timeout(within_seconds):
        while len(await manifests(settings)) < articles:
            assert still_hopeful(), "no worker runs any more"
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)


async def manifests(settings: Settings) -> dict[tuple[str, int], ManifestSealed]:
    """The manifests by article and revision."""
    events = [
        ManifestSealed.model_validate_json(record.value or b"")
        for record in await all_records(settings, "manifests")
    ]
    return {(event.article_id, event.revision): event for event in events}


async def assert_exactly_once(settings: Settings, revisions: set[tuple[str, int]]) -> None:
    """One manifest per revision, every record that a manifest names exactly once, nothing else, all in order."""
    sealed = await all_records(settings, "manifests")
    events = [ManifestSealed.model_validate_json(record.value or b"") for record in sealed]
    assert Counter((e.article_id, e.revision) for e in events) == Counter(revisions)
    written = {topic.stem: await all_records(settings, topic.stem) for topic in DERIVED}
    assert_as_sealed(events, written)
    for records in (sealed, *written.values()):
        assert_in_order(records)


async def assert_pages_are_right(settings: Settings) -> None:
    """The pages of seals follow each other, say what the manifests say, and leave no more out than one does."""
    sealed, pages = await all_records(settings, "manifests"), await all_records(settings, "seals")
    for number in range(settings.partitions):
        seals = [seal_of(record) for record in sealed if record.partition == number]
        covered, chain = 0, ""
        for record in pages:
            page = SealPage.read(record)
            if record.partition != number or page.first < covered:
                continue
            assert (page.began, page.first, page.previous) == (0, covered, chain)
            assert list(page.seals()) == [seal for seal in seals if page.first <= seal.offset < page.next]
            covered, chain = page.next, page.digest
        assert sum(seal.offset >= covered for seal in seals) < settings.manifests_per_page


def assert_as_sealed(events: Sequence[ManifestSealed], written: dict[str, list[StoredRecord]]) -> None:
    """The topics hold what the manifests say, each record once."""
    expected: dict[str, Counter[str]] = defaultdict(Counter)
    for event in events:
        if event.outcome == "dead-lettered":
            continue
        for line in (*event.live, *event.withdrawn):
            expected[line.topic][line.sha256] += 1
    for stem, records in written.items():
        found = Counter(header(record, "ce_id") for record in records)
        assert not expected[stem] - found, f"{stem}: {(expected[stem] - found).total()} records lost"
        assert not found - expected[stem], (
            f"{stem}: {(found - expected[stem]).total()} records twice or unsealed"
        )


def assert_in_order(records: Sequence[StoredRecord]) -> None:
    """Within a partition the records follow the order of the articles that they come from."""
    by_partition: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for record in records:
        # What was restored was written before what was not.
        place = (-origin_of(record).restored, int(header(record, SOURCE_OFFSET)))
        by_partition[record.partition].append(place)
    for partition, places in by_partition.items():
        assert places == sorted(places), f"{records[0].topic} partition {partition} is out of order"


def header(record: StoredRecord, name: str) -> str:
    """A header that must be there."""
    return next(text.decode() for key, text in record.headers if key == name and text is not None)


def value_of(record: StoredRecord) -> dict[str, object]:
    """A record's value as plain data."""
    data: dict[str, object] = json.loads(record.value or b"null")
    return data
