"""Write honest logs without any broker: the records that a publisher and a worker would leave.

The derivation is a small stand-in with the real schemas (capitalised words are entities, quoted words statements,
"X called Y" contacts), so that thousands of articles cost nothing; planning and sealing are the worker's own.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from readout.schemas.contact_log import ContactLogged, Participant
from readout.schemas.entities import EntityMentioned, EntityReference, Mention, Speaker
from readout.schemas.envelope import Record, encode_value
from readout.schemas.event import DerivedEvent, Producer
from readout.schemas.ids import RecordIds
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished, ArticleStatus
from readout.schemas.occurrence import Occurrence
from readout.schemas.provenance import derived_from
from readout.schemas.selector import select
from readout.schemas.statements import Content, Cue, StatementAttributed
from readout.streams.deliver.batch_plan import BatchPlanner, Processed
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.dead_letters import PROCESSING, UNREADABLE, Reason
from readout.streams.log.decoding import decode_article
from readout.streams.log.topics import NEWS, TOPICS
from readout.streams.processors.records import (
    Derivation,
    DerivationFailure,
    article_event_id,
    encode_record,
    sealed,
)
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings

PRODUCER = Producer(
    package="readout-streams", version="0.1.0", build="0" * 64, models=(), configuration="1" * 64
)
PARTITIONS = 2
NOON = 1_666_699_200_000
BREAKS = "Gremlin"
"""A word on which the stand-in breaks, as a processor may."""

Derive = Callable[[Sequence[ArticlePublished]], list[Derivation | DerivationFailure]]

_WORD = re.compile(r"[A-Z][a-z]+")
_CALL = re.compile(r"([A-Z][a-z]+) called ([A-Z][a-z]+)")
_SAID = re.compile(r"“([^”]+)” ([A-Z][a-z]+) (said)")


def article(
    article_id: str, body: str, revision: int = 1, status: ArticleStatus = "usable"
) -> ArticlePublished:
    return ArticlePublished(
        article_id=article_id,
        revision=revision,
        status=status,
        body=body,
        published_at="2022-10-25",
    )


def derive(
    articles: Sequence[ArticlePublished], producer: Producer = PRODUCER
) -> list[Derivation | DerivationFailure]:
    """Derive with the stand-in; an article with the word that breaks it fails."""
    return [_derive_one(one, producer) for one in articles]


def stand_in(articles: Sequence[ArticlePublished]) -> list[Derivation | DerivationFailure]:
    """The stand-in as every ledger uses it that is told nothing else."""
    return derive(articles)


def _derive_one(one: ArticlePublished, producer: Producer) -> Derivation | DerivationFailure:
    if BREAKS in one.body:
        return DerivationFailure(one, "ValueError", "the stand-in broke", "Traceback …")
    cause, records, live = article_event_id(one), [], []
    for event, record_id in _events(one, producer):
        value = encode_value(event)
        records.append(encode_record(event, topic=event.topic, article=one, causation_id=cause, value=value))
        live.append(sealed(event.topic, event.event_type, record_id, value))
    return Derivation(one, tuple(records), tuple(live))


def _events(one: ArticlePublished, producer: Producer) -> Iterator[tuple[DerivedEvent, str]]:
    ids, body, by = RecordIds(one.article_id), one.body, derived_from(one, producer)
    found = {name: ids.next_id("entity", name) for name in dict.fromkeys(_WORD.findall(body))}
    for name, entity_id in found.items():
        places = [select(body, *match.span()) for match in re.finditer(rf"\b{name}\b", body)]
        mentions = tuple(Mention(selector=place, kind="name") for place in places)
        yield (
            EntityMentioned(
                **by,
                entity_id=entity_id,
                type="person",
                name=name,
                aliases=(),
                roles=(),
                country=None,
                stands_for=None,
                mentions=mentions,
            ),
            entity_id,
        )
    for match in _SAID.finditer(body):
        statement_id = ids.next_id("statement", match[1])
        yield (
            StatementAttributed(
                **by,
                statement_id=statement_id,
                kind="direct",
                source=_speaker(_reference(body, match, 2, found)),
                cue=Cue(selectors=(select(body, *match.span(3)),), lemma="say"),
                content=Content(selectors=(select(body, *match.span(1)),), text=match[1]),
                addressee=None,
                nested_in=None,
                occurred_on=None,
            ),
            statement_id,
        )
    for match in _CALL.finditer(body):
        contact_id = ids.next_id("contact", match[1], match[2])
        yield (
            ContactLogged(
                **by,
                contact_id=contact_id,
                participants=tuple(
                    Participant(
                        **dict(_reference(body, match, group, found)), title=None, country=None, part="party"
                    )
                    for group in (1, 2)
                ),
                mode="call",
                status="held",
                occurred_on=Occurrence(date=None, precision="unknown", text=None, anchor=None),
                place=None,
                subjects=(),
                reported_by=None,
                evidence=(select(body, *match.span()),),
            ),
            contact_id,
        )


def _speaker(one: EntityReference) -> Speaker:
    return Speaker(entity_id=one.entity_id, name=one.name, selectors=one.selectors)


def _reference(body: str, match: re.Match[str], group: int, found: dict[str, str]) -> EntityReference:
    name = match[group]
    return EntityReference(entity_id=found[name], name=name, selectors=(select(body, *match.span(group)),))


@dataclass
class MemoryLog:
    """A log in memory, for tests to tamper with; implements `readout.streams.audit.log.Log`."""

    prefix: str = ""
    records: dict[Partition, list[StoredRecord]] = field(default_factory=lambda: defaultdict(list))
    next_offsets: dict[Partition, int] = field(default_factory=lambda: defaultdict(int))
    deleted_before: dict[Partition, int] = field(default_factory=lambda: defaultdict(int))

    async def partitions(self) -> int:
        return PARTITIONS

    async def bounds(self, places: Sequence[Partition]) -> dict[Partition, Bounds]:
        begins = {place: self.records[place][0].offset if self.records[place] else 0 for place in places}
        return {
            place: Bounds(max(begins[place], self.deleted_before[place]), self.next_offsets[place])
            for place in places
        }

    async def read(self, place: Partition, bounds: Bounds) -> AsyncIterator[StoredRecord]:
        for record in list(self.records[place]):
            if bounds.first <= record.offset < bounds.next:
                yield record

    def append(self, record: Record, number: int, timestamp: int) -> StoredRecord:
        place = Partition(self.prefix + record.topic, number)
        stored = StoredRecord(
            place.topic,
            number,
            self.next_offsets[place],
            timestamp,
            1,
            record.key,
            record.value,
            record.headers,
        )
        self.records[place].append(stored)
        self.next_offsets[place] += 1
        return stored

    def gap(self) -> None:
        """What the marker of a transaction leaves: an offset without a record."""
        for place, records in self.records.items():
            self.next_offsets[place] += bool(records)

    def copy(self) -> "MemoryLog":
        """The same records, to tamper with."""
        log = MemoryLog(self.prefix)
        log.records.update({place: list(records) for place, records in self.records.items()})
        log.next_offsets.update(self.next_offsets)
        log.deleted_before.update(self.deleted_before)
        return log

    def delete_before(self, place: Partition, offset: int) -> None:
        """Delete the beginning of a partition, as retention does."""
        self.records[place] = [one for one in self.records[place] if one.offset >= offset]
        self.deleted_before[place] = offset

    def place(self, stem: str, number: int = 0) -> Partition:
        return Partition(self.prefix + stem, number)

    def edit(self, place: Partition, index: int, **changes: object) -> StoredRecord:
        """Change one record in place, and return it as it was."""
        before = self.records[place][index]
        self.records[place][index] = replace(before, **changes)  # type: ignore[arg-type]
        return before

    def all(self) -> Iterator[StoredRecord]:
        for topic in TOPICS:
            for number in range(PARTITIONS):
                yield from self.records[self.place(topic.stem, number)]


class Ledger:
    """Publishes and derives into a log, as the publisher and the worker do."""

    def __init__(
        self, log: MemoryLog | None = None, producer: Producer = PRODUCER, derive: Derive | None = None
    ) -> None:
        """A ledger; the stand-in derives, unless somebody else does."""
        self.log = log or MemoryLog()
        self.producer = producer
        self._derive = derive or stand_in
        self.planner = BatchPlanner(Settings(), producer)
        self._clock = NOON
        self._derived: dict[int, int] = defaultdict(int)
        self._last: dict[str, ManifestSealed] = {}

    def tick(self) -> int:
        self._clock += 7
        return self._clock

    def publish(self, one: ArticlePublished) -> StoredRecord:
        number = zlib.crc32(one.article_id.encode()) % PARTITIONS
        return self.log.append(article_record(one), number, self.tick())

    def publish_raw(self, value: bytes | None, number: int = 0, key: bytes | None = None) -> StoredRecord:
        headers = (("ce_type", b"readout.article.published.v1"), ("trace", b"a"), ("trace", None))
        return self.log.append(Record(NEWS.stem, key, value, headers), number, self.tick())

    def derived_already(self) -> None:
        """What the log holds so far somebody else has derived."""
        for number in range(PARTITIONS):
            self._derived[number] = len(self.log.records[self.log.place(NEWS.stem, number)])

    async def derive(self, *, batch: int = 4, gaps: bool = True) -> None:
        """Derive what is new in every partition, a transaction for each batch."""
        for number in range(PARTITIONS):
            news = self.log.records[self.log.place(NEWS.stem, number)]
            for start in range(self._derived[number], len(news), batch):
                await self._deliver(number, news[start : start + batch])
                if gaps:
                    self.log.gap()
            self._derived[number] = len(news)

    async def _deliver(self, number: int, sources: Sequence[StoredRecord]) -> None:
        async def last_manifest(article_id: str) -> ManifestSealed | None:
            return self._last.get(article_id)

        processed = [self._process(source) for source in sources]
        plan = await self.planner.plan(processed, last_manifest, "2022-10-25T12:00:00.000Z")
        self.write(plan.records, number)

    def write(self, records: Iterable[Record], number: int) -> None:
        """Write planned records, and remember the manifests among them."""
        for record in records:
            self.log.append(record, number, self.tick())
            if record.topic == ManifestSealed.topic:
                manifest = ManifestSealed.model_validate_json(record.value or b"")
                self._last[manifest.article_id] = manifest

    def _process(self, source: StoredRecord) -> Processed:
        try:
            one = decode_article(source.key, source.value, source.headers)
        except InvalidRecord as error:
            return Processed(source, None, reason=Reason(UNREADABLE, "InvalidRecord", str(error)))
        if one.status != "usable":
            return Processed(source, one)
        (derived,) = self._derive([one])
        if isinstance(derived, DerivationFailure):
            reason = Reason(PROCESSING, derived.error, derived.message, derived.stacktrace)
            return Processed(source, one, reason=reason)
        return Processed(source, one, derived)


_NAMES = "Shoigu Austin Milley Zaluzhny Gerasimov Wallace Lecornu Akar Butler Anchor Novak Castell".split()


def body_of(number: int) -> str:
    """A short article that names its number in words of its own."""
    first, second = _NAMES[number % len(_NAMES)], _NAMES[(number * 5 + 1) % len(_NAMES)]
    if first == second:
        second = "Elsewhere"
    town = "Town" + "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return f"{first} called {second} about {town}.\n\n“We agreed on point {number},” {second} said."


async def honest_ledger(articles: int = 30, log: MemoryLog | None = None, *, gaps: bool = True) -> Ledger:
    """A log of articles with revisions, withdrawals, cancellations, repeats and dead letters."""
    ledger = Ledger(log)
    for number in range(articles):
        ledger.publish(article(f"article-{number}", body_of(number)))
        if number % 7 == 2:
            ledger.publish(article(f"article-{number}", body_of(number + 1), revision=2))
        if number % 9 == 3:
            ledger.publish(article(f"article-{number}", "", revision=2, status="withheld"))
        if number % 18 == 3:
            ledger.publish(article(f"article-{number}", body_of(number + 2), revision=3))
        if number % 10 == 4:
            ledger.publish(article(f"article-{number}", "", revision=4, status="canceled"))
        if number % 8 == 5:
            ledger.publish(article(f"article-{number}", "An old repeat.", revision=1))
        if number % 11 == 6:
            ledger.publish(article(f"broken-{number}", f"{BREAKS} called Anchor."))
            ledger.publish_raw(b'{"no": "article"}', number % PARTITIONS, key=b"x")
            ledger.publish_raw(None, (number + 1) % PARTITIONS)
        if number % 13 == 7:
            await ledger.derive(gaps=gaps)
    await ledger.derive(gaps=gaps)
    return ledger
