"""Examine cases: find the records of each article in the derived topics, and compare them with what must be there.

Reads:  entities, statements and contact-log of one partition number, side by side, each once and in order
Writes: nothing; what does not fit is reported
"""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from schemas.event import Producer
from schemas.ids import text_sha256
from schemas.manifests import ManifestSealed
from schemas.news import ArticlePublished
from streams.audit.differences import differences
from streams.audit.evidence import evidence_complaints, id_of, provenance_complaints
from streams.audit.expectations import Expected, Slot, expect
from streams.audit.facts import header, header_complaints, source_position
from streams.audit.findings import Finding, Kind, Outcome, at, near
from streams.audit.leaves import record_digest
from streams.audit.origin import Offsets, is_before, offsets_of, origin_of
from streams.audit.story import Case, Desk
from streams.audit.window import Window
from streams.batch_plan import ENVIRONMENT
from streams.decoding import decode_event
from streams.errors import InvalidRecord
from streams.kafka.connection import StoredRecord
from streams.processors.records import Derivation, DerivationFailure, article_event_id, encode_record
from streams.sealed import SOURCE_PARTITION
from streams.settings import Settings

Derived = Derivation | DerivationFailure


@dataclass(frozen=True, slots=True)
class Bench:
    """With what an audit derives: who derives here, on what, and within which limits."""

    producer: Producer
    environment: str
    settings: Settings


class Examiner:
    """Examines the cases of one partition, in the order in which `Story` tells them."""

    def __init__(self, bench: Bench, windows: Mapping[str, Window[bytes]], desk: Desk) -> None:
        self._bench = bench
        self._windows = windows
        self._desk = desk

    def derives(self, case: Case) -> ArticlePublished | None:
        """The article that must be derived again for a case; None if it need not or cannot be."""
        article, manifest = case.article, case.manifest
        if article is None or article.status != "usable" or len(article.body) > self._longest:
            return None
        if manifest is None:
            return article
        if manifest.producer != self._bench.producer or not _is_sealed_text(article, manifest):
            return None
        return article

    async def examine(self, case: Case, derived: Derived | None) -> None:
        """Compare everything that the log holds of a case with what must be there."""
        self._check_producer(case)
        reported = self._desk.account.findings.total()
        case = self._with_the_sealed_article(case)
        expected = expect(case, derived, self._bench.producer)
        for slot in expected.slots:
            await self._check_slot(slot, case)
        self._check_seal(expected, case)
        if case.manifest is None and case.article is not None and expected.seal is not None:
            self._desk.scratch.seal(case.article.article_id, expected.seal.value or b"")
        if case.manifest is not None and case.manifest.outcome == "dead-lettered":
            self._check_dead_letter(case, derived)
        elif isinstance(derived, DerivationFailure) and case.manifest is not None and case.seal is not None:
            detail = f"the article cannot be derived here: {derived.error}: {derived.message}"
            self._desk.report(at(case.seal, Kind.DIFFERS, detail))
        for window in self._windows.values():
            window.shrink()
        clean = self._desk.account.findings.total() == reported
        self._desk.account.outcomes[_outcome(case, derived) if clean else Outcome.DIFFERENT] += 1

    async def finish(self, pending_from: Offsets | None) -> None:
        """Report every record that no article asks for."""
        for window in self._windows.values():
            async for record in window.rest():
                said = source_position(record)
                if pending_from is not None and said is not None and not is_before(said, pending_from):
                    self._desk.report(
                        at(record, Kind.PENDING, "belongs to an article that is not sealed yet")
                    )
                else:
                    self.unexpected(record)

    def unexpected(self, record: StoredRecord) -> None:
        """Report a record that no article asks for."""
        self._desk.report(self._classified(record))

    @property
    def _longest(self) -> int:
        return self._bench.settings.max_article_characters

    def _check_producer(self, case: Case) -> None:
        manifest = case.manifest
        if manifest is None or case.seal is None:
            return
        by = manifest.producer
        name = f"{by.package} {by.version}, build {by.build[:12]}, configuration {by.configuration[:12]}"
        self._desk.account.producers[name] += 1
        if by != self._bench.producer and self._desk.account.producers[name] == 1:
            detail = (
                f"{name}: its records are checked against their manifests and articles, but not derived again"
            )
            self._desk.report(at(case.seal, Kind.PRODUCER, detail))

    def _with_the_sealed_article(self, case: Case) -> Case:
        """The case, without its article if that is not the one that was sealed."""
        article, manifest, seal = case.article, case.manifest, case.seal
        if article is None or manifest is None or seal is None:
            return case
        where = f"{seal.topic}/{seal.partition}@{seal.offset}"
        if not _is_sealed_text(article, manifest):
            detail = f"its body is not the one that {where} was derived from"
            self._desk.report(at(case.source, Kind.DIFFERS, detail))
            return Case(case.source, None, case.previous, seal, manifest, case.again)
        return case

    async def _check_slot(self, slot: Slot, case: Case) -> None:
        window = self._windows.get(slot.topic)
        if window is None:
            return
        before = window.last_offset
        record = await window.find(*slot.digests)
        if record is None:
            record = self._altered(window, slot)
            if record is None:
                detail = f"{slot.type} {slot.record_id[:12]}… of {_name(case)}"
                self._desk.report(near(window.place, before + 1, Kind.MISSING, detail))
                return
            self._report_altered(record, slot, case)
        elif slot.derived is None and case.article is not None:
            detail = f"the manifest lists it, but {_name(case)} does not imply it"
            self._desk.report(at(record, Kind.EXTRA, detail))
        elif slot.derived is not None and record_digest(record).hex() != slot.derived:
            self._report_altered(record, slot, case)
        self._desk.account.records += 1
        self._desk.scratch.add_digests([record_digest(record)])
        if record.offset < before:
            detail = f"{slot.type} {slot.record_id[:12]}… lies before what was written before it"
            self._desk.report(at(record, Kind.OUT_OF_ORDER, detail))
        self._check_record(record, slot, case)

    def _altered(self, window: Window[bytes], slot: Slot) -> StoredRecord | None:
        """A record that stands where this one should, with another value: by its header, or by the ids in it."""
        digests = {one for one in (slot.derived, slot.sealed) if one}
        for record in window.held():
            same_id = (
                slot.record_id.encode() in (record.value or b"") and _record_id(record) == slot.record_id
            )
            if header(record, "ce_id") in digests or (same_id and header(record, "ce_type") == slot.type):
                return window.take(record)
        return None

    def _report_altered(self, record: StoredRecord, slot: Slot, case: Case) -> None:
        fields = differences(slot.record.value or b"", record.value) if slot.record else ()
        sealed = record_digest(record).hex() == slot.sealed
        recorded = header(case.seal, ENVIRONMENT) if case.seal and sealed else None
        if recorded and recorded != self._bench.environment:
            detail = f"recorded on {recorded}; derived here on {self._bench.environment}"
            self._desk.report(at(record, Kind.ENVIRONMENT, detail, fields))
            return
        detail = f"is not the {slot.type} that {_name(case)} implies"
        self._desk.report(at(record, Kind.DIFFERS, detail, fields))

    def _check_record(self, record: StoredRecord, slot: Slot, case: Case) -> None:
        article, manifest = case.article, case.manifest
        if article is not None and record.key != article.article_id.encode():
            self._desk.report(at(record, Kind.WRONG_KEY, f"its key is {record.key!r}, not the article id"))
        if slot.record is not None:
            self._check_headers(record, slot.record.headers, case)
            return
        try:
            event = decode_event(record.value, record.headers)
        except InvalidRecord as error:
            self._desk.report(at(record, Kind.UNREADABLE, str(error)))
            return
        if article is None or manifest is None:
            return
        cause, value = article_event_id(article), record.value or b""
        expected = encode_record(event, topic=slot.topic, article=article, causation_id=cause, value=value)
        self._check_headers(record, expected.headers, case)
        if (event.event_type, id_of(event)) != (slot.type, slot.record_id):
            self._desk.report(
                at(record, Kind.MANIFEST, f"the manifest lists it as {slot.type} {slot.record_id}")
            )
        for complaint in provenance_complaints(event, article, manifest):
            self._desk.report(at(record, Kind.DIFFERS, complaint))
        for complaint in evidence_complaints(event, article):
            self._desk.report(at(record, Kind.EVIDENCE, complaint))

    def _check_headers(
        self, record: StoredRecord, expected: tuple[tuple[str, bytes | None], ...], case: Case
    ) -> None:
        for complaint in header_complaints(record, expected, offsets_of(case.source)):
            self._desk.report(at(record, Kind.HEADERS, complaint))

    def _check_seal(self, expected: Expected, case: Case) -> None:
        seal = case.seal
        if seal is None:
            return
        if case.article is not None and seal.key != case.article.article_id.encode():
            self._desk.report(at(seal, Kind.WRONG_KEY, f"its key is {seal.key!r}, not the article id"))
        if expected.seal is None:
            return
        if seal.value == expected.seal.value:
            self._check_headers(seal, expected.seal.headers, case)
            return
        fields = differences(expected.seal.value or b"", seal.value)
        recorded = header(seal, ENVIRONMENT)
        if recorded and recorded != self._bench.environment and self._only_digests_differ(fields):
            detail = f"recorded on {recorded}; derived here on {self._bench.environment}"
            self._desk.report(at(seal, Kind.ENVIRONMENT, detail, fields))
            return
        detail = f"is not the manifest that {_name(case)} and its records imply"
        self._desk.report(at(seal, Kind.MANIFEST, detail, fields))

    @staticmethod
    def _only_digests_differ(fields: tuple[object, ...]) -> bool:
        return bool(fields)

    def _check_dead_letter(self, case: Case, derived: Derived | None) -> None:
        seal, manifest = case.seal, case.manifest
        if seal is None or manifest is None:
            return
        if not case.has_letter:
            detail = f"the manifest says that {_name(case)} was dead-lettered, but no dead letter is of it"
            self._desk.report(at(seal, Kind.MISSING, detail))
        if isinstance(derived, Derivation) and not self._is_too_large(derived, case):
            detail = f"{_name(case)} can be derived, although it was dead-lettered: {manifest.reason}"
            self._desk.report(at(seal, Kind.DERIVES_NOW, detail))

    def _is_too_large(self, derived: Derivation, case: Case) -> bool:
        largest = max((len(record.value or b"") for record in derived.records), default=0)
        said = case.manifest is not None and (case.manifest.reason or "").startswith("RecordTooLarge")
        return said and 2 * largest > self._bench.settings.max_record_bytes

    def _classified(self, record: StoredRecord) -> Finding:
        origin = origin_of(record)
        number = header(record, SOURCE_PARTITION)
        if number is not None and number != str(origin.partition):
            return at(record, Kind.WRONG_PARTITION, f"its article is in partition {number}")
        try:
            event = decode_event(record.value, record.headers)
        except InvalidRecord as error:
            return at(record, Kind.UNREADABLE, f"{error}; no manifest lists it")
        detail = f"{event.event_type} of article {event.article_id!r} revision {event.revision}"
        if record.key != event.article_id.encode():
            return at(
                record, Kind.WRONG_KEY, f"{detail}, but its key is {record.key!r}; no manifest lists it"
            )
        if self._desk.scratch.has_digest(record_digest(record)):
            return at(record, Kind.DUPLICATE, f"{detail} is there more than once")
        return at(record, Kind.EXTRA, f"{detail}; no manifest lists it")


def _is_sealed_text(article: ArticlePublished, manifest: ManifestSealed) -> bool:
    """Is the article's text the one that was sealed? Two digests of it must be wrong before the text is."""
    return manifest.text_sha256 == text_sha256(article.body) or manifest.article_event_id == article_event_id(
        article
    )


def _outcome(case: Case, derived: Derived | None) -> Outcome:
    manifest = case.manifest
    if manifest is None:
        return Outcome.DIFFERENT
    if manifest.outcome == "dead-lettered":
        return Outcome.DEAD_LETTERED
    if manifest.outcome == "withdrawn":
        return Outcome.WITHDRAWN
    return Outcome.SEALED if derived is None else Outcome.IDENTICAL


def _record_id(record: StoredRecord) -> str | None:
    try:
        data = orjson.loads(record.value or b"")
    except orjson.JSONDecodeError:
        return None
    if not isinstance(data, dict):
        return None
    ids = (data.get(name) for name in ("entity_id", "statement_id", "contact_id", "record_id"))
    return next((one for one in ids if isinstance(one, str)), None)


def _name(case: Case) -> str:
    known = case.article or case.manifest
    if known is None:
        return f"the record at offset {case.source.offset} of {case.source.topic}"
    return f"article {known.article_id!r} revision {known.revision}"
