"""Check one derived record against what is expected of it: key, headers, provenance, evidence.

What no derivation is at hand for is still checked against its article: ids, provenance, and every selector.

Pure: a record and a revision in, findings out.
"""

from collections.abc import Iterator

from readout.schemas.envelope import Header, cloudevents_attributes, to_headers
from readout.schemas.event import DerivedEvent, Event
from readout.schemas.ids import text_sha256
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.schemas.selector import proves
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.audit.facts import header, header_complaints, selectors_of
from readout.streams.audit.findings import Finding, Kind, at
from readout.streams.audit.proof.leaves import record_digest
from readout.streams.audit.verify.expectations import Slot
from readout.streams.audit.verify.state import Revision
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.decoding import decode_event
from readout.streams.processors.records import SOURCE, article_event_id, encode_record


def record_findings(record: StoredRecord, slot: Slot, revision: Revision) -> Iterator[Finding]:
    """What is wrong with the record of a slot, its value apart from the article's own derivation."""
    yield from key_findings(record, revision)
    if slot.record is not None and record_digest(record).hex() == slot.derived:
        yield from header_findings(record, slot.record.headers, revision)
        return
    try:
        event = decode_event(record.value, record.headers)
    except InvalidRecord as error:
        yield at(record, Kind.UNREADABLE, str(error))
        return
    article, manifest = revision.article, revision.manifest
    if revision.is_deleted and manifest is not None:
        yield from _findings_without_article(record, event, slot, revision, manifest)
    if article is None:
        return
    cause, value = article_event_id(article), record.value or b""
    expected = encode_record(event, topic=slot.topic, article=article, causation_id=cause, value=value)
    yield from header_findings(record, expected.headers, revision)
    if slot.record is not None or manifest is None:
        return
    if (event.event_type, id_of(event)) != (slot.type, slot.record_id):
        yield at(record, Kind.MANIFEST, f"the manifest lists it as {slot.type} {slot.record_id}")
    for complaint in provenance_complaints(event, article, manifest):
        yield at(record, Kind.DIFFERS, complaint)
    for complaint in evidence_complaints(event, article):
        yield at(record, Kind.EVIDENCE, complaint)


def _findings_without_article(
    record: StoredRecord,
    event: Event,
    slot: Slot,
    revision: Revision,
    manifest: ManifestSealed,
) -> Iterator[Finding]:
    """What still follows from the manifest of an article that was deleted."""
    yield from header_findings(record, headers_without_article(event, record, revision, manifest), revision)
    if (event.event_type, id_of(event)) != (slot.type, slot.record_id):
        yield at(record, Kind.MANIFEST, f"the manifest lists it as {slot.type} {slot.record_id}")
    for name in ("article_id", "revision", "text_sha256", "producer"):
        if getattr(event, name, None) != getattr(manifest, name):
            yield at(record, Kind.DIFFERS, f"its {name} is not that of the manifest")


def headers_without_article(
    event: Event, record: StoredRecord, revision: Revision, manifest: ManifestSealed
) -> tuple[Header, ...]:
    """The headers that follow from an event and its manifest, which has the article's time in its own."""
    time = header(revision.source, "ce_time")
    cause = manifest.article_event_id
    return to_headers(
        cloudevents_attributes(event, record.value or b"", source=SOURCE, time=time, causation_id=cause)
    )


def key_findings(record: StoredRecord, revision: Revision) -> Iterator[Finding]:
    """Is the key the article's id?"""
    known = revision.article or (revision.manifest if revision.is_deleted else None)
    if known is not None and record.key != known.article_id.encode():
        yield at(record, Kind.WRONG_KEY, f"its key is {record.key!r}, not the article id")


def header_findings(
    record: StoredRecord, expected: tuple[Header, ...], revision: Revision
) -> Iterator[Finding]:
    """Do the headers follow from the value, and do the run facts agree with the place?"""
    for complaint in header_complaints(record, expected, revision.offsets):
        yield at(record, Kind.HEADERS, complaint)


def provenance_complaints(event: Event, article: ArticlePublished, manifest: ManifestSealed) -> Iterator[str]:
    """What an event says wrongly of where it comes from."""
    if not isinstance(event, DerivedEvent):
        yield f"{event.event_type} is no derived event"
        return
    expected = {
        "article_id": article.article_id,
        "revision": article.revision,
        "text_sha256": text_sha256(article.body),
        "producer": manifest.producer,
    }
    for name, value in expected.items():
        if getattr(event, name) != value:
            yield f"its {name} is not that of the article and its manifest"


def evidence_complaints(event: Event, article: ArticlePublished) -> Iterator[str]:
    """Which selectors of an event do not hold in the article."""
    for path, selector in selectors_of(event):
        if not proves(selector, article.body):
            found = article.body[selector.start : selector.end]
            yield f"{path} says {selector.exact[:60]!r} is at {selector.start}, where {found[:60]!r} is"


def id_of(event: Event) -> str | None:
    """The id of what an event records or takes back."""
    if isinstance(event, RecordWithdrawn):
        return event.record_id
    for name in ("entity_id", "statement_id", "contact_id"):
        found = getattr(event, name, None)
        if isinstance(found, str):
            return found
    return None
