"""The segments of an archive: consecutive records of one partition in one compressed file that describes itself.

A segment is one zstandard frame with a checksum. In it, a line of JSON says which records follow, how many bytes
they have and which digest; then come the records, each field with its length, null apart from empty. Nothing of
what Kafka keeps of a record is left out.

Pure: records in, bytes out, and back.
"""

import hashlib
import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Literal

import zstandard
from pydantic import Field, ValidationError

from readout.schemas.envelope import Header, canonical_json
from readout.schemas.event import Part, Sha256
from readout.streams.errors import InvalidRecord, describe
from readout.streams.kafka.connection import Partition, StoredRecord

FORMAT: Literal["readout segment 1"] = "readout segment 1"
MOST_BYTES = 32 * 1024 * 1024
"""How many bytes of records a segment may hold, unless somebody says otherwise."""
_LEVEL = 3
_CHUNK_BYTES = 1 << 20
_HEADER_BYTES = 4096
# What level 3 asks for at most is 2 MiB; a frame may ask for gigabytes.
_WINDOW_BYTES = 8 * 1024 * 1024
MOST_HEADERS = 1 << 20
_FIXED = struct.Struct(">qbqI")
_LENGTH = struct.Struct(">I")
_SHORT_NAME = 64
_NULL = 0xFFFFFFFF


class SegmentHeader(Part):
    """What a segment says of itself; `next` is one past the offset of its last record."""

    format: Literal["readout segment 1"]
    topic: str
    partition: int
    first: int
    next: int
    records: Annotated[int, Field(ge=0)]
    bytes: Annotated[int, Field(ge=0)]
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


def open_segment(data: bytes, most_bytes: int = MOST_BYTES) -> tuple[SegmentHeader, Iterator[StoredRecord]]:
    """What a segment says of itself, and its records as far as they can be read.

    The records raise InvalidRecord after the last readable one, if the segment is truncated or was changed. No more
    is decompressed than the segment declares, and nothing of one that declares more than `most_bytes`.

    Raises:
        InvalidRecord: it does not say what it is, or is too large.
    """
    with _reader(data) as reader:
        header, content = _header(reader)
        if header.bytes > most_bytes:
            raise InvalidRecord(
                f"it declares {header.bytes:,} bytes of records; READOUT_MAX_SEGMENT_BYTES allows {most_bytes:,}"
            )
        damage = _fill(reader, content, header.bytes)
    if damage is None and hashlib.sha256(content).hexdigest() != header.sha256:
        damage = "its records do not have the digest that it names"
    return header, _records(header, content, damage)


def segment_header(data: bytes) -> SegmentHeader:
    """What a segment says of itself; its records are not looked at.

    Raises:
        InvalidRecord: it does not say what it is.
    """
    with _reader(data) as reader:
        return _header(reader)[0]


def decode_segment(data: bytes, most_bytes: int = MOST_BYTES) -> Iterator[StoredRecord]:
    """The records of a segment, as `open_segment` gives them."""
    return open_segment(data, most_bytes)[1]


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


def _reader(data: bytes) -> zstandard.ZstdDecompressionReader:
    return zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES).stream_reader(data)


def _header(reader: zstandard.ZstdDecompressionReader) -> tuple[SegmentHeader, bytearray]:
    """What a segment says of itself, and the beginning of its records."""
    damage = None
    try:
        start = reader.read(_HEADER_BYTES)
    except zstandard.ZstdError as error:
        start, damage = b"", f"it cannot be decompressed: {error}"
    line, _, rest = start.partition(b"\n")
    try:
        return SegmentHeader.model_validate_json(line), bytearray(rest)
    except ValidationError as error:
        raise InvalidRecord(damage or f"it does not begin as a segment: {describe(error)}") from None


def _fill(reader: zstandard.ZstdDecompressionReader, content: bytearray, size: int) -> str | None:
    """Decompress the records into `content`; what is wrong with them, if anything is."""
    try:
        while len(content) <= size and (chunk := reader.read(min(_CHUNK_BYTES, size + 1 - len(content)))):
            content += chunk
    except zstandard.ZstdError as error:
        return f"it cannot be decompressed: {error}"
    if len(content) > size:
        return f"it holds more than the {size:,} bytes of records that it declares"
    return None


def _records(header: SegmentHeader, content: bytearray, damage: str | None) -> Iterator[StoredRecord]:
    body, start, reached = bytes(content), 0, header.first - 1
    for _ in range(header.records):
        try:
            offset, timestamp_type, timestamp, count = _FIXED.unpack_from(body, start)
            if count > MOST_HEADERS:
                raise InvalidRecord(f"it says that a record has {count:,} headers")
            fields, start = _fields(body, start + _FIXED.size, 2 + 2 * count)
            headers = _headers(fields[2:])
        except (struct.error, UnicodeDecodeError):
            raise InvalidRecord(damage or "it ends in the middle of a record") from None
        if not reached < offset < header.next:
            raise InvalidRecord(damage or f"its record at offset {offset} is out of order")
        reached = offset
        yield StoredRecord(
            header.topic, header.partition, offset, timestamp, timestamp_type, fields[0], fields[1], headers
        )
    if damage or start != len(body):
        raise InvalidRecord(damage or "it holds more than its records")


def _fields(body: bytes, start: int, count: int) -> tuple[list[bytes | None], int]:
    fields: list[bytes | None] = []
    # Spelled out for speed: an audit spends most of its time on what it only hashes here.
    add, length_at, framing, last = fields.append, _LENGTH.unpack_from, _LENGTH.size, len(body)
    for _ in range(count):
        (length,) = length_at(body, start)
        start += framing
        if length == _NULL:
            add(None)
            continue
        end = start + length
        if end > last:
            raise struct.error
        add(body[start:end])
        start = end
    return fields, start


def _headers(fields: list[bytes | None]) -> tuple[Header, ...]:
    return tuple(zip(map(_name, fields[::2]), fields[1::2], strict=True))


def _name(data: bytes | None) -> str:
    if data is None:
        raise InvalidRecord("a header has no name")
    return _known_name(data) if len(data) <= _SHORT_NAME else data.decode()


@lru_cache(1024)
def _known_name(data: bytes) -> str:
    """The same few names, again and again."""
    return data.decode()
