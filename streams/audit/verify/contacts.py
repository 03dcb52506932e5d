"""Verify the consolidation: take every step again, and compare what it changes with what `contacts` says.

Reads:  contacts, contact-log and news of all partitions; of live topics contacts-current as well
Writes: nothing; every finding is handed to the state's report
What a step has read is in its headers, so each step is determined: a report that was dropped, a count that was
raised, a pair that was merged or a claim that was altered differs from what the same inputs give here.
"""

from collections.abc import Iterator, Mapping, Sequence

from readout.schemas.contacts import ConsolidatedContact, ContactEvent, ContactReport
from readout.schemas.envelope import encode_value
from readout.schemas.event import Producer
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.findings import Finding, Kind, at, near
from readout.streams.audit.log import Log
from readout.streams.audit.proof.erasures import is_claimed
from readout.streams.audit.verify.contact_steps import (
    InputReader,
    StepReader,
    StoredStep,
    Written,
    complain_of_the_frame,
    envelope_findings,
    events_of,
)
from readout.streams.audit.verify.contacts_left import deleted_beginning, verify_left
from readout.streams.audit.verify.contacts_table import check_current
from readout.streams.audit.verify.differences import differences
from readout.streams.audit.verify.state import AuditState
from readout.streams.consolidate.knowledge import consolidating_producer
from readout.streams.consolidate.steps import state_after
from readout.streams.consolidate.store import ReportStore
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.topics import CONTACTS
from readout.streams.processors.consolidation.consolidation import Consolidator, events_between
from readout.streams.processors.consolidation.reports import Input, Knowledge, live_after
from readout.streams.processors.consolidation.state import consolidated


async def verify_contacts(
    log: Log, bounds: Mapping[Partition, Bounds], knowledge: Knowledge, state: AuditState
) -> None:
    """Verify all steps, and what they leave behind.

    Args:
        log: live topics or an archive.
        bounds: of all partitions of all topics.
        knowledge: the gazetteer, and the alias file of the installation.
        state: takes findings; counts events of contacts among the records.
    """
    contacts = {place: reach for place, reach in bounds.items() if place.topic == log.prefix + CONTACTS.stem}
    if not any(reach.next for reach in contacts.values()):
        return  # nobody consolidates here
    deleted = deleted_beginning(log, bounds)
    if deleted is not None:
        await verify_left(log, bounds, deleted, knowledge, state)
        return
    inputs = InputReader(log, bounds)
    try:
        with ReportStore() as store:
            async with StepReader(log, bounds) as reader:
                check = _Check(store, knowledge, inputs, state)
                async for step in reader.steps():
                    await check.step(step)
            for record, why in reader.unplaced:
                if not is_claimed(record):
                    state.report(at(record, Kind.HEADERS, why))
            if check.is_derived:
                await check.finish()
                if not isinstance(log, ArchiveLog):
                    await check_current(log, list(contacts), store, state)
    finally:
        await inputs.close()


class _Check:
    """Takes the steps again, in their order."""

    def __init__(
        self, store: ReportStore, knowledge: Knowledge, inputs: InputReader, state: AuditState
    ) -> None:
        self._producer = consolidating_producer(knowledge)
        self._consolidator = Consolidator(store, self._producer)
        self._store = store
        self._knowledge = knowledge
        self._inputs = inputs
        self._state = state
        self._number = 0
        self._others: dict[str, ConsolidatedContact] = {}
        """States as other code has left them, by id."""
        self.is_derived = False
        """Was the last step taken by the code that is here?"""

    async def step(self, step: StoredStep) -> None:
        """Take one step again, and compare."""
        written = list(events_of(step, self._state))
        complain_of_the_frame(step, self._number, self._state)
        self._number = step.facts.number
        with self._store.together():
            articles = await self._inputs.up_to(step.facts.positions, step.restored)
            live = {article_id: self._live(article_id, some) for article_id, some in articles.items()}
            expected: Sequence[ContactEvent] = self._consolidator.apply(live)
        producer = written[0][0].producer if written else self._producer
        if producer != self._producer:
            self._pass_over(written, producer)
            return
        if self._others:
            expected = self._again()
        self.is_derived = True
        if not any(is_claimed(record) for _, record in step.records):
            self._compare(expected, written, step)

    async def finish(self) -> None:
        """Complain of what no step has read."""
        for place, (first, count) in (await self._inputs.left()).items():
            records = "1 record is" if count == 1 else f"{count} records are"
            detail = f"{records} not consolidated yet; {CONTACTS.stem} ends with step {self._number}"
            self._state.report(near(place, first, Kind.PENDING, detail))

    def _live(self, article_id: str, inputs: Sequence[Input]) -> tuple[ContactReport, ...]:
        before = [one.report for one in self._store.of_article(article_id)]
        return live_after(before, inputs, self._knowledge)

    def _pass_over(self, written: Sequence[Written], producer: Producer) -> None:
        """A step of other code: nobody can take it here, and its states are taken as they are."""
        self.is_derived = False
        if producer not in self._state.unavailable:
            self._state.unavailable.add(producer)
            detail = (
                f"consolidated by {producer.version}, build {producer.build[:12]}: not consolidated again"
            )
            self._state.report(at(written[0][1], Kind.PRODUCER, detail))
        for event, _ in written:
            found = state_after(event)
            self._others.pop(event.consolidated_id, None)
            if found is not None:
                self._others[event.consolidated_id] = found

    def _again(self) -> Sequence[ContactEvent]:
        """What the code that is here changes of all that other code has left behind."""
        old = {one: frozenset(r.record_id for r in state.reports) for one, state in self._others.items()}
        new = dict(self._store.contacts())
        self._others.clear()
        touched = {one.report.record_id for some in new.values() for one in some}
        return list(events_between(old, new, touched, self._producer))

    def _compare(
        self,
        expected: Sequence[ContactEvent],
        written: Sequence[Written],
        step: StoredStep,
    ) -> None:
        wanted = {event.consolidated_id: event for event in expected}
        for event, record in written:
            self._state.account.records += 1
            due = wanted.pop(event.consolidated_id, None)
            if due is None:
                if not self._is_as_it_stands(event):
                    detail = (
                        f"{event.event_type} of {event.consolidated_id[:12]}… does not follow from its step"
                    )
                    self._state.report(at(record, Kind.EXTRA, detail))
                continue
            for finding in _differences(due, record):
                self._state.report(finding)
        for event in wanted.values():
            place = step.records[0][1]
            detail = (
                f"{event.event_type} of {event.consolidated_id[:12]}… follows from step {step.facts.number}"
            )
            self._state.report(at(place, Kind.MISSING, detail))

    def _is_as_it_stands(self, event: ContactEvent) -> bool:
        """Where an article was erased, what follows from it can be there without it."""
        if not self._state.account.erased:
            return False
        members = sorted(
            map(self._store.get, self._store.members(event.consolidated_id)), key=lambda one: one.key
        )
        return state_after(event) == (consolidated(members) if members else None)


def _differences(due: ContactEvent, record: StoredRecord) -> Iterator[Finding]:
    value = encode_value(due)
    if record.value != value:
        detail = f"is not the {due.event_type} that follows from its step"
        yield at(record, Kind.DIFFERS, detail, differences(value, record.value))
        return
    yield from envelope_findings(due, record)
