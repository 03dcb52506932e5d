"""The tamper matrix on the auditor's page is true: every kind is done, and found by what the page says."""

import inspect
from collections.abc import Sequence
from pathlib import Path

import pytest

from readout.schemas.checkpoints import parse_checkpoint
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.findings import Finding, Status
from readout.streams.audit.log import Log, snapshot
from readout.streams.audit.proof.notes import WITNESS, new_key, split_note
from readout.streams.audit.proof.prove import consistency_hashes, newest_checkpoints
from readout.streams.audit.proof.witness import Witness
from readout.streams.audit.scratch import KnownCheckpoint
from readout.streams.audit.verify.checkpoints import read_note
from readout.streams.audit.verify.run import Scope
from readout.streams.errors import ReplayMismatch
from tests.audit.auditing import KEY, audit, sign_log
from tests.audit.ledger import Ledger, MemoryLog, article, body_of, honest_ledger
from tests.audit.matrix import MATRIX, Tampering, Who, table, without_checkpoints
from tests.audit.page import PAGE

NOW = 1_700_000_000


async def signed_twice() -> Ledger:
    """An honest log, signed in the middle and at its end."""
    ledger = await honest_ledger(16)
    await sign_log(ledger.log)
    for number in range(100, 108):
        ledger.publish(article(f"article-{number}", body_of(number)))
    await ledger.derive()
    await sign_log(ledger.log)
    return ledger


def notes_of(log: MemoryLog) -> list[str]:
    """All checkpoints of a log, in their order."""
    places = [log.place("checkpoints", number) for number in range(2)]
    return [(one.value or b"").decode() for place in places for one in log.records[place]]


async def witness_of(log: MemoryLog, folder: Path) -> Witness:
    """A witness that has cosigned everything in an honest log."""
    witness = Witness(new_key("witness.example", WITNESS), [KEY.public], folder)
    for note in notes_of(log):
        checkpoint = parse_checkpoint(split_note(note)[0])
        known = witness.last(checkpoint.origin)
        old = known.size if known else 0
        witness.cosign(note, old, await consistency_hashes(log, checkpoint, old), NOW)
    return witness


async def is_refused(shown: Log, witness: Witness, origins: Sequence[str]) -> bool:
    """Does the witness not stand for the newest checkpoints that are shown, or do they fall short of what it knows?"""
    bounds = await snapshot(shown)
    found = await newest_checkpoints(shown, bounds, KEY.public)
    notes = {name.origin(KEY.name): (record.value or b"").decode() for name, record in found.items()}
    for origin in origins:
        known = witness.last(origin)
        if known is None or origin not in notes:
            return True
        checkpoint = parse_checkpoint(split_note(notes[origin])[0])
        try:
            hashes = await consistency_hashes(shown, checkpoint, known.size)
            witness.cosign(notes[origin], known.size, hashes, NOW)
        except ReplayMismatch:
            return True
    return False


class Outcome:
    """What was found of a kind of tampering, by each means."""

    def __init__(self, alone: Sequence[Finding], kept: Sequence[Finding], *, refused: bool) -> None:
        self.kinds = {one.kind for one in (*alone, *kept)}
        self.alone, self.kept = bool(alone), bool(kept)
        self.witnesses = self.alone or refused


async def outcome(shown: Log, honest: MemoryLog, witness: Witness) -> Outcome:
    """Audit what is shown by each means."""
    kept = tuple(read_note(note, KEY.public, "that I kept") for note in notes_of(honest))
    shown = _opened_again(shown)
    alone, by_key = await _audited(shown, ())
    shown = _opened_again(shown)
    compared, by_kept = await _audited(shown, kept)
    assert (alone is Status.WELL, compared is Status.WELL) == (not by_key, not by_kept)
    origins = [parse_checkpoint(split_note(note)[0]).origin for note in notes_of(honest)]
    return Outcome(by_key, by_kept, refused=await is_refused(shown, witness, origins))


def _opened_again(shown: Log) -> Log:
    """Each audit opens an archive anew, and is told of all damage."""
    return ArchiveLog(shown.folder) if isinstance(shown, ArchiveLog) else shown


async def _audited(shown: Log, kept: tuple[KnownCheckpoint, ...]) -> tuple[Status, list[Finding]]:
    scope = Scope(public_key=KEY.public, kept=kept, require_statement=True)
    account, found = await audit(shown, scope=scope)
    return account.status(), found


async def tampered(one: Tampering, ledger: Ledger, folder: Path) -> Log:
    """What somebody shows to an auditor."""
    if one.tail:
        for number in range(200, 204):
            ledger.publish(article(f"article-{number}", body_of(number)))
        await ledger.derive()
    log = ledger.log.copy()
    if one.act_on is not None:
        await write_archive(log, folder, key=KEY)
        one.act_on(folder)
        return ArchiveLog(folder)
    if one.act is not None:
        done = one.act(log)
        if inspect.isawaitable(done):
            await done
    if one.who is Who.THIEF:
        without_checkpoints(log)
        await sign_log(log)
    return log


@pytest.mark.parametrize("one", MATRIX, ids=[f"{one.who}, {one.what}" for one in MATRIX])
async def test_the_matrix_is_true(one: Tampering, tmp_path: Path) -> None:
    ledger = await signed_twice()
    honest = ledger.log.copy()
    witness = await witness_of(honest, tmp_path / "witness")
    shown = await tampered(one, ledger, tmp_path / "archive")
    found = await outcome(shown, honest, witness)
    assert (found.alone, found.kept, found.witnesses) == (one.alone, one.kept, one.witnesses), found.kinds
    assert one.kind is None or one.kind in found.kinds


async def test_an_honest_log_gives_nothing_by_any_means(tmp_path: Path) -> None:
    ledger = await signed_twice()
    witness = await witness_of(ledger.log, tmp_path / "witness")
    await write_archive(ledger.log, tmp_path / "archive", key=KEY)
    for shown in (ledger.log, ArchiveLog(tmp_path / "archive")):
        found = await outcome(shown, ledger.log, witness)
        assert (found.alone, found.kept, found.witnesses) == (False, False, False)


def test_the_matrix_says_what_it_promises() -> None:
    assert len(MATRIX) >= 40
    assert {one.who for one in MATRIX} == set(Who)
    assert len({one.what for one in MATRIX}) == len(MATRIX)
    for one in MATRIX:
        assert bool(one.why) == (not (one.alone and one.kept and one.witnesses)), one.what
        assert (one.kind is None) == (not (one.alone or one.kept)), one.what


def test_the_matrix_stands_on_the_auditor_s_page() -> None:
    """If this fails: `python -m tests.audit.page`."""
    assert table() in PAGE.read_text("utf-8")
