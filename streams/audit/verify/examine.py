"""Examine cases: find the records of each article in the derived topics, and compare them with what must be there.

Reads:  entities, statements and contact-log of one partition number, side by side, each once and in order
Writes: nothing; what does not fit is reported
"""

from collections.abc import Mapping
from dataclasses import replace

import orjson

from readout.schemas.news import ArticlePublished
from readout.streams.audit.facts import header, source_position
from readout.streams.audit.findings import Finding, Kind, Outcome, at, near
from readout.streams.audit.proof.leaves import record_digest
from readout.streams.audit.verify.cases import Bench, Case, Desk, is_sealed_text
from readout.streams.audit.verify.classify import unexpected
from readout.streams.audit.verify.differences import differences
from readout.streams.audit.verify.expectations import Slot, expect
from readout.streams.audit.verify.record_checks import record_findings
from readout.streams.audit.verify.seal_checks import derives_now, elsewhere, seal_findings
from readout.streams.audit.verify.window import Window
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.origin import Offsets, is_before
from readout.streams.processors.records import Derivation, DerivationFailure

Derived = Derivation | DerivationFailure
_ID_FIELDS = ("entity_id", "statement_id", "contact_id", "record_id")


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
        if manifest.producer != self._bench.producer or not is_sealed_text(article, manifest):
            return None
        return article

    async def examine(self, case: Case, derived: Derived | None) -> None:
        """Compare everything that the log holds of a case with what must be there."""
        self._count_producer(case)
        reported = self._desk.account.findings.total()
        case = self._with_the_sealed_article(case)
        expected = expect(case, derived, self._bench.producer)
        for slot in expected.slots:
            await self._check_slot(slot, case)
        for finding in seal_findings(case, expected, derived, self._bench):
            self._desk.report(finding)
        self._set_aside(case, derived)
        if case.manifest is None and case.article is not None and expected.seal is not None:
            self._desk.scratch.seal(case.article.article_id, expected.seal.value or b"")
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
        self._desk.report(unexpected(record, self._desk.scratch))

    @property
    def _longest(self) -> int:
        return self._bench.settings.max_article_characters

    def _count_producer(self, case: Case) -> None:
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

    def _set_aside(self, case: Case, derived: Derived | None) -> None:
        """A dead letter that can be derived now may have been put through again: the end of the log will tell."""
        why = derives_now(case, derived, self._bench)
        if why and case.seal and case.manifest:
            where = (case.seal.topic, case.seal.partition, case.seal.offset)
            self._desk.scratch.set_aside(case.manifest.article_id, case.manifest.revision, where, why)

    def _with_the_sealed_article(self, case: Case) -> Case:
        """The case, without its article if that is not the one that was sealed."""
        article, manifest, seal = case.article, case.manifest, case.seal
        if article is None or manifest is None or seal is None or is_sealed_text(article, manifest):
            return case
        detail = f"its body is not the one that {seal.topic}/{seal.partition}@{seal.offset} was derived from"
        self._desk.report(at(case.source, Kind.DIFFERS, detail))
        return replace(case, article=None)

    async def _check_slot(self, slot: Slot, case: Case) -> None:
        window = self._windows.get(slot.topic)
        if window is None:
            return
        before = window.last_offset
        record = await window.find(*slot.digests) or self._altered(window, slot)
        if record is None:
            detail = f"{slot.type} {slot.record_id[:12]}… of {case}"
            self._desk.report(near(window.place, before + 1, Kind.MISSING, detail))
            return
        self._desk.account.records += 1
        self._desk.scratch.add_digests([record_digest(record)])
        if record.offset < before:
            detail = f"{slot.type} {slot.record_id[:12]}… lies before what was written before it"
            self._desk.report(at(record, Kind.OUT_OF_ORDER, detail))
        finding = self._value_finding(record, slot, case)
        if finding is not None:
            self._desk.report(finding)
        for one in record_findings(record, slot, case):
            self._desk.report(one)

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

    def _value_finding(self, record: StoredRecord, slot: Slot, case: Case) -> Finding | None:
        """Is the value what the article implies; or, where nobody can say, what the manifest lists?"""
        digest = record_digest(record).hex()
        if digest == (slot.derived or slot.sealed):
            only_sealed = slot.derived is None and case.article is not None
            detail = f"the manifest lists it, but {case} does not imply it"
            return at(record, Kind.EXTRA, detail) if only_sealed else None
        fields = differences(slot.record.value or b"", record.value) if slot.record else ()
        both = elsewhere(case, self._bench) if digest == slot.sealed else None
        if both:
            return at(record, Kind.ENVIRONMENT, both, fields)
        return at(record, Kind.DIFFERS, f"is not the {slot.type} that {case} implies", fields)


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
    found = (data.get(name) for name in _ID_FIELDS)
    return next((one for one in found if isinstance(one, str)), None)
