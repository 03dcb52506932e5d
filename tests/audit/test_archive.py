"""An archive loses nothing, is resumed, survives a crash, and names what was done to it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from readout.streams.audit.archive.index import read_index
from readout.streams.audit.archive.read import ArchiveLog, Damage
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.log import Log, snapshot
from readout.streams.errors import ConfigurationError, ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from tests.audit.ledger import Ledger, MemoryLog, article, body_of, honest_ledger


async def everything(log: Log) -> list[StoredRecord]:
    return [
        record for place, bounds in (await snapshot(log)).items() async for record in log.read(place, bounds)
    ]


@pytest.fixture
async def ledger() -> Ledger:
    return await honest_ledger(12)


@pytest.fixture
async def archive(ledger: Ledger, tmp_path: Path) -> Path:
    await write_archive(ledger.log, tmp_path / "archive")
    return tmp_path / "archive"


async def test_an_archive_holds_every_record_with_all_that_kafka_keeps(ledger: Ledger, archive: Path) -> None:
    assert await everything(ArchiveLog(archive)) == await everything(ledger.log)
    assert await snapshot(ArchiveLog(archive)) == await snapshot(ledger.log)


async def test_two_archives_of_one_log_are_equal_to_the_byte(
    ledger: Ledger, archive: Path, tmp_path: Path
) -> None:
    await write_archive(ledger.log, tmp_path / "second")
    assert files(archive) == files(tmp_path / "second")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_an_archive_is_resumed(ledger: Ledger, archive: Path) -> None:
    ledger.publish(article("later", body_of(99)))
    await ledger.derive()
    before = files(archive)
    added = await write_archive(ledger.log, archive)
    assert 0 < added.records < 20
    assert await everything(ArchiveLog(archive)) == await everything(ledger.log)
    assert {
        name: data for name, data in files(archive).items() if name in before and name != "index.json"
    } == {name: data for name, data in before.items() if name != "index.json"}


async def test_nothing_new_changes_nothing(ledger: Ledger, archive: Path) -> None:
    before = files(archive)
    assert (await write_archive(ledger.log, archive)).records == 0
    assert files(archive) == before


async def test_a_crash_leaves_no_half_segment_that_passes_for_whole(ledger: Ledger, tmp_path: Path) -> None:
    class Crashing(MemoryLog):
        async def read(self, place: Partition, bounds: Bounds) -> AsyncIterator[StoredRecord]:
            async for record in super().read(place, bounds):
                if place == Partition("entities", 1) and record.offset > 3:
                    raise OSError("pulled the plug")
                yield record

    crashing = Crashing(records=ledger.log.records, next_offsets=ledger.log.next_offsets)
    with pytest.raises(OSError, match="plug"):
        await write_archive(crashing, tmp_path / "archive")
    orphan = tmp_path / "archive" / "entities" / "1"
    orphan.mkdir(parents=True, exist_ok=True)
    (orphan / "00000000000000000000.zst.part").write_bytes(b"half")
    partial = await everything(ArchiveLog(tmp_path / "archive"))
    assert all(
        record in partial or record.topic in {"entities", "statements", "contact-log", "news"}
        for record in ledger.log.all()
    )
    await write_archive(ledger.log, tmp_path / "archive")
    assert await everything(ArchiveLog(tmp_path / "archive")) == await everything(ledger.log)


async def test_another_log_is_not_added_to_an_archive(archive: Path) -> None:
    other = await honest_ledger(11)
    with pytest.raises(ReplayMismatch, match=r"records were lost|another log"):
        await write_archive(other.log, archive)


async def test_a_folder_of_something_else_is_left_alone(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match="not empty and no archive"):
        await write_archive(ledger.log, tmp_path)
    assert list(files(tmp_path)) == ["notes.txt"]


def segment(archive: Path, number: int = 0) -> Path:
    return min((archive / "statements" / str(number)).glob("*.zst"))


def truncate(archive: Path) -> None:
    path = segment(archive)
    path.write_bytes(path.read_bytes()[:-20])


def edit(archive: Path) -> None:
    data = bytearray(segment(archive).read_bytes())
    data[len(data) // 2] ^= 1
    segment(archive).write_bytes(bytes(data))


def swap(archive: Path) -> None:
    shutil.copy(segment(archive, 1), segment(archive))


def remove(archive: Path) -> None:
    segment(archive).unlink()


@pytest.mark.parametrize("damage", [truncate, edit, swap, remove], ids=lambda one: one.__name__)
async def test_a_damaged_segment_is_named(archive: Path, damage: object) -> None:
    damage(archive)  # type: ignore[operator]
    found: list[Damage] = []
    await everything(ArchiveLog(archive, report=found.append))
    assert [(one.topic, one.partition, one.first) for one in found] == [("statements", 0, 0)]
    with pytest.raises(ReplayMismatch, match=r"statements/0/0+\.zst: it"):
        await everything(ArchiveLog(archive))


async def test_records_before_the_damage_are_still_read(ledger: Ledger, archive: Path) -> None:
    edit(archive)
    lenient = await everything(ArchiveLog(archive, report=lambda _: None))
    assert len(lenient) >= len([record for record in ledger.log.all() if record.topic != "statements"])


async def test_an_index_that_is_none_is_refused(archive: Path) -> None:
    (archive / "index.json").write_text("{}")
    with pytest.raises(ConfigurationError, match=r"index\.json is no index"):
        ArchiveLog(archive)


async def test_an_archive_of_an_archive_is_the_archive(archive: Path, tmp_path: Path) -> None:
    await write_archive(ArchiveLog(archive), tmp_path / "copy")
    assert files(tmp_path / "copy") == files(archive)
    index = read_index(archive)
    assert index is not None
    assert sum(entry.records for entry in index.segments) == len(await everything(ArchiveLog(archive)))
