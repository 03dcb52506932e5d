"""The store holds what the fold of a replay says, wherever it was interrupted, and refuses another log."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from readout.schemas.ids import sha256_hex
from readout.streams.audit.log import Log
from readout.streams.audit.replay.select import Selection, replay_as_of
from readout.streams.errors import ConfigurationError, ReplayMismatch
from readout.streams.export.catch_up import catch_up
from readout.streams.export.rows import iso_moment
from readout.streams.export.store import Store
from readout.streams.export.tables import TABLES, schema_of
from readout.streams.log.filters import Filter
from tests.audit.ledger import Ledger, MemoryLog
from tests.export.made import log_to_export, published, store_of, varied

FOREVER = 10**13


async def folded(log: Log, moment: int = FOREVER) -> set[str]:
    """The digests of all records that hold, by the fold that replays use."""
    selection = Selection(stems=("entities", "statements", "contact-log"))
    return {sha256_hex(one.value or b"") async for one in replay_as_of(log, selection, moment)}


def held(store: Store) -> set[str]:
    return {sha256_hex(record.value) for state in store.articles() for record in state.records}


def dump(file: Path) -> list[str]:
    """Everything in a database that means something to a reader, in an order of its own."""
    with sqlite3.connect(file) as database:
        rows = [
            repr(row[1:] if table.columns[0].name == "id" else row)
            for table in TABLES
            for row in database.execute(f"SELECT * FROM {table.name}")
        ]
        positions = [repr(row) for row in database.execute("SELECT * FROM readout_positions")]
    database.close()
    return sorted(rows + positions)


async def test_the_store_holds_what_a_replay_folds() -> None:
    ledger = await log_to_export()
    with await store_of(ledger.log) as store:
        assert held(store) == await folded(ledger.log)
        assert len(held(store)) > 60


async def test_as_of_a_moment_as_well() -> None:
    ledger = await log_to_export()
    moments = sorted(record.timestamp for record in ledger.log.all())
    for moment in moments[:: len(moments) // 6]:
        with Store(None) as store:
            await catch_up(ledger.log, store, moment)
            assert held(store) == await folded(ledger.log, moment)


async def test_a_store_that_went_on_in_any_steps_is_one_that_read_all_at_once(tmp_path: Path) -> None:
    ledger = await log_to_export()
    whole, stepwise = tmp_path / "whole.db", tmp_path / "stepwise.db"
    with Store(whole) as store:
        await catch_up(ledger.log, store)
    for part in _growing(ledger.log):
        with Store(stepwise) as store:
            await catch_up(part, store)
    assert dump(stepwise) == dump(whole)


def _growing(log: MemoryLog) -> Iterator[MemoryLog]:
    """The log as it was at many moments."""
    moments = sorted(record.timestamp for record in log.all())
    for moment in [*moments[::9], FOREVER]:
        part = MemoryLog()
        for place, records in log.records.items():
            part.records[place] = [one for one in records if one.timestamp <= moment]
            left = part.records[place]
            part.next_offsets[place] = left[-1].offset + 1 if left else 0
        if moment == FOREVER:
            part.next_offsets.update(log.next_offsets)
        yield part


async def test_a_step_that_fails_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    ledger, file = await log_to_export(), tmp_path / "a.db"
    with Store(file) as store:
        await catch_up(ledger.log, store)
    before = dump(file)
    for number in range(30, 46):
        ledger.publish(published(number))
    await ledger.derive()
    broken = ledger.log.copy()
    for number in range(2):
        broken.edit(broken.place("manifests", number), -1, value=b"{")
    with Store(file) as store, pytest.raises(ReplayMismatch, match="readout audit verify"):
        await catch_up(broken, store)
    assert dump(file) == before
    with Store(file) as store:
        await catch_up(ledger.log, store)
        assert held(store) == await folded(ledger.log)


async def test_a_manifest_that_seals_what_is_not_there_is_no_state() -> None:
    ledger = await log_to_export()
    ledger.log.records[ledger.log.place("entities", 0)].pop()
    with pytest.raises(ReplayMismatch, match="which is not there"):
        await store_of(ledger.log)


async def test_another_log_other_filters_and_other_files_are_refused(tmp_path: Path) -> None:
    ledger, file = await log_to_export(), tmp_path / "a.db"
    with Store(file) as store:
        await catch_up(ledger.log, store)
    short = Ledger(derive=varied)
    short.publish(published(1))
    with Store(file) as store, pytest.raises(ConfigurationError, match="another log"):
        await catch_up(short.log, store)
    with pytest.raises(ConfigurationError, match="other filters"):
        Store(file, Filter(country=("US",)))
    (tmp_path / "text.db").write_text("no database " * 100)
    with pytest.raises(ConfigurationError, match="name a new file"):
        Store(tmp_path / "text.db")
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE things (a)")
    other.close()
    with pytest.raises(ConfigurationError, match="another database"):
        Store(tmp_path / "other.db")


async def test_two_exports_at_once_into_one_file_are_refused(tmp_path: Path) -> None:
    ledger, file = await log_to_export(4), tmp_path / "a.db"
    with Store(file) as first:
        first._database.execute("PRAGMA busy_timeout = 0")
        with Store(file) as second:
            second._database.execute("PRAGMA busy_timeout = 0")
            with second.step(), pytest.raises(ConfigurationError, match="another export"):
                await catch_up(ledger.log, first)


FILTERS = [
    Filter(country=("US",)),
    Filter(status=("planned",)),
    Filter(mode=("call", "visit")),
    Filter(person="Milley"),
    Filter(article=("article-2", "article-5")),
    Filter(person="Milley", status="held"),
]


@pytest.mark.parametrize("wanted", FILTERS, ids=repr)
async def test_what_a_filter_leaves_refers_to_nothing_that_it_left_out(wanted: Filter) -> None:
    ledger = await log_to_export()
    with await store_of(ledger.log) as everything, await store_of(ledger.log, wanted) as some:
        assert held(some) < held(everything)
        for state in some.articles():
            ids = {one.entity_id for one in state.entities}
            named = {one.entity_id for contact in state.contacts for one in contact.participants}
            assert named - {None} <= ids
            assert state.records or wanted.article
        if wanted.country or wanted.mode or wanted.status:
            assert any(state.contacts for state in some.articles())
        for contact in (contact for state in some.articles() for contact in state.contacts):
            assert not wanted.mode or contact.mode in wanted.mode
            assert not wanted.status or contact.status in wanted.status


def test_moments_are_written_to_the_millisecond() -> None:
    assert iso_moment(1_666_699_200_007) == "2022-10-25T12:00:00.007Z"


def test_the_schema_is_what_sqlite_reads() -> None:
    with sqlite3.connect(":memory:") as database:
        database.executescript(schema_of())
        for table in TABLES:
            found = [row[1] for row in database.execute(f"PRAGMA table_info({table.name})")]
            assert found == [column.name for column in table.columns]
    database.close()
