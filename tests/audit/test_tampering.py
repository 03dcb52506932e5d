"""Whoever tampers is found: each kind of tampering, the finding that it gives, and the place that is named.

Every case works on an archive of an honest log, whose digests fit what was tampered with: the forger is careful.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from readout.schemas.envelope import canonical_json
from readout.schemas.ids import sha256_hex
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.findings import Finding, Kind
from readout.streams.audit.proof.notes import new_key
from readout.streams.audit.verify.checkpoints import read_note
from readout.streams.audit.verify.run import Scope
from readout.streams.kafka.connection import Partition, StoredRecord
from tests.audit.auditing import KEY, altered, audit, paths, sign_log, with_value
from tests.audit.ledger import MemoryLog, article, body_of, honest_ledger

Place = tuple[str, int, int]


@pytest.fixture
async def honest() -> MemoryLog:
    """An honest log of some articles, signed in the middle and at the end."""
    ledger = await honest_ledger(16)
    await sign_log(ledger.log)
    for number in range(100, 108):
        ledger.publish(article(f"article-{number}", body_of(number)))
    await ledger.derive()
    await sign_log(ledger.log)
    return ledger.log


async def findings_in(log: MemoryLog, folder: Path, *, signed: bool = True) -> list[Finding]:
    """What an audit of an archive of the log finds; without signatures only the derivation speaks."""
    if not signed:
        for number in range(2):
            log.records[log.place("checkpoints", number)].clear()
    await write_archive(log, folder)
    return (await audit(ArchiveLog(folder), key=KEY.public if signed else None))[1]


def place_of(record: StoredRecord) -> Place:
    return record.topic, record.partition, record.offset


def kinds_at(found: list[Finding], place: Place) -> set[Kind]:
    return {one.kind for one in found if (one.topic, one.partition, one.offset) == place}


async def test_an_honest_log_has_no_findings(honest: MemoryLog, tmp_path: Path) -> None:
    assert await findings_in(honest, tmp_path / "a") == []
    assert (await audit(honest, key=KEY.public))[1] == []


@pytest.mark.parametrize("hashed", [False, True], ids=["value only", "with its hash"])
@pytest.mark.parametrize("stem", ["entities", "statements", "contact-log", "manifests"])
async def test_every_changed_field_is_found_where_it_is(honest: MemoryLog, stem: str, hashed: bool) -> None:  # noqa: FBT001
    place = honest.place(stem)
    original = honest.records[place][3]
    for path in paths(orjson.loads(original.value or b"")):
        log = honest.copy()
        log.records[log.place("checkpoints", 0)].clear()
        log.records[place][3] = with_value(original, altered(original.value or b"", path), hashed=hashed)
        _, found = await audit(log)
        assert any((one.topic, one.partition) == place for one in found), path
        assert kinds_at(found, place_of(original)), (path, found)


def drop(log: MemoryLog) -> Place:
    record = log.records[log.place("statements")].pop(4)
    before = log.records[log.place("statements")][3]
    return record.topic, record.partition, before.offset + 1


def add(log: MemoryLog) -> Place:
    place = log.place("contact-log")
    value = (
        altered(log.records[place][2].value or b"", ("mode",))
        .replace(b'"calb"', b'"visit"')
        .replace(b'"cala"', b'"visit"')
    )
    forged = with_value(log.records[place][2], value, hashed=True)
    log.records[place].append(replace(forged, offset=log.next_offsets[place]))
    log.next_offsets[place] += 1
    return place_of(log.records[place][-1])


def repeat(log: MemoryLog) -> Place:
    place = log.place("contact-log", 1)
    log.records[place].append(replace(log.records[place][0], offset=log.next_offsets[place]))
    log.next_offsets[place] += 1
    return place_of(log.records[place][-1])


def swap(log: MemoryLog) -> Place:
    place = log.place("entities", 1)
    first, second = log.records[place][5], log.records[place][6]
    log.edit(place, 5, key=second.key, value=second.value, headers=second.headers)
    log.edit(place, 6, key=first.key, value=first.value, headers=first.headers)
    return place_of(log.records[place][5])


def swap_manifests(log: MemoryLog) -> Place:
    place = log.place("manifests", 1)
    first, second = log.records[place][2], log.records[place][3]
    log.edit(place, 2, key=second.key, value=second.value, headers=second.headers)
    log.edit(place, 3, key=first.key, value=first.value, headers=first.headers)
    return place_of(log.records[place][2])


def turn_headers(log: MemoryLog) -> Place:
    place = log.place("contact-log")
    headers = log.records[place][1].headers
    return place_of(log.edit(place, 1, headers=(headers[1], headers[0], *headers[2:])))


def change_header(log: MemoryLog) -> Place:
    place = log.place("entities")
    headers = log.records[place][2].headers
    changed = tuple((name, b"2021-10-25T00:00:00Z" if name == "ce_time" else text) for name, text in headers)
    return place_of(log.edit(place, 2, headers=changed))


def add_header(log: MemoryLog) -> Place:
    place = log.place("statements", 1)
    return place_of(log.edit(place, 1, headers=(*log.records[place][1].headers, ("note", b"trust me"))))


def change_run_fact(log: MemoryLog) -> Place:
    place = log.place("statements", 1)
    headers = log.records[place][1].headers
    changed = tuple((name, b"999" if name == "ce_sourceoffset" else text) for name, text in headers)
    return place_of(log.edit(place, 1, headers=changed))


def change_key(log: MemoryLog) -> Place:
    return place_of(log.edit(log.place("entities"), 7, key=b"article-999"))


def change_producer(log: MemoryLog) -> Place:
    place = log.place("contact-log")
    record = log.records[place][2]
    data = orjson.loads(record.value or b"")
    data["producer"]["version"] = "9.9.9"
    log.records[place][2] = with_value(record, canonical_json(data), hashed=True)
    return place_of(record)


def change_body(log: MemoryLog) -> Place:
    place = log.place("news")
    record = log.records[place][0]
    data = orjson.loads(record.value or b"")
    data["body"] = data["body"].replace("called", "met")
    log.records[place][0] = with_value(record, canonical_json(data), hashed=True)
    return place_of(record)


def change_news_key(log: MemoryLog) -> Place:
    return place_of(log.edit(log.place("news", 1), 0, key=b"somebody else"))


def replace_manifest(log: MemoryLog) -> Place:
    """A record is taken out, and the manifest made to fit."""
    place = log.place("manifests")
    record = log.records[place][0]
    data = orjson.loads(record.value or b"")
    gone = data["live"].pop()
    log.records[place][0] = with_value(record, canonical_json(data), hashed=True)
    topic = log.records[log.place(gone["topic"])]
    topic[:] = [one for one in topic if sha256_hex(one.value or b"") != gone["sha256"]]
    return place_of(record)


def drop_manifest(log: MemoryLog) -> Place:
    record = log.records[log.place("manifests")].pop(1)
    before = log.records[log.place("manifests")][0]
    return record.topic, record.partition, before.offset + 1


def repeat_manifest(log: MemoryLog) -> Place:
    place = log.place("manifests")
    log.records[place].append(replace(log.records[place][-1], offset=log.next_offsets[place]))
    log.next_offsets[place] += 1
    return place_of(log.records[place][-1])


def move_to_another_partition(log: MemoryLog) -> Place:
    record = log.records[log.place("statements", 1)].pop(2)
    place = log.place("statements", 0)
    log.records[place].append(replace(record, partition=0, offset=log.next_offsets[place]))
    log.next_offsets[place] += 1
    return place_of(log.records[place][-1])


def break_value(log: MemoryLog) -> Place:
    return place_of(log.edit(log.place("contact-log"), 2, value=b"\x00\xff"))


def drop_dead_letter(log: MemoryLog) -> Place:
    place = log.place("news", 0)
    unreadable = next(one for one in log.records[place] if one.value is None or b'"no"' in one.value)
    letters = log.records[log.place("dead-letters", 0)]
    letters[:] = [one for one in letters if one.value != unreadable.value or one.key != unreadable.key]
    return place_of(unreadable)


def edit_dead_letter(log: MemoryLog) -> Place:
    place = log.place("dead-letters", 0)
    return place_of(log.edit(place, 0, value=(log.records[place][0].value or b"") + b" "))


CASES: list[tuple[Callable[[MemoryLog], Place], Kind]] = [
    (drop, Kind.MISSING),
    (add, Kind.EXTRA),
    (repeat, Kind.DUPLICATE),
    (swap, Kind.OUT_OF_ORDER),
    (swap_manifests, Kind.OUT_OF_ORDER),
    (turn_headers, Kind.HEADERS),
    (change_header, Kind.HEADERS),
    (add_header, Kind.HEADERS),
    (change_run_fact, Kind.HEADERS),
    (change_key, Kind.WRONG_KEY),
    (change_producer, Kind.DIFFERS),
    (change_body, Kind.DIFFERS),
    (change_news_key, Kind.WRONG_KEY),
    (replace_manifest, Kind.MANIFEST),
    (drop_manifest, Kind.MISSING),
    (repeat_manifest, Kind.DUPLICATE),
    (move_to_another_partition, Kind.WRONG_PARTITION),
    (break_value, Kind.DIFFERS),
    (drop_dead_letter, Kind.UNREADABLE),
    (edit_dead_letter, Kind.DEAD_LETTER),
]


@pytest.mark.parametrize(("tamper", "kind"), CASES, ids=[case[0].__name__ for case in CASES])
async def test_tampering_is_found_without_any_signature(
    honest: MemoryLog, tmp_path: Path, tamper: Callable[[MemoryLog], Place], kind: Kind
) -> None:
    place = tamper(honest)
    found = await findings_in(honest, tmp_path / "a", signed=False)
    assert kind in kinds_at(found, place), (place, found)
    assert len(found) < 12, found


def change_timestamp(log: MemoryLog) -> Partition:
    place = log.place("entities")
    log.edit(place, 9, timestamp=log.records[place][9].timestamp + 1)
    return place


def change_timestamp_type(log: MemoryLog) -> Partition:
    place = log.place("news")
    log.edit(place, 1, timestamp_type=0)
    return place


def null_instead_of_empty(log: MemoryLog) -> Partition:
    place = log.place("dead-letters", 1)
    record = next(one for one in log.records[place] if one.value is None)
    log.edit(place, log.records[place].index(record), value=b"")
    return place


def cut_tail(log: MemoryLog) -> Partition:
    """The whole last batch goes, from every topic: nothing contradicts anything."""
    for stem in ("news", "entities", "statements", "contact-log", "manifests"):
        place = log.place(stem)
        del log.records[place][len(log.records[place]) // 2 :]
        log.next_offsets[place] = log.records[place][-1].offset + 1
    return log.place("manifests")


def rewrite_prefix(log: MemoryLog) -> Partition:
    """Articles go with everything that was derived from them, and the offsets are made to fit."""
    gone = log.records[log.place("news")][0].key
    for stem in ("news", "entities", "statements", "contact-log", "manifests"):
        place = log.place(stem)
        log.records[place] = [one for one in log.records[place] if one.key != gone]
    return log.place("news")


def empty_a_topic(log: MemoryLog) -> Partition:
    place = log.place("dead-letters", 1)
    log.records[place].clear()
    return place


SIGNED_CASES: list[tuple[Callable[[MemoryLog], Partition], Kind]] = [
    (change_timestamp, Kind.CHECKPOINT),
    (change_timestamp_type, Kind.CHECKPOINT),
    (null_instead_of_empty, Kind.CHECKPOINT),
    (cut_tail, Kind.TRUNCATED),
    (rewrite_prefix, Kind.BEGINNING),
    (empty_a_topic, Kind.TRUNCATED),
]


@pytest.mark.parametrize(("tamper", "kind"), SIGNED_CASES, ids=[case[0].__name__ for case in SIGNED_CASES])
async def test_what_leaves_no_trace_in_the_records_is_found_by_the_checkpoints(
    honest: MemoryLog, tmp_path: Path, tamper: Callable[[MemoryLog], Partition], kind: Kind
) -> None:
    place = tamper(honest)
    found = await findings_in(honest, tmp_path / "a")
    assert kind in {one.kind for one in found if (one.topic, one.partition) == place}, found


async def test_a_checkpoint_narrows_down_where_something_was_changed(honest: MemoryLog) -> None:
    place = honest.place("entities")
    first, second = honest.records[honest.place("checkpoints")], honest.records[place]
    size = next(int(dict(one.headers)["ce_treesize"] or b"0") for one in first if one.key == b"entities-0")
    honest.edit(place, size + 2, timestamp=second[size + 2].timestamp + 1)
    _, found = await audit(honest, key=KEY.public)
    (finding,) = [one for one in found if one.kind is Kind.CHECKPOINT]
    assert finding.offset == second[size - 1].offset + 1


async def test_a_forged_signature_is_found(honest: MemoryLog) -> None:
    place = honest.place("checkpoints")
    record = honest.records[place][0]
    lines = (record.value or b"").split(b"\n")
    lines[1] = str(int(lines[1]) - 1).encode()
    honest.records[place][0] = with_value(record, b"\n".join(lines), hashed=True)
    _, found = await audit(honest, key=KEY.public)
    assert kinds_at(found, place_of(record)) == {Kind.SIGNATURE}


async def test_a_checkpoint_of_another_key_is_found(honest: MemoryLog) -> None:
    _, found = await audit(honest, key=new_key("somebody.example").public)
    assert {one.kind for one in found} == {Kind.SIGNATURE, Kind.NO_CHECKPOINT}


async def test_a_kept_checkpoint_tells_what_the_topic_no_longer_says(honest: MemoryLog) -> None:
    note = (honest.records[honest.place("checkpoints")][-1].value or b"").decode()
    kept = read_note(note, KEY.public, "that I kept")
    cut_tail(honest)
    for number in range(2):
        honest.records[honest.place("checkpoints", number)].clear()
    _, found = await audit(honest, scope=Scope(public_key=KEY.public, kept=(kept,)))
    assert any("that I kept" in one.detail and one.kind is Kind.TRUNCATED for one in found)


async def test_an_edited_segment_is_named_and_the_rest_still_verified(
    honest: MemoryLog, tmp_path: Path
) -> None:
    await write_archive(honest, tmp_path)
    segment = tmp_path / "contact-log" / "0" / "00000000000000000000.zst"
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(bytes(data))
    account, found = await audit(ArchiveLog(tmp_path), key=KEY.public)
    (damage,) = [one for one in found if one.kind is Kind.ARCHIVE]
    assert str(damage).startswith(
        "contact-log/0@0: archive damaged: contact-log/0/00000000000000000000.zst: it"
    )
    assert {one.topic for one in found} == {"contact-log"}
    assert account.records > 100
