"""Read an archive as a log: every digest is checked on the way, and a damaged segment is named.

Reads:  the folder that `archive` writes
Writes: nothing
What there is to read follows from the folder and the index together. Neither can hide what the other shows: a
segment that the index leaves out is read all the same, and reported.
"""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from readout.schemas.ids import sha256_hex
from readout.streams.audit.archive.files import read_regular
from readout.streams.audit.archive.index import (
    INDEX,
    ArchiveIndex,
    SegmentEntry,
    index_bytes,
    parse_index,
    segment_file,
)
from readout.streams.audit.archive.segments import MOST_BYTES, SegmentHeader, open_segment, segment_header
from readout.streams.audit.archive.statement import check_statement
from readout.streams.audit.proof.notes import PublicKey
from readout.streams.errors import ConfigurationError, InvalidRecord, ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.topics import CONTACTS, KEPT

_SEGMENT = re.compile(r"(?P<first>\d{20})\.zst")
_NUMBER = re.compile(r"0|[1-9]\d{0,3}")
_NOWHERE = Partition(INDEX, 0)


@dataclass(frozen=True, slots=True)
class Damage:
    """Something in an archive that is not as it must be; `next` is one past its last offset."""

    file: str
    topic: str
    partition: int
    first: int
    next: int
    reason: str

    def __str__(self) -> str:
        """One line."""
        if self.next <= self.first:
            return f"{self.file}: {self.reason}"
        return (
            f"{self.file}: {self.reason} ({self.topic} partition {self.partition}, "
            f"offsets {self.first} to {self.next - 1})"
        )


class ArchiveLog:
    """The records of an archive.

    Damage stops the reading, unless there is somebody to report it to: then what can be read goes on.
    """

    def __init__(
        self, folder: Path, report: Callable[[Damage], None] | None = None, *, segment_bytes: int = MOST_BYTES
    ) -> None:
        """Open an archive; a segment with more than `segment_bytes` of records is not read.

        Raises:
            ConfigurationError: the folder holds none.
        """
        data = index_bytes(folder)
        if data is None:
            raise ConfigurationError(f"{folder} is no archive: it has no {INDEX}")
        self.folder = folder
        self.report = report
        self._index_bytes = data
        self._index = parse_index(data, folder)
        self.prefix = self._index.prefix
        self._segment_bytes = segment_bytes
        self._reported: set[str] = set()
        named = {entry.file for entry in self._index.segments}
        self._left_out = [found for found in _files(folder) if segment_file(*found) not in named]
        unknown = [entry for found in self._left_out if (entry := self._entry_of(*found)) is not None]
        self._segments = _by_place((*self._index.segments, *unknown))
        self._bounds = _bounds(self._index, self._segments)

    def check_files(self) -> None:
        """Compare the folder with the index, and the JSON Schemas in it with their digests.

        Raises:
            ReplayMismatch: they differ and nobody takes reports.
        """
        self._check_layout()
        for entry in self._index.schemas:
            try:
                content = read_regular(self.folder, entry.file, self._segment_bytes)
            except (FileNotFoundError, InvalidRecord) as error:
                self._wrong(entry.file, f"it cannot be read: {_said(error)}")
                continue
            if sha256_hex(content) != entry.sha256:
                self._wrong(entry.file, "it is not the schema that the index names")

    def check_statement(self, key: PublicKey | None) -> str:
        """Who vouches for the archive, in words.

        Raises:
            ReplayMismatch: a statement is not about this archive, or not signed by the key.
        """
        return check_statement(self.folder, self._index_bytes, key)

    async def partitions(self) -> int:
        """How many partitions each topic has, by what there is: the index alone may say anything."""
        return max((place.number + 1 for place in self._bounds), default=0)

    async def bounds(self, places: Sequence[Partition]) -> dict[Partition, Bounds]:
        """First and next offset of partitions."""
        return {place: self._bounds.get(place, Bounds(0, 0)) for place in places}

    async def read(self, place: Partition, bounds: Bounds) -> AsyncIterator[StoredRecord]:
        """The records of a partition whose offsets lie in the bounds, in order.

        Raises:
            ReplayMismatch: a segment is damaged and nobody takes reports.
        """
        expected = self._bounds.get(place, Bounds(0, 0)).first
        for entry in self._segments.get(place, ()):
            if entry.first < expected:
                self._damaged(entry, "it overlaps the segment before it")
                continue
            expected = entry.next
            if entry.next <= bounds.first or entry.first >= bounds.next:
                continue
            async for record in self._read_segment(entry):
                if bounds.first <= record.offset < bounds.next:
                    yield record

    async def _read_segment(self, entry: SegmentEntry) -> AsyncIterator[StoredRecord]:
        try:
            data = self._content(entry.file)
            if sha256_hex(data) != entry.sha256:
                self._damaged(entry, "it does not have the digest that the index names")
            header, records = open_segment(data, self._segment_bytes)
            _compare(entry, header)
            for record in records:
                yield record
        except FileNotFoundError:
            self._damaged(entry, "it is not there")
        except InvalidRecord as error:
            self._damaged(entry, str(error))

    def _content(self, file: str) -> bytes:
        return read_regular(self.folder, file, self._segment_bytes)

    def _entry_of(self, place: Partition, first: int) -> SegmentEntry | None:
        """What the index should have said of a segment that it leaves out; None if it is none."""
        file = segment_file(place, first)
        try:
            data = self._content(file)
            said = segment_header(data)
            return SegmentEntry(
                file=file,
                topic=said.topic,
                partition=said.partition,
                first=said.first,
                next=said.next,
                records=said.records,
                sha256=sha256_hex(data),
            )
        except (InvalidRecord, ValueError, FileNotFoundError):
            # That the index leaves it out is reported anyway.
            return None

    def _check_layout(self) -> None:
        """Report where index and folder contradict each other."""
        for place, first in self._left_out:
            self._wrong(
                segment_file(place, first),
                f"{INDEX} leaves it out: an archive run was interrupted (run it again), or the index was changed",
                place,
                first,
            )
        for place, reason in _contradictions(self._index):
            self._wrong(INDEX, reason, place)

    def _wrong(self, file: str, reason: str, place: Partition = _NOWHERE, offset: int = 0) -> None:
        self._tell(
            Damage(file, place.topic, place.number, offset, offset, reason), f"{file} {place} {reason}"
        )

    def _damaged(self, entry: SegmentEntry, reason: str) -> None:
        damage = Damage(entry.file, entry.topic, entry.partition, entry.first, entry.next, reason)
        self._tell(damage, entry.file)

    def _tell(self, damage: Damage, once: str) -> None:
        if self.report is None:
            raise ReplayMismatch(f"damaged archive {self.folder}: {damage}")
        if once not in self._reported:
            self._reported.add(once)
            self.report(damage)


def _by_place(entries: Iterable[SegmentEntry]) -> dict[Partition, list[SegmentEntry]]:
    """The segments of each partition, by their first offset."""
    segments: defaultdict[Partition, list[SegmentEntry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda one: one.first):
        segments[entry.place].append(entry)
    return dict(segments)


def _bounds(index: ArchiveIndex, segments: dict[Partition, list[SegmentEntry]]) -> dict[Partition, Bounds]:
    """How far each partition reaches, by everything that speaks of it."""
    reaches = [(Partition(one.topic, one.partition), Bounds(one.first, one.next)) for one in index.reach]
    reaches += [
        (place, Bounds(one.first, one.next)) for place, entries in segments.items() for one in entries
    ]
    found: dict[Partition, Bounds] = {}
    for place, reach in reaches:
        known = found.get(place, reach)
        found[place] = Bounds(min(known.first, reach.first), max(known.next, reach.next))
    return found


def _files(folder: Path) -> Iterator[tuple[Partition, int]]:
    """The segments that lie in the folder, whatever the index says: where they belong and their first offset."""
    for topic in sorted(_names(folder)):
        for number in filter(_NUMBER.fullmatch, sorted(_names(folder / topic))):
            for name in sorted(_names(folder / topic / number)):
                if segment := _SEGMENT.fullmatch(name):
                    yield Partition(topic, int(number)), int(segment["first"])


def _names(folder: Path) -> list[str]:
    """What is in a folder; nothing, if it is none or a link to one."""
    if folder.is_symlink():
        return []
    try:
        return [path.name for path in folder.iterdir()]
    except OSError:
        return []


def _contradictions(index: ArchiveIndex) -> Iterator[tuple[Partition, str]]:
    """Where an index says one thing and another."""
    ours = {index.prefix + topic.stem for topic in KEPT}
    segments = _by_place(index.segments)
    reach = {Partition(one.topic, one.partition): Bounds(one.first, one.next) for one in index.reach}
    for place in sorted({*reach, *segments}):
        if place.topic not in ours:
            yield place, f"it names topic {place.topic!r}, which is none of {index.prefix!r}"
    for place, entries in segments.items():
        low, high = min(one.first for one in entries), max(one.next for one in entries)
        said = reach.get(place)
        if said is None:
            yield place, f"it does not say how far {place.topic}/{place.number} reaches"
        elif low < said.first or high > said.next:
            yield (
                place,
                (
                    f"it says that {place.topic}/{place.number} reaches from {said.first} to before {said.next}, "
                    f"and names segments from {low} to before {high}"
                ),
            )
    added = index.prefix + CONTACTS.stem
    if all(place.topic != added for place in reach):
        ours.discard(added)  # an archive from before there was this topic
    if {Partition(topic, number) for topic in ours for number in range(index.partitions)} != set(reach):
        yield (
            _NOWHERE,
            (
                f"it says that there are {index.partitions} partitions a topic, and does not tell how far each "
                f"of them reaches: an archive run was interrupted (run it again), or the index was changed"
            ),
        )


def _compare(entry: SegmentEntry, header: SegmentHeader) -> None:
    said = (header.topic, header.partition, header.first, header.next, header.records)
    if said != (entry.topic, entry.partition, entry.first, entry.next, entry.records):
        raise InvalidRecord(
            f"it is the segment of {header.topic} partition {header.partition}, offsets {header.first} to "
            f"{header.next - 1}: swapped"
        )


def _said(error: Exception) -> str:
    return "it is not there" if isinstance(error, FileNotFoundError) else str(error)
