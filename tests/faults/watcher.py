"""A subscriber who reads along while a crowd is at work: whatever it ever sees has to stay, and to be there once.

Reads:  the derived topics, manifests and dead-letters as a subscriber does: committed records, from the first on
Checks: nothing seen has gone or changed, nothing is seen twice, and at every manifest the records that it seals
        are in their topics by then
A broker shows a transaction topic by topic, so that a reader may come upon a manifest first. What holds at that
moment is that the brokers have the records: the ends of the topics are past them.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from readout.streams.deliver.confirmed import mark_of
from readout.streams.errors import TransientError
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.log.origin import own_headers
from readout.streams.log.subscribe import read_topics
from readout.streams.log.topics import DEAD_LETTERS, DERIVED, MANIFESTS, topic_name
from readout.streams.settings import Settings

_WATCHED = (*(topic.stem for topic in DERIVED), MANIFESTS.stem, DEAD_LETTERS.stem)
_CATCHES_UP_WITHIN_SECONDS = 30
_LOOK_AGAIN_SECONDS = 0.2
_COMPLAINTS_SHOWN = 20


class Place(NamedTuple):
    """Where a record is."""

    partition: Partition
    offset: int


class Mark(NamedTuple):
    """What no second record of a partition may have."""

    partition: Partition
    text: bytes


@dataclass
class Sightings:
    """What was seen, and what is wrong with it."""

    settings: Settings
    contents: dict[Place, bytes] = field(default_factory=dict)
    offsets: dict[Mark, int] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    _ends: dict[Mark, int] = field(default_factory=dict)

    def see(self, record: StoredRecord) -> list[Mark]:
        """Take note of a record; if it is a manifest, returns what it seals that was not seen yet."""
        partition = Partition(record.topic, record.partition)
        place, mark = Place(partition, record.offset), Mark(partition, mark_of(record.headers))
        content = content_of(record)
        if self.contents.setdefault(place, content) != content:
            self.complaints.append(f"{place} has changed")
        if self.offsets.setdefault(mark, record.offset) != record.offset:
            self.complaints.append(f"{place} is there a second time: {mark.text!r}")
        if record.topic != topic_name(self.settings, MANIFESTS.stem):
            return []
        return [one for one in self._sealed_by(record) if one not in self.offsets]

    def ended(self, marks: list[Mark], ends: Mapping[Partition, int]) -> None:
        """Where the topics ended when a manifest had been seen and these that it seals had not."""
        for mark in marks:
            self._ends.setdefault(mark, ends[mark.partition])

    def came_late(self) -> list[str]:
        """The records that were written after the manifest that seals them had been seen."""
        late = [mark for mark, end in self._ends.items() if self.offsets.get(mark, end) >= end]
        return [f"{mark.partition}: {mark.text!r} came after its manifest" for mark in late]

    def _sealed_by(self, manifest: StoredRecord) -> list[Mark]:
        event = json.loads(manifest.value or b"{}")
        if event["outcome"] == "dead-lettered":
            return []
        return [
            Mark(
                Partition(topic_name(self.settings, line["topic"]), manifest.partition),
                line["sha256"].encode(),
            )
            for line in (*event["live"], *event["withdrawn"])
        ]


@dataclass
class Watcher:
    """Reads along; `watching` starts and ends it."""

    settings: Settings
    sightings: Sightings
    _waiting: list[Mark] = field(default_factory=list)
    _is_waited_for: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self) -> None:
        """See everything, until cancelled; after an error go on where it was."""
        while True:
            with suppress(TransientError):
                async with Reader(self.settings) as reader:
                    async for record in reader.read(self._starts()):
                        self._note(record)
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def look_for_ends(self) -> None:
        """Ask for the ends of topics whenever something sealed was not seen, until cancelled."""
        while True:
            await self._is_waited_for.wait()
            self._is_waited_for.clear()
            marks, self._waiting = self._waiting, []
            with suppress(TransientError):
                # Committed or not: the ends of the transaction may not have reached every topic yet.
                async with Reader(self.settings, committed=False) as reader:
                    bounds = await reader.bounds({mark.partition for mark in marks})
                self.sightings.ended(marks, {place: bound.next for place, bound in bounds.items()})

    async def assert_that_it_stayed(self) -> None:
        """Wait until everything was seen that is there; then it must be all that was ever seen, and once.

        Raises:
            AssertionError: it is not.
        """
        there = {_place(one): content_of(one) async for one in read_topics(_WATCHED, settings=self.settings)}
        with suppress(TimeoutError):
            async with asyncio.timeout(_CATCHES_UP_WITHIN_SECONDS):
                while not there.keys() <= self.sightings.contents.keys():  # noqa: ASYNC110 - the brokers decide
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        assert there, "there is nothing to see"
        found = self.complaints(there)
        assert not found, f"{len(found)} complaints: {'; '.join(found[:_COMPLAINTS_SHOWN])}"

    def complaints(self, there: Mapping[Place, bytes]) -> list[str]:
        """What is wrong with what was seen, given what is there in the end."""
        seen = self.sightings.contents
        gone = [f"{place} did not stay" for place in seen if seen[place] != there.get(place)]
        unseen = [f"{place} was never seen" for place in there if place not in seen]
        return [*self.sightings.complaints, *gone, *unseen, *self.sightings.came_late()]

    def _starts(self) -> dict[Partition, int]:
        names = [topic_name(self.settings, stem) for stem in _WATCHED]
        starts = {Partition(name, n): 0 for name in names for n in range(self.settings.partitions)}
        for place in self.sightings.contents:
            starts[place.partition] = max(starts[place.partition], place.offset + 1)
        return starts

    def _note(self, record: StoredRecord) -> None:
        unseen = self.sightings.see(record)
        # Who is elected while the end of a topic moves from broker to broker may not know it at once.
        if unseen and self.settings.replication_factor == 1:
            self._waiting += unseen
            self._is_waited_for.set()


@asynccontextmanager
async def watching(settings: Settings) -> AsyncIterator[Watcher]:
    """A watcher for as long as the context lasts; the topics exist."""
    watcher = Watcher(settings, Sightings(settings))
    tasks = [asyncio.create_task(one) for one in (watcher.follow(), watcher.look_for_ends())]
    try:
        yield watcher
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            # Cancelled until now, or it has ended before with an error that must not go unseen.
            with suppress(asyncio.CancelledError):
                await task


def content_of(record: StoredRecord) -> bytes:
    """A digest of a record's key, value and headers, but for what tells two copies apart."""
    whole = repr((record.key, record.value, own_headers(record.headers))).encode()
    return hashlib.blake2b(whole, digest_size=16).digest()


def _place(record: StoredRecord) -> Place:
    return Place(Partition(record.topic, record.partition), record.offset)
