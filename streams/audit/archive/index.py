"""The index of an archive: which segments there are, how far each partition reaches, and the digest of every file.

Reads and writes: `index.json`, which is replaced as a whole; a segment that it does not name is none.
Deliberately absent: clocks and host names. Two archives of one log are equal to the byte.
"""

import os
from pathlib import Path
from typing import Literal

import orjson
from pydantic import ValidationError

from readout.schemas.event import Part, Sha256
from readout.streams.errors import ConfigurationError, describe
from readout.streams.kafka.connection import Bounds, Partition

INDEX = "index.json"
_FORMAT: Literal["readout archive 1"] = "readout archive 1"


class SegmentEntry(Part):
    """A segment: its file, the partition and offsets that it covers, and its digest."""

    file: str
    topic: str
    partition: int
    first: int
    next: int
    records: int
    sha256: Sha256

    @property
    def place(self) -> Partition:
        """The partition that the segment is of."""
        return Partition(self.topic, self.partition)


class SchemaEntry(Part):
    """A JSON Schema or example that travels with the archive."""

    file: str
    sha256: Sha256


class PartitionEntry(Part):
    """How far a partition reaches; offsets without records may lie at its end."""

    topic: str
    partition: int
    first: int
    next: int


class ArchiveIndex(Part):
    """Everything that an archive holds."""

    format: Literal["readout archive 1"] = _FORMAT
    prefix: str
    partitions: int
    reach: tuple[PartitionEntry, ...] = ()
    segments: tuple[SegmentEntry, ...] = ()
    schemas: tuple[SchemaEntry, ...] = ()

    def bounds(self, place: Partition) -> Bounds:
        """First and next offset of a partition; nothing of one that is not in the archive."""
        found = (entry for entry in self.reach if (entry.topic, entry.partition) == place)
        entry = next(found, None)
        return Bounds(entry.first, entry.next) if entry else Bounds(0, 0)

    def segments_of(self, place: Partition) -> list[SegmentEntry]:
        """The segments of a partition, in order."""
        return [entry for entry in self.segments if entry.place == place]

    def reaching(self, place: Partition, bounds: Bounds) -> "ArchiveIndex":
        """The index after a partition was archived up to these bounds."""
        others = [entry for entry in self.reach if (entry.topic, entry.partition) != place]
        entry = PartitionEntry(
            topic=place.topic, partition=place.number, first=bounds.first, next=bounds.next
        )
        reach = sorted((*others, entry), key=lambda one: (one.topic, one.partition))
        return self.model_copy(update={"reach": tuple(reach)})


def read_index(folder: Path) -> ArchiveIndex | None:
    """The index of an archive; None where there is none.

    Raises:
        ConfigurationError: there is one that cannot be read.
    """
    try:
        return ArchiveIndex.model_validate_json((folder / INDEX).read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise ConfigurationError(f"{folder / INDEX} is no index of an archive: {describe(error)}") from None
    except OSError as error:
        raise ConfigurationError(f"{folder / INDEX} cannot be read: {error.strerror}") from None


def write_index(folder: Path, index: ArchiveIndex) -> None:
    """Replace the index."""
    data = orjson.dumps(index.model_dump(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    write_whole(folder / INDEX, data + b"\n")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a crash leaves the old one or the new one, and never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
