"""A leaf tells every record from every other, and keeps its place when the content is gone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.schemas.envelope import SALT, Record
from readout.streams.audit.proof.leaves import content_digest, leaf_bytes, record_leaf_hash
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.producer import _salted
from readout.streams.log.origin import own_headers

BYTES = st.none() | st.binary(max_size=20)
HEADERS = st.lists(st.tuples(st.text(max_size=5), BYTES), max_size=3).map(tuple)
RECORDS = st.builds(
    StoredRecord,
    topic=st.sampled_from(["news", "entities"]),
    partition=st.integers(0, 3),
    offset=st.integers(0, 1 << 40),
    timestamp=st.integers(-1, 1 << 45),
    timestamp_type=st.integers(0, 1),
    key=BYTES,
    value=BYTES,
    headers=HEADERS,
)


@given(RECORDS, RECORDS)
def test_records_share_a_leaf_only_if_they_are_equal(one: StoredRecord, other: StoredRecord) -> None:
    assert (leaf_bytes(one) == leaf_bytes(other)) == (one == other)


@given(RECORDS, st.data())
def test_bytes_do_not_move_between_fields_unseen(record: StoredRecord, data: st.DataObject) -> None:
    whole = (record.key or b"") + (record.value or b"")
    cut = data.draw(st.integers(0, len(whole)))
    moved = replace(record, key=whole[:cut], value=whole[cut:])
    assert (content_digest(moved) == content_digest(record)) == (moved == record)


@given(RECORDS)
def test_the_digest_of_the_content_stands_for_it(record: StoredRecord) -> None:
    erased = replace(record, key=None, value=None, headers=())
    assert record_leaf_hash(erased, content_digest(record)) == record_leaf_hash(record)


def test_every_record_is_written_with_a_salt_of_its_own() -> None:
    record = Record("news", b"k", b"v", (("ce_id", b"1"),))
    salts = {dict(_salted(record).headers)[SALT] for _ in range(100)}
    assert len(salts) == 100
    assert {len(bytes.fromhex((salt or b"").decode())) for salt in salts} == {16}


def test_a_copy_keeps_its_salt_and_nobody_takes_salt_for_a_statement() -> None:
    salted = _salted(Record("news", b"k", b"v", (("ce_id", b"1"),)))
    assert _salted(salted) == salted
    assert own_headers(salted.headers) == (("ce_id", b"1"),)


@pytest.mark.parametrize("field", ["topic", "partition", "offset", "timestamp", "timestamp_type"])
def test_place_and_time_are_not_part_of_what_is_erased(field: str) -> None:
    record = StoredRecord("news", 0, 1, 2, 1, b"k", b"v", ())
    changed: dict[str, object] = {field: "other" if field == "topic" else 0 if field != "partition" else 1}
    other = replace(record, **changed)  # type: ignore[arg-type]
    assert content_digest(other) == content_digest(record)
    assert leaf_bytes(other) != leaf_bytes(record)
