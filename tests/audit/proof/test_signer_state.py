"""What a signer remembers spares it reading, and never makes it sign what it would refuse without it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from readout.schemas.checkpoints import Checkpoint, checkpoint_text
from readout.streams.audit.findings import Kind
from readout.streams.audit.proof.checkpoint import SignedCheckpoint, keep_checkpoints, make_checkpoints
from readout.streams.audit.proof.notes import new_key, sign
from readout.streams.audit.proof.signer_state import SignerState, read_state, write_state
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition
from readout.streams.log.topics import TOPICS
from tests.audit.auditing import KEY, audit
from tests.audit.ledger import Ledger, MemoryLog, article, body_of, honest_ledger
from tests.audit.proof.test_signer import JUNK, notes_of, write_note

NOW, LATER = "2022-10-25T14:00:00Z", "2022-10-25T15:00:00Z"
NEWS, ENTITIES = Partition("news", 0), Partition("entities", 0)


class CountingLog(MemoryLog):
    """Counts the records that are read of all topics but `checkpoints`."""

    records_read = 0

    async def read(self, place: Partition, bounds: Bounds):  # type: ignore[no-untyped-def]  # noqa: ANN201
        async for record in super().read(place, bounds):
            self.records_read += place.topic != "checkpoints"
            yield record


async def sign_once(log: MemoryLog, folder: Path, *, rebuild: bool = False) -> list[SignedCheckpoint]:
    """One run of the signer, with the state beside its folder, as the command does it."""
    path = folder / "key.state"
    state = read_state(path, KEY.public)
    if rebuild:
        state.doubt = "asked for"
    made = await make_checkpoints(log, KEY, NOW, folder=folder / "notes", to_topic=True, state=state)
    keep_checkpoints(made, folder / "notes", KEY.public)
    for one in made:
        log.append(one.record, one.place.number, 1)
    write_state(path, state, KEY)
    return made


def grow(ledger: Ledger, first: int, last: int) -> None:
    for number in range(first, last):
        ledger.publish(article(f"article-{number}", body_of(number)))


@pytest.fixture
async def ledger(tmp_path: Path) -> Ledger:
    """A log that was signed, with the state of its signer, and has grown since."""
    ledger = await honest_ledger(8)
    await sign_once(ledger.log, tmp_path)
    grow(ledger, 20, 24)
    await ledger.derive()
    return ledger


def counting(log: MemoryLog) -> CountingLog:
    counted = CountingLog(log.prefix)
    counted.records.update({place: list(records) for place, records in log.records.items()})
    counted.next_offsets.update(log.next_offsets)
    return counted


def roots(made: list[SignedCheckpoint]) -> dict[str, bytes]:
    return {f"{one.checkpoint.origin} {one.checkpoint.size}": one.checkpoint.root for one in made}


async def test_a_run_reads_what_is_new_and_signs_what_a_rebuild_would(ledger: Ledger, tmp_path: Path) -> None:
    log = counting(ledger.log)
    honest = roots(await make_checkpoints(ledger.log, KEY, NOW))
    state = read_state(tmp_path / "key.state", KEY.public)
    signed = sum(head.size for head in state.heads.values())
    everything = sum(len(records) for place, records in log.records.items() if place.topic != "checkpoints")
    made = await sign_once(log, tmp_path)
    assert roots(made) == honest
    # Beside what is new it reads the first record of each partition, and the last that was signed.
    assert log.records_read <= everything - signed + 2 * len(TOPICS) * 2
    assert log.records_read < everything / 2 + 2 * len(TOPICS) * 2
    assert await sign_once(log, tmp_path) == []


async def test_the_state_is_the_same_after_going_on_as_after_a_rebuild(
    ledger: Ledger, tmp_path: Path
) -> None:
    await sign_once(ledger.log, tmp_path)
    gone_on = read_state(tmp_path / "key.state", KEY.public)
    await sign_once(ledger.log, tmp_path, rebuild=True)
    assert read_state(tmp_path / "key.state", KEY.public).heads == gone_on.heads


async def test_a_change_of_the_past_is_not_signed_and_a_rebuild_refuses(
    ledger: Ledger, tmp_path: Path
) -> None:
    """What is signed goes on from the past that was signed: whoever looks at the log finds the change."""
    honest = roots(await make_checkpoints(ledger.log, KEY, NOW))
    ledger.log.edit(NEWS, 1, timestamp=1)
    assert roots(await sign_once(ledger.log, tmp_path)) == honest
    _, findings = await audit(ledger.log, key=KEY.public)
    assert {one.kind for one in findings} == {Kind.CHECKPOINT}
    with pytest.raises(ReplayMismatch, match="something was changed"):
        await sign_once(ledger.log, tmp_path, rebuild=True)


def _end_altered(log: MemoryLog, size: int) -> None:
    log.edit(NEWS, size - 1, timestamp=1)


def _end_removed(log: MemoryLog, size: int) -> None:
    del log.records[NEWS][size - 1 :]


def _recreated(log: MemoryLog, _: int) -> None:
    log.records[NEWS] = [replace(one, timestamp=one.timestamp + 1) for one in log.records[NEWS]]


def _shifted(log: MemoryLog, _: int) -> None:
    del log.records[NEWS][0]
    log.records[NEWS] = [replace(one, offset=one.offset - 1) for one in log.records[NEWS]]


def _emptied(log: MemoryLog, _: int) -> None:
    log.records[NEWS].clear()


def _shortened(log: MemoryLog, size: int) -> None:
    del log.records[NEWS][size - 1 :]
    log.next_offsets[NEWS] = log.records[NEWS][-1].offset + 1


@pytest.mark.parametrize("attack", [_end_altered, _end_removed, _recreated, _shifted, _emptied, _shortened])
@pytest.mark.parametrize("gone", ["nothing", "checkpoints", "all notes"])
async def test_another_log_is_refused_even_where_the_state_alone_remembers(
    ledger: Ledger, tmp_path: Path, attack: Callable[[MemoryLog, int], None], gone: str
) -> None:
    state = read_state(tmp_path / "key.state", KEY.public)
    size = next(head.size for name, head in state.heads.items() if name.place == NEWS)
    attack(ledger.log, size)
    if gone != "nothing":
        for number in range(2):
            ledger.log.records[Partition("checkpoints", number)].clear()
    if gone == "all notes":
        for path in (tmp_path / "notes").iterdir():
            path.unlink()
    with pytest.raises(ReplayMismatch, match="nothing is signed"):
        await sign_once(ledger.log, tmp_path)


@pytest.mark.parametrize("junk", JUNK)
async def test_junk_in_the_topic_changes_nothing(ledger: Ledger, tmp_path: Path, junk: str) -> None:
    honest = roots(await make_checkpoints(ledger.log, KEY, NOW))
    write_note(ledger.log, junk)
    assert roots(await sign_once(ledger.log, tmp_path)) == honest


async def test_a_note_that_was_never_compared_has_everything_built_again(
    ledger: Ledger, tmp_path: Path
) -> None:
    """A thief has the very key, and signs another root for a size that the signer never signed."""
    stolen = Checkpoint(f"{KEY.name}/news/0", 1, b"r" * 32, 1)
    write_note(ledger.log, sign(checkpoint_text(stolen), KEY))
    with pytest.raises(ReplayMismatch, match="something was changed"):
        await sign_once(ledger.log, tmp_path)


async def test_an_old_note_that_is_written_again_is_known(ledger: Ledger, tmp_path: Path) -> None:
    old = (notes_of(ledger.log)[0].value or b"").decode()
    await sign_once(ledger.log, tmp_path)
    write_note(ledger.log, old)
    log = counting(ledger.log)
    assert await sign_once(log, tmp_path) == []
    assert log.records_read <= 2 * len(TOPICS) * 2


def _no_file(path: Path) -> None:
    path.unlink()


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _edited(path: Path) -> None:
    path.write_text(path.read_text().replace('"size":', '"size": 1'))


def _of_another_key(path: Path) -> None:
    write_state(path, read_state(path, KEY.public), new_key(KEY.name))


def _no_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe")


def _a_checkpoint(path: Path) -> None:
    path.write_text(sign("auditor.example/news/0\n1\n" + "A" * 43 + "=\n", KEY))


@pytest.mark.parametrize("damage", [_no_file, _truncated, _edited, _of_another_key, _no_text, _a_checkpoint])
async def test_a_state_that_is_not_the_signer_s_is_not_believed(
    ledger: Ledger, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    honest = roots(await make_checkpoints(ledger.log, KEY, NOW))
    path = tmp_path / "key.state"
    damage(path)
    doubtful = read_state(path, KEY.public)
    assert doubtful.heads == {}
    assert (doubtful.doubt is None) == (damage is _no_file)
    log = counting(ledger.log)
    assert roots(await sign_once(log, tmp_path)) == honest
    assert log.records_read >= sum(
        len(records) for place, records in log.records.items() if place.topic != "checkpoints"
    )


async def test_an_older_state_goes_through_all_that_was_signed_since(ledger: Ledger, tmp_path: Path) -> None:
    """Somebody puts back an older state: the newer notes are compared on the way."""
    path = tmp_path / "key.state"
    older = path.read_bytes()
    await sign_once(ledger.log, tmp_path)
    path.write_bytes(older)
    assert await sign_once(ledger.log, tmp_path) == []
    path.write_bytes(older)
    ledger.log.edit(ENTITIES, len(ledger.log.records[ENTITIES]) - 1, timestamp=1)
    with pytest.raises(ReplayMismatch, match="something was changed"):
        await sign_once(ledger.log, tmp_path)


async def test_nothing_is_remembered_of_a_run_that_was_refused(ledger: Ledger, tmp_path: Path) -> None:
    state = SignerState()
    ledger.log.records[NEWS].clear()
    with pytest.raises(ReplayMismatch):
        await make_checkpoints(ledger.log, KEY, NOW, folder=tmp_path / "notes", state=state)
    assert state.heads == {}


async def test_behind_a_deleted_head_the_signer_goes_on_from_its_state(
    ledger: Ledger, tmp_path: Path
) -> None:
    honest = roots(await make_checkpoints(ledger.log, KEY, NOW))
    del ledger.log.records[ENTITIES][:2]
    assert roots(await sign_once(ledger.log, tmp_path)) == honest
