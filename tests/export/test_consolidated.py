"""What all articles tell of a contact together goes out as well: what holds, and nothing that was merged or withdrawn."""

import csv
import sqlite3
from collections.abc import Callable
from pathlib import Path

import orjson
import polars
import pytest

from readout.schemas.contacts import ConsolidatedContact, ContactEvent
from readout.schemas.envelope import encode_value
from readout.schemas.ids import sha256_hex
from readout.streams.export.catch_up import catch_up
from readout.streams.export.export_format import FORMATS
from readout.streams.export.flat import FLAT
from readout.streams.export.run import Wanted, export_once
from readout.streams.export.store import Store
from readout.streams.log.decoding import decode_event
from readout.streams.log.filters import Filter
from tests.audit.ledger import Ledger
from tests.consolidation.made import fold
from tests.export.made import Consolidating, published, store_of, varied

FOREVER = 10**13
Held = dict[str, ConsolidatedContact]
(TABLE,) = (one for one in FLAT if one.name == "consolidated_reports")


async def told_twice() -> Ledger:
    """Calls that two articles tell of each, one that a third joins with another, and some that are taken back."""
    ledger = Ledger(derive=varied)
    consolidating = Consolidating(ledger)
    for number in range(12):
        ledger.publish(published(number))
        ledger.publish(published(number + 24))
    await ledger.derive()
    await consolidating.step()
    for number in (0, 24, 3):
        ledger.publish(published(number, "", revision=2, status="withheld"))
    await ledger.derive()
    await consolidating.step()
    return ledger


def held_contacts(ledger: Ledger, moment: int = FOREVER) -> Held:
    """By the events alone, in the order in which they were written."""
    records = [one for one in ledger.log.all() if one.topic == "contacts" and one.timestamp <= moment]
    records.sort(key=lambda one: one.timestamp)
    events = [decode_event(one.value, one.headers) for one in records]
    return fold([one for one in events if isinstance(one, ContactEvent)], {})


def rows_of(place: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(place) as database:
        found = database.execute(query).fetchall()
    database.close()
    return found


async def test_the_log_of_these_tests_has_contacts_told_twice_and_some_that_are_gone() -> None:
    ledger = await told_twice()
    types = {dict(one.headers)["ce_type"] for one in ledger.log.all() if one.topic == "contacts"}
    assert b"readout.contact.withdrawn.v1" in types
    assert {one.report_count for one in held_contacts(ledger).values()} >= {1, 2}


async def test_a_database_holds_what_the_events_say(tmp_path: Path) -> None:
    ledger, place = await told_twice(), tmp_path / "a.db"
    await export_once(ledger.log, Wanted(FORMATS["sqlite"]), place)
    held = held_contacts(ledger)
    values = rows_of(place, "SELECT consolidated_id, value FROM consolidated_contacts")
    assert {key: orjson.loads(str(value))["contact"] for key, value in values} == {
        key: orjson.loads(encode_value(contact)) for key, contact in held.items()
    }
    # What was consolidated says by digest which record of `contacts-current` it is.
    current = {
        sha256_hex(one.value) for one in ledger.log.all() if one.topic == "contacts-current" and one.value
    }
    assert {row[0] for row in rows_of(place, "SELECT event_id FROM consolidated_contacts")} <= current
    assert rows_of(place, "PRAGMA foreign_key_check") == []
    query = (
        "SELECT count(*), max(told) FROM (SELECT count(*) AS told FROM consolidated_reports "
        "JOIN contacts USING (contact_id) GROUP BY consolidated_id)"
    )
    assert rows_of(place, query) == [(len(held), max(one.report_count for one in held.values()))]
    found = rows_of(place, "SELECT count(*) FROM consolidated_contacts_fts ('Milley')")
    named = [one for one in held.values() if any("Milley" in party.name for party in one.participants)]
    assert found == [(len(named),)]
    assert named


async def test_flat_tables_have_a_row_for_each_participant_and_report(tmp_path: Path) -> None:
    ledger = await told_twice()
    held = held_contacts(ledger)
    parties = sorted(
        (key, one.name, one.country, one.part) for key, c in held.items() for one in c.participants
    )
    reports = sorted(
        (key, one.article_id, one.record_id, one.date) for key, c in held.items() for one in c.reports
    )
    for name in ("csv", "parquet"):
        await export_once(ledger.log, Wanted(FORMATS[name]), tmp_path / name)
    participants = polars.read_parquet(tmp_path / "parquet" / "consolidated_participants")
    assert sorted(participants.select("consolidated_id", "name", "country", "part").rows()) == parties
    told = polars.read_parquet(tmp_path / "parquet" / "consolidated_reports")
    assert sorted(told.select("consolidated_id", "article_id", "contact_id", "date").rows()) == reports
    with (tmp_path / "csv" / "consolidated_reports.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    columns = ("consolidated_id", "article_id", "contact_id", "date")
    assert [tuple(row[one] or None for one in columns) for row in rows] == [
        (key, one.article_id, one.record_id, one.date) for key in sorted(held) for one in held[key].reports
    ]


async def test_reports_that_copy_each_other_have_one_number(tmp_path: Path) -> None:
    ledger, place = await told_twice(), tmp_path / "a.db"
    await export_once(ledger.log, Wanted(FORMATS["sqlite"]), place)
    query = "SELECT consolidated_id, count(DISTINCT copies) FROM consolidated_reports GROUP BY 1 ORDER BY 1"
    assert rows_of(place, query) == sorted(
        (key, one.independent_reports) for key, one in held_contacts(ledger).items()
    )


async def test_as_of_a_moment_they_are_what_they_were() -> None:
    ledger = await told_twice()
    moments = [one.timestamp for one in ledger.log.all() if one.topic == "contacts"]
    for moment in (min(moments) - 1, *moments[::4]):
        with Store(None) as store:
            await catch_up(ledger.log, store, moment)
            found = {row[0] for row in store.flat(TABLE)}
        assert found == set(held_contacts(ledger, moment))


WANTED: dict[str, tuple[Filter, Callable[[ConsolidatedContact], bool]]] = {
    "an article that tells of it": (
        Filter(article=("article-1",)),
        lambda one: any(report.article_id == "article-1" for report in one.reports),
    ),
    "a person": (
        Filter(person="Milley"),
        lambda one: any("Milley" in party.name for party in one.participants),
    ),
    "a mode that any report claims": (
        Filter(mode=("visit",)),
        lambda one: "visit" in {claim.mode for claim in one.modes},
    ),
}


@pytest.mark.parametrize("case", WANTED)
async def test_a_filter_chooses_by_any_claim(case: str) -> None:
    ledger = await told_twice()
    wanted, is_wanted = WANTED[case]
    held = held_contacts(ledger)
    expected = {key for key, one in held.items() if is_wanted(one)}
    with await store_of(ledger.log, wanted) as store:
        assert {row[0] for row in store.flat(TABLE)} == expected
    assert 0 < len(expected) < len(held)
