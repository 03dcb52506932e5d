"""Archive a log: a lossless copy in compressed segments, resumed where the last run ended.

Reads:  a log, live or archived
Writes: a folder of segments, the JSON Schemas, the index that names them with their digests, and last, with a
        key, the signed statement that this index is whole
A crash leaves at most a file that no index names; the next run writes it again.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from readout.schemas.contract import contract_files
from readout.schemas.ids import sha256_hex
from readout.streams.audit.archive.files import read_regular
from readout.streams.audit.archive.index import (
    ArchiveIndex,
    SchemaEntry,
    SegmentEntry,
    index_bytes,
    read_index,
    segment_file,
    write_index,
    write_whole,
)
from readout.streams.audit.archive.segments import (
    MOST_HEADERS,
    SegmentBuilder,
    decode_segment,
    record_size,
)
from readout.streams.audit.archive.statement import drop_statement, sign_archive
from readout.streams.audit.log import Log, snapshot
from readout.streams.audit.proof.erasures import leaf_hash_of
from readout.streams.audit.proof.notes import PrivateKey
from readout.streams.errors import ConfigurationError, InvalidRecord, ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.reader import closing

_SEGMENT_BYTES = 4 * 1024 * 1024
# A crash costs so much at most; writing the index after every segment would cost more, the longer the log.
_SAVE_BYTES = 64 * 1024 * 1024
# Nobody archives into a folder of strangers: here only the largest possible record matters.
_RESUME_BYTES = 1 << 30

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Archived:
    """What one run has added, and what a person should know of it.

    `unsigned` says that a statement was taken away because it was no longer true; `unseen` are the partitions whose
    beginning is gone from the log, so that nothing could be compared with what was archived.
    """

    records: int
    segments: int
    unsigned: bool
    unseen: tuple[Partition, ...]


async def write_archive(
    log: Log,
    folder: Path,
    bounds: dict[Partition, Bounds] | None = None,
    *,
    key: PrivateKey | None = None,
    advance: Advance | None = None,
) -> Archived:
    """Copy what the archive does not hold yet.

    Args:
        log: what to copy.
        folder: the archive; made if it is not there.
        bounds: how far; None for all there is.
        key: signs that the archive is whole.
        advance: is told how many more records are safe.

    Raises:
        ConfigurationError: the folder holds something else, or another installation's archive.
        ReplayMismatch: the log is not the one that the archive was made of, or has lost records since.
    """
    index = _opened(folder, log.prefix, await log.partitions())
    old, stored = index, index_bytes(folder)
    reaches = bounds or await snapshot(log)
    unseen = tuple(place for place, reach in reaches.items() if _is_unseen(index, place, reach))
    write_index(folder, index)
    for place, reach in reaches.items():
        index = await _copy_partition(log, folder, index, place, reach, advance)
    unsigned = key is None and index_bytes(folder) != stored and drop_statement(folder)
    if key is not None:
        sign_archive(folder, key)
    records = sum(entry.records for entry in index.segments) - sum(entry.records for entry in old.segments)
    return Archived(records, len(index.segments) - len(old.segments), unsigned, unseen)


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
        return max(reach.first, known.next)
    where = f"{place.topic}/{place.number}"
    if reach.next < known.next:
        raise ReplayMismatch(
            f"{where} ends before offset {reach.next}, but was archived up to before {known.next}: records were "
            f"lost, or the topic was made anew; keep this archive, and archive what there is into another folder"
        )
    if reach.first > known.next:
        raise ReplayMismatch(
            f"{where} begins at offset {reach.first}: offsets {known.next} to {reach.first - 1} were deleted "
            f"(by retention?) before they were archived; archive what is left into another folder"
        )
    if _is_unseen(index, place, reach):
        return known.next
    last = _last_record(folder, segments[-1])
    async with closing(log.read(place, Bounds(last.offset, last.offset + 1))) as records:
        async for record in records:
            if leaf_hash_of(record) == leaf_hash_of(last):
                return known.next
    raise ReplayMismatch(
        f"{where}@{last.offset} is not the record that was archived: this is another log, or it was changed; "
        f"`readout audit verify` says where"
    )


def _is_unseen(index: ArchiveIndex, place: Partition, reach: Bounds) -> bool:
    """Is the last archived record gone from the log, and nothing else that was not archived?"""
    segments = index.segments_of(place)
    return bool(segments) and segments[-1].next <= reach.first <= index.bounds(place).next


def _last_record(folder: Path, entry: SegmentEntry) -> StoredRecord:
    try:
        *_, last = decode_segment(read_regular(folder, entry.file, _RESUME_BYTES), _RESUME_BYTES)
    except (FileNotFoundError, InvalidRecord) as error:
        raise ReplayMismatch(f"damaged archive {folder}: {entry.file}: {error}") from None
    return last


async def _segments(log: Log, place: Partition, bounds: Bounds) -> AsyncIterator[SegmentBuilder]:
    segment = SegmentBuilder(place)
    async for record in log.read(place, bounds):
        if len(record.headers) > MOST_HEADERS:
            raise ReplayMismatch(
                f"{place.topic}/{place.number}@{record.offset} has {len(record.headers):,} headers: an archive "
                f"takes at most {MOST_HEADERS:,}"
            )
        if segment.records and segment.size + record_size(record) > _SEGMENT_BYTES:
            yield segment
            segment = SegmentBuilder(place)
        segment.add(record)
    if segment.records:
        yield segment


def _write_segment(folder: Path, place: Partition, segment: SegmentBuilder) -> SegmentEntry:
    data = segment.file()
    file = segment_file(place, segment.first)
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
