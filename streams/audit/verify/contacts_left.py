"""Verify what is left of `contacts` where it, or what it was made from, was deleted from the beginning.

Reads:  contacts and contact-log of all partitions; of live topics contacts-current as well
Writes: nothing; every finding is handed to the state's report
No step can be taken again without all that went before. But a state follows from its reports, the headers follow
from the state, the steps are numbered, and the reports are records of the contact log, which are verified.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from readout.schemas.contacts import ConsolidatedContact, ContactEvent
from readout.schemas.envelope import encode_value
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.findings import Finding, Kind, at, near
from readout.streams.audit.log import Log
from readout.streams.audit.proof.erasures import is_claimed
from readout.streams.audit.proof.leaves import record_digest
from readout.streams.audit.verify.contact_steps import (
    StepReader,
    StoredStep,
    complain_of_the_frame,
    envelope_findings,
    events_of,
)
from readout.streams.audit.verify.contacts_table import check_current
from readout.streams.audit.verify.differences import differences
from readout.streams.audit.verify.state import AuditState
from readout.streams.audit.wording import count_of
from readout.streams.consolidate.knowledge import consolidating_producer
from readout.streams.consolidate.steps import facts_of, state_after
from readout.streams.consolidate.store import ReportStore
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.reader import closing
from readout.streams.log.topics import CONTACT_LOG, CONTACTS, NEWS
from readout.streams.processors.consolidation.likeness import Features
from readout.streams.processors.consolidation.reports import Knowledge
from readout.streams.processors.consolidation.state import consolidated

Reaches = Mapping[Partition, Bounds]


def deleted_beginning(log: Log, bounds: Reaches) -> Partition | None:
    """The first partition of what the consolidation reads or writes whose beginning was deleted."""
    stems = (CONTACTS, CONTACT_LOG, NEWS)
    cut = (place for topic in stems for place, reach in _of(topic.stem, log, bounds).items() if reach.first)
    return next(cut, None)


async def verify_left(
    log: Log, bounds: Reaches, deleted: Partition, knowledge: Knowledge, state: AuditState
) -> None:
    """Verify each event by itself; `deleted` is the partition whose beginning was deleted."""
    contacts = _of(CONTACTS.stem, log, bounds)
    first = min(contacts)
    detail = (
        f"without the beginning of {deleted.topic}/{deleted.number} no step can be taken again: which reports "
        "are of one contact is not checked, but each state is compared with its reports"
    )
    state.report(near(first, contacts[first].first, Kind.BEGINNING, detail))
    await _note_reports(log, bounds, state)
    with ReportStore() as store:
        check = _Check(log, bounds, knowledge, store, state)
        await check.steps()
        await check.finish()


class _Check:
    """Looks at the steps that are left, in their order."""

    def __init__(
        self, log: Log, bounds: Reaches, knowledge: Knowledge, store: ReportStore, state: AuditState
    ) -> None:
        self._log = log
        self._bounds = bounds
        self._contacts = _of(CONTACTS.stem, log, bounds)
        self._producer = consolidating_producer(knowledge)
        self._store = store
        self._state = state
        self._has_all_reports = not any(reach.first for reach in _of(CONTACT_LOG.stem, log, bounds).values())
        self._last: StoredStep | None = None
        self._gone: set[str] = set()
        """The ids that are merged or withdrawn."""

    async def steps(self) -> None:
        """Look at all steps."""
        whole_from = await self._whole_from()
        async with StepReader(self._log, self._bounds) as reader:
            async for step in reader.steps():
                number, last = step.facts.number, self._last.facts.number if self._last else 0
                is_numbered = whole_from is not None and number > whole_from
                complain_of_the_frame(step, last if is_numbered else number - 1, self._state)
                self._last = step
                for event, record in events_of(step, self._state):
                    self._take(event, record)
        for record, why in reader.unplaced:
            if not is_claimed(record):
                self._state.report(at(record, Kind.HEADERS, why))

    async def finish(self) -> None:
        """Compare the table, and complain of what no step has read."""
        if self._last is not None and not self._last.restored:
            await self._complain_of_pending(self._last)
        self._store.take_states()
        if isinstance(self._log, ArchiveLog):
            return
        is_whole = not any(reach.first for reach in self._contacts.values())
        places = list(self._contacts)
        await check_current(
            self._log, places, self._store, self._state, lambda one: is_whole or one in self._gone
        )

    async def _whole_from(self) -> int | None:
        """From which step on none may be missing: the last with which a partition begins; None if one is empty."""
        steps = [0]
        for place, reach in self._contacts.items():
            if reach.first:
                first = await _first_step(self._log, place, reach)
                if first is None:
                    return None
                steps.append(first)
        return max(steps)

    def _take(self, event: ContactEvent, record: StoredRecord) -> None:
        self._state.account.records += 1
        for finding in self._findings(event, record):
            self._state.report(finding)
        found = state_after(event)
        self._store.note_state(event.consolidated_id, found)
        if found is None:
            self._gone.add(event.consolidated_id)
        else:
            self._gone.discard(event.consolidated_id)

    def _findings(self, event: ContactEvent, record: StoredRecord) -> Iterator[Finding]:
        yield from envelope_findings(event, record)
        # Of a contact that is merged it is the state of the one that stays.
        found: ConsolidatedContact | None = getattr(event, "contact", None)
        if found is None:
            return
        yield from self._state_findings(event, found, record)
        for report in found.reports if self._has_all_reports else ():
            if not self._state.scratch.has_digest(bytes.fromhex(report.record_sha256)):
                detail = f"its report {report.record_id[:12]}… is no record of {CONTACT_LOG.stem}"
                yield at(record, Kind.EXTRA, detail)

    def _state_findings(
        self, event: ContactEvent, found: ConsolidatedContact, record: StoredRecord
    ) -> Iterator[Finding]:
        if event.producer == self._producer:
            due = consolidated(map(Features, found.reports))
            if due != found:
                fields = differences(encode_value(due), encode_value(found))
                yield at(record, Kind.DIFFERS, "its state does not follow from its reports", fields)
        elif event.producer not in self._state.unavailable:
            self._state.unavailable.add(event.producer)
            said = f"{event.producer.version}, build {event.producer.build[:12]}"
            yield at(
                record, Kind.PRODUCER, f"consolidated by {said}: its states are not compared with reports"
            )

    async def _complain_of_pending(self, last: StoredStep) -> None:
        for place, reach in _of(CONTACT_LOG.stem, self._log, self._bounds).items():
            first = max(reach.first, last.facts.positions.get(place.number, 0))
            left = [one.offset async for one in self._log.read(place, Bounds(first, reach.next))]
            if left:
                detail = (
                    f"{count_of(len(left), 'record')} not consolidated yet; {CONTACTS.stem} ends with step "
                    f"{last.facts.number}"
                )
                self._state.report(near(place, left[0], Kind.PENDING, detail))


def _of(stem: str, log: Log, bounds: Reaches) -> dict[Partition, Bounds]:
    return {place: reach for place, reach in sorted(bounds.items()) if place.topic == log.prefix + stem}


async def _note_reports(log: Log, bounds: Reaches, state: AuditState) -> None:
    for place, reach in _of(CONTACT_LOG.stem, log, bounds).items():
        async for record in log.read(place, reach):
            state.scratch.add_digests([record_digest(record)])


async def _first_step(log: Log, place: Partition, reach: Bounds) -> int | None:
    async with closing(log.read(place, reach)) as records:
        async for record in records:
            with suppress(InvalidRecord):
                return facts_of(record).number
    return None
