"""Nobody can make an audit see less: neither by the index of an archive, nor by what checkpoints leave out."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from readout.schemas.checkpoints import Checkpoint
from readout.schemas.envelope import Record
from readout.streams.audit.archive.index import read_index, write_index
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.facts import source_position
from readout.streams.audit.findings import Account, Finding, Kind, Status, Tolerance
from readout.streams.audit.log import LiveLog
from readout.streams.audit.proof.checkpoint import make_checkpoints, write_checkpoints
from readout.streams.audit.proof.notes import new_key
from readout.streams.audit.scratch import KnownCheckpoint
from readout.streams.audit.verify.checkpoints import read_note
from readout.streams.audit.verify.run import Scope
from readout.streams.errors import ReplayMismatch
from readout.streams.settings import Settings
from tests.audit.auditing import KEY, audit, sign_log
from tests.audit.conftest import pour
from tests.audit.hostile import change_index
from tests.audit.ledger import BREAKS, Ledger, MemoryLog, article, body_of, honest_ledger

SOMEBODY = new_key("somebody.example")


@pytest.fixture
async def log() -> MemoryLog:
    ledger = await honest_ledger(12)
    await sign_log(ledger.log)
    return ledger.log


@pytest.fixture
async def archive(log: MemoryLog, tmp_path: Path) -> Path:
    """An archive that its owner has signed."""
    await write_archive(log, tmp_path / "archive", key=KEY)
    return tmp_path / "archive"


def kept_of(log: MemoryLog) -> tuple[KnownCheckpoint, ...]:
    """Every checkpoint of a log, as an auditor may have kept it."""
    return tuple(
        read_note((record.value or b"").decode(), KEY.public, "that I kept")
        for number in range(2)
        for record in log.records[log.place("checkpoints", number)]
    )


async def verified(folder: Path, scope: Scope) -> tuple[Account, list[Finding]]:
    return await audit(ArchiveLog(folder), scope=scope)


def no_partitions(folder: Path) -> None:
    change_index(folder, lambda index: index.update(partitions=0))


def fewer_partitions(folder: Path) -> None:
    change_index(folder, lambda index: index.update(partitions=1))


def more_partitions(folder: Path) -> None:
    change_index(folder, lambda index: index.update(partitions=9))


def no_segments(folder: Path) -> None:
    change_index(folder, lambda index: index.update(segments=[], reach=[]))


def nothing_but_reach(folder: Path) -> None:
    change_index(folder, lambda index: index.update(segments=[]))


def without_the_topic(folder: Path) -> None:
    _leave_out(folder, lambda entry: entry["topic"] == "contact-log")


def without_a_partition(folder: Path) -> None:
    _leave_out(folder, lambda entry: entry["partition"] == 1)


def without_checkpoints(folder: Path) -> None:
    _leave_out(folder, lambda entry: entry["topic"] == "checkpoints")


def another_prefix(folder: Path) -> None:
    change_index(folder, lambda index: index.update(prefix="other."))


def shorter_reach(folder: Path) -> None:
    def shorten(index: dict[str, object]) -> None:
        for entry in index["reach"]:  # type: ignore[attr-defined]
            entry["next"] = min(entry["next"], 2)

    change_index(folder, shorten)


def _leave_out(folder: Path, which: Callable[[dict[str, object]], bool]) -> None:
    def leave_out(index: dict[str, object]) -> None:
        for name in ("segments", "reach"):
            index[name] = [entry for entry in index[name] if not which(entry)]  # type: ignore[attr-defined]

    change_index(folder, leave_out)


LIES = [
    no_partitions,
    fewer_partitions,
    more_partitions,
    no_segments,
    nothing_but_reach,
    without_the_topic,
    without_a_partition,
    without_checkpoints,
    another_prefix,
    shorter_reach,
]


@pytest.mark.parametrize("lie", LIES, ids=lambda one: one.__name__)
async def test_an_index_that_lies_is_found_without_any_key(
    archive: Path, lie: Callable[[Path], None]
) -> None:
    lie(archive)
    account, found = await verified(archive, Scope())
    assert Kind.ARCHIVE in {one.kind for one in found}
    assert account.status() is Status.FINDING


@pytest.mark.parametrize("lie", LIES, ids=lambda one: one.__name__)
async def test_a_forged_partition_is_seen_whatever_the_index_says(
    log: MemoryLog, tmp_path: Path, lie: Callable[[Path], None]
) -> None:
    place = log.place("contact-log", 1)
    value = (log.records[place][0].value or b"").replace(b'"mode":"call"', b'"mode":"visit"')
    log.edit(place, 0, value=value)
    await write_archive(log, tmp_path / "forged")
    lie(tmp_path / "forged")
    if lie is another_prefix:
        pytest.skip("nothing of ours is left to compare: that the index lies is the finding")
    _, found = await verified(tmp_path / "forged", Scope())
    assert Kind.DIFFERS in {one.kind for one in found if (one.topic, one.partition) == place}


@pytest.mark.parametrize("lie", LIES, ids=lambda one: one.__name__)
async def test_a_statement_does_not_cover_another_index(archive: Path, lie: Callable[[Path], None]) -> None:
    lie(archive)
    account, found = await verified(archive, Scope(public_key=KEY.public))
    assert ("index.json.note", Kind.SIGNATURE) in {(one.topic, one.kind) for one in found}
    assert account.archive == "the statement that it is whole does not hold"


def remove_partition_1(folder: Path) -> None:
    """Everything of a partition goes, checkpoints included, and the index is that of an honest smaller archive."""
    for topic in folder.iterdir():
        shutil.rmtree(topic / "1", ignore_errors=True)
    _leave_out(folder, lambda entry: entry["partition"] == 1)
    index = read_index(folder)
    assert index is not None
    write_index(folder, index.model_copy(update={"partitions": 1}))


def remove_everything(folder: Path) -> None:
    for topic in folder.iterdir():
        if topic.is_dir() and topic.name != "schemas":
            shutil.rmtree(topic)
    change_index(folder, lambda index: index.update(segments=[], reach=[], partitions=0))


@pytest.mark.parametrize("remove", [remove_partition_1, remove_everything], ids=lambda one: one.__name__)
async def test_what_was_removed_without_a_trace_is_missed_by_statement_or_kept_checkpoint(
    log: MemoryLog, archive: Path, remove: Callable[[Path], None]
) -> None:
    remove(archive)
    _, found = await verified(archive, Scope(public_key=KEY.public))
    assert [one.kind for one in found] == [Kind.SIGNATURE]
    (archive / "index.json.note").unlink()
    account, found = await verified(archive, Scope(public_key=KEY.public))
    assert (account.archive or "").startswith("not signed: nobody says that all segments are there")
    assert found == []
    account, found = await verified(archive, Scope(public_key=KEY.public, kept=kept_of(log)))
    gone = {one.topic for one in found if one.kind is Kind.NOT_COMPARED}
    assert gone == {"news", "entities", "statements", "contact-log", "manifests", "dead-letters"}
    assert account.status(frozenset(Tolerance)) is Status.FINDING


async def test_a_signed_archive_that_nobody_touched_is_well(archive: Path) -> None:
    account, found = await verified(archive, Scope(public_key=KEY.public))
    assert found == []
    assert account.archive == f"signed by {KEY.name}"
    account, found = await verified(archive, Scope())
    assert found == []
    assert account.archive == f"signed by {KEY.name}, not verified without --public-key"


async def test_a_statement_of_somebody_else_does_not_count(log: MemoryLog, archive: Path) -> None:
    await write_archive(log, archive, key=SOMEBODY)
    _, found = await verified(archive, Scope(public_key=KEY.public))
    assert [(one.topic, one.kind) for one in found] == [("index.json.note", Kind.SIGNATURE)]


async def test_a_checkpoint_is_no_statement(log: MemoryLog, archive: Path) -> None:
    note = log.records[log.place("checkpoints")][0].value or b""
    (archive / "index.json.note").write_bytes(note)
    _, found = await verified(archive, Scope(public_key=KEY.public))
    assert [(one.topic, one.kind) for one in found] == [("index.json.note", Kind.SIGNATURE)]


async def test_a_statement_goes_when_the_archive_grows_without_the_key(log: MemoryLog, archive: Path) -> None:
    assert not (await write_archive(log, archive)).unsigned, "nothing was added: it still holds"
    assert (archive / "index.json.note").exists()
    log.append(_first(log), 0, 1_666_700_000_000)
    assert (await write_archive(log, archive)).unsigned
    assert not (archive / "index.json.note").exists()


def _first(log: MemoryLog) -> Record:
    record = log.records[log.place("news")][0]
    return Record("news", record.key, record.value, record.headers)


async def test_a_kept_checkpoint_outside_the_partitions_that_are_verified_was_not_compared(
    log: MemoryLog, archive: Path
) -> None:
    _, found = await verified(archive, Scope(numbers=(0,), public_key=KEY.public, kept=kept_of(log)))
    assert {(one.kind, one.partition) for one in found} == {(Kind.NOT_COMPARED, 1)}


async def test_a_kept_checkpoint_of_no_log_at_all_was_not_compared(archive: Path, log: MemoryLog) -> None:
    (kept, *_) = kept_of(log)
    nowhere = replace(kept, checkpoint=replace(kept.checkpoint, origin="no partition"))
    _, found = await verified(archive, Scope(public_key=KEY.public, kept=(nowhere,)))
    assert [(one.kind, one.topic) for one in found] == [(Kind.NOT_COMPARED, "no partition")]


async def test_a_partition_without_a_checkpoint_fails_where_there_is_a_public_key(log: MemoryLog) -> None:
    place = log.place("checkpoints", 1)
    log.records[place] = [one for one in log.records[place] if one.key != b"contact-log-1"]
    account, found = await audit(log, scope=Scope(public_key=KEY.public))
    assert [(one.kind, one.topic, one.partition) for one in found] == [(Kind.NO_CHECKPOINT, "contact-log", 1)]
    uncovered = account.coverage[log.place("contact-log", 1)]
    assert (uncovered.signed, uncovered.unsigned) == (0, len(log.records[log.place("contact-log", 1)]))
    for scope in (Scope(), Scope(public_key=KEY.public, require_checkpoints=False)):
        assert (await audit(log, scope=scope))[1] == []
    assert len((await audit(log, scope=Scope(require_checkpoints=True)))[1]) == 1


async def test_no_checkpoints_at_all_is_not_well_with_a_public_key(log: MemoryLog) -> None:
    for number in range(2):
        log.records[log.place("checkpoints", number)].clear()
    account, found = await audit(log, key=KEY.public)
    assert {one.kind for one in found} == {Kind.NO_CHECKPOINT}
    assert len(found) == len(account.coverage)


async def test_the_account_says_from_where_on_nothing_is_signed(log: MemoryLog) -> None:
    ledger = Ledger(log)
    signed = {place: log.next_offsets[place] for place in log.records if place.topic == "news"}
    for number in range(200, 206):
        ledger.publish(article(f"article-{number}", body_of(number)))
    account, _ = await audit(log, key=KEY.public)
    for place, offset in signed.items():
        added = [one for one in log.records[place] if one.offset >= offset]
        assert account.coverage[place].unsigned == len(added)
        assert account.coverage[place].signed <= offset
    assert all(one.unsigned == 0 for place, one in account.coverage.items() if place.topic != "news")


async def test_records_after_a_deleted_beginning_are_compared_from_the_first_checkpoint_on(
    log: MemoryLog,
) -> None:
    """Whoever keeps the tree of an older checkpoint need not read what it covers."""
    ledger = Ledger(log)
    place = log.place("news")
    cut = log.records[place][-1].offset
    for number in range(300, 330):
        ledger.publish(article(f"article-{number}", body_of(number)))
    await sign_log(log)
    log.records[place] = [one for one in log.records[place] if one.offset >= cut]
    account, found = await audit(log, key=KEY.public)
    of_news = [one for one in found if (one.topic, one.partition) == place]
    assert {one.kind for one in of_news} == {Kind.BEGINNING, Kind.PENDING}
    assert account.coverage[place].unsigned == 0
    log.edit(place, 3, timestamp=5)
    _, found = await audit(log, key=KEY.public)
    assert Kind.CHECKPOINT in {one.kind for one in found if (one.topic, one.partition) == place}


@pytest.mark.parametrize("kept", [0, 1, 2])
async def test_what_is_left_of_deleted_news_is_said_and_can_be_tolerated(kept: int) -> None:
    """Each topic begins elsewhere when old records have been deleted; nobody has to have forged what is left."""
    ledger = Ledger()
    for number in range(24):
        ledger.publish(article(f"article-{number}", body_of(number)))
        if number % 5 == 1:
            ledger.publish(article(f"broken-{number}", f"{BREAKS} called Anchor."))
            ledger.publish_raw(b'{"no": "article"}', number % 2, key=b"x")
    await ledger.derive()
    log = ledger.log
    for number in range(2):
        news = log.place("news", number)
        first = log.records[news][len(log.records[news]) // 3].offset
        log.records[news] = [one for one in log.records[news] if one.offset >= first]
        for topic in ("entities", "statements", "contact-log", "manifests"):
            place = log.place(topic, number)
            left = sum((source_position(one) or (0, first)) < (0, first) for one in log.records[place])
            log.records[place] = log.records[place][max(0, left - kept) :]
    account, found = await audit(log)
    assert [str(one) for one in found if one.kind is not Kind.BEGINNING] == []
    assert account.status(frozenset()) is Status.FINDING
    assert account.status(frozenset({Tolerance.DELETED_BEGINNING})) is Status.WELL
    log.edit(log.place("entities"), -1, value=b"{}")
    account, _ = await audit(log)
    assert account.status(frozenset({Tolerance.DELETED_BEGINNING})) is Status.FINDING


async def test_two_roots_for_the_same_records_are_a_split_view(log: MemoryLog) -> None:
    other = log.copy()
    place = log.place("entities")
    other.edit(place, -1, timestamp=1)
    for number in range(2):
        other.records[other.place("checkpoints", number)].clear()
    await sign_log(other)
    _, found = await audit(log, scope=Scope(public_key=KEY.public, kept=kept_of(other)))
    (finding,) = [one for one in found if one.kind is Kind.CHECKPOINT]
    assert "two different logs were signed under one name (a split view)" in finding.detail


async def test_a_truncated_partition_is_named_with_its_own_end(log: MemoryLog) -> None:
    place = log.place("statements")
    del log.records[place][-1]
    log.next_offsets[place] = end = log.records[place][-1].offset + 1
    _, found = await audit(log, key=KEY.public)
    assert [one.offset for one in found if one.kind is Kind.TRUNCATED and one.topic == "statements"] == [end]


async def test_an_archive_goes_on_where_the_log_has_lost_its_beginning(tmp_path: Path) -> None:
    ledger = await honest_ledger(12)
    folder, places = tmp_path / "archive", [ledger.log.place("news", number) for number in range(2)]
    await write_archive(ledger.log, folder)
    archived = {place: ledger.log.records[place][-1].offset for place in places}
    for number in range(400, 410):
        ledger.publish(article(f"article-{number}", body_of(number)))
    await ledger.derive()
    await sign_log(ledger.log)
    shortened = ledger.log.copy()
    for place in places:
        shortened.records[place] = [one for one in shortened.records[place] if one.offset > archived[place]]
    added = await write_archive(shortened, folder)
    assert added.unseen == tuple(places)
    assert (await audit(ArchiveLog(folder), key=KEY.public))[1] == []
    _, found = await audit(shortened, key=KEY.public)
    assert Kind.BEGINNING in {one.kind for one in found}


async def test_what_was_deleted_before_it_was_archived_is_told(tmp_path: Path) -> None:
    ledger = await honest_ledger(12)
    await write_archive(ledger.log, tmp_path)
    place = ledger.log.place("news")
    end = ledger.log.next_offsets[place]
    for number in range(500, 520):
        ledger.publish(article(f"article-{number}", body_of(number)))
    ledger.log.records[place] = [one for one in ledger.log.records[place] if one.offset > end + 1]
    with pytest.raises(ReplayMismatch, match=rf"offsets {end} to {end + 1} were deleted \(by retention\?\)"):
        await write_archive(ledger.log, tmp_path)


async def test_a_checkpoint_of_a_partition_that_the_cluster_does_not_have_was_not_compared(
    live: Settings,
) -> None:
    ledger = Ledger(MemoryLog(live.topic_prefix))
    for number in range(6):
        ledger.publish(article(f"article-{number}", body_of(number)))
    await ledger.derive(gaps=False)
    await pour(ledger.log, live)
    await write_checkpoints(await make_checkpoints(LiveLog(live), KEY, "2022-10-25T13:00:00Z"), live)
    nowhere = KnownCheckpoint(Checkpoint("auditor.example/news/7", 5, b"r" * 32), "that I kept")
    scope = Scope(public_key=KEY.public, kept=(nowhere,))
    _, found = await audit(LiveLog(live), scope=scope)
    assert [(one.kind, one.topic, one.partition) for one in found] == [(Kind.NOT_COMPARED, "news", 7)]
