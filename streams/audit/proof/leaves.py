"""What a leaf of the Merkle tree holds: everything that Kafka keeps of a record.

Topic, partition, offset, timestamp type and value, key, value and the headers in their order, each with its
length, so that no two records share their bytes. A null key, value or header differs from an empty one.

Pure: a record in, bytes out.
"""

import hashlib
import struct
from functools import lru_cache

from readout.schemas.envelope import Record
from readout.streams.audit.proof.merkle import leaf_hash
from readout.streams.kafka.connection import StoredRecord

_VERSION = b"readout leaf 1\n"
_PLACE = struct.Struct(">iqbq")
_LENGTH = struct.Struct(">I")
_NULL = b"\xff\xff\xff\xff"


def leaf_bytes(record: StoredRecord) -> bytes:
    """The leaf of a stored record."""
    parts = [_VERSION, _named(record.topic)]
    parts.append(_PLACE.pack(record.partition, record.offset, record.timestamp_type, record.timestamp))
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
    return b"".join(parts)


def record_leaf_hash(record: StoredRecord) -> bytes:
    """The hash of a stored record's leaf."""
    return leaf_hash(leaf_bytes(record))


def record_digest(record: StoredRecord | Record) -> bytes:
    """The sha256 of a record's value; that of nothing for a null value."""
    return hashlib.sha256(record.value or b"").digest()


@lru_cache(1024)
def _named(name: str) -> bytes:
    """A topic or the name of a header with its length: few, and always the same."""
    data = name.encode()
    return _LENGTH.pack(len(data)) + data
