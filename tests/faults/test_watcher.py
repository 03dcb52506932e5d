"""The watcher sees what it is there to see; otherwise its silence would mean nothing."""

from dataclasses import replace

from readout.schemas.envelope import canonical_json
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.settings import Settings
from tests.faults.watcher import Mark, Place, Sightings, Watcher, content_of

ENTITIES = Partition("entities", 0)


def _stored(topic: str, offset: int, event_id: str, value: bytes = b"{}") -> StoredRecord:
    return StoredRecord(topic, 0, offset, 0, 1, b"k", value, (("ce_id", event_id.encode()),))


def _manifest(*sealed: str) -> StoredRecord:
    live = [{"topic": "entities", "sha256": one} for one in sealed]
    return _stored("manifests", 0, "m", canonical_json({"outcome": "derived", "live": live, "withdrawn": []}))


def _complaints(*seen: StoredRecord, there: tuple[StoredRecord, ...] | None = None) -> list[str]:
    watcher = Watcher(Settings(), Sightings(Settings()))
    for record in seen:
        watcher.sightings.see(record)
    stayed = seen if there is None else there
    return watcher.complaints(
        {Place(Partition(r.topic, r.partition), r.offset): content_of(r) for r in stayed}
    )


def test_what_stays_and_is_there_once_is_well() -> None:
    one, other = _stored("entities", 0, "a"), _stored("entities", 1, "b")
    assert _complaints(one, other, _manifest("a", "b")) == []


def test_what_was_read_again_from_the_same_place_is_well() -> None:
    one = _stored("entities", 0, "a")
    assert _complaints(one, one) == []


def test_what_goes_or_changes_is_seen() -> None:
    one = _stored("entities", 0, "a")
    assert _complaints(one, there=()) == [f"{Place(ENTITIES, 0)} did not stay"]
    changed = replace(one, value=b"[]")
    assert f"{Place(ENTITIES, 0)} has changed" in _complaints(one, changed)


def test_what_is_there_twice_is_seen() -> None:
    one, again = _stored("entities", 0, "a"), _stored("entities", 5, "a")
    assert _complaints(one, again) == [f"{Place(ENTITIES, 5)} is there a second time: b'a'"]


def test_what_nobody_saw_is_no_proof() -> None:
    assert _complaints(there=(_stored("entities", 0, "a"),)) == [f"{Place(ENTITIES, 0)} was never seen"]


def test_a_record_that_is_written_after_its_manifest_is_seen() -> None:
    sightings = Sightings(Settings())
    sightings.see(_stored("entities", 0, "a"))
    unseen = sightings.see(_manifest("a", "b", "c"))
    assert unseen == [Mark(ENTITIES, b"b"), Mark(ENTITIES, b"c")]
    sightings.ended(unseen, {ENTITIES: 2})
    sightings.see(_stored("entities", 1, "b"))
    assert len(sightings.came_late()) == 1
    sightings.see(_stored("entities", 2, "c"))
    assert sightings.came_late() == [f"{ENTITIES}: b'c' came after its manifest"]
