"""An audit takes every step again: whatever somebody changes in `contacts` is found, at its place."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from readout.schemas.envelope import canonical_json
from readout.schemas.ids import sha256_hex
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.restore import restore
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.findings import Account, Finding, Kind
from readout.streams.audit.log import LiveLog, Log, snapshot
from readout.streams.audit.scratch import Scratch
from readout.streams.audit.verify.contacts import verify_contacts
from readout.streams.audit.verify.state import AuditState
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.topics import TOPICS, ensure_topics, topic_name
from readout.streams.processors.consolidation.reports import Knowledge
from readout.streams.settings import Settings
from tests.brokers.topics import all_records, header
from tests.conftest import Broker, installation_on
from tests.consolidation.logs import versions, write_versions
from tests.consolidation.made import knowledge
from tests.consolidation.test_on_a_broker import assert_as_derived, consolidate


@dataclass
class MemoryLog:
    """A log that was read once, and can be changed."""

    prefix: str
    records: dict[Partition, list[StoredRecord]] = field(default_factory=dict)
    count: int = 4
    begins: dict[Partition, int] = field(default_factory=dict)

    async def partitions(self) -> int:
        return self.count

    async def bounds(self, places: Sequence[Partition]) -> dict[Partition, Bounds]:
        held = {place: self.records.get(place, []) for place in places}
        return {
            place: Bounds(self.begins.get(place, 0), some[-1].offset + 1 if some else 0)
            for place, some in held.items()
        }

    async def read(self, place: Partition, bounds: Bounds) -> AsyncIterator[StoredRecord]:
        for record in self.records.get(place, []):
            if bounds.first <= record.offset < bounds.next:
                yield record


async def consolidated_log(settings: Settings) -> MemoryLog:
    """A log with some steps, read into memory."""
    settings = settings.model_copy(update={"consolidate_records": 6})
    await ensure_topics(settings)
    await write_versions(settings, versions(14, seed=9), {})
    await consolidate(settings)
    log = MemoryLog(settings.topic_prefix)
    for topic in TOPICS:
        for record in await all_records(settings, topic.stem):
            place = Partition(topic_name(settings, topic.stem), record.partition)
            log.records.setdefault(place, []).append(record)
    return log


async def findings_of(log: Log, known: Knowledge | None = None) -> list[Finding]:
    found: list[Finding] = []
    with Scratch() as scratch:
        state = AuditState(scratch, Account(), found.append)
        await verify_contacts(log, await snapshot(log), known or knowledge(), state)
    return found


def changed(log: MemoryLog, stem: str, change: Callable[[dict[str, object]], bool]) -> MemoryLog:
    """The log with another value, and the digest that fits it, in the last record that `change` changes."""
    records = {place: list(some) for place, some in log.records.items()}
    for place, some in records.items():
        # The last records of a compacted topic are the ones that count.
        for index, record in reversed(list(enumerate(some))):
            is_last = record.key not in {one.key for one in some[index + 1 :]}
            is_wanted = place.topic.endswith(f".{stem}") and record.value and (is_last or stem == "contacts")
            data = json.loads(record.value or b"") if is_wanted else {}
            if data and change(data):
                value = canonical_json(data)
                headers = tuple(
                    (name, sha256_hex(value).encode() if name == "ce_id" else text)
                    for name, text in record.headers
                )
                some[index] = replace(record, value=value, headers=headers)
                return replace(log, records=records)
    raise AssertionError("nothing was changed")


def without(log: MemoryLog, stem: str, number: int) -> MemoryLog:
    """The log without one record of a topic."""
    records = {place: list(some) for place, some in log.records.items()}
    places = [place for place in sorted(records) if place.topic.endswith(f".{stem}") and records[place]]
    records[places[0]].pop(number)
    return replace(log, records=records)


def _contact(data: dict[str, object]) -> dict[str, list[dict[str, object]]]:
    found = data.get("contact")
    return found if isinstance(found, dict) else {}


def drop_a_report(data: dict[str, object]) -> bool:
    reports = _contact(data).get("reports", [])
    return len(reports) > 1 and bool(reports.pop())


def raise_a_count(data: dict[str, object]) -> bool:
    contact = _contact(data)
    contact["independent_reports"] = 9  # type: ignore[assignment]
    return len(contact) > 1


def alter_a_claim(data: dict[str, object]) -> bool:
    for claim in _contact(data).get("dates", []):
        claim["date"] = "2022-10-01"
        return True
    return False


def merge_another(data: dict[str, object]) -> bool:
    is_merge = "into" in data and isinstance(data["into"], str)
    data["into"] = "f" * 64
    return is_merge


TAMPERING = [
    pytest.param("contacts", drop_a_report, id="a dropped report"),
    pytest.param("contacts", raise_a_count, id="an inflated count"),
    pytest.param("contacts", alter_a_claim, id="an altered claim"),
    pytest.param("contacts", merge_another, id="a merged pair"),
    pytest.param("contacts-current", raise_a_count, id="an inflated count in the table"),
]


@pytest.fixture(scope="module")
def log(embedded_broker: Broker) -> MemoryLog:
    return asyncio.run(consolidated_log(installation_on(embedded_broker)))


@pytest.mark.parametrize(("stem", "change"), TAMPERING)
async def test_tampering_is_found(
    log: MemoryLog, stem: str, change: Callable[[dict[str, object]], bool]
) -> None:
    found = await findings_of(changed(log, stem, change))
    assert [one.kind for one in found] == [Kind.DIFFERS]
    assert found[0].topic.endswith(f".{stem}")
    assert found[0].differences


async def test_a_log_that_nobody_changed_is_well(log: MemoryLog) -> None:
    assert await findings_of(log) == []


@pytest.mark.parametrize(
    ("stem", "number", "kind"), [("contacts", 1, Kind.MISSING), ("contacts-current", -1, Kind.MISSING)]
)
async def test_a_record_that_was_taken_out_is_missing(
    log: MemoryLog, stem: str, number: int, kind: Kind
) -> None:
    found = await findings_of(without(log, stem, number))
    assert kind in {one.kind for one in found}


async def test_what_is_not_consolidated_yet_is_pending(log: MemoryLog) -> None:
    place = next(one for one in log.records if one.topic.endswith(".contact-log") and log.records[one])
    more = replace(log.records[place][-1], offset=log.records[place][-1].offset + 1)
    records = log.records | {place: [*log.records[place], more]}
    found = await findings_of(replace(log, records=records))
    assert [(one.kind, one.offset) for one in found] == [(Kind.PENDING, more.offset)]


async def test_other_settings_are_not_available_here(log: MemoryLog) -> None:
    found = await findings_of(log, knowledge((("sergei lavrov", "Q58217"),)))
    assert [one.kind for one in found] == [Kind.PRODUCER]


async def test_an_archive_carries_contacts_and_is_verified_the_same(
    embedded_broker: Broker, tmp_path: Path
) -> None:
    settings = installation_on(embedded_broker)
    await consolidated_log(settings)
    await write_archive(LiveLog(settings), tmp_path)
    archived = ArchiveLog(tmp_path)
    assert any(place.topic.endswith(".contacts") for place in await snapshot(archived))
    assert await findings_of(archived) == []
    assert await findings_of(LiveLog(settings)) == []


async def test_a_restored_log_goes_on_where_it_was(embedded_broker: Broker, tmp_path: Path) -> None:
    """Its records have other offsets; the table, which no archive has, is filled again."""
    settings = installation_on(embedded_broker)
    await consolidated_log(settings)
    await write_archive(LiveLog(settings), tmp_path)
    other = installation_on(embedded_broker)
    await restore(ArchiveLog(tmp_path), other)
    steps = len({header(one, "ce_step") for one in await all_records(settings, "contacts")})
    assert await consolidate(other) == steps
    await assert_as_derived(other)
    assert await findings_of(LiveLog(other)) == []
    await write_versions(other, versions(5, seed=11), {})
    assert await consolidate(other) > steps
    assert await findings_of(LiveLog(other)) == []


def cut_off(log: MemoryLog, stem: str, share: float) -> MemoryLog:
    """The log without the beginning of each partition of a topic."""
    records, begins = dict(log.records), dict(log.begins)
    for place, some in log.records.items():
        if place.topic.endswith(f".{stem}") and len(some) > 1:
            records[place] = some[max(1, int(len(some) * share)) :]
            begins[place] = records[place][0].offset
    return replace(log, records=records, begins=begins)


CUTS = [
    ("contacts",),
    ("contact-log",),
    ("news",),
    ("news", "contact-log"),
    ("news", "contact-log", "contacts"),
]


@pytest.mark.parametrize("stems", CUTS, ids="+".join)
async def test_what_is_left_of_a_log_without_its_beginning_is_verified(
    log: MemoryLog, stems: tuple[str, ...]
) -> None:
    for stem in stems:
        log = cut_off(log, stem, 0.4)
    assert {one.kind for one in await findings_of(log)} == {Kind.BEGINNING}
    # Of a contact whose events were all deleted the table may say anything.
    for topic in ("contacts",) if "contacts" in stems else ("contacts", "contacts-current"):
        found = await findings_of(changed(log, topic, raise_a_count))
        assert Kind.DIFFERS in {one.kind for one in found}, topic


async def test_a_report_that_is_no_record_is_found_without_the_beginning_of_contacts(log: MemoryLog) -> None:
    def invent(data: dict[str, object]) -> bool:
        reports = _contact(data).get("reports", [])
        for report in reports:
            report["record_sha256"] = "e" * 64
        return bool(reports)

    found = await findings_of(changed(cut_off(log, "contacts", 0.4), "contacts", invent))
    assert Kind.EXTRA in {one.kind for one in found}
