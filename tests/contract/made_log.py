"""A log made by hand: sixty articles with letters beyond the BMP, revisions, withdrawals and dead letters.

What is derived is simple (names in capitals, quoted words, who spoke with whom), but ids, selectors, withdrawals
and manifests are made by the code that the worker runs. So a test knows what is in the log without a model of
language, and it is the same on every run.
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence

from readout.schemas.contact_log import ContactLogged, Participant
from readout.schemas.entities import EntityMentioned, EntityReference, Mention, Speaker
from readout.schemas.envelope import Record, encode_value
from readout.schemas.event import DerivedEvent
from readout.schemas.examples import example_events
from readout.schemas.ids import RecordIds
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished, ArticleStatus
from readout.schemas.occurrence import Occurrence
from readout.schemas.provenance import derived_from
from readout.schemas.selector import Selector, select
from readout.schemas.statements import Content, Cue, StatementAttributed
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.dead_letters import PROCESSING, UNREADABLE, Reason, dead_letter
from readout.streams.log.topics import DEAD_LETTERS, NEWS, topic_name
from readout.streams.processors.records import Derivation, article_event_id, encode_record, sealed
from readout.streams.processors.sealing import plan, seal_dead_letter
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings
from tests.brokers.topics import all_records, until_sealed

ARTICLES = 60
_DERIVED_WITHIN_SECONDS = 120
_LOOK_AGAIN_SECONDS = 0.3
BROKEN = Record(NEWS.stem, b"broken", b"\xff{", (("ce_type", b"readout.article.published.v1"),))
_NAMES = ("Ana Ilić", "Marek Novotný", "Leïla Haddad", "Jón Þórsson", "𝒜da Okafor", "Wu 𠮷", "Sinéad Byrne")
_SENTENCES = re.compile(r"\n(.+) spoke with (.+) 🤝\.\n“(.+)”")
_PRODUCER = next(one.producer for one in example_events() if isinstance(one, DerivedEvent))


def articles() -> Iterator[ArticlePublished]:
    """Every article; then revisions that move, rename, withhold, bring back and cancel."""
    for n in range(ARTICLES):
        yield _article(n, 1)
    for n in range(0, ARTICLES, 3):
        yield _article(n, 2, shift=n // 3 % 2)
    for n in range(0, ARTICLES, 6):
        yield _article(n, 3, status="withheld")
    for n in range(0, ARTICLES, 12):
        yield _article(n, 4)
    for n in range(1, ARTICLES, 10):
        yield _article(n, 5, status="canceled")


def _article(n: int, revision: int, *, shift: int = 0, status: ArticleStatus = "usable") -> ArticlePublished:
    first, second = (_NAMES[(n + shift + i) % len(_NAMES)] for i in range(2))
    body = f"🗞️{'📰' * revision}\n{first} spoke with {second} 🤝.\n“Talks 𝕘𝕠 on 💬, {n}”, {first} said."
    return ArticlePublished(
        article_id=f"https://news.example/{n}?lang=en&x=😀",
        revision=revision,
        status=status,
        body=body if status == "usable" else "",
        published_at="2022-10-25T09:30:00+02:00" if n % 2 else None,
    )


def derive(article: ArticlePublished) -> Derivation:
    """Two entities, a statement and a contact."""
    cause = article_event_id(article)
    records, live = [], []
    for event, record_id in _events(article):
        value = encode_value(event)
        records.append(
            encode_record(event, topic=event.topic, article=article, causation_id=cause, value=value)
        )
        live.append(sealed(event.topic, event.event_type, record_id, value))
    return Derivation(article, tuple(records), tuple(live))


def _events(article: ArticlePublished) -> Iterator[tuple[DerivedEvent, str]]:
    body, ids = article.body, RecordIds(article.article_id)
    found = _SENTENCES.search(body)
    if found is None:
        raise ValueError(f"no article of ours: {body!r}")
    names = found.group(1, 2)
    people = [_reference(body, name, ids.next_id("entity", name)) for name in names]
    for person in people:
        yield _entity(article, person), person.entity_id or ""
    said = select(body, *found.span(3))
    statement_id, contact_id = ids.next_id("statement", said.exact), ids.next_id("contact", *names)
    yield _statement(article, statement_id, people[0], said), statement_id
    yield _contact(article, contact_id, people, select(body, *found.span())), contact_id


def _reference(body: str, name: str, entity_id: str) -> EntityReference:
    return EntityReference(entity_id=entity_id, name=name, selectors=_all(body, name))


def _all(body: str, words: str) -> tuple[Selector, ...]:
    return tuple(select(body, *found.span()) for found in re.finditer(re.escape(words), body))


def _entity(article: ArticlePublished, person: EntityReference) -> EntityMentioned:
    return EntityMentioned(
        **derived_from(article, _PRODUCER),
        entity_id=person.entity_id or "",
        type="person",
        name=person.name,
        aliases=(),
        roles=(),
        country=None,
        stands_for=None,
        mentions=tuple(Mention(selector=selector, kind="name") for selector in person.selectors),
    )


def _statement(
    article: ArticlePublished, statement_id: str, source: EntityReference, said: Selector
) -> StatementAttributed:
    return StatementAttributed(
        **derived_from(article, _PRODUCER),
        statement_id=statement_id,
        kind="direct",
        source=Speaker(entity_id=source.entity_id, name=source.name, selectors=source.selectors),
        cue=Cue(selectors=_all(article.body, "said"), lemma="say"),
        content=Content(selectors=(said,), text=said.exact),
        addressee=None,
        nested_in=None,
        occurred_on=None,
    )


def _contact(
    article: ArticlePublished, contact_id: str, people: list[EntityReference], evidence: Selector
) -> ContactLogged:
    return ContactLogged(
        **derived_from(article, _PRODUCER),
        contact_id=contact_id,
        participants=tuple(
            Participant(**dict(person), title=None, country=None, part="party") for person in people
        ),
        mode="talks",
        status="held",
        occurred_on=Occurrence(
            date="2022-10-20",
            precision="day",
            text=None,
            anchor="2022-10-25",
            end="2022-10-21",
            approximate=True,
        ),
        place=None,
        subjects=(),
        reported_by=None,
        evidence=(evidence,),
    )


async def write_log(settings: Settings, *, transactions: bool) -> None:
    """Write all of it: an article, then what was derived from it, each in a transaction where there are any."""
    name = f"{settings.application_id}-made" if transactions else None
    writer = RecordProducer(settings, transactional_id=name)
    await writer.start()
    write = _write_transaction if transactions else _write
    manifests: dict[str, ManifestSealed] = {}
    for n, article in enumerate(articles()):
        source = await write(writer, settings, [article_record(article)])
        previous = manifests.get(article.article_id)
        records = _records(article, source, previous, breaks=n % 20 == 7)
        await write(writer, settings, records, source.partition)
        if records:
            manifests[article.article_id] = ManifestSealed.model_validate_json(records[-1].value or b"")
        if n % 10 == 0:
            broken = await write(writer, settings, [BROKEN])
            reason = Reason(UNREADABLE, "InvalidRecord", "not JSON")
            letter = dead_letter(broken, reason, application_id="made")
            await write(writer, settings, [letter], broken.partition)
    await writer.close()


def _records(
    article: ArticlePublished, source: StoredRecord, previous: ManifestSealed | None, *, breaks: bool
) -> tuple[Record, ...]:
    if breaks:
        letter = dead_letter(source, Reason(PROCESSING, "ValueError", "made to break"), application_id="made")
        return (letter, *seal_dead_letter(article, previous, _PRODUCER, "ValueError: made to break"))
    return plan(article, derive(article) if article.status == "usable" else None, previous, _PRODUCER)


async def _write_transaction(
    writer: RecordProducer, settings: Settings, records: Sequence[Record], partition: int | None = None
) -> StoredRecord:
    await writer.begin()
    written = await _write(writer, settings, records, partition)
    await writer.commit()
    return written


async def _write(
    writer: RecordProducer, settings: Settings, records: Sequence[Record], partition: int | None = None
) -> StoredRecord:
    sent = [
        await writer.send(record, topic_name(settings, record.topic), partition=partition)
        for record in records
    ]
    written = [await one for one in sent]
    return written[-1]


async def until_derived(settings: Settings, still_hopeful: Callable[[], bool]) -> None:
    """Wait for a manifest of every article, and a dead letter of every record that is none."""
    count = len(list(articles()))
    seconds = _DERIVED_WITHIN_SECONDS
    await until_sealed(settings, count, within_seconds=seconds, still_hopeful=still_hopeful)
    async with asyncio.timeout(seconds):
        while len(await all_records(settings, DEAD_LETTERS.stem)) < count:
            assert still_hopeful(), "no worker runs any more"
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
