"""Nobody who can write to the cluster or to the folder of notes leads the signer to sign another past."""

from dataclasses import replace
from pathlib import Path

import pytest

from readout.schemas.checkpoints import Checkpoint, checkpoint_text, parse_checkpoint
from readout.schemas.envelope import SALT
from readout.streams.audit.proof.checkpoint import SignedCheckpoint, keep_checkpoints, make_checkpoints
from readout.streams.audit.proof.erasures import ERASED
from readout.streams.audit.proof.notes import PrivateKey, new_key, sign, split_note
from readout.streams.audit.proof.own_notes import FRONTIER, own_checkpoint, shown
from readout.streams.errors import ConfigurationError, ReplayMismatch
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.log.origin import restored_header
from tests.audit.auditing import KEY, sign_log
from tests.audit.ledger import Ledger, MemoryLog, article, body_of, honest_ledger

NOW = "2022-10-25T14:00:00Z"


@pytest.fixture
async def ledger() -> Ledger:
    """A log that was signed, and has grown since."""
    ledger = await honest_ledger(8)
    await sign_log(ledger.log)
    for number in range(20, 24):
        ledger.publish(article(f"article-{number}", body_of(number)))
    await ledger.derive()
    return ledger


async def signed_again(log: MemoryLog, folder: Path | None = None) -> dict[str, bytes]:
    """The roots by origin that the signer signs now."""
    made = await make_checkpoints(log, KEY, NOW, folder=folder)
    return {f"{one.checkpoint.origin} {one.checkpoint.size}": one.checkpoint.root for one in made}


def notes_of(log: MemoryLog) -> list[StoredRecord]:
    return [one for number in range(2) for one in log.records[log.place("checkpoints", number)]]


def write_note(log: MemoryLog, note: str, key: bytes = b"news-0", **headers: str) -> None:
    """Add a record to `checkpoints`, as anybody can who may write to the cluster."""
    like = notes_of(log)[0]
    changed = tuple((name, headers.get(name, (text or b"").decode()).encode()) for name, text in like.headers)
    place = log.place("checkpoints")
    record = replace(like, key=key, value=note.encode(), headers=changed, offset=log.next_offsets[place])
    log.records[place].append(replace(record, partition=0, topic=place.topic))
    log.next_offsets[place] += 1


def edited(log: MemoryLog, place: Partition) -> None:
    log.edit(place, 1, timestamp=1)


JUNK = ["", "no note", "auditor.example/news/0\n5\n", "a\n1\nb\n\n— auditor.example eA==\n", "\x00" * 100]


@pytest.mark.parametrize("junk", JUNK)
async def test_a_junk_note_changes_nothing(ledger: Ledger, junk: str) -> None:
    honest = await signed_again(ledger.log)
    write_note(ledger.log, junk)
    assert await signed_again(ledger.log) == honest


async def test_behind_a_junk_note_a_changed_past_is_still_refused(ledger: Ledger) -> None:
    edited(ledger.log, ledger.log.place("news"))
    for _ in range(3):
        write_note(ledger.log, "no note")
    with pytest.raises(ReplayMismatch, match="something was changed"):
        await signed_again(ledger.log)


async def test_the_refusal_names_both_roots_in_one_line(ledger: Ledger) -> None:
    place = ledger.log.place("news")
    signed = next(
        own_checkpoint((one.value or b"").decode(), KEY.public)
        for one in notes_of(ledger.log)
        if one.key == b"news-0"
    )
    edited(ledger.log, place)
    with pytest.raises(ReplayMismatch) as refusal:
        await signed_again(ledger.log)
    (fresh,) = [
        one
        for one in await make_checkpoints(cut_to(ledger.log, place, signed.size if signed else 0), KEY, NOW)
        if one.place == place
    ]
    assert signed is not None
    assert "\n" not in str(refusal.value)
    assert shown(signed.root) in str(refusal.value)
    assert shown(fresh.checkpoint.root) in str(refusal.value)


def cut_to(log: MemoryLog, place: Partition, size: int) -> MemoryLog:
    """The log with a partition cut, and without any checkpoint."""
    copy = log.copy()
    copy.records[place] = copy.records[place][:size]
    for number in range(2):
        copy.records[log.place("checkpoints", number)].clear()
    return copy


@pytest.mark.parametrize("gone", ["checkpoints", "partition", "both"])
async def test_an_emptied_topic_is_found_by_the_notes_that_were_kept(
    ledger: Ledger, tmp_path: Path, gone: str
) -> None:
    log = ledger.log
    keep_checkpoints(await first_notes(log), tmp_path, KEY.public)
    if gone in {"checkpoints", "both"}:
        for number in range(2):
            log.records[log.place("checkpoints", number)].clear()
    if gone in {"partition", "both"}:
        log.records[log.place("news")].clear()
    else:
        edited(log, log.place("news"))
    with pytest.raises(ReplayMismatch, match="nothing is signed"):
        await signed_again(log, tmp_path)


async def first_notes(log: MemoryLog) -> list[SignedCheckpoint]:
    """What the signer makes of a log that was never signed."""
    copy = log.copy()
    for number in range(2):
        copy.records[log.place("checkpoints", number)].clear()
    return await make_checkpoints(copy, KEY, NOW)


async def test_an_emptied_partition_is_refused_even_if_all_else_is_well(ledger: Ledger) -> None:
    ledger.log.records[ledger.log.place("statements", 1)].clear()
    with pytest.raises(ReplayMismatch, match="records were lost"):
        await signed_again(ledger.log)


@pytest.mark.parametrize("header", ["ce_nextoffset", "ce_treesize", FRONTIER])
@pytest.mark.parametrize("text", ["0", "3", "999999", "-1", "", "ff" * 32])
async def test_a_forged_header_decides_nothing(ledger: Ledger, header: str, text: str) -> None:
    honest = await signed_again(ledger.log)
    for number in range(2):
        place = ledger.log.place("checkpoints", number)
        for index, record in enumerate(ledger.log.records[place]):
            forged = tuple(
                (name, text.encode() if name == header else value) for name, value in record.headers
            )
            ledger.log.edit(place, index, headers=forged)
    assert await signed_again(ledger.log) == honest


@pytest.mark.parametrize("keep", [0, 1, 30])
async def test_a_recreated_topic_is_refused(ledger: Ledger, keep: int) -> None:
    """The topic is there again, shorter than it was signed or as long, with other records."""
    log, place = ledger.log, ledger.log.place("entities")
    other = [replace(one, offset=number) for number, one in enumerate(log.records[place][1:])]
    log.records[place] = other[: -keep or None] if keep else []
    with pytest.raises(ReplayMismatch, match=r"records were lost|something was changed"):
        await signed_again(log)


async def test_a_recreated_topic_that_says_it_was_restored_is_refused(ledger: Ledger) -> None:
    """Restored records belong to another tree; the one that was signed must still be among them."""
    log, place = ledger.log, ledger.log.place("entities")
    kept = log.records[place][1:]
    log.records[place] = [
        replace(one, headers=(*one.headers, restored_header(replace(one, offset=index))), timestamp=1)
        for index, one in enumerate(kept)
    ]
    with pytest.raises(ReplayMismatch, match="nothing is signed"):
        await signed_again(log)


async def test_an_old_note_that_is_written_again_is_not_the_newest(ledger: Ledger) -> None:
    log = ledger.log
    old = next((one.value or b"").decode() for one in notes_of(log) if one.key == b"news-0")
    await sign_log(log)
    write_note(log, old, ce_nextoffset="2", ce_treesize="2")
    assert await signed_again(log) == {}
    edited(log, log.place("news"))
    with pytest.raises(ReplayMismatch, match="something was changed"):
        await signed_again(log)


@pytest.mark.parametrize("size", [1, 5, 10**6])
async def test_a_key_of_the_same_name_is_not_the_signer_s(ledger: Ledger, size: int) -> None:
    honest = await signed_again(ledger.log)
    impostor = PrivateKey(KEY.name, new_key("x").key)
    write_note(
        ledger.log, sign(checkpoint_text(Checkpoint("auditor.example/news/0", size, b"r" * 32, 2)), impostor)
    )
    assert await signed_again(ledger.log) == honest


async def test_a_note_of_a_thief_that_has_the_very_key_stops_the_signer(ledger: Ledger) -> None:
    text = (notes_of(ledger.log)[0].value or b"").decode()
    stolen = replace(parse_checkpoint(split_note(text)[0]), root=b"r" * 32)
    write_note(ledger.log, sign(checkpoint_text(stolen), KEY))
    with pytest.raises(ReplayMismatch, match="two roots are signed") as refusal:
        await signed_again(ledger.log)
    assert shown(b"r" * 32) in str(refusal.value)


async def test_a_kept_file_is_never_written_over(ledger: Ledger, tmp_path: Path) -> None:
    made = await first_notes(ledger.log)
    other = new_key("somebody.example")
    path = tmp_path / made[0].file
    path.write_text(sign(checkpoint_text(made[0].checkpoint), other))
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="nothing was written over it"):
        keep_checkpoints(made, tmp_path, KEY.public)
    assert path.read_bytes() == before
    assert not (tmp_path / made[1].file).exists()


async def test_what_was_kept_but_never_reached_the_topic_is_given_again(
    ledger: Ledger, tmp_path: Path
) -> None:
    """The brokers did not answer, or somebody has emptied the topic: the same notes are written, over no file."""
    made = await make_checkpoints(ledger.log, KEY, NOW, folder=tmp_path, to_topic=True)
    paths = keep_checkpoints(made, tmp_path, KEY.public)
    kept = [path.read_bytes() for path in paths]
    again = await make_checkpoints(ledger.log, KEY, NOW, folder=tmp_path, to_topic=True)
    assert [one.note for one in again] == [one.note for one in made]
    assert keep_checkpoints(again, tmp_path, KEY.public) == paths
    assert [path.read_bytes() for path in paths] == kept
    assert await make_checkpoints(ledger.log, KEY, NOW, folder=tmp_path) == []
    for one in again:
        ledger.log.append(one.record, one.place.number, 1)
    assert await make_checkpoints(ledger.log, KEY, NOW, folder=tmp_path, to_topic=True) == []


async def test_what_says_it_was_erased_and_was_not_blocks_nobody(ledger: Ledger) -> None:
    """A publisher can write such a header; the record is then what it is, for the signer and for everybody."""
    place = ledger.log.place("news")
    record = replace(
        ledger.log.records[place][-1], key=None, value=None, headers=((ERASED, b"so"), (SALT, b"1"))
    )
    ledger.log.records[place].append(replace(record, offset=ledger.log.next_offsets[place]))
    ledger.log.next_offsets[place] += 1
    await sign_log(ledger.log)
    assert await signed_again(ledger.log) == {}


async def test_the_head_may_be_deleted_where_a_signed_frontier_covers_it(ledger: Ledger) -> None:
    log, place = ledger.log, ledger.log.place("entities")
    honest = await signed_again(log)
    del log.records[place][:2]
    assert await signed_again(log) == honest
    del log.records[place][: len(log.records[place]) - 1]
    with pytest.raises(ReplayMismatch, match="covers what was before"):
        await signed_again(log)


async def test_behind_a_deleted_head_a_forged_frontier_is_not_believed(ledger: Ledger) -> None:
    log, place = ledger.log, ledger.log.place("entities", 0)
    for number in range(2):
        notes = log.place("checkpoints", number)
        for index, record in enumerate(log.records[notes]):
            forged = tuple((name, b"00" * 32 if name == FRONTIER else text) for name, text in record.headers)
            log.edit(notes, index, headers=forged)
    del log.records[place][:2]
    with pytest.raises(ReplayMismatch, match="nothing is signed"):
        await signed_again(log)
