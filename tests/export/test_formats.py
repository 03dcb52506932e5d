"""Every format is read by somebody else's reader, holds what the store holds, and is the same bytes every time."""

import csv
import io
import json
import sqlite3
import uuid
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import feedparser
import icalendar
import networkx
import numpy
import polars
import prov.model
import pytest
import stix2
from followthemoney import model as ftm
from rocrate.rocrate import ROCrate
from stix2.properties import DictionaryProperty, ListProperty, ReferenceProperty, StringProperty

from readout.schemas.contact_log import ContactLogged
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.log import Log, snapshot
from readout.streams.errors import ConfigurationError
from readout.streams.export.export_format import FORMATS, LeftOut
from readout.streams.export.flat import FLAT
from readout.streams.export.run import Wanted, export_once
from readout.streams.export.store import Store
from readout.streams.export.words import stable_uuid
from tests.audit.ledger import Ledger
from tests.export.made import log_to_export, store_of

PLACED = [one.name for one in FORMATS.values() if one.gives != "topic"]
Rows = dict[str, list[dict[str, Any]]]


_EXTENSION = f"extension-definition--{stable_uuid('stix', 'x-readout-contact')}"
_TEXT, _TEXTS = StringProperty(), ListProperty(DictionaryProperty(spec_version="2.1"))
_REFERENCES = ListProperty(ReferenceProperty(valid_types="identity", spec_version="2.1"))


@stix2.v21.CustomObject(
    "x-readout-contact",
    [
        *(
            (name, StringProperty(required=True))
            for name in "name description mode status contact_id".split()
        ),
        *((name, _TEXT) for name in "date date_precision last_day".split()),
        ("participant_refs", _REFERENCES),
        ("participants", _TEXTS),
    ],
    _EXTENSION,
)
class StixContact:
    """The extension, as a consumer would declare it from docs/formats-in-out.md."""


def without_custom_references(one: dict[str, Any]) -> dict[str, Any]:
    """The library takes no reference to an object of an extension for valid; everything else is checked strictly."""
    if one["type"] == "report":
        refs = [ref for ref in one["object_refs"] if not ref.startswith("x-")]
        return one | {"object_refs": refs}
    return one | {"sighting_of_ref": one["created_by_ref"]} if one["type"] == "sighting" else one


@pytest.fixture
async def ledger() -> Ledger:
    return await log_to_export()


@pytest.fixture
def graph_reader(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """networkx; the release that followthemoney wants asks NumPy for a name that NumPy 2 has given up."""
    monkeypatch.setattr(numpy, "float_", numpy.float64, raising=False)
    return networkx.parse_graphml  # type: ignore[no-any-return]


@pytest.fixture
async def store(ledger: Ledger) -> AsyncIterator[Store]:
    with await store_of(ledger.log) as made:
        yield made


def contacts(store: Store) -> list[ContactLogged]:
    return [contact for state in store.articles() for contact in state.contacts]


async def exported(ledger: Ledger, name: str) -> tuple[bytes, LeftOut]:
    out = io.BytesIO()
    left = await export_once(ledger.log, Wanted(FORMATS[name]), out)
    return out.getvalue(), left


async def in_folder(ledger: Ledger, name: str, folder: Path) -> Path:
    await export_once(ledger.log, Wanted(FORMATS[name]), folder)
    return folder


def contents(place: Path) -> dict[str, bytes]:
    files = [place] if place.is_file() else sorted(one for one in place.rglob("*") if one.is_file())
    return {str(file.relative_to(place)): file.read_bytes() for file in files}


@pytest.mark.parametrize("name", PLACED)
async def test_the_same_log_gives_the_same_bytes_live_or_from_an_archive(
    ledger: Ledger, name: str, tmp_path: Path
) -> None:
    await write_archive(ledger.log, tmp_path / "archive", await snapshot(ledger.log))
    archive = ArchiveLog(tmp_path / "archive")
    made = []
    logs: tuple[Log, ...] = (ledger.log, ledger.log.copy(), archive)
    for number, log in enumerate(logs):
        place = tmp_path / f"{name}-{number}"
        await export_once(log, Wanted(FORMATS[name]), place)
        made.append(contents(place))
    assert made[0] == made[1] == made[2]
    assert any(made[0].values())
    assert not [name for files in made for name in files if name.endswith(".partial")]


async def test_sqlite_has_keys_that_hold_and_finds_words(
    ledger: Ledger, store: Store, tmp_path: Path
) -> None:
    place = tmp_path / "a.db"
    await export_once(ledger.log, Wanted(FORMATS["sqlite"]), place)
    with sqlite3.connect(place) as database:
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for table in ("articles", "entities", "statements", "contacts"):
            assert database.execute(f"INSERT INTO {table}_fts ({table}_fts) VALUES ('integrity-check')")
        found = database.execute(
            "SELECT statement_id FROM statements_fts JOIN statements ON statements.id = statements_fts.rowid "
            "WHERE statements_fts MATCH 'agreed'"
        ).fetchall()
        assert {row[0] for row in found} == {
            one.statement_id for state in store.articles() for one in state.statements
        }
        values = [json.loads(row[0])["contact_id"] for row in database.execute("SELECT value FROM contacts")]
        assert Counter(values) == Counter(one.contact_id for one in contacts(store))
        tables = database.execute("SELECT count(*) FROM pragma_foreign_key_list('contact_participants')")
        assert tables.fetchone() == (2,)
    database.close()


def expected_rows(store: Store) -> Rows:
    return {
        table.name: [
            dict(zip([c.name for c in table.columns], row, strict=True)) for row in store.flat(table)
        ]
        for table in FLAT
    }


async def test_csv_is_read_back_whole(ledger: Ledger, store: Store, tmp_path: Path) -> None:
    folder = await in_folder(ledger, "csv", tmp_path / "csv")
    for name, rows in expected_rows(store).items():
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            found = list(csv.DictReader(lines))
        assert found == [
            {key: "" if value is None else str(value) for key, value in row.items()} for row in rows
        ]
        assert polars.read_csv(folder / f"{name}.csv", infer_schema=False).height == len(rows)


async def test_parquet_is_read_back_whole(ledger: Ledger, store: Store, tmp_path: Path) -> None:
    folder = await in_folder(ledger, "parquet", tmp_path / "parquet")
    for name, rows in expected_rows(store).items():
        frame = polars.read_parquet(folder / name, hive_partitioning=True).drop("partition")
        key = list(rows[0])
        assert sorted(map(str, frame.select(key).rows())) == sorted(str(tuple(row.values())) for row in rows)
    participants = polars.read_parquet(folder / "contact_participants")
    assert participants.schema["confidence"] == polars.Int64


def test_flat_tables_have_a_row_for_each_thing(store: Store) -> None:
    rows = expected_rows(store)
    assert len(rows["contact_participants"]) == sum(len(one.participants) for one in contacts(store))
    assert {row["contact_id"] for row in rows["contact_participants"]} == {
        one.contact_id for one in contacts(store)
    }
    states = list(store.articles())
    assert len(rows["articles"]) == len(states)
    assert len(rows["statements"]) == sum(len(one.statements) for one in states)
    mentions = [mention for one in states for entity in one.entities for mention in entity.mentions]
    assert len(rows["entity_mentions"]) == len(mentions)


@pytest.mark.filterwarnings("ignore:Install 'pyicu'")
async def test_follow_the_money_is_valid_and_says_what_it_leaves_out(ledger: Ledger, store: Store) -> None:
    data, left = await exported(ledger, "ftm")
    entities = [ftm.get_proxy(json.loads(line), cleaned=False) for line in data.splitlines()]
    raw = [json.loads(line) for line in data.splitlines()]
    for entity, given in zip(entities, raw, strict=True):
        entity.schema.validate({"properties": given["properties"]})
        for name, values in given["properties"].items():
            prop = entity.schema.get(name)
            assert prop is not None
            assert all(prop.type.validate(value) for value in values), (name, values)
    ids = {entity.id for entity in entities}
    for entity in entities:
        for prop in entity.iterprops():
            if prop.type.name == "entity":
                assert set(entity.get(prop)) <= ids
    kinds = Counter(entity.schema.name for entity in entities)
    taking_place = [one for one in contacts(store) if one.status in {"held", "planned"}]
    assert kinds["Event"] == len(taking_place)
    assert kinds["Article"] == len(list(store.articles()))
    assert {"Person", "Organization", "LegalEntity", "Mention"} <= set(kinds)
    assert sum(count for reason, count in left.items() if "contacts" in reason) == len(contacts(store)) - len(
        taking_place
    )


async def test_graphml_is_a_graph_of_who_took_part_in_what(
    ledger: Ledger, store: Store, graph_reader: Callable[[str], Any]
) -> None:
    data, _ = await exported(ledger, "graphml")
    graph = graph_reader(data.decode())
    kinds = Counter(node["kind"] for _, node in graph.nodes(data=True))
    people = {
        (one.name.casefold(), one.country) for contact in contacts(store) for one in contact.participants
    }
    assert kinds == {"contact": len(contacts(store)), "participant": len(people)}
    for contact in contacts(store):
        assert graph.nodes[contact.contact_id]["confidence"] == contact.confidence
        names = {graph.nodes[one]["label"] for one in graph.neighbors(contact.contact_id)}
        assert names == {one.name for one in contact.participants}


async def test_prov_json_says_what_each_record_was_derived_from(ledger: Ledger, store: Store) -> None:
    data, _ = await exported(ledger, "prov")
    document = prov.model.ProvDocument.deserialize(content=data.decode(), format="json")
    derivations = list(document.get_records(prov.model.ProvDerivation))
    records = [record for state in store.articles() for record in state.records]
    assert len(derivations) == len(records)
    assert len(list(document.get_records(prov.model.ProvGeneration))) == len(records)
    entities = {str(one.identifier) for one in document.get_records(prov.model.ProvEntity)}
    assert len(entities) == len(records) + len(list(store.articles()))
    assert {str(value) for one in derivations for value in one.args[:2]} <= entities


async def test_ro_crate_describes_its_tables_and_their_makers(ledger: Ledger, tmp_path: Path) -> None:
    folder = await in_folder(ledger, "ro-crate", tmp_path / "crate")
    crate = ROCrate(folder)
    assert {one.id for one in crate.data_entities} == {f"{table.name}.csv" for table in FLAT}
    assert all(one["sha256"] for one in crate.data_entities)
    (action,) = crate.get_by_type("CreateAction")
    assert action["instrument"].type == "SoftwareApplication"
    assert action["object"].id == "articles.csv"
    assert crate.root_dataset["datePublished"]
    assert crate.root_dataset["license"]


async def test_stix_is_a_bundle_whose_references_all_lead_somewhere(ledger: Ledger, store: Store) -> None:
    data, _ = await exported(ledger, "stix")
    bundle = stix2.parse(data.decode(), allow_custom=True)
    for one in json.loads(data)["objects"]:
        stix2.parse(without_custom_references(one))
    kinds = Counter(one["type"] for one in bundle["objects"])
    assert kinds["x-readout-contact"] == kinds["sighting"] == len(contacts(store))
    assert {"identity", "report", "note", "extension-definition"} <= set(kinds)
    known = {one["id"] for one in bundle["objects"]}
    assert len(known) == len(bundle["objects"])
    for one in json.loads(data)["objects"]:
        uuid.UUID(one["id"].split("--")[1])
        references = [value for name, value in one.items() if name.endswith("_ref")]
        references += [value for name, values in one.items() if name.endswith("_refs") for value in values]
        assert set(references) <= known


async def test_the_calendar_holds_what_is_planned_for_a_day(ledger: Ledger, store: Store) -> None:
    data, left = await exported(ledger, "ics")
    calendar = icalendar.Calendar.from_ical(data)
    events: dict[str, Any] = {str(event["UID"]).split("@")[0]: event for event in calendar.walk("VEVENT")}
    planned = [one for one in contacts(store) if one.status == "planned"]
    dated = {one.contact_id: one for one in planned if one.occurred_on.precision in {"day", "week"}}
    assert set(events) == set(dated)
    assert left.total() == len(planned) - len(dated)
    assert {one.occurred_on.precision for one in dated.values()} == {"day", "week"}
    for contact_id, event in events.items():
        on = dated[contact_id].occurred_on
        assert event["DTSTART"].dt.isoformat() == on.date
        length = (event["DTEND"].dt - event["DTSTART"].dt).days
        assert length == (3 if on.end else 7 if on.precision == "week" else 1)
        assert all(one.name in event["SUMMARY"] for one in dated[contact_id].participants)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


async def test_the_feed_holds_the_newest_contacts(ledger: Ledger, store: Store) -> None:
    data, _ = await exported(ledger, "rss")
    feed = feedparser.parse(data)
    assert not feed.bozo
    assert feed.version == "rss20"
    ids = {entry.id.removeprefix("urn:readout:contact:") for entry in feed.entries}
    assert ids == {one.contact_id for one in contacts(store)}
    assert all(entry.link.startswith("https://news.example/") for entry in feed.entries)
    ET.fromstring(data)


async def test_the_feed_ends_after_a_hundred_and_says_so() -> None:
    ledger = await log_to_export(180)
    data, left = await exported(ledger, "rss")
    assert len(feedparser.parse(data).entries) == 100
    assert left.total() > 10


async def test_an_empty_log_gives_files_that_are_read_as_well(
    tmp_path: Path, graph_reader: Callable[[str], Any]
) -> None:
    empty = Ledger()
    for name in PLACED:
        await export_once(empty.log, Wanted(FORMATS[name]), tmp_path / name)
    assert graph_reader((tmp_path / "graphml").read_text()).number_of_nodes() == 0
    assert feedparser.parse((tmp_path / "rss").read_bytes()).entries == []
    assert icalendar.Calendar.from_ical((tmp_path / "ics").read_bytes()).walk("VEVENT") == []
    prov.model.ProvDocument.deserialize(content=(tmp_path / "prov").read_text(), format="json")
    stix2.parse((tmp_path / "stix").read_text())
    ROCrate(tmp_path / "ro-crate")


async def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    ledger = await log_to_export(2)
    (tmp_path / "file").write_text("in the way")
    for name in ("sqlite", "csv", "rss"):
        with pytest.raises(ConfigurationError, match="file"):
            await export_once(ledger.log, Wanted(FORMATS[name]), tmp_path / "file" / "a")
