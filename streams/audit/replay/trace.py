"""Trace a record: its words in their sentences, its article, its producer, its manifest and its checkpoint.

Reads:  the derived topics for the record, then news, manifests, dead-letters and checkpoints of its partition
Writes: nothing
Sentences are found by marks and capitals, for people; nothing is derived from them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readout.schemas.checkpoints import Checkpoint, parse_checkpoint
from readout.schemas.contacts import ContactEvent
from readout.schemas.event import DerivedEvent, Event
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.streams.audit.facts import selectors_of
from readout.streams.audit.log import Log, snapshot
from readout.streams.audit.proof.leaves import record_digest
from readout.streams.audit.proof.notes import split_note
from readout.streams.audit.proof.prove import newest_checkpoints
from readout.streams.audit.proof.rebuild import tree_name
from readout.streams.audit.replay.consolidated import ToldReport, told_reports
from readout.streams.audit.replay.found import Found, Sentence, found_of, sentences_with
from readout.streams.audit.replay.locate import find_all
from readout.streams.consolidate.steps import state_after
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.topics import MANIFESTS, NEWS


@dataclass(frozen=True, slots=True)
class Covering:
    """The newest checkpoint that covers a record."""

    place: str
    checkpoint: Checkpoint
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything that the log says of one id.

    Attributes:
        records: all records of the id, withdrawals included, in their order.
        articles: the revisions of its article.
        manifests: those that list one of the records, as live or as withdrawn.
        sentences: of the last derived record, with the evidence in them.
        checkpoint: covers the last of the records; None if none does.
        reports: of a consolidated contact, each with its sentences; empty of all other records.
    """

    records: tuple[Found, ...]
    articles: tuple[Found, ...]
    manifests: tuple[Found, ...]
    sentences: tuple[Sentence, ...]
    checkpoint: Covering | None
    reports: tuple[ToldReport, ...] = ()


async def trace(log: Log, wanted: str) -> Trace:
    """Trace the id of a record or event, its beginning, or a place.

    Raises:
        ConfigurationError: nothing or too much has this id.
    """
    found = await find_all(log, wanted)
    last = found[-1]
    bounds = await snapshot(log, [last.partition])
    articles = await _of_article(log, NEWS.stem, last, bounds)
    manifests = await _of_article(log, MANIFESTS.stem, last, bounds)
    records = tuple(map(found_of, found))
    digests = {record_digest(record).hex() for record in found}
    return Trace(
        records=records,
        articles=tuple(articles),
        manifests=tuple(one for one in manifests if _lists(one, digests)),
        sentences=_evidence(records, articles),
        checkpoint=await _covering(log, last, bounds),
        reports=await _reports(log, records[-1].event),
    )


async def _reports(log: Log, event: Event | None) -> tuple[ToldReport, ...]:
    contact = state_after(event) if isinstance(event, ContactEvent) else None
    return await told_reports(log, contact.reports) if contact else ()


async def _of_article(
    log: Log, stem: str, record: StoredRecord, bounds: dict[Partition, Bounds]
) -> list[Found]:
    place = Partition(log.prefix + stem, record.partition)
    return [found_of(one) async for one in log.read(place, bounds[place]) if one.key == record.key]


def _lists(found: Found, digests: set[str]) -> bool:
    if not isinstance(found.event, ManifestSealed):
        return False
    return any(line.sha256 in digests for line in (*found.event.live, *found.event.withdrawn))


def _evidence(records: Sequence[Found], articles: Sequence[Found]) -> tuple[Sentence, ...]:
    """The sentences of the last record that points into its article."""
    for found in reversed(records):
        article = _article_of(found.event, articles)
        spans = list(_spans(found.event)) if found.event else []
        if article is not None and spans:
            return sentences_with(article.body, spans)
    return ()


def _article_of(event: Event | None, articles: Sequence[Found]) -> ArticlePublished | None:
    if not isinstance(event, DerivedEvent):
        return None
    for found in articles:
        if isinstance(found.event, ArticlePublished) and found.event.revision == event.revision:
            return found.event
    return None


def _spans(event: Event) -> Iterator[tuple[int, int]]:
    """Where the words of an event are; evidence is whole sentences, which are shown anyway."""
    for path, selector in selectors_of(event):
        if not path.startswith("evidence"):
            yield selector.start, selector.end


async def _covering(log: Log, record: StoredRecord, bounds: dict[Partition, Bounds]) -> Covering | None:
    place = Partition(record.topic, record.partition)
    name = await tree_name(log, place, bounds[place]) if place in bounds else None
    found = (await newest_checkpoints(log, bounds)).get(name) if name else None
    if found is None:
        return None
    text, signatures = split_note((found.value or b"").decode(errors="replace"))
    checkpoint = parse_checkpoint(text)
    if (checkpoint.next_offset or 0) <= record.offset:
        return None
    where = f"{found.topic}/{found.partition}@{found.offset}"
    return Covering(where, checkpoint, tuple(name for name, _ in signatures))
