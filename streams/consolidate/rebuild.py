"""The state at start, from the log alone: what each contact last was, and which step was the last.

Reads:  contacts
Writes: the store
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from readout.schemas.contacts import ContactEvent
from readout.schemas.event import Producer
from readout.streams.consolidate.inputs import ContactLog, Source, first_after
from readout.streams.consolidate.steps import Positions, StepFacts, facts_of, state_after
from readout.streams.consolidate.store import ReportStore
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.decoding import decode_event
from readout.streams.log.origin import origin_of


@dataclass(frozen=True, slots=True)
class Written:
    """An event that the log holds, and the record that holds it."""

    event: ContactEvent
    record: StoredRecord
    facts: StepFacts


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the log is consolidated.

    `last` is the last step that is whole; `unfinished` are the events of one after it that a writer without
    transactions has left behind, none if there is no such step.
    """

    last: StepFacts | None
    restored: int
    """How often the log was restored since the last step: its positions are those of before."""
    producer: Producer | None
    newest: tuple[Written, ...]
    unfinished: tuple[Written, ...]


async def rebuild(source: Source, places: Sequence[Partition], store: ReportStore) -> Standing:
    """Read all of `contacts` into the store.

    Raises:
        InvalidRecord: a record is none of ours; `readout audit verify` says more.
    """
    bounds = await source.bounds(places)
    newest_step = max(
        [one.number for place in places async for one in _tail(source, place, bounds[place])], default=0
    )
    newest: list[Written] = []
    last: Written | None = None
    for place in places:
        async for record in source.read(place, bounds[place]):
            written = decoded(record)
            if written.facts.number == newest_step:
                newest.append(written)
                continue
            store.note_state(written.event.consolidated_id, state_after(written.event))
            if last is None or written.facts.number > last.facts.number:
                last = written
    newest.sort(key=lambda one: one.facts.index)
    whole = bool(newest) and len(newest) == newest[0].facts.count
    if whole:
        for written in newest:
            store.note_state(written.event.consolidated_id, state_after(written.event))
        last = newest[-1]
    store.take_states()
    return Standing(
        last=last.facts if last else None,
        restored=origin_of(last.record).restored if last else 0,
        producer=last.event.producer if last else None,
        newest=tuple(newest) if whole else (),
        unfinished=() if whole else tuple(newest),
    )


def decoded(record: StoredRecord) -> Written:
    """The event of a record of `contacts`.

    Raises:
        InvalidRecord: it holds none.
    """
    event = decode_event(record.value, record.headers)
    if not isinstance(event, ContactEvent):
        raise InvalidRecord(f"{record.topic}/{record.partition}@{record.offset} is no event of contacts")
    return Written(event, record, facts_of(record))


async def starts_of(log: ContactLog, numbers: Sequence[int], standing: Standing) -> dict[int, int]:
    """Where to go on in each partition of the contact log; what was restored has other offsets than it had."""
    bounds = await log.source.bounds([log.place(number) for number in numbers])
    said: Positions = standing.last.positions if standing.last else {}
    found: dict[int, int] = {}
    for number in numbers:
        reach = bounds[log.place(number)]
        position = (standing.restored, said.get(number, 0) - 1)
        if standing.restored:
            found[number] = await first_after(log.source, log.place(number), reach, position)
        else:
            found[number] = max(reach.first, position[1] + 1)
    return found


async def records_of_step(source: Source, places: Sequence[Partition], number: int) -> list[StoredRecord]:
    """The records of the last step, by number, at the ends of partitions."""
    found: list[StoredRecord] = []
    for place, bounds in (await source.bounds(places)).items():
        length, start = 64, bounds.next
        some: list[StoredRecord] = []
        while start > bounds.first and (not some or _is_of(some[0], number)):
            start = max(bounds.first, bounds.next - length)
            some = [record async for record in source.read(place, Bounds(start, bounds.next))]
            length *= 4
        found += [record for record in some if _is_of(record, number)]
    return found


def _is_of(record: StoredRecord, number: int) -> bool:
    try:
        return facts_of(record).number == number
    except InvalidRecord:
        return False


async def _tail(source: Source, place: Partition, bounds: Bounds) -> AsyncIterator[StepFacts]:
    """The facts of the last record of a partition; transactions leave gaps, so several offsets are looked at."""
    length = 8
    while bounds.first < bounds.next:
        start = max(bounds.first, bounds.next - length)
        facts = [facts_of(record) async for record in source.read(place, Bounds(start, bounds.next))]
        if facts or start == bounds.first:
            for one in facts[-1:]:
                yield one
            return
        length *= 8
