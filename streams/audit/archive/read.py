"""Read an archive as a log: every digest is checked on the way, and a damaged segment is named.

Reads:  the folder that `archive` writes
Writes: nothing
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from readout.schemas.ids import sha256_hex
from readout.streams.audit.archive.index import ArchiveIndex, SegmentEntry, read_index
from readout.streams.audit.archive.segments import SegmentHeader, open_segment
from readout.streams.errors import ConfigurationError, InvalidRecord, ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord


@dataclass(frozen=True, slots=True)
class Damage:
    """A file of an archive that is not what the index says; `next` is one past its last offset."""

    file: str
    topic: str
    partition: int
    first: int
    next: int
    reason: str

    def __str__(self) -> str:
        """One line."""
        return (
            f"{self.file}: {self.reason} ({self.topic} partition {self.partition}, "
            f"offsets {self.first} to {self.next - 1})"
        )


class ArchiveLog:
    """The records of an archive.

    Damage stops the reading, unless there is somebody to report it to: then what can be read goes on.
    """

    def __init__(self, folder: Path, report: Callable[[Damage], None] | None = None) -> None:
        """Open an archive.

        Raises:
            ConfigurationError: the folder holds none.
        """
        index = read_index(folder)
        if index is None:
            raise ConfigurationError(f"{folder} is no archive: it has no index.json")
        self.prefix = index.prefix
        self._index: ArchiveIndex = index
        self._folder = folder
        self.report = report
        self._reported: set[str] = set()

    def check_schemas(self) -> None:
        """Compare the JSON Schemas in the archive with their digests.

        Raises:
            ReplayMismatch: one differs and nobody takes reports.
        """
        for entry in self._index.schemas:
            path = self._folder / entry.file
            if not path.is_file() or sha256_hex(path.read_bytes()) != entry.sha256:
                schema = SegmentEntry(
                    file=entry.file,
                    topic="schemas",
                    partition=0,
                    first=0,
                    next=1,
                    records=0,
                    sha256=entry.sha256,
                )
                self._damaged(schema, "it is not the schema that the index names")

    async def partitions(self) -> int:
        """How many partitions each topic has."""
        return self._index.partitions

    async def bounds(self, places: Sequence[Partition]) -> dict[Partition, Bounds]:
        """First and next offset of partitions."""
        return {place: self._index.bounds(place) for place in places}

    async def read(self, place: Partition, bounds: Bounds) -> AsyncIterator[StoredRecord]:
        """The records of a partition whose offsets lie in the bounds, in order.

        Raises:
            ReplayMismatch: a segment is damaged and nobody takes reports.
        """
        expected = self._index.bounds(place).first
        for entry in self._index.segments_of(place):
            if entry.first < expected:
                self._damaged(entry, "it overlaps the segment before it")
            expected = entry.next
            if entry.next <= bounds.first or entry.first >= bounds.next:
                continue
            async for record in self._read_segment(entry):
                if bounds.first <= record.offset < bounds.next:
                    yield record

    async def _read_segment(self, entry: SegmentEntry) -> AsyncIterator[StoredRecord]:
        try:
            data = (self._folder / entry.file).read_bytes()
        except OSError as error:
            self._damaged(entry, f"it cannot be read: {error.strerror}")
            return
        if sha256_hex(data) != entry.sha256:
            self._damaged(entry, "it does not have the digest that the index names")
        try:
            header, records = open_segment(data)
            _compare(entry, header)
            for record in records:
                yield record
        except InvalidRecord as error:
            self._damaged(entry, str(error))

    def _damaged(self, entry: SegmentEntry, reason: str) -> None:
        damage = Damage(entry.file, entry.topic, entry.partition, entry.first, entry.next, reason)
        if self.report is None:
            raise ReplayMismatch(f"damaged archive {self._folder}: {damage}")
        if entry.file not in self._reported:
            self._reported.add(entry.file)
            self.report(damage)


def _compare(entry: SegmentEntry, header: SegmentHeader) -> None:
    said = (header.topic, header.partition, header.first, header.next, header.records)
    if said != (entry.topic, entry.partition, entry.first, entry.next, entry.records):
        raise InvalidRecord(
            f"it is the segment of {header.topic} partition {header.partition}, offsets {header.first} to "
            f"{header.next - 1}: swapped"
        )
