"""The steps of `contacts`, in the order in which they were taken, whatever partitions they lie in.

Reads:  all partitions of contacts, side by side; contact-log and news of each, once and in order
Writes: nothing
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Self

from readout.schemas.contacts import ContactEvent
from readout.streams.audit.findings import Finding, Kind, at
from readout.streams.audit.log import Cursor, Log
from readout.streams.audit.proof.erasures import is_claimed
from readout.streams.audit.verify.state import AuditState
from readout.streams.consolidate.inputs import ContactLog
from readout.streams.consolidate.steps import StepFacts, event_headers, facts_of
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.decoding import decode_event
from readout.streams.log.origin import is_before, offsets_of, origin_of, own_headers
from readout.streams.log.topics import CONTACTS
from readout.streams.processors.consolidation.reports import Input


@dataclass(frozen=True, slots=True)
class StoredStep:
    """The records that say that they are of one step, in the order of its events."""

    facts: StepFacts
    records: tuple[tuple[StepFacts, StoredRecord], ...]

    @property
    def restored(self) -> int:
        """How often the log was restored since: the positions are those of before."""
        return origin_of(self.records[0][1]).restored


Written = tuple[ContactEvent, StoredRecord]


def events_of(step: StoredStep, state: AuditState) -> Iterator[Written]:
    """The events of a step, each with its record; what is none is reported."""
    for _, record in step.records:
        if is_claimed(record):
            continue
        try:
            event = decode_event(record.value, record.headers)
        except InvalidRecord as error:
            state.report(at(record, Kind.UNREADABLE, str(error)))
            continue
        if not isinstance(event, ContactEvent):
            state.report(at(record, Kind.EXTRA, f"{event.event_type} does not belong into contacts"))
            continue
        yield event, record


def envelope_findings(due: ContactEvent, record: StoredRecord) -> Iterator[Finding]:
    """Do key and headers of a record follow from the event that it should hold?"""
    if record.key != due.key.encode():
        yield at(record, Kind.WRONG_KEY, f"its key is {record.key!r}, not {due.key}")
    headers = event_headers(due)
    if own_headers(record.headers)[: len(headers)] != headers:
        yield at(record, Kind.HEADERS, "its headers do not follow from its value")


def complain_of_the_frame(step: StoredStep, before: int, state: AuditState) -> None:
    """Is each event of the step there once, and does the step follow the one that was `before`?"""
    record = step.records[0][1]
    indices = [facts.index for facts, _ in step.records]
    for index in sorted({index for index in indices if indices.count(index) > 1}):
        twice = next(one for facts, one in step.records if facts.index == index)
        detail = f"event {index} of step {step.facts.number} is there more than once"
        state.report(at(twice, Kind.DUPLICATE, detail))
    if step.facts.number != before + 1:
        detail = f"step {step.facts.number} follows step {before}: what was between is gone"
        state.report(at(record, Kind.MISSING, detail))
    if any((one.positions, one.count) != (step.facts.positions, step.facts.count) for one, _ in step.records):
        detail = f"the events of step {step.facts.number} do not agree on what it has read"
        state.report(at(record, Kind.HEADERS, detail))


class StepReader:
    """Reads steps; records that do not say to which step they belong come by way of `unplaced`."""

    def __init__(self, log: Log, bounds: Mapping[Partition, Bounds]) -> None:
        self._log = log
        self._reaches = {p: b for p, b in bounds.items() if p.topic == log.prefix + CONTACTS.stem}
        self._cursors: list[Cursor] = []
        self._stack = AsyncExitStack()
        self.unplaced: list[tuple[StoredRecord, str]] = []

    async def __aenter__(self) -> Self:
        for place, reach in self._reaches.items():
            self._cursors.append(await self._stack.enter_async_context(Cursor(self._log, place, reach)))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def steps(self) -> AsyncIterator[StoredStep]:
        """All steps, by their numbers."""
        while True:
            ahead = [facts for cursor in self._cursors if (facts := await self._facts(cursor)) is not None]
            if not ahead:
                return
            number = min(facts.number for facts in ahead)
            found = [one for cursor in self._cursors async for one in self._of_step(cursor, number)]
            found.sort(key=lambda one: one[0].index)
            yield StoredStep(found[0][0], tuple(found))

    async def _of_step(self, cursor: Cursor, number: int) -> AsyncIterator[tuple[StepFacts, StoredRecord]]:
        while (facts := await self._facts(cursor)) is not None and facts.number == number:
            record = await cursor.take()
            if record is not None:
                yield facts, record

    async def _facts(self, cursor: Cursor) -> StepFacts | None:
        """Of which step the next record is; None at the end."""
        while (record := await cursor.peek()) is not None:
            try:
                return facts_of(record)
            except InvalidRecord as error:
                self.unplaced.append((record, str(error)))
                await cursor.take()
        return None


class ForwardSource:
    """A log as a source for the consolidation, for reads that go forward: each partition is read once."""

    def __init__(self, log: Log, bounds: Mapping[Partition, Bounds]) -> None:
        self._log = log
        self._bounds = bounds
        self._cursors: dict[Partition, tuple[int, Cursor]] = {}

    async def bounds(self, places: Sequence[Partition]) -> dict[Partition, Bounds]:
        """First and next offset of partitions, as when the audit began."""
        return {place: self._bounds.get(place, Bounds(0, 0)) for place in places}

    async def read(self, place: Partition, bounds: Bounds) -> AsyncIterator[StoredRecord]:
        """The records of a partition whose offsets lie in the bounds, in order."""
        read_up_to, cursor = self._cursors.get(place, (0, None))
        if cursor is None or bounds.first < read_up_to:
            await self._close(cursor)
            cursor = Cursor(self._log, place, Bounds(bounds.first, self._bounds[place].next))
        self._cursors[place] = (bounds.first, cursor)
        while (record := await cursor.peek()) is not None and record.offset < bounds.next:
            await cursor.take()
            self._cursors[place] = (record.offset + 1, cursor)
            if record.offset >= bounds.first:
                yield record

    async def close(self) -> None:
        """Let go of all partitions."""
        for _, cursor in self._cursors.values():
            await self._close(cursor)

    @staticmethod
    async def _close(cursor: Cursor | None) -> None:
        if cursor is not None:
            await cursor.close()


class InputReader:
    """Reads what each step has read: the contact log, partition by partition, up to positions."""

    def __init__(self, log: Log, bounds: Mapping[Partition, Bounds]) -> None:
        self._source = ForwardSource(log, bounds)
        self._log = ContactLog(self._source, log.prefix)
        numbers = sorted({place.number for place in bounds})
        self._cursors = {
            number: Cursor(log, self._log.place(number), bounds[self._log.place(number)])
            for number in numbers
        }

    async def up_to(self, positions: Mapping[int, int], restored: int) -> dict[str, list[Input]]:
        """What is new up to the positions, by article."""
        found: dict[str, list[Input]] = {}
        for number, cursor in self._cursors.items():
            records = [one async for one in _before(cursor, (restored, positions.get(number, 0) - 1))]
            found |= await self._log.inputs_of(number, records)
        return found

    async def left(self) -> dict[Partition, tuple[int, int]]:
        """Of each partition that no step has read to its end: the first offset that is left, and how many."""
        found = {}
        for cursor in self._cursors.values():
            first = await cursor.peek()
            count = 0
            while await cursor.take() is not None:
                count += 1
            if first is not None:
                found[cursor.place] = (first.offset, count)
        return found

    async def close(self) -> None:
        """Let go of all partitions."""
        await self._source.close()
        for cursor in self._cursors.values():
            await cursor.close()


async def _before(cursor: Cursor, last: tuple[int, int]) -> AsyncIterator[StoredRecord]:
    """The next records, up to and with the one at a position."""
    while (record := await cursor.peek()) is not None and not is_before(last, offsets_of(record)):
        await cursor.take()
        yield record
