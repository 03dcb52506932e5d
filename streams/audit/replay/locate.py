"""Find records by what people have in hand: an id, its beginning, or a place.

Reads:  the topics of a log, from the beginning
Writes: nothing
"""

import re
from collections.abc import AsyncIterator, Sequence

import orjson

from readout.streams.audit.facts import header
from readout.streams.audit.log import Log, snapshot
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.reader import closing
from readout.streams.log.topics import CHECKPOINTS, CONTACTS, DERIVED, MANIFESTS, NEWS

_PLACE = re.compile(r"(?P<topic>[\w.-]+)/(?P<partition>\d+)@(?P<offset>\d+)")
_ID_FIELDS = (b"entity_id", b"statement_id", b"contact_id", b"record_id", b"consolidated_id")
_SHORTEST = 4
_SHOWN = 5


def record_ids(record: StoredRecord) -> tuple[str, ...]:
    """The ids of a record: of what it records, then of its event."""
    value, ids = record.value or b"", []
    if any(b'"' + field + b'":' in value for field in _ID_FIELDS):
        try:
            data = orjson.loads(value)
        except orjson.JSONDecodeError:
            data = {}
        ids = [data[field.decode()] for field in _ID_FIELDS if isinstance(data.get(field.decode()), str)]
    event_id = header(record, "ce_id")
    return (*ids, event_id) if event_id else tuple(ids)


async def find_one(log: Log, wanted: str) -> StoredRecord:
    """The last record with an id, or whose id begins so, or at a place.

    Raises:
        ConfigurationError: there is none, or several ids begin so.
    """
    return (await find_all(log, wanted))[-1]


async def find_all(log: Log, wanted: str) -> list[StoredRecord]:
    """All records of one id, in the order of topics and offsets; never more than one id's.

    Raises:
        ConfigurationError: there is none, or several ids begin so.
    """
    place = _PLACE.fullmatch(wanted)
    if place:
        return [
            await _record_at(log, Partition(place["topic"], int(place["partition"])), int(place["offset"]))
        ]
    if len(wanted) < _SHORTEST:
        raise ConfigurationError(f"{wanted!r} is too short: give at least {_SHORTEST} letters of an id")
    found: dict[str, list[StoredRecord]] = {}
    async for record in records_of(
        log, [*(one.stem for one in DERIVED), CONTACTS.stem, MANIFESTS.stem, NEWS.stem, CHECKPOINTS.stem]
    ):
        matching = [one for one in record_ids(record) if one.startswith(wanted)]
        if matching and (matching[0] in found or len(found) < _SHOWN):
            found.setdefault(matching[0], []).append(record)
    return _only(found, wanted)


async def records_of(log: Log, stems: Sequence[str]) -> AsyncIterator[StoredRecord]:
    """The records of topics, in the order given."""
    bounds = await snapshot(log)
    for stem in stems:
        for place, reach in bounds.items():
            if place.topic == log.prefix + stem:
                async for record in log.read(place, reach):
                    yield record


def _only(found: dict[str, list[StoredRecord]], wanted: str) -> list[StoredRecord]:
    if not found:
        raise ConfigurationError(f"no record has an id that begins with {wanted!r}")
    if len(found) > 1:
        several = ", ".join(one[:16] + "…" for one in found)
        raise ConfigurationError(f"{wanted!r} begins several ids: {several}; give more letters")
    return next(iter(found.values()))


async def _record_at(log: Log, place: Partition, offset: int) -> StoredRecord:
    if place.number >= await log.partitions():
        raise ConfigurationError(f"there is no partition {place.number}")
    bounds = (await log.bounds([place]))[place]
    if bounds.first <= offset < bounds.next:
        async with closing(log.read(place, Bounds(offset, offset + 1))) as records:
            async for record in records:
                return record
    raise ConfigurationError(f"there is no record at {place.topic}/{place.number}@{offset}")
