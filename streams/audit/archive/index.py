"""The index of an archive: which segments there are, how far each partition reaches, and the digest of every file.

Reads and writes: `index.json`, which is replaced as a whole
Deliberately absent: clocks and host names. Two archives of one log are equal to the byte.
The index is a table of contents and no proof of completeness: what there is to read follows from the folder too.
"""

import os
from pathlib import Path
from typing import Annotated, Literal, Self

import orjson
from pydantic import Field, ValidationError, model_validator

from readout.schemas.event import Part, Sha256
from readout.streams.audit.archive.files import read_regular
from readout.streams.errors import ConfigurationError, InvalidRecord, describe
from readout.streams.kafka.connection import Bounds, Partition

INDEX = "index.json"
_FORMAT: Literal["readout archive 1"] = "readout archive 1"
# About 60,000 segments: 200 GB of records before compression.
_MOST_BYTES = 16 * 1024 * 1024
# An index has a bracket or comma for every 25 bytes; one made of nothing else would take gigabytes when parsed.
_FEWEST_BYTES_EACH = 12
_MOST_PARTITIONS = 10_000

TopicName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9._-]{1,249}$")]
Number = Annotated[int, Field(ge=0, lt=_MOST_PARTITIONS)]
Offset = Annotated[int, Field(ge=0, lt=1 << 63)]


def segment_file(place: Partition, first: int) -> str:
    """The name of the segment whose first record has this offset."""
    return f"{place.topic}/{place.number}/{first:020d}.zst"


class SegmentEntry(Part):
    """A segment: its file, the partition and offsets that it covers, and its digest."""

    file: str
    topic: TopicName
    partition: Number
    first: Offset
    next: Offset
    records: Offset
    sha256: Sha256

    @model_validator(mode="after")
    def _is_named_for_its_place(self) -> Self:
        if self.file != segment_file(self.place, self.first):
            raise ValueError(f"a segment is named for its place: {segment_file(self.place, self.first)}")
        if not self.first < self.first + self.records <= self.next:
            raise ValueError("a segment has records, and offsets for all of them")
        return self

    @property
    def place(self) -> Partition:
        """The partition that the segment is of."""
        return Partition(self.topic, self.partition)


class SchemaEntry(Part):
    """A JSON Schema or example that travels with the archive."""

    file: Annotated[str, Field(pattern=r"^schemas/[a-zA-Z0-9][a-zA-Z0-9._-]*$")]
    sha256: Sha256


class PartitionEntry(Part):
    """How far a partition reaches; offsets without records may lie at its end."""

    topic: TopicName
    partition: Number
    first: Offset
    next: Offset


class ArchiveIndex(Part):
    """Everything that an archive holds."""

    format: Literal["readout archive 1"] = _FORMAT
    prefix: Annotated[str, Field(pattern=r"^[a-zA-Z0-9._-]*$")]
    partitions: Annotated[int, Field(ge=0, le=_MOST_PARTITIONS)]
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
    data = index_bytes(folder)
    return None if data is None else parse_index(data, folder)


def index_bytes(folder: Path) -> bytes | None:
    """The index as it is stored; None where there is none.

    Raises:
        ConfigurationError: there is one that cannot be read.
    """
    try:
        return read_regular(folder, INDEX, _MOST_BYTES)
    except FileNotFoundError:
        return None
    except InvalidRecord as error:
        raise ConfigurationError(f"{folder / INDEX} is no index of an archive: {error}") from None


def parse_index(data: bytes, folder: Path) -> ArchiveIndex:
    """Read an index; `folder` is for messages.

    Raises:
        ConfigurationError: it is none.
    """
    values = sum(map(data.count, (b"[", b"{", b",")))
    if values * _FEWEST_BYTES_EACH > len(data) + 1024:
        raise ConfigurationError(
            f"{folder / INDEX} is no index of an archive: {values:,} values in {len(data):,} bytes"
        )
    try:
        return ArchiveIndex.model_validate_json(data)
    except ValidationError as error:
        raise ConfigurationError(f"{folder / INDEX} is no index of an archive: {describe(error)}") from None


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
