"""Every header of a record of news is checked, also where nothing is signed yet."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from readout.schemas.envelope import Header
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.findings import Kind
from readout.streams.audit.log import LiveLog
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.settings import Settings
from tests.audit.auditing import KEY, audit, sign_log
from tests.audit.conftest import pour
from tests.audit.ledger import Ledger, MemoryLog, article, body_of

Headers = tuple[Header, ...]


def with_changed(name: str, text: bytes | None) -> Callable[[Headers], Headers]:
    return lambda headers: tuple((one, text if one == name else value) for one, value in headers)


def without(name: str) -> Callable[[Headers], Headers]:
    return lambda headers: tuple((one, value) for one, value in headers if one != name)


NAMES = (
    "ce_specversion",
    "ce_id",
    "ce_source",
    "ce_subject",
    "ce_time",
    "ce_dataschema",
    "ce_correlationid",
    "content-type",
)
CHANGES: dict[str, Callable[[Headers], Headers]] = {
    **{f"{name} changed": with_changed(name, b"2021-01-01T00:00:00Z") for name in NAMES},
    **{f"{name} null": with_changed(name, None) for name in NAMES},
    **{f"{name} removed": without(name) for name in NAMES},
    "repeated": lambda headers: (*headers, headers[0]),
    "turned": lambda headers: (headers[1], headers[0], *headers[2:]),
    "added": lambda headers: (*headers, ("note", b"trust me")),
    "added in front": lambda headers: (("note", b"trust me"), *headers),
    "causation added": lambda headers: (*headers[:-1], ("ce_causationid", b"x"), headers[-1]),
    "run fact of another topic": lambda headers: (*headers, ("ce_sourceoffset", b"0")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_changed_header_of_news_is_found_in_the_unsigned_tail(
    tmp_path: Path, change: Callable[[Headers], Headers]
) -> None:
    ledger = Ledger()
    ledger.publish(article("signed", body_of(1)))
    await ledger.derive()
    await sign_log(ledger.log)
    tail = ledger.publish(article("tail", body_of(2)))
    await ledger.derive()
    place = Partition(tail.topic, tail.partition)
    ledger.log.edit(place, -1, headers=change(tail.headers))
    await write_archive(ledger.log, tmp_path)
    _, found = await audit(ArchiveLog(tmp_path), scope=None, key=KEY.public)
    assert (Kind.HEADERS, tail.offset) in {
        (one.kind, one.offset) for one in found if (one.topic, one.partition) == place
    }


def traced(record: StoredRecord) -> StoredRecord:
    return replace(record, headers=(*record.headers, ("traceparent", b"00-1-2-00")))


async def test_a_trace_context_is_no_finding() -> None:
    ledger = Ledger()
    record = ledger.publish(article("traced", body_of(1)))
    ledger.log.records[Partition(record.topic, record.partition)] = [traced(record)]
    await ledger.derive()
    assert (await audit(ledger.log))[1] == []


async def test_a_changed_header_of_live_news_is_found(live: Settings) -> None:
    ledger = Ledger(MemoryLog(live.topic_prefix))
    record = ledger.publish(article("live", body_of(1)))
    place = Partition(record.topic, record.partition)
    ledger.log.edit(place, 0, headers=with_changed("ce_time", b"2021-01-01T00:00:00Z")(record.headers))
    await ledger.derive(gaps=False)
    await pour(ledger.log, live)
    _, found = await audit(LiveLog(live))
    assert [(one.kind, one.topic, one.offset) for one in found] == [(Kind.HEADERS, record.topic, 0)]
