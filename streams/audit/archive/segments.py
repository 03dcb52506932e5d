"""The segments of an archive: consecutive records of one partition in one compressed file that describes itself.

A segment is one zstandard frame with a checksum. In it, a line of JSON says which records follow, how many bytes
they have and which digest; then come the records, each field with its length, null apart from empty. Nothing of
what Kafka keeps of a record is left out.

Pure: records in, bytes out, and back.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator
from typing import Literal

import zstandard
from pydantic import ValidationError

from readout.schemas.envelope import Header, canonical_json
from readout.schemas.event import Part, Sha256
from readout.schemas.ids import sha256_hex
from readout.streams.errors import InvalidRecord, describe
from readout.streams.kafka.connection import Partition, StoredRecord

FORMAT: Literal["readout segment 1"] = "readout segment 1"
_LEVEL = 3
_MOST_BYTES = 1 << 30
_CHUNK_BYTES = 1 << 20
_FIXED = struct.Struct(">qbqI")
_LENGTH = struct.Struct(">I")
_NULL = 0xFFFFFFFF


class SegmentHeader(Part):
    """What a segment says of itself; `next` is one past the offset of its last record."""

    format: Literal["readout segment 1"]
    topic: str
    partition: int
    first: int
    next: int
    records: int
    bytes: int
    sha256: Sha256


class SegmentBuilder:
    """Collects the records of a segment, at least one, of one partition and in order, in their encoded form."""

    def __init__(self, place: Partition) -> None:
        self.records = 0
        self.first = self.next = 0
        self._place = place
        self._body = bytearray()

    @property
    def size(self) -> int:
        """How many bytes the records take before compression."""
        return len(self._body)

    def add(self, record: StoredRecord) -> None:
        """Take the next record."""
        if not self.records:
            self.first = record.offset
        self.next = record.offset + 1
        self.records += 1
        self._body += _encoded(record)

    def file(self) -> bytes:
        """The file of the segment."""
        header = SegmentHeader(
            format=FORMAT,
            topic=self._place.topic,
            partition=self._place.number,
            first=self.first,
            next=self.next,
            records=self.records,
            bytes=len(self._body),
            sha256=hashlib.sha256(self._body).hexdigest(),
        )
        line = canonical_json(header.model_dump()) + b"\n"
        compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compressobj(
            size=len(line) + len(self._body)
        )
        return compressor.compress(line) + compressor.compress(self._body) + compressor.flush()


def open_segment(data: bytes) -> tuple[SegmentHeader, Iterator[StoredRecord]]:
    """What a segment says of itself, and its records as far as they can be read.

    The records raise InvalidRecord after the last readable one, if the segment is truncated or was changed.

    Raises:
        InvalidRecord: it does not say what it is.
    """
    content, damage = _decompressed(data)
    line, _, body = content.partition(b"\n")
    header = _header(line, damage)
    if damage is None and sha256_hex(body) != header.sha256:
        damage = "its records do not have the digest that it names"
    return header, _records(header, body, damage)


def decode_segment(data: bytes) -> Iterator[StoredRecord]:
    """The records of a segment, as `open_segment` gives them."""
    return open_segment(data)[1]


def record_size(record: StoredRecord) -> int:
    """How many bytes a record takes in a segment before compression."""
    headers = sum(2 * _LENGTH.size + len(name) + len(value or b"") for name, value in record.headers)
    return _FIXED.size + 2 * _LENGTH.size + len(record.key or b"") + len(record.value or b"") + headers


def _encoded(record: StoredRecord) -> bytes:
    parts = [_FIXED.pack(record.offset, record.timestamp_type, record.timestamp, len(record.headers))]
    parts += [_framed(record.key), _framed(record.value)]
    for name, value in record.headers:
        parts += [_framed(name.encode()), _framed(value)]
    return b"".join(parts)


def _framed(data: bytes | None) -> bytes:
    return _LENGTH.pack(_NULL) if data is None else _LENGTH.pack(len(data)) + data


def _decompressed(data: bytes) -> tuple[bytes, str | None]:
    """The content as far as it can be had, and what is wrong with the rest."""
    content = bytearray()
    try:
        with zstandard.ZstdDecompressor().stream_reader(data) as reader:
            while chunk := reader.read(_CHUNK_BYTES):
                content += chunk
                if len(content) > _MOST_BYTES:
                    return bytes(content), f"it holds more than {_MOST_BYTES} bytes"
    except zstandard.ZstdError as error:
        return bytes(content), f"it cannot be decompressed: {error}"
    return bytes(content), None


def _header(line: bytes, damage: str | None) -> SegmentHeader:
    try:
        return SegmentHeader.model_validate_json(line)
    except ValidationError as error:
        raise InvalidRecord(damage or f"it does not begin as a segment: {describe(error)}") from None


def _records(header: SegmentHeader, body: bytes, damage: str | None) -> Iterator[StoredRecord]:
    view, start = memoryview(body), 0
    for _ in range(header.records):
        try:
            offset, timestamp_type, timestamp, count = _FIXED.unpack_from(view, start)
            fields, start = _fields(view, start + _FIXED.size, 2 + 2 * count)
            headers = _headers(fields[2:])
        except (struct.error, UnicodeDecodeError):
            raise InvalidRecord("it ends in the middle of a record") from None
        yield StoredRecord(
            header.topic, header.partition, offset, timestamp, timestamp_type, fields[0], fields[1], headers
        )
    if damage:
        raise InvalidRecord(damage)


def _fields(view: memoryview, start: int, count: int) -> tuple[list[bytes | None], int]:
    fields: list[bytes | None] = []
    for _ in range(count):
        (length,) = _LENGTH.unpack_from(view, start)
        start += _LENGTH.size
        if length == _NULL:
            fields.append(None)
            continue
        if start + length > len(view):
            raise struct.error
        fields.append(bytes(view[start : start + length]))
        start += length
    return fields, start


def _headers(fields: list[bytes | None]) -> tuple[Header, ...]:
    pairs: Iterable[tuple[bytes | None, bytes | None]] = zip(fields[::2], fields[1::2], strict=True)
    return tuple(((name or b"").decode(), value) for name, value in pairs)
