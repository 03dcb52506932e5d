"""Where a record was first: a restored one says so in a header, because a broker gives new offsets and times.

Each time a log is restored, every record gets one more header with the topic, partition, offset and timestamp
that it had in the log it comes from. The first of them is where the record was first, and it is what the run
facts of manifests and dead letters speak of.

A log that is copied into one with other partitions is another log. There an article says where it was before, and
nothing more depends on that.

Pure: records in, values out.
"""

from dataclasses import dataclass

import orjson

from readout.schemas.envelope import SALT, Header, canonical_json
from readout.streams.kafka.connection import StoredRecord

RESTORED = "readout.restored"
MOVED = "readout.moved"
_FIELDS = {"topic": str, "partition": int, "offset": int, "timestamp": int, "timestamp_type": int}

Position = tuple[int, int]
"""An offset in the log as it was some restorings ago: how many, and the offset."""

Offsets = tuple[int, ...]
"""The offsets of one record: now, before the last restoring, before the one before that, …"""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where and when a record was first stored; `restored` counts how often it was moved since."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    timestamp_type: int
    restored: int


def origin_of(record: StoredRecord) -> Origin:
    """Where a record was first; where it is now if it was never restored."""
    facts = [text for name, text in record.headers if name == RESTORED and _facts(text)]
    first = _facts(facts[0]) if facts else None
    if first is None:
        return Origin(
            record.topic, record.partition, record.offset, record.timestamp, record.timestamp_type, 0
        )
    return Origin(**first, restored=len(facts))  # type: ignore[arg-type]  # _facts has checked the types


def offsets_of(record: StoredRecord) -> Offsets:
    """The offsets that a record had, newest first."""
    facts = [found for name, text in record.headers if name == RESTORED and (found := _facts(text))]
    return (record.offset, *(int(str(one["offset"])) for one in reversed(facts)))


def is_at(position: Position, offsets: Offsets) -> bool:
    """Is a position that of the record with these offsets?"""
    restored, offset = position
    return restored < len(offsets) and offsets[restored] == offset


def is_before(position: Position, offsets: Offsets) -> bool:
    """Does a position lie before the record with these offsets?"""
    restored, offset = position
    # What was restored less often was not there yet when the position was written down.
    return restored >= len(offsets) or offset < offsets[restored]


def is_later(position: Position, other: Position) -> bool:
    """Was the record at a position written later? What was restored less often was."""
    return (-position[0], position[1]) > (-other[0], other[1])


def own_headers(headers: tuple[Header, ...]) -> tuple[Header, ...]:
    """The headers that say something: neither salt nor what restoring or moving has added."""
    said = (header for header in headers if header[0] != SALT)
    return tuple(header for header in said if header[0] not in {RESTORED, MOVED} or not _facts(header[1]))


def before_restoring(record: StoredRecord, times: int) -> StoredRecord | None:
    """The record as it was before the last `times` restorings; None if it was not there yet."""
    if times == 0:
        return record
    marks = [
        index for index, header in enumerate(record.headers) if header[0] == RESTORED and _facts(header[1])
    ]
    if len(marks) < times:
        return None
    first = marks[-times]
    facts = _facts(record.headers[first][1]) or {}
    # A record that had no salt got one when it was restored.
    gone = {
        *marks[-times:],
        *(i for i, header in enumerate(record.headers) if i > first and header[0] == SALT),
    }
    headers = tuple(header for index, header in enumerate(record.headers) if index not in gone)
    return StoredRecord(**facts, key=record.key, value=record.value, headers=headers)  # type: ignore[arg-type]


def restored_header(record: StoredRecord) -> Header:
    """The header that keeps what a broker will not."""
    return (RESTORED, canonical_json({name: getattr(record, name) for name in _FIELDS}))


def moved_header(record: StoredRecord) -> Header:
    """The header of a copy in a log with other partitions: where the record was in the log before."""
    return (MOVED, canonical_json({name: getattr(record, name) for name in _FIELDS}))


def moved_from(record: StoredRecord) -> Origin | None:
    """Where a record of `news` was in a log with other partitions; None if it was in none."""
    found = (_facts(text) for name, text in record.headers if name == MOVED)
    facts = next((one for one in found if one), None)
    return Origin(**facts, restored=0) if facts else None  # type: ignore[arg-type]


def _facts(text: bytes | None) -> dict[str, object] | None:
    try:
        facts = orjson.loads(text or b"")
    except orjson.JSONDecodeError:
        return None
    if not isinstance(facts, dict) or {name: type(value) for name, value in facts.items()} != _FIELDS:
        return None
    return facts
