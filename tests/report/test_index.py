"""The index says what the log says, in whatever order it was read, and proves what an auditor would prove."""

import sqlite3
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import orjson
import pytest

from readout.schemas.contact_log import ContactLogged
from readout.schemas.entities import EntityMentioned
from readout.schemas.selector import Selector
from readout.streams.audit.facts import selectors_of
from readout.streams.audit.proof.prove import prove_inclusion
from readout.streams.audit.replay.select import Selection, replay_as_of
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.decoding import decode_event
from readout.streams.report.filters import Filters
from readout.streams.report.index import Index, connect
from readout.streams.report.kept import Json
from readout.streams.report.proofs import Proofs
from readout.streams.report.views import Views
from tests.audit.auditing import KEY, sign_log
from tests.audit.ledger import MemoryLog, honest_ledger
from tests.report.made import AT, TOLD, newsroom

_END = 2_000_000_000_000


@contextmanager
def indexed(path: Path, *batches: list[StoredRecord]) -> Iterator[sqlite3.Connection]:
    """An index of batches of records, each made visible before the next."""
    with Index(path / "index.sqlite", key=KEY.public) as index:
        for batch in batches:
            index.add(batch)
            index.settle()
        with closing(connect(path / "index.sqlite")) as database:
            yield database


def everything(views: Views) -> Json:
    """All that the lists show, in an order of its own."""
    contacts, statements = views.contacts(Filters(), limit=-1), views.statements(Filters(), limit=-1)
    people, articles = views.people(Filters(), limit=-1), views.articles(Filters(), limit=-1)
    return {
        "contacts": sorted(contacts["rows"], key=orjson.dumps),
        "statements": sorted(statements["rows"], key=orjson.dumps),
        "people": sorted(people["rows"], key=lambda row: str(row["key"])),
        "articles": sorted(articles["rows"], key=lambda row: str(row["id"])),
    }


async def live_records(log: MemoryLog, stem: str) -> list[StoredRecord]:
    return [one async for one in replay_as_of(log, Selection(stems=(stem,)), _END)]


async def test_contacts_and_names_are_those_that_a_replay_shows_at_the_end(tmp_path: Path) -> None:
    log = (await honest_ledger(40)).log
    with indexed(tmp_path, list(log.all())) as database:
        views = Views(database)
        contacts = [row["id"] for row in views.rows("contact", Filters())]
        people = views.people(Filters(), limit=-1)["rows"]
    events = [decode_event(one.value, one.headers) for one in await live_records(log, "contact-log")]
    expected = [one.contact_id for one in events if isinstance(one, ContactLogged)]
    assert sorted(contacts) == sorted(expected)
    assert contacts
    named = Counter(
        one.name.lower()
        for record in await live_records(log, "entities")
        if isinstance(one := decode_event(record.value, record.headers), EntityMentioned)
    )
    assert {row["key"]: row["articles"] for row in people} == dict(named)


@pytest.mark.parametrize("size", [1, 7])
async def test_the_order_of_topics_and_batches_does_not_matter(tmp_path: Path, size: int) -> None:
    log = (await honest_ledger(20)).log
    forward, backward = list(log.all()), sorted(log.all(), key=lambda one: (-len(one.topic), one.offset))
    by_time = sorted(log.all(), key=lambda one: one.timestamp)
    found = []
    for number, records in enumerate((forward, backward, by_time)):
        batches = (
            [records[start : start + size] for start in range(0, len(records), size)] if number else [records]
        )
        folder = tmp_path / str(number)
        folder.mkdir()
        with indexed(folder, *batches) as database:
            found.append(everything(Views(database)))
    assert found[0] == found[1] == found[2]


async def test_audit_paths_are_those_of_an_inclusion_proof(tmp_path: Path) -> None:
    log = await newsroom()
    with indexed(tmp_path, list(log.all())) as database:
        proofs, views = Proofs(database, KEY.public, AT), Views(database)
        assert {tree["checked"]["complaint"] for tree in proofs.trees()} == {None}
        for article_id in ("calls", "visit", "taken-back"):
            document = views.article(article_id)
            assert document is not None
            for one in (*proofs.prove(document)["records"], *document["revisions"]):
                record = _at(log, one["log"])
                proof = await prove_inclusion(log, record, key=KEY.public)
                assert one["log"]["path"] == [b64encode(node).decode() for node in proof.hashes]
                assert one["log"]["leaf"] == proof.index


async def test_a_log_that_was_changed_after_it_was_signed_is_named(tmp_path: Path) -> None:
    log = await newsroom()
    place = (
        log.place("contact-log", 0)
        if log.records[log.place("contact-log", 0)]
        else log.place("contact-log", 1)
    )
    log.edit(place, 0, value=(log.records[place][0].value or b"").replace(b'"held"', b'"denied"'))
    with indexed(tmp_path, list(log.all())) as database:
        found = {
            tree["topic"]: tree
            for tree in Proofs(database, KEY.public, AT).trees()
            if tree["partition"] == place.number
        }
    assert "not those that were signed" in found["contact-log"]["checked"]["complaint"]
    assert found["news"]["checked"]["complaint"] is None


async def test_every_piece_of_an_article_is_marked_by_the_selectors_that_cover_it(tmp_path: Path) -> None:
    log = await newsroom()
    with indexed(tmp_path, list(log.all())) as database:
        document = Views(database).article("calls")
    assert document is not None
    revision = document["revisions"][0]
    body = orjson.loads(revision["log"]["value"])["body"]
    assert "".join(text for text, _ in revision["segments"]) == body
    assert body.startswith("🗞️")
    for number, (place, _, start, end) in enumerate(revision["marks"]):
        words = "".join(text for text, marks in revision["segments"] if number in marks)
        assert words == body[start:end]
        value = document["records"][place]["log"]
        assert words in [one.exact for one in _selectors(value)]


def _selectors(log: Json) -> list[Selector]:
    headers = tuple((name, text.encode()) for name, text in log["headers"] if text is not None)
    return [one for _, one in selectors_of(decode_event(log["value"].encode(), headers))]


def _at(log: MemoryLog, wanted: Json) -> StoredRecord:
    return next(
        one
        for one in log.all()
        if (one.topic, one.partition, one.offset) == (wanted["topic"], wanted["partition"], wanted["offset"])
    )


FILTERS = [
    (Filters(person="anna weber"), 3),
    (Filters(country="JP"), 0),
    (Filters(mode="meeting"), 2),
    (Filters(status="planned"), 1),
    (Filters(start="2022-11-01"), 2),
    (Filters(end="2022-10-04", article="calls"), 1),
    (Filters(named="weber"), 3),
    (Filters(words="haddad"), 1),
    (Filters(words='"; DROP TABLE contacts; --'), 0),
    (Filters(pair="anna weber\tluis ortega"), 2),
]


@pytest.mark.parametrize(("filters", "count"), FILTERS)
async def test_contacts_are_filtered(tmp_path: Path, filters: Filters, count: int) -> None:
    log = await newsroom()
    with indexed(tmp_path, list(log.all())) as database:
        found = Views(database).contacts(filters)
    assert found["total"] == len(found["rows"]) == count


ACROSS = [
    (Filters(), 1),
    (Filters(disputed="yes", least=2), 1),
    (Filters(least=3), 0),
    (Filters(person="luis ortega", country="ES", start="2022-10-05", end="2022-10-05"), 1),
    (Filters(person="mei tanaka"), 0),
    (Filters(end="2022-10-03"), 0),
]


@pytest.mark.parametrize(("filters", "count"), ACROSS)
async def test_contacts_across_articles_are_those_that_were_not_merged_away(
    tmp_path: Path, filters: Filters, count: int
) -> None:
    log = await newsroom()
    with indexed(tmp_path, list(log.all())) as database:
        views = Views(database)
        found = views.across(filters)
        told = views.told(TOLD)
    assert found["total"] == len(found["rows"]) == count
    assert told is not None
    assert {one["article_id"] for one in told["reports"]} == {"calls", "calls-too"}


async def test_a_search_finds_names_and_words_of_what_holds(tmp_path: Path) -> None:
    log = await newsroom()
    await sign_log(log)
    with indexed(tmp_path, list(log.all())) as database:
        views = Views(database)
        assert [one["name"] for one in views.search("mei tan")["people"]] == ["Mei Tanaka"]
        assert [one["text"] for one in views.search("grain")["statements"]] == ["We agreed on grain"]
        assert views.search("petrov")["totals"] == {"contact": 0, "statement": 0, "name": 0}
        assert views.network(Filters(person="luis ortega"))["pairs"] == [
            ("anna weber", "luis ortega", 2),
            ("grace mbeki", "luis ortega", 1),
        ]
