"""A database and a Parquet folder stay current: whatever ends the export, what is there is right, and nothing twice."""

import asyncio
from pathlib import Path

import polars
import pytest

from readout.streams.errors import ConfigurationError
from readout.streams.export.export_format import FORMATS, ExportFormat
from readout.streams.export.formats import parquet_folder
from readout.streams.export.run import STATE, Wanted, export_and_follow
from readout.streams.export.store import Store
from tests.audit.ledger import Ledger
from tests.export.made import log_to_export, published, store_of
from tests.export.test_store import held

SOON_SECONDS = 30


async def until_current(ledger: Ledger, one: ExportFormat, place: Path) -> None:
    """Follow until the place is current once, then end."""
    current = asyncio.Event()
    work = asyncio.create_task(
        export_and_follow(ledger.log, Wanted(one), place, every_seconds=0.01, told=current.set)
    )
    waiting = asyncio.create_task(current.wait())
    await asyncio.wait({work, waiting}, timeout=SOON_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    work.cancel()
    await asyncio.wait({work})
    if not work.cancelled():
        work.result()


async def grow(ledger: Ledger, number: int) -> None:
    ledger.publish(published(number))
    ledger.publish(published(number - 20, revision=9, body="", status="withheld"))
    await ledger.derive()


async def test_a_database_goes_on_from_where_it_was(tmp_path: Path) -> None:
    ledger, place = await log_to_export(), tmp_path / "a.db"
    for number in range(30, 34):
        await until_current(ledger, FORMATS["sqlite"], place)
        with Store(place) as followed, await store_of(ledger.log) as fresh:
            assert held(followed) == held(fresh)
        await grow(ledger, number)


def in_parquet(folder: Path) -> set[str]:
    names = ("statements", "contact_participants", "entity_mentions")
    return {one for name in names for one in polars.read_parquet(folder / name)["event_id"].to_list()}


async def test_a_parquet_folder_goes_on_from_where_it_was(tmp_path: Path) -> None:
    ledger, place = await log_to_export(), tmp_path / "folder"
    for number in range(30, 34):
        await until_current(ledger, FORMATS["parquet"], place)
        with await store_of(ledger.log) as fresh:
            assert in_parquet(place) == held(fresh)
        await grow(ledger, number)


async def test_what_was_read_but_not_written_is_written_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, place = await log_to_export(), tmp_path / "folder"
    await until_current(ledger, FORMATS["parquet"], place)
    before = in_parquet(place)
    await grow(ledger, 30)

    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(parquet_folder, "_write", ended)
        with pytest.raises(KeyboardInterrupt):
            await _until_it_ends(ledger, place)
    assert in_parquet(place) == before
    with Store(place / STATE) as state:
        assert state.unwritten
    await until_current(ledger, FORMATS["parquet"], place)
    with await store_of(ledger.log) as fresh:
        assert in_parquet(place) == held(fresh) != before


async def _until_it_ends(ledger: Ledger, place: Path) -> None:
    wanted = Wanted(FORMATS["parquet"])
    await export_and_follow(ledger.log, wanted, place, every_seconds=0.01, told=lambda: None)


async def test_only_what_holds_its_positions_can_be_followed(tmp_path: Path) -> None:
    ledger = await log_to_export(2)
    for name in ("csv", "rss"):
        with pytest.raises(ConfigurationError, match="--follow"):
            await until_current(ledger, FORMATS[name], tmp_path / name)
