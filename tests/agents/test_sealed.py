"""How far a log is sealed, also where it was restored and its records have other offsets than when they were sealed."""

import asyncio

import pytest

from readout.schemas.envelope import Record
from readout.streams.deliver.sealed_partition import SealedPartition
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.log.dead_letters import UNREADABLE, Reason, dead_letter
from readout.streams.log.origin import restored_header
from readout.streams.log.run_facts import SOURCE_OFFSET
from readout.streams.settings import Settings
from tests.corrections.memory_log import MemoryLog, MemoryReader

_OLD = "old."


def _record(
    log: MemoryLog, stem: str, *, was_at: int | None = None, source: int | None = None
) -> StoredRecord:
    """Add a record that was at another offset before it was restored; `source` is what it says of its article."""
    headers = () if source is None else ((SOURCE_OFFSET, str(source).encode()),)
    if was_at is not None:
        old = StoredRecord(f"{_OLD}{stem}", 0, was_at, 0, 1, b"k", b"v", headers)
        headers = (*headers, restored_header(old))
    return log.append(stem, Record(stem, b"k", b"v", headers))


def _next_offset(log: MemoryLog) -> int:
    partition = SealedPartition(Settings(), 0)
    reader: Reader = MemoryReader(log)  # type: ignore[assignment]
    asyncio.run(partition.catch_up(reader))
    return partition.next_offset


def test_it_is_what_follows_the_last_manifest() -> None:
    log = MemoryLog()
    for number in range(3):
        _record(log, "news")
        _record(log, "manifests", source=number)
    _record(log, "news")
    assert _next_offset(log) == 3


def test_in_a_restored_log_offsets_are_those_of_then() -> None:
    log = MemoryLog()
    for offset in (10, 12, 14):
        _record(log, "news", was_at=offset)
    _record(log, "news")
    assert _next_offset(log) == 0
    for offset in (10, 12):
        _record(log, "manifests", was_at=offset, source=offset)
    assert _next_offset(log) == 2


def test_what_was_sealed_since_a_restore_counts_from_then_on() -> None:
    log = MemoryLog()
    _record(log, "news", was_at=10)
    for _ in range(15):
        _record(log, "news")
    _record(log, "manifests", was_at=0, source=10)
    assert _next_offset(log) == 1
    _record(log, "manifests", source=1)
    assert _next_offset(log) == 2


def test_a_restored_log_that_is_sealed_to_its_end_is_no_contradiction() -> None:
    log = MemoryLog()
    _record(log, "news", was_at=10)
    _record(log, "manifests", was_at=0, source=10)
    assert _next_offset(log) == 1


def test_a_restored_dead_letter_seals_under_the_name_that_its_topic_had() -> None:
    log = MemoryLog()
    letter = dead_letter(
        StoredRecord(f"{_OLD}news", 0, 10, 0, 1, b"k", b"junk", ()),
        Reason(UNREADABLE, "InvalidRecord", "junk"),
        application_id=Settings().application_id,
    )
    stored = StoredRecord(f"{_OLD}dead-letters", 0, 0, 0, 1, letter.key, letter.value, letter.headers)
    _record(log, "news", was_at=10)
    _record(log, "news", was_at=11)
    headers = (*letter.headers, restored_header(stored))
    log.append("dead-letters", Record("dead-letters", letter.key, letter.value, headers))
    assert _next_offset(log) == 1


def test_a_letter_of_a_restored_record_says_nothing_of_its_own_restoring() -> None:
    log = MemoryLog()
    source = _record(log, "news", was_at=10)
    log.append(
        "dead-letters",
        dead_letter(source, Reason(UNREADABLE, "E", "m"), application_id=Settings().application_id),
    )
    _record(log, "news", was_at=11)
    assert _next_offset(log) == 1


def test_more_sealed_than_there_is_is_a_contradiction() -> None:
    log = MemoryLog()
    _record(log, "news")
    _record(log, "manifests", source=5)
    with pytest.raises(ConfigurationError, match="deleted or restored without its manifests"):
        _next_offset(log)
