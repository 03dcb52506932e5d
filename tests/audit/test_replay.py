"""Replay gives back what was asked for, and `as of` what the log said then."""

from readout.streams.audit.log import Log
from readout.streams.audit.replay.select import Selection, replay, replay_as_of
from readout.streams.kafka.connection import Bounds, StoredRecord
from readout.streams.log.origin import (
    before_restoring,
    is_at,
    is_before,
    offsets_of,
    origin_of,
    own_headers,
    restored_header,
)
from tests.audit.ledger import NOON, Ledger, article

CALL = "Shoigu called Austin."
OTHER = "Milley called Zaluzhny."


async def ledger_of(*revisions: tuple[str, int, str, str]) -> Ledger:
    ledger = Ledger()
    for article_id, revision, status, body in revisions:
        ledger.publish(article(article_id, body, revision, status))  # type: ignore[arg-type]
        await ledger.derive()
    return ledger


async def replayed(log: Log, **selection: object) -> list[StoredRecord]:
    return [record async for record in replay(log, Selection(**selection))]  # type: ignore[arg-type]


async def contacts_as_of(ledger: Ledger, moment: int) -> list[tuple[bytes | None, int]]:
    """The contacts that were live at a moment, by article and number."""
    selection = Selection(stems=("contact-log",))
    found = [record async for record in replay_as_of(ledger.log, selection, moment)]
    return sorted((record.key, record.timestamp) for record in found)


async def test_everything_is_replayed_in_the_order_of_topics_partitions_and_offsets() -> None:
    ledger = await ledger_of(("a", 1, "usable", CALL), ("b", 1, "usable", OTHER))
    assert await replayed(ledger.log) == list(ledger.log.all())


async def test_a_replay_is_cut_by_topic_partition_offset_and_time() -> None:
    ledger = await ledger_of(*((f"a{n}", 1, "usable", CALL) for n in range(8)))
    entities = [record for record in ledger.log.all() if record.topic == "entities"]
    assert await replayed(ledger.log, stems=("entities",)) == entities
    assert await replayed(ledger.log, stems=("entities",), numbers=(1,)) == [
        r for r in entities if r.partition == 1
    ]
    assert await replayed(ledger.log, stems=("entities",), offsets=Bounds(2, 4)) == [
        record for record in entities if 2 <= record.offset < 4
    ]
    middle = entities[len(entities) // 2].timestamp
    early = await replayed(ledger.log, stems=("entities",), until=middle)
    late = await replayed(ledger.log, stems=("entities",), since=middle)
    assert sorted(early + late, key=lambda r: r.timestamp) == sorted(entities, key=lambda r: r.timestamp)
    assert all(record.timestamp < middle for record in early)


async def test_a_replay_of_an_article_a_person_or_a_contact() -> None:
    ledger = await ledger_of(("a", 1, "usable", CALL), ("b", 1, "usable", OTHER), ("a", 2, "withheld", ""))
    of_article = await replayed(ledger.log, article="a")
    assert {record.key for record in of_article} == {b"a"}
    of_person = await replayed(ledger.log, person="shoigu")
    assert {(record.topic, record.key) for record in of_person} == {("entities", b"a"), ("contact-log", b"a")}
    (contact,) = [r for r in of_person if r.topic == "contact-log"]
    contact_id = (contact.value or b"").split(b'"contact_id":"')[1][:64].decode()
    of_contact = await replayed(ledger.log, contact=contact_id[:12])
    assert [record.topic for record in of_contact] == ["contact-log", "contact-log"], "and its withdrawal"
    assert await replayed(ledger.log, person="Nobody") == []


async def test_as_of_shows_each_generation_of_a_revised_article() -> None:
    ledger = await ledger_of(
        ("a", 1, "usable", CALL),
        ("a", 2, "usable", OTHER),
        ("a", 3, "withheld", ""),
        ("a", 4, "usable", CALL),
    )
    seals = [record.timestamp for record in ledger.log.all() if record.topic == "manifests"]
    shown = [[key for key, _ in await contacts_as_of(ledger, moment)] for moment in (NOON, *seals)]
    assert shown == [[], [b"a"], [b"a"], [], [b"a"]]
    first, second = (await contacts_as_of(ledger, seals[0])), (await contacts_as_of(ledger, seals[1]))
    assert first != second


async def test_as_of_leaves_out_what_was_not_sealed_yet() -> None:
    ledger = await ledger_of(("a", 1, "usable", CALL))
    seal = next(record.timestamp for record in ledger.log.all() if record.topic == "manifests")
    assert await contacts_as_of(ledger, seal - 1) == []


def restored(record: StoredRecord, offset: int) -> StoredRecord:
    headers = (*record.headers, restored_header(record))
    return StoredRecord("b.news", 0, offset, 99, 1, record.key, record.value, headers)


def test_a_restored_record_remembers_every_place_where_it_was() -> None:
    first = StoredRecord("news", 0, 7, 1000, 0, b"k", None, (("a", b"b"),))
    second = restored(first, 4)
    third = restored(second, 3)
    assert offsets_of(third) == (3, 4, 7)
    assert origin_of(third).offset == 7
    assert origin_of(third).restored == 2
    assert before_restoring(third, 0) == third
    assert before_restoring(third, 1) == second
    assert before_restoring(third, 2) == first
    assert before_restoring(third, 3) is None
    assert own_headers(third.headers) == first.headers


def test_positions_are_compared_in_the_log_in_which_they_were_written() -> None:
    offsets = (3, 4, 7)
    assert is_at((2, 7), offsets)
    assert not is_at((1, 7), offsets)
    assert is_before((1, 3), offsets)
    assert not is_before((2, 7), offsets)
    assert is_before((5, 100), offsets), "from a time when the record was not there yet"


def test_a_header_that_only_looks_like_ours_is_left_alone() -> None:
    record = StoredRecord("news", 0, 7, 1000, 0, b"k", None, (("readout.restored", b'{"offset":"x"}'),))
    assert offsets_of(record) == (7,)
    assert own_headers(record.headers) == record.headers
