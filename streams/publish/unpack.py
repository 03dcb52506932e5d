"""Unpack gzip and zip within bounds: what would become too large is refused before it is held in memory."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import IO

from readout.streams.errors import InvalidRecord
from readout.streams.publish.formats import is_source

# News as text packs to a third or a tenth; what packs better by far was made to harm.
_MOST_RATIO = 100
_SMALL_BYTES = 64 * 1024 * 1024
_BROKEN_GZIP = (EOFError, zlib.error, gzip.BadGzipFile)


def gunzip(stream: IO[bytes], most_bytes: int) -> bytes:
    """What a gzip file holds.

    Raises:
        InvalidRecord: damaged, or more than so many bytes.
    """
    try:
        with gzip.GzipFile(fileobj=stream) as unpacked:
            data = unpacked.read(most_bytes + 1)
    except _BROKEN_GZIP as error:
        raise InvalidRecord(f"no gzip, or a damaged one: {error}") from None
    if len(data) > most_bytes:
        raise InvalidRecord(f"it unpacks to more than {most_bytes:,} bytes: not read")
    return data


def zip_members(file: Path, most_bytes: int) -> Iterator[tuple[str, bytes | InvalidRecord]]:
    """The article files in a zip, sorted by name, one at a time.

    Raises:
        InvalidRecord: it is damaged, or unpacks to far more than it should; nothing was read from it.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = [
                one for one in archive.infolist() if is_source(PurePath(one.filename)) and not one.is_dir()
            ]
            _check_ratio(archive, file.stat().st_size)
            for member in sorted(members, key=lambda one: one.filename):
                yield member.filename, _member(archive, member, most_bytes)
    except zipfile.BadZipFile as error:
        raise InvalidRecord(f"no zip, or a damaged one: {error}") from None


def _check_ratio(archive: zipfile.ZipFile, packed: int) -> None:
    # A member never gives more than it declares, whatever it holds: zipfile stops there.
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > max(_SMALL_BYTES, packed * _MOST_RATIO):
        raise InvalidRecord(f"{packed:,} bytes would unpack to {unpacked:,}: not read")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most_bytes: int) -> bytes | InvalidRecord:
    if member.file_size > most_bytes:
        return InvalidRecord(f"it unpacks to more than {most_bytes:,} bytes: not read")
    if PurePath(member.filename).suffix == ".zip":
        return InvalidRecord("a zip within a zip is not opened")
    try:
        return archive.read(member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, *_BROKEN_GZIP) as error:
        return InvalidRecord(f"cannot be unpacked: {error}")
