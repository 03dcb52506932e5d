"""Archive a log: a lossless copy in compressed segments, resumed where the last run ended.

Reads:  a log, live or archived
Writes: a folder of segments, the JSON Schemas, and last the index that names them with their digests
A crash leaves at most a file that no index names; the next run writes it again.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from readout.schemas.contract import contract_files
from readout.schemas.ids import sha256_hex
from readout.streams.audit.archive.index import (
    ArchiveIndex,
    SchemaEntry,
    SegmentEntry,
    read_index,
    write_index,
    write_whole,
)
from readout.streams.audit.archive.segments import SegmentBuilder, decode_segment, record_size
from readout.streams.audit.log import Log, closing, snapshot
from readout.streams.audit.proof.erasures import leaf_hash_of
from readout.streams.errors import ConfigurationError, ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord

_SEGMENT_BYTES = 4 * 1024 * 1024
# A crash costs so much at most; writing the index after every segment would cost more, the longer the log.
_SAVE_BYTES = 64 * 1024 * 1024

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Archived:
    """What one run has added."""

    records: int
    segments: int


async def write_archive(
    log: Log, folder: Path, bounds: dict[Partition, Bounds] | None = None, *, advance: Advance | None = None
) -> Archived:
    """Copy what the archive does not hold yet.

    Args:
        log: what to copy.
        folder: the archive; made if it is not there.
        bounds: how far; None for all there is.
        advance: is told how many more records are safe.

    Raises:
        ConfigurationError: the folder holds something else, or another installation's archive.
        ReplayMismatch: the log is not the one that the archive was made of, or has lost records since.
    """
    index = _opened(folder, log.prefix, await log.partitions())
    before = (sum(entry.records for entry in index.segments), len(index.segments))
    write_index(folder, index)
    for place, reach in (bounds or await snapshot(log)).items():
        index = await _copy_partition(log, folder, index, place, reach, advance)
    after = (sum(entry.records for entry in index.segments), len(index.segments))
    return Archived(after[0] - before[0], after[1] - before[1])


def _opened(folder: Path, prefix: str, partitions: int) -> ArchiveIndex:
    index = read_index(folder)
    if index is None:
        if folder.is_dir() and any(folder.iterdir()):
            raise ConfigurationError(f"{folder} is not empty and no archive: choose another folder")
        return ArchiveIndex(prefix=prefix, partitions=partitions, schemas=_write_schemas(folder))
    if (index.prefix, index.partitions) != (prefix, partitions):
        raise ConfigurationError(
            f"{folder} is an archive of topics {index.prefix!r}… with {index.partitions} partitions, "
            f"not of {prefix!r}… with {partitions}"
        )
    return index


def _write_schemas(folder: Path) -> tuple[SchemaEntry, ...]:
    entries = []
    for name, content in contract_files():
        write_whole(folder / "schemas" / name, content)
        entries.append(SchemaEntry(file=f"schemas/{name}", sha256=sha256_hex(content)))
    return tuple(entries)


async def _copy_partition(
    log: Log, folder: Path, index: ArchiveIndex, place: Partition, reach: Bounds, advance: Advance | None
) -> ArchiveIndex:
    start = await _start(log, folder, index, place, reach)
    first = index.bounds(place).first if index.segments_of(place) else reach.first
    unsaved = 0
    async for segment in _segments(log, place, Bounds(start, reach.next)):
        entry = _write_segment(folder, place, segment)
        index = index.model_copy(update={"segments": (*index.segments, entry)})
        index = index.reaching(place, Bounds(first, entry.next))
        unsaved += segment.size
        if unsaved >= _SAVE_BYTES:
            write_index(folder, index)
            unsaved = 0
        if advance:
            advance(segment.records)
    index = index.reaching(place, Bounds(first, max(index.bounds(place).next, reach.next)))
    write_index(folder, index)
    return index


async def _start(log: Log, folder: Path, index: ArchiveIndex, place: Partition, reach: Bounds) -> int:
    """Where to go on, after a look at whether the log is still the one that was archived."""
    segments, known = index.segments_of(place), index.bounds(place)
    if not segments:
        return reach.first
    where = f"{place.topic}/{place.number}"
    if reach.next < known.next:
        raise ReplayMismatch(
            f"{where} ends at {reach.next}, but {known.next} was archived: records were lost"
        )
    last = _last_record(folder, segments[-1])
    async with closing(log.read(place, Bounds(last.offset, last.offset + 1))) as records:
        async for record in records:
            if leaf_hash_of(record) == leaf_hash_of(last):
                return known.next
    raise ReplayMismatch(f"{where}@{last.offset} is not the record that was archived: this is another log")


def _last_record(folder: Path, entry: SegmentEntry) -> StoredRecord:
    *_, last = decode_segment((folder / entry.file).read_bytes())
    return last


async def _segments(log: Log, place: Partition, bounds: Bounds) -> AsyncIterator[SegmentBuilder]:
    segment = SegmentBuilder(place)
    async for record in log.read(place, bounds):
        if segment.records and segment.size + record_size(record) > _SEGMENT_BYTES:
            yield segment
            segment = SegmentBuilder(place)
        segment.add(record)
    if segment.records:
        yield segment


def _write_segment(folder: Path, place: Partition, segment: SegmentBuilder) -> SegmentEntry:
    data = segment.file()
    file = f"{place.topic}/{place.number}/{segment.first:020d}.zst"
    write_whole(folder / file, data)
    return SegmentEntry(
        file=file,
        topic=place.topic,
        partition=place.number,
        first=segment.first,
        next=segment.next,
        records=segment.records,
        sha256=sha256_hex(data),
    )
