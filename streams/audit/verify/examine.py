"""Examine revisions: find the records of each in the derived topics, and compare them with what is expected.

Reads:  entities, statements and contact-log of one partition number, side by side, each once and in order
Writes: nothing; what does not fit is reported
"""

from collections.abc import Mapping
from dataclasses import replace

import orjson

from readout.schemas.event import ArticleEvent
from readout.schemas.news import ArticlePublished
from readout.streams.audit.facts import header, source_position
from readout.streams.audit.findings import Finding, Kind, Outcome, at, near
from readout.streams.audit.proof.leaves import record_digest
from readout.streams.audit.scratch import Scratch
from readout.streams.audit.verify.differences import differences
from readout.streams.audit.verify.expectations import Slot, expect
from readout.streams.audit.verify.record_checks import record_findings
from readout.streams.audit.verify.seal_checks import derives_now, elsewhere, seal_findings
from readout.streams.audit.verify.state import AuditState, InstalledCode, Revision, is_sealed_text
from readout.streams.audit.verify.window import Window
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.decoding import decode_event
from readout.streams.log.origin import Offsets, Position, is_at, is_before, is_later, origin_of
from readout.streams.log.run_facts import RECORDED_TIME, SOURCE_PARTITION
from readout.streams.log.topics import MANIFESTS
from readout.streams.processors.records import Derivation, DerivationFailure

Derived = Derivation | DerivationFailure
_ID_FIELDS = ("entity_id", "statement_id", "contact_id", "record_id")


class Examiner:
    """Examines the revisions of one partition, in the order of `RevisionReader`."""

    def __init__(
        self, installed: InstalledCode, windows: Mapping[str, Window[bytes]], state: AuditState
    ) -> None:
        self.installed = installed
        self._windows = windows
        self._state = state
        self._has_begun = False

    def derives(self, revision: Revision) -> ArticlePublished | None:
        """The article that must be derived again for a revision; None if it need not or cannot be."""
        article, manifest = revision.article, revision.manifest
        if article is None or article.status != "usable" or len(article.body) > self._longest:
            return None
        if manifest is None:
            return article
        if not self.installed.can_derive(manifest.producer) or not is_sealed_text(article, manifest):
            return None
        return article

    async def examine(self, revision: Revision, derived: Derived | None, *, sampled: bool = True) -> None:
        """Compare everything that the log holds of a revision with what must be there.

        `sampled` is false where it was not derived again because it is not in the sample.
        """
        if not self._has_begun:
            await self._drop_deleted(revision)
        self._count_producer(revision)
        reported = self._state.account.findings.total()
        revision = self._with_the_sealed_article(revision)
        expected = expect(revision, derived, self.installed.producer)
        for slot in expected.slots:
            await self._check_slot(slot, revision)
        for finding in seal_findings(revision, expected, derived, self.installed):
            self._state.report(finding)
        self._set_aside(revision, derived)
        if revision.manifest is None and revision.article is not None and expected.seal is not None:
            self._state.scratch.seal(revision.article.article_id, expected.seal.value or b"")
        for window in self._windows.values():
            window.shrink()
        clean = self._state.account.findings.total() == reported
        outcome = _outcome(revision, derived, sampled=sampled) if clean else Outcome.DIFFERENT
        self._state.account.outcomes[outcome] += 1

    async def finish(self, pending_from: Offsets | None) -> None:
        """Report every record that no article asks for."""
        for window in self._windows.values():
            async for record in window.rest():
                said = source_position(record)
                if pending_from is not None and said is not None and not is_before(said, pending_from):
                    self._state.report(
                        at(record, Kind.PENDING, "belongs to an article that is not sealed yet")
                    )
                else:
                    self.unexpected(record)

    def unexpected(self, record: StoredRecord) -> None:
        """Report a record that no article asks for."""
        if self._may_be_of_deleted(record):
            self._state.report(at(record, Kind.BEGINNING, "no manifest lists it that is still there"))
        else:
            self._state.report(_addition(record, self._state.scratch))

    def _may_be_of_deleted(self, record: StoredRecord) -> bool:
        """Can the manifest have been deleted that lists a record? What those that are left list lies after it."""
        if not self._state.is_cut(MANIFESTS.stem, record.partition):
            return False
        window = next(one for one in self._windows.values() if one.place.topic == record.topic)
        return window.first_offset is None or record.offset < window.first_offset

    async def _drop_deleted(self, first: Revision) -> None:
        """Let the records go that were derived before the first revision whose manifest is left."""
        self._has_begun = True
        if self._state.is_cut(MANIFESTS.stem, first.source.partition):
            for window in self._windows.values():
                await window.drop_leading(_Leading(first.offsets).goes_on)

    @property
    def _longest(self) -> int:
        return self.installed.settings.max_article_characters

    def _count_producer(self, revision: Revision) -> None:
        manifest = revision.manifest
        if manifest is None or revision.seal is None:
            return
        by = manifest.producer
        name = f"{by.package} {by.version}, build {by.build[:12]}, configuration {by.configuration[:12]}"
        self._state.account.producers[name] += 1
        # By the whole producer: somebody could make one whose short form is that of the installed code.
        is_known = by in self._state.unavailable or self.installed.can_derive(by)
        if not is_known and not revision.is_deleted:
            self._state.unavailable.add(by)
            detail = (
                f"{name}: its records are checked against their manifests and articles, but not derived again"
            )
            self._state.report(at(revision.seal, Kind.PRODUCER, detail))

    def _set_aside(self, revision: Revision, derived: Derived | None) -> None:
        """A dead letter that can be derived now may have been put through again: the end of the log will tell."""
        why = derives_now(revision, derived, self.installed)
        if why and revision.seal and revision.manifest:
            where = (revision.seal.topic, revision.seal.partition, revision.seal.offset)
            self._state.scratch.set_aside(
                revision.manifest.article_id, revision.manifest.revision, where, why
            )

    def _with_the_sealed_article(self, revision: Revision) -> Revision:
        """The revision, without its article if that is not the one that was sealed."""
        article, manifest, seal = revision.article, revision.manifest, revision.seal
        if article is None or manifest is None or seal is None or is_sealed_text(article, manifest):
            return revision
        detail = f"its body is not the one that {seal.topic}/{seal.partition}@{seal.offset} was derived from"
        self._state.report(at(revision.source, Kind.DIFFERS, detail))
        return replace(revision, article=None)

    async def _check_slot(self, slot: Slot, revision: Revision) -> None:
        window = self._windows.get(slot.topic)
        if window is None:
            return
        before = window.last_offset
        record = await window.find(*slot.digests) or self._altered(window, slot, revision)
        if record is None:
            detail = f"{slot.type} {slot.record_id[:12]}… of {revision}"
            kind = Kind.BEGINNING if self._may_be_deleted(window, slot) else Kind.MISSING
            self._state.report(near(window.place, before + 1, kind, detail))
            return
        self._state.account.records += 1
        self._state.scratch.add_digests([record_digest(record)])
        if record.offset < before:
            detail = f"{slot.type} {slot.record_id[:12]}… lies before what was written before it"
            self._state.report(at(record, Kind.OUT_OF_ORDER, detail))
        finding = self._value_finding(record, slot, revision)
        if finding is not None:
            self._state.report(finding)
        for one in record_findings(record, slot, revision):
            self._state.report(one)

    def _may_be_deleted(self, window: Window[bytes], slot: Slot) -> bool:
        """Can a record that is not there have been deleted? Then nothing that was written before it is there."""
        return window.first_offset is None and self._state.is_cut(slot.topic, window.place.number)

    def _altered(self, window: Window[bytes], slot: Slot, revision: Revision) -> StoredRecord | None:
        """A record that stands where this one should, with another value: by its header, or by the ids in it.

        Where it can have been deleted it is not taken for that of a later revision, or of newer code.
        """
        may_be_deleted = self._may_be_deleted(window, slot)
        digests = {one for one in (slot.derived, slot.sealed) if one}
        for record in window.held():
            same_id = (
                slot.record_id.encode() in (record.value or b"") and _record_id(record) == slot.record_id
            )
            if may_be_deleted and not _is_of(record, revision):
                continue
            if header(record, "ce_id") in digests or (same_id and header(record, "ce_type") == slot.type):
                return window.take(record)
        return None

    def _value_finding(self, record: StoredRecord, slot: Slot, revision: Revision) -> Finding | None:
        """Is the value what the article implies; or, where nobody can say, what the manifest lists?"""
        digest = record_digest(record).hex()
        if digest == (slot.derived or slot.sealed):
            only_sealed = slot.derived is None and revision.article is not None
            detail = f"the manifest lists it, but {revision} does not imply it"
            return at(record, Kind.EXTRA, detail) if only_sealed else None
        fields = differences(slot.record.value or b"", record.value) if slot.record else ()
        both = elsewhere(revision, self.installed) if digest == slot.sealed else None
        if both:
            return at(record, Kind.ENVIRONMENT, both, fields)
        return at(record, Kind.DIFFERS, f"is not the {slot.type} that {revision} implies", fields)


class _Leading:
    """Records in the order of their articles, before an article; newer code began again with the first."""

    def __init__(self, before: Offsets) -> None:
        self._before = before
        self._last: tuple[Position, str | None] | None = None

    def goes_on(self, record: StoredRecord) -> bool:
        """Is a record one more of them?"""
        position, time = source_position(record), header(record, RECORDED_TIME)
        if position is None or not is_before(position, self._before):
            return False
        last, self._last = self._last, (position, time)
        return last is None or last == self._last or is_later(position, last[0])


def _outcome(revision: Revision, derived: Derived | None, *, sampled: bool) -> Outcome:
    manifest = revision.manifest
    if manifest is None:
        return Outcome.DIFFERENT
    if revision.is_deleted:
        return Outcome.DELETED
    if manifest.outcome == "dead-lettered":
        return Outcome.DEAD_LETTERED
    if manifest.outcome == "withdrawn":
        return Outcome.WITHDRAWN
    if derived is not None:
        return Outcome.IDENTICAL
    return Outcome.NOT_CHECKED if sampled else Outcome.SEALED


def _is_of(record: StoredRecord, revision: Revision) -> bool:
    """Does a record say that it was derived from this article, by the code that its manifest names?"""
    position, manifest = source_position(record), revision.manifest
    if position is None or manifest is None or not is_at(position, revision.offsets):
        return False
    return f'"build":"{manifest.producer.build}"'.encode() in (record.value or b"")


def _record_id(record: StoredRecord) -> str | None:
    try:
        data = orjson.loads(record.value or b"")
    except orjson.JSONDecodeError:
        return None
    if not isinstance(data, dict):
        return None
    found = (data.get(name) for name in _ID_FIELDS)
    return next((one for one in found if isinstance(one, str)), None)


def _addition(record: StoredRecord, scratch: Scratch) -> Finding:
    """The finding about a derived record that belongs to no article."""
    number = header(record, SOURCE_PARTITION)
    if number is not None and number != str(origin_of(record).partition):
        return at(record, Kind.WRONG_PARTITION, f"its article is in partition {number}")
    try:
        event = decode_event(record.value, record.headers)
    except InvalidRecord as error:
        return at(record, Kind.UNREADABLE, f"{error}; no manifest lists it")
    revision = f" revision {event.revision}" if isinstance(event, ArticleEvent) else ""
    detail = f"{event.event_type} of article {event.key!r}{revision}"
    if record.key != event.key.encode():
        detail = f"{detail}, but its key is {record.key!r}; no manifest lists it"
        return at(record, Kind.WRONG_KEY, detail)
    if scratch.has_digest(record_digest(record)):
        return at(record, Kind.DUPLICATE, f"{detail} is there more than once")
    return at(record, Kind.EXTRA, f"{detail}; no manifest lists it")
