"""Erase an article from an archive: the content of all its records goes, their leaves and everything else stay.

Reads:  the segments of an archive
Writes: the index, then those segments that held a record of the article; a signed archive is signed anew
What was is overwritten in its file; a medium that keeps older blocks, and other copies, are beyond our reach.
After a crash the archive is what it was, or is found damaged; the next run ends what was begun. Nothing is written
over an archive that is not whole, so that no forgery gets a new digest from us.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from readout.schemas.checkpoints import TOPIC
from readout.schemas.envelope import canonical_json
from readout.schemas.ids import sha256_hex
from readout.streams.audit.archive.files import read_regular
from readout.streams.audit.archive.index import (
    ArchiveIndex,
    SegmentEntry,
    index_bytes,
    parse_index,
    write_index,
    write_whole,
)
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.segments import MOST_BYTES, SegmentBuilder, decode_segment
from readout.streams.audit.archive.statement import check_statement, drop_statement, sign_archive
from readout.streams.audit.facts import header
from readout.streams.audit.proof.erasures import erased_record, first_erasure
from readout.streams.audit.proof.notes import PrivateKey, PublicKey
from readout.streams.errors import ConfigurationError, InvalidRecord, ReplayMismatch
from readout.streams.kafka.connection import StoredRecord

_NAMES = ("ce_subject", "ce_correlationid")


@dataclass(frozen=True, slots=True)
class Request:
    """Whose content goes, why, when (RFC 3339), and who signs for it."""

    article: str
    reason: str
    time: str
    key: PrivateKey

    def covers(self, record: StoredRecord) -> bool:
        """Is it a record of the article: a revision, what was derived from it, its manifest or its dead letter?"""
        if record.key == self.article.encode():
            return True
        if any(header(record, name) == self.article for name in _NAMES):
            return True
        return b'"article_id":' + canonical_json(self.article) in (record.value or b"")


def erase_article(folder: Path, request: Request, *, dry_run: bool = False) -> list[StoredRecord]:
    """Erase an article from an archive; the records that stand in place of its own, or would.

    Raises:
        ConfigurationError: there is no archive, no such article in it, or the reason is no line.
        ReplayMismatch: a segment is damaged: what it holds is not known.
    """
    index = _opened(folder, request.key.public)
    erased: list[StoredRecord] = []
    files: dict[str, bytes] = {}
    for entry in index.segments:
        if entry.topic == index.prefix + TOPIC:
            continue
        records = _records(folder, entry)
        found = [
            one for one in records if request.covers(one) and not first_erasure(one, [request.key.public])
        ]
        instead = {one.offset: erased_record(one, request.key, request.time, request.reason) for one in found}
        erased += instead.values()
        if instead:
            files[entry.file] = _segment(entry, [instead.get(one.offset, one) for one in records])
    if not erased:
        raise ConfigurationError(f"{folder} holds no record of an article {request.article!r}")
    if not dry_run:
        was_signed = drop_statement(folder)
        _write(folder, index, files)
        if was_signed:
            sign_archive(folder, request.key)
    return erased


def _write(folder: Path, index: ArchiveIndex, files: Mapping[str, bytes]) -> None:
    segments = tuple(
        entry.model_copy(update={"sha256": sha256_hex(files[entry.file])}) if entry.file in files else entry
        for entry in index.segments
    )
    for file, data in files.items():
        write_whole(_staged(folder, file), data)
    write_index(folder, index.model_copy(update={"segments": segments}))
    for file in files:
        _staged(folder, file).replace(folder / file)


def _opened(folder: Path, key: PublicKey) -> ArchiveIndex:
    """The index of an archive that is whole, and is what the key has signed, if that has signed it."""
    stored = index_bytes(folder)
    if stored is None:
        raise ConfigurationError(f"{folder} is no archive: it has no index.json")
    index = parse_index(stored, folder)
    for entry in index.segments:
        _finish(folder, entry)
    ArchiveLog(folder).check_files()
    check_statement(folder, stored, key)
    return index


def _finish(folder: Path, entry: SegmentEntry) -> None:
    """End what an earlier run has begun: the index names the new segment, or it does not."""
    staged = _staged(folder, entry.file)
    if not staged.is_file():
        return
    if sha256_hex(staged.read_bytes()) == entry.sha256:
        staged.replace(folder / entry.file)
    else:
        staged.unlink()


def _staged(folder: Path, file: str) -> Path:
    return folder / f"{file}.erased"


def _records(folder: Path, entry: SegmentEntry) -> list[StoredRecord]:
    try:
        data = read_regular(folder, entry.file, MOST_BYTES)
        if sha256_hex(data) != entry.sha256:
            raise InvalidRecord("it does not have the digest that the index names")  # noqa: TRY301 - one refusal
        return list(decode_segment(data))
    except FileNotFoundError:
        raise ReplayMismatch(f"{folder / entry.file} is not there: nothing was erased") from None
    except InvalidRecord as error:
        raise ReplayMismatch(f"{folder / entry.file} is damaged: {error}; nothing was erased") from None


def _segment(entry: SegmentEntry, records: list[StoredRecord]) -> bytes:
    segment = SegmentBuilder(entry.place)
    for record in records:
        segment.add(record)
    return segment.file()
