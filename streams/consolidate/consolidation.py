"""Consolidate, exactly once: read what is new in the contact log, apply it, write what changes.

Reads:  contact-log and news; contacts, once, at start
Writes: contacts and contacts-current, a step in one Kafka transaction with the positions that it has read up to; on
        a broker without transactions each record acknowledged, and after a crash what is missing of the last step
The log is the checkpoint. Whatever fails, the outcome is unknown: open anew, and read it there.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from readout.schemas.contacts import ContactConsolidated, ContactEvent, ContactReport
from readout.schemas.envelope import Record, encode_value
from readout.schemas.event import Producer
from readout.streams.consolidate.inputs import ContactLog
from readout.streams.consolidate.rebuild import Standing, rebuild, records_of_step, starts_of
from readout.streams.consolidate.steps import Step, event_headers
from readout.streams.consolidate.store import ReportStore
from readout.streams.deliver.sleep_guard import SleepGuard
from readout.streams.deliver.unit_writer import send_all
from readout.streams.deliver.visible import until_visible
from readout.streams.errors import TransientError
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.kafka.reader import Reader
from readout.streams.log.topics import CONTACTS, CONTACTS_CURRENT, topic_name
from readout.streams.logs import EventLogger
from readout.streams.processors.consolidation.consolidation import Consolidator, events_between
from readout.streams.processors.consolidation.reports import Input, Knowledge, live_after
from readout.streams.processors.consolidation.state import consolidated
from readout.streams.settings import Settings

T = TypeVar("T")
log = EventLogger(__name__)
_REFILL_RECORDS = 500


@dataclass(frozen=True, slots=True)
class Consolidating:
    """Who consolidates with what; `recorded_time` gives the present in RFC 3339."""

    settings: Settings
    knowledge: Knowledge
    producer: Producer
    recorded_time: Callable[[], str]
    guard: SleepGuard

    @property
    def group(self) -> str:
        """The consumer group whose positions show the lag."""
        return f"{self.settings.group_id}-consolidate"


class ReaderSource:
    """Live topics as a source: one reader, which reads one thing at a time."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.bounds = reader.bounds

    def read(self, place: Partition, bounds: Bounds) -> AsyncIterator[StoredRecord]:
        """The records of a partition whose offsets lie in the bounds, in order."""
        return self._reader.read({place: bounds.first}, {place: bounds.next})


class Consolidation:
    """The one consolidation of an installation: `open`, any number of `step`, `close`."""

    def __init__(self, consolidating: Consolidating) -> None:
        self._with = consolidating
        self._settings = settings = consolidating.settings
        self._is_transactional = settings.delivery == "transactional"
        self._reader = Reader(settings)
        self._source = ReaderSource(self._reader)
        self._log = ContactLog(self._source, settings.topic_prefix)
        self.producer = RecordProducer(
            settings,
            transactional_id=f"{settings.topic_prefix}readout-consolidator"
            if self._is_transactional
            else None,
            may_send=consolidating.guard.check,
        )
        self._store = ReportStore()
        self._consolidator = Consolidator(self._store, consolidating.producer)
        self.number = 0
        """The last step that is in the log."""
        self.behind: dict[int, int] = {}
        """How many records of the contact log are not taken in, by partition number, as of the last step."""
        self.positions: dict[int, int] = {}
        """The next offset of the contact log, by partition number."""

    async def open(self) -> None:
        """Fence whoever consolidated before, and read the state from the log.

        Raises:
            Fenced: this process did not run for a while.
            TransientError: the brokers do not answer.
            InvalidRecord: `contacts` holds what is none of ours.
        """
        self._with.guard.check()
        await self._in_time(self.producer.start())
        await self._in_time(self._reader.start())
        contacts = self._places(CONTACTS.stem)
        await until_visible(self._settings, self._reader, contacts)
        with self._store.together():
            standing = await rebuild(self._source, contacts, self._store)
        numbers = range(self._settings.partitions)
        self.positions = await starts_of(self._log, numbers, standing)
        self.number = standing.last.number if standing.last else 0
        was_empty = await self._refill()
        await self._finish(standing, is_refilled=was_empty and not standing.unfinished)
        if standing.producer not in (None, self._with.producer):
            await self._consolidate_again()
        log.info("consolidation.opened", step=self.number, positions=self.positions)

    async def step(self) -> int:
        """Take in what is new, up to a limit, and write what it changes; returns how many records were read.

        Raises:
            Fenced: somebody else consolidates now.
            TransientError: the brokers do not answer; close, and open another one.
        """
        bounds = await self._source.bounds([self._log.place(number) for number in self.positions])
        ends = {number: bounds[self._log.place(number)].next for number in self.positions}
        self.behind = {number: max(0, ends[number] - at) for number, at in self.positions.items()}
        if all(ends[number] <= position for number, position in self.positions.items()):
            return 0
        before = dict(self.positions)
        with self._store.together():
            events = await self._take_in(ends, limit=self._settings.consolidate_records)
        await self._write(self.number + 1, events)
        return sum(self.positions[number] - before[number] for number in before)

    async def close(self) -> None:
        """Let go of everything at once."""
        await self.producer.abandon()
        try:
            await self._reader.close()
        except TransientError as error:
            log.debug("consolidation.reader_lost", reason=str(error))
        self._store.close()

    async def _take_in(self, ends: Mapping[int, int], *, limit: int | None) -> Sequence[ContactEvent]:
        """Apply what the contact log holds before the ends, of each partition at most so many records."""
        articles: dict[str, tuple[ContactReport, ...]] = {}
        for number, end in ends.items():
            records, position = await self._next_records(number, end, limit)
            for article_id, inputs in (await self._log.inputs_of(number, records)).items():
                articles[article_id] = self._live(article_id, inputs)
            self.positions[number] = position
        return self._consolidator.apply(articles)

    def _live(self, article_id: str, inputs: Sequence[Input]) -> tuple[ContactReport, ...]:
        before = [one.report for one in self._store.of_article(article_id)]
        return live_after(before, inputs, self._with.knowledge)

    async def _next_records(self, number: int, end: int, limit: int | None) -> tuple[list[StoredRecord], int]:
        """The next records of a partition, and where they end; only an article larger than a step is cut."""
        start = self.positions[number]
        stop = end if limit is None else min(end, start + limit)
        if start >= stop:
            return [], start
        place = self._log.place(number)
        records = [record async for record in self._source.read(place, Bounds(start, stop))]
        if stop == end or not records or records[0].key == records[-1].key:
            return records, stop
        whole = [record for record in records if record.key != records[-1].key]
        cut = next(record.offset for record in records if record.offset > whole[-1].offset)
        return [record for record in records if record.offset < cut], cut

    async def _write(self, number: int, events: Sequence[ContactEvent]) -> None:
        """Write a step; one without events only moves the positions on, which nobody but people reads."""
        step = Step(number, dict(self.positions), events)
        records = step.records(self._with.recorded_time()) if events else ()
        await self._in_time(self._send(records))
        if events:
            self.number = number
            log.info("step.written", step=number, events=len(events), positions=step.positions)

    async def _send(self, records: Sequence[Record]) -> None:
        if not self._is_transactional:
            self._with.guard.check()
            await self._send_all([one for one in records if one.topic == CONTACTS.stem])
            await self._send_all([one for one in records if one.topic != CONTACTS.stem])
            return
        await self.producer.begin()
        await self._send_all(records)
        places = {self._log.place(number): offset for number, offset in self.positions.items()}
        await self.producer.add_positions(places, self._with.group)
        await self.producer.commit()

    async def _send_all(self, records: Sequence[Record]) -> None:
        await send_all(self.producer, self._settings, None, records)

    async def _finish(self, standing: Standing, *, is_refilled: bool) -> None:
        """Write what a writer without transactions has left out of its last step, in either topic.

        A table that was filled just now has all states already.
        """
        written = standing.unfinished or standing.newest
        if self._is_transactional or not written:
            return
        events = [one.event for one in written]
        facts = written[0].facts
        if standing.unfinished:
            with self._store.together():
                events = list(await self._take_in(facts.positions, limit=None))
        records = Step(facts.number, facts.positions, events).records(self._with.recorded_time())
        there = await self._written_in(facts.number)
        stems = (CONTACTS.stem,) if is_refilled else (CONTACTS.stem, CONTACTS_CURRENT.stem)
        left = [one for one in records if one.topic in stems and (one.topic, one.key) not in there]
        await self._in_time(self._send(left))
        self.number = facts.number

    async def _written_in(self, number: int) -> set[tuple[str, bytes | None]]:
        """Topic and key of the records of the last step that are there."""
        found: set[tuple[str, bytes | None]] = set()
        for stem in (CONTACTS.stem, CONTACTS_CURRENT.stem):
            for record in await records_of_step(self._source, self._places(stem), number):
                found.add((stem, record.key))
        return found

    async def _refill(self) -> bool:
        """Write all states to `contacts-current` if it is empty, as after a restore; returns whether it was."""
        bounds = await self._source.bounds(self._places(CONTACTS_CURRENT.stem))
        if any(reach.next for reach in bounds.values()):
            return False
        await self._write_current(
            ContactConsolidated(
                consolidated_id=consolidated_id,
                producer=self._with.producer,
                contact=consolidated(members),
            )
            for consolidated_id, members in self._store.contacts()
        )
        return True

    async def _write_current(self, states: Iterable[ContactConsolidated]) -> None:
        for some in batched(states, _REFILL_RECORDS):
            records = [
                Record(CONTACTS_CURRENT.stem, one.key.encode(), encode_value(one), event_headers(one))
                for one in some
            ]
            await self._in_time(self._send(records))

    async def _consolidate_again(self) -> None:
        """Other code has consolidated what is there: do it all again, and write what that changes as one step."""
        old = {
            found: frozenset(one.report.record_id for one in some) for found, some in self._store.contacts()
        }
        ends = dict(self.positions)
        self._store.clear()
        self._consolidator = Consolidator(self._store, self._with.producer)
        self.positions = dict.fromkeys(ends, 0)
        with self._store.together():
            while self.positions != ends:
                await self._take_in(ends, limit=_REFILL_RECORDS)
        new = {found: tuple(some) for found, some in self._store.contacts()}
        touched = {one.report.record_id for some in new.values() for one in some}
        events = list(events_between(old, new, touched, self._with.producer))
        log.info("consolidation.renewed", contacts=len(new), events=len(events))
        await self._write(self.number + 1, events)

    def _places(self, stem: str) -> list[Partition]:
        name = topic_name(self._settings, stem)
        return [Partition(name, number) for number in range(self._settings.partitions)]

    async def _in_time(self, work: Awaitable[None]) -> None:
        """Where the client cannot know better it tries for ever; whoever opens anew looks."""
        seconds = self._settings.request_timeout_seconds
        try:
            async with asyncio.timeout(seconds):
                await work
        except TimeoutError:
            raise TransientError(
                f"consolidating: the brokers did not answer within {seconds:.0f} s"
            ) from None


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Items in lists of a size; the last one may be shorter."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some
