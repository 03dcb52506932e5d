"""Check one derived record against what is expected of it: key, headers, provenance, evidence.

Pure: a record and a case in, findings out.
"""

from collections.abc import Iterator

from readout.schemas.envelope import Header
from readout.streams.audit.facts import header_complaints
from readout.streams.audit.findings import Finding, Kind, at
from readout.streams.audit.proof.leaves import record_digest
from readout.streams.audit.verify.cases import Case
from readout.streams.audit.verify.evidence import evidence_complaints, id_of, provenance_complaints
from readout.streams.audit.verify.expectations import Slot
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.decoding import decode_event
from readout.streams.log.origin import offsets_of
from readout.streams.processors.records import article_event_id, encode_record


def record_findings(record: StoredRecord, slot: Slot, case: Case) -> Iterator[Finding]:
    """What is wrong with the record of a slot, its value apart from the article's own derivation."""
    yield from key_findings(record, case)
    if slot.record is not None and record_digest(record).hex() == slot.derived:
        yield from header_findings(record, slot.record.headers, case)
        return
    try:
        event = decode_event(record.value, record.headers)
    except InvalidRecord as error:
        yield at(record, Kind.UNREADABLE, str(error))
        return
    article, manifest = case.article, case.manifest
    if article is None:
        return
    cause, value = article_event_id(article), record.value or b""
    expected = encode_record(event, topic=slot.topic, article=article, causation_id=cause, value=value)
    yield from header_findings(record, expected.headers, case)
    if slot.record is not None or manifest is None:
        return
    if (event.event_type, id_of(event)) != (slot.type, slot.record_id):
        yield at(record, Kind.MANIFEST, f"the manifest lists it as {slot.type} {slot.record_id}")
    for complaint in provenance_complaints(event, article, manifest):
        yield at(record, Kind.DIFFERS, complaint)
    for complaint in evidence_complaints(event, article):
        yield at(record, Kind.EVIDENCE, complaint)


def key_findings(record: StoredRecord, case: Case) -> Iterator[Finding]:
    """Is the key the article's id?"""
    if case.article is not None and record.key != case.article.article_id.encode():
        yield at(record, Kind.WRONG_KEY, f"its key is {record.key!r}, not the article id")


def header_findings(record: StoredRecord, expected: tuple[Header, ...], case: Case) -> Iterator[Finding]:
    """Do the headers follow from the value, and do the run facts agree with the place?"""
    for complaint in header_complaints(record, expected, offsets_of(case.source)):
        yield at(record, Kind.HEADERS, complaint)
