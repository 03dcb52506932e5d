"""Contact logs made by hand: articles that tell of some calls, with revisions, corrections and withdrawals."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readout.schemas.contact_log import ContactLogged, ContactMode
from readout.schemas.contacts import ConsolidatedContact
from readout.schemas.envelope import encode_value
from readout.schemas.event import DerivedEvent
from readout.schemas.news import ArticlePublished
from readout.schemas.provenance import derived_from
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.consolidate.consolidation import ReaderSource
from readout.streams.consolidate.inputs import ContactLog
from readout.streams.consolidate.rebuild import decoded
from readout.streams.kafka.producer import RecordProducer
from readout.streams.kafka.reader import Reader
from readout.streams.log.run_facts import with_run_facts
from readout.streams.log.topics import CONTACT_LOG, topic_name
from readout.streams.processors.consolidation.consolidation import Consolidator
from readout.streams.processors.consolidation.reports import live_after
from readout.streams.processors.records import article_event_id, encode_record
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings
from tests.brokers.topics import all_records, header
from tests.consolidation.dict_memory import DictMemory
from tests.consolidation.made import PRODUCER, Party, contact, fold, knowledge

PEOPLE: tuple[tuple[Party, ...], ...] = (
    (("Sergei Lavrov", "foreign minister", "RU"), ("Lavrov", None, "RU"), ("Sergey Lavrov", None, None),
     ("Russian foreign minister", None, "RU"), ("Russia", None, "RU")),
    (("Antony Blinken", "secretary of state", "US"), ("Blinken", None, None), ("Tony Blinken", None, "US")),
    (("Mark Milley", "chairman of the Joint Chiefs", "US"), ("Milley", None, "US")),
    (("Valery Zaluzhny", None, "UA"), ("Zaluzhnyi", None, "UA"), ("Ukraine", None, "UA")),
)  # fmt: skip
_DAYS = ("2022-10-23", "2022-10-24", "2022-10-24", "2022-10-24", "2022-10-25", None)
_MODES: tuple[ContactMode, ...] = ("call", "call", "talks", "meeting")
_BODIES = (
    "The two spoke by phone about the grain corridor and agreed to keep talking in the days to come, aides said.",
    "The two spoke by phone about the grain corridor and agreed to keep on talking in the days to come, aides said.",
    "They held talks on security, on prisoners and on the plant, and neither side gave any details afterwards.",
)


@dataclass(frozen=True)
class Version:
    """A revision of an article, and the contact records that hold from it on."""

    article: ArticlePublished
    contacts: tuple[ContactLogged, ...]


def versions_of(article_id: str, chance: random.Random) -> list[Version]:
    """One to three revisions; of one in five nothing holds."""
    published = chance.choice(["2022-10-24", "2022-10-25", None])
    found = []
    for revision in range(1, chance.randint(2, 4)):
        article = ArticlePublished(
            article_id=article_id,
            revision=revision,
            status="usable",
            body=chance.choice(_BODIES),
            published_at=published,
        )
        found.append(Version(article, tuple(_contacts(article, chance)) if chance.random() > 0.2 else ()))
    return found


def _contacts(article: ArticlePublished, chance: random.Random) -> Iterator[ContactLogged]:
    for start in range(chance.randint(1, 2)):
        parties = [chance.choice(people) for people in chance.sample(PEOPLE, chance.choice([2, 2, 2, 3]))]
        yield contact(article, parties, chance.choice(_DAYS), mode=chance.choice(_MODES), start=start)


def versions(count: int, seed: int) -> list[Version]:
    """The revisions of so many articles, mixed."""
    chance = random.Random(seed)
    left = [versions_of(f"article-{seed}-{number}", chance) for number in range(count)]
    mixed = []
    while left:
        some = chance.choice(left)
        mixed.append(some.pop(0))
        left = [one for one in left if one]
    return mixed


async def write_versions(settings: Settings, written: Sequence[Version], live: dict[str, Version]) -> None:
    """Publish revisions, each with its records and withdrawals; `live` is what was written before of each article."""
    transactional = settings.delivery == "transactional"
    name = f"{settings.topic_prefix}made" if transactional else None
    producer = RecordProducer(settings, transactional_id=name)
    await producer.start()
    for version in written:
        if transactional:
            await producer.begin()
        await _write(producer, settings, version, live.get(version.article.article_id))
        if transactional:
            await producer.commit()
        live[version.article.article_id] = version
    await producer.close()


async def _write(
    producer: RecordProducer, settings: Settings, version: Version, before: Version | None
) -> None:
    source = await (await producer.send(article_record(version.article), topic_name(settings, "news")))
    name, cause = topic_name(settings, CONTACT_LOG.stem), article_event_id(version.article)
    sent = []
    for event in _events(version, before):
        record = encode_record(
            event, topic="contact-log", article=version.article, causation_id=cause, value=encode_value(event)
        )
        record = with_run_facts(record, source, "2022-10-25T00:00:00Z")
        sent.append(await producer.send(record, name, partition=source.partition))
    await asyncio.gather(*sent)


def _events(version: Version, before: Version | None) -> Iterator[DerivedEvent]:
    yield from version.contacts
    kept = {one.contact_id for one in version.contacts}
    for one in before.contacts if before else ():
        if one.contact_id not in kept:
            yield RecordWithdrawn(
                **derived_from(version.article, PRODUCER),
                record_id=one.contact_id,
                record_type=one.event_type,
                reason="superseded",
            )


async def fresh_states(settings: Settings) -> dict[str, ConsolidatedContact]:
    """The contacts that the contact log implies, derived in one go and in memory."""
    async with Reader(settings) as reader:
        log = ContactLog(ReaderSource(reader), settings.topic_prefix)
        articles = {}
        for number in range(settings.partitions):
            bounds = (await reader.bounds([log.place(number)]))[log.place(number)]
            for article_id, inputs in (await log.inputs(number, bounds)).items():
                articles[article_id] = live_after((), inputs, knowledge())
    return fold(Consolidator(DictMemory(), PRODUCER).apply(articles), {})


async def written_states(settings: Settings) -> dict[str, ConsolidatedContact]:
    """What a reader of `contacts` holds at its end; every event of every step is there once."""
    written = [decoded(record) for record in await all_records(settings, "contacts")]
    places = [(one.facts.number, one.facts.index) for one in written]
    assert len(set(places)) == len(places), "an event is there twice"
    counts = {one.facts.number: one.facts.count for one in written}
    assert len(places) == sum(counts.values()), "an event is lost"
    assert sorted(counts) == list(range(1, len(counts) + 1)), "a step is lost"
    ordered = sorted(written, key=lambda one: (one.facts.number, one.facts.index))
    return fold([one.event for one in ordered], {})


async def current_states(settings: Settings) -> dict[str, bytes]:
    """What a reader of `contacts-current` holds at its end, by key."""
    held: dict[str, bytes] = {}
    for record in await all_records(settings, "contacts-current"):
        key = (record.key or b"").decode()
        held.pop(key, None)
        if record.value is not None:
            assert header(record, "ce_type") == "readout.contact.consolidated.v1"
            held[key] = record.value
    return held
