"""Which tree a record grows, and what its leaf holds: where it lies, and a digest of all that it says.

A leaf names topic, partition, offset, timestamp type and timestamp, and the digest of the content: key, value and
headers in their order. So the content of a record can be erased and its digest kept, and every root and proof
above it still holds. A digest alone would let anybody try out what was erased; but each record carries a header
with 128 random bits, `readout.salt`, which goes with the content: without it no guess can be told from another.

docs/formats.md has the bytes. Pure: values in, bytes out.
"""

import hashlib
import re
import struct
from dataclasses import dataclass
from functools import lru_cache

from readout.schemas.envelope import Record
from readout.streams.audit.proof.merkle import leaf_hash
from readout.streams.kafka.connection import Partition, StoredRecord

_LEAF = b"readout leaf 1\n"
_CONTENT = b"readout content 1\n"
_PLACE = struct.Struct(">iqbq")
_LENGTH = struct.Struct(">I")
_NULL = b"\xff\xff\xff\xff"
_ORIGIN = re.compile(
    r"(?P<name>.+?)/(?P<topic>[^/]+)/(?P<number>0|[1-9][0-9]{0,8})(?:/restored/(?P<restored>[1-9][0-9]{0,8}))?"
)


@dataclass(frozen=True, slots=True)
class TreeName:
    """A partition, and how often its log had been restored.

    A restored log has other offsets and so another tree, and nobody may sign two trees under one origin.
    """

    place: Partition
    restored: int = 0

    def suffix(self) -> str:
        """What the origins of this tree end with, whoever signs."""
        again = f"/restored/{self.restored}" if self.restored else ""
        return f"/{self.place.topic}/{self.place.number}{again}"

    def origin(self, key_name: str) -> str:
        """The origin under which a key signs this tree."""
        return key_name + self.suffix()


def tree_of(origin: str) -> TreeName | None:
    """Which tree an origin is of; None if it is none of ours."""
    found = _ORIGIN.fullmatch(origin)
    if found is None:
        return None
    place = Partition(found["topic"], int(found["number"]))
    return TreeName(place, int(found["restored"] or 0))


def content_digest(record: StoredRecord) -> bytes:
    """The digest of key, value and headers: what stays in the leaf when they are erased."""
    parts = [_CONTENT]
    # Spelled out for speed: a log has a dozen headers for each record.
    add, length = parts.append, _LENGTH.pack
    for data in (record.key, record.value):
        add(_NULL if data is None else length(len(data)))
        add(data or b"")
    add(length(len(record.headers)))
    for name, data in record.headers:
        add(_named(name))
        add(_NULL if data is None else length(len(data)))
        add(data or b"")
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_bytes(record: StoredRecord, content: bytes | None = None) -> bytes:
    """The leaf of a stored record; `content` is the digest of what it said before it was erased."""
    where = _PLACE.pack(record.partition, record.offset, record.timestamp_type, record.timestamp)
    return b"".join((_LEAF, _named(record.topic), where, content or content_digest(record)))


def record_leaf_hash(record: StoredRecord, content: bytes | None = None) -> bytes:
    """The hash of a stored record's leaf."""
    return leaf_hash(leaf_bytes(record, content))


def record_digest(record: StoredRecord | Record) -> bytes:
    """The sha256 of a record's value; that of nothing for a null value."""
    return hashlib.sha256(record.value or b"").digest()


@lru_cache(1024)
def _named(name: str) -> bytes:
    """A topic or the name of a header with its length: few, and always the same."""
    data = name.encode()
    return _LENGTH.pack(len(data)) + data
