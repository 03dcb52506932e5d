"""Files that a stranger hands over, or leaves where we look: never read without end, always one line."""

import os
from pathlib import Path

import pytest

from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.proof.checkpoint import keep_checkpoints, make_checkpoints
from readout.streams.audit.proof.key_files import create_key, read_private_key
from readout.streams.audit.proof.notes import WITNESS
from readout.streams.audit.proof.signer_state import read_state
from readout.streams.audit.proof.strange_files import NOTE_BYTES
from readout.streams.audit.proof.witness import Refusal, Witness
from readout.streams.errors import ConfigurationError
from tests.audit.ledger import honest_ledger
from tests.audit.test_commands import Typed, typed

__all__ = ["typed"]

TOO_LARGE = "/dev/zero cannot be read: it has more than"
REFUSED = [
    ("audit check /dev/zero --public-key key.pub", TOO_LARGE),
    ("audit check notes --public-key key.pub", "notes cannot be read: Is a directory"),
    ("audit check empty.json --public-key key.pub", "no proof: it does not say which, by `format`"),
    (
        "audit check empty.json --public-key /dev/zero",
        "/dev/zero cannot be read as a public key: it has more",
    ),
    ("audit check empty.json --public-key key", "key: no public key NAME+ID+KEY"),
    ("audit verify --archive evidence --checkpoint /dev/zero", TOO_LARGE),
    ("audit verify --archive evidence --checkpoint empty.json", "empty.json: no signed note"),
    ("audit verify --archive evidence --since-checkpoint /dev/zero", TOO_LARGE),
    ("audit prove --consistency /dev/zero --archive evidence", TOO_LARGE),
    ("audit witness --key witness --public-key key.pub /dev/zero", TOO_LARGE),
    ("audit witness --key witness --public-key key.pub --listen 127.0.0.1:99999", "is no HOST:PORT"),
    (
        "audit check NOTE --public-key key.pub --witness witness.pub --witness witness.pub --quorum 2",
        "1 different",
    ),
]


@pytest.fixture
async def owner(tmp_path: Path) -> Path:
    """A folder with an archive, keys of a signer and a witness, and the signer's notes."""
    create_key(tmp_path / "key", "auditor.example")
    create_key(tmp_path / "witness", "witness.example", WITNESS)
    (tmp_path / "empty.json").write_text("{}")
    ledger = await honest_ledger(4)
    await write_archive(ledger.log, tmp_path / "evidence")
    key = read_private_key(tmp_path / "key")
    made = await make_checkpoints(ledger.log, key, "2022-10-25T13:00:00Z")
    keep_checkpoints(made, tmp_path / "notes", key.public)
    return tmp_path


@pytest.mark.parametrize(("line", "said"), REFUSED)
def test_what_is_no_key_note_or_proof_is_refused_in_one_line(
    typed: Typed, owner: Path, line: str, said: str
) -> None:
    note = next((owner / "notes").glob("*.txt"))
    code, out, err = typed(*line.replace("NOTE", str(note)).split())
    assert (code, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1


def test_pipes_and_devices_among_the_notes_are_passed_over(typed: Typed, owner: Path) -> None:
    """A pipe would be waited for, a device read without end."""
    for name in ("a.txt", "a.cosignatures"):
        os.mkfifo(owner / "notes" / name)
        (owner / "notes" / f"b{name}").symlink_to("/dev/zero")
    sign = "audit checkpoint --archive evidence --key key --out notes --witness-key witness.pub"
    code, _, err = typed(*sign.split())
    assert (code, err) == (0, "0 checkpoints signed by auditor.example\n")


def test_a_pipe_in_the_place_of_the_state_is_doubted(owner: Path) -> None:
    os.mkfifo(owner / "state")
    state = read_state(owner / "state", read_private_key(owner / "key").public)
    assert state.doubt == f"{owner / 'state'} is no regular file"


def test_a_witness_without_its_last_checkpoint_cosigns_nothing(owner: Path) -> None:
    """To take it for a tree that was never seen would let the past be changed."""
    public = read_private_key(owner / "key").public
    who = Witness(read_private_key(owner / "witness"), [public], owner / "seen")
    note = next((owner / "notes").glob("*.txt")).read_text()
    who.cosign(note, 0, (), 5)
    (remembered,) = (owner / "seen").glob("*.txt")
    remembered.write_text("junk")
    with pytest.raises(ConfigurationError, match="that was cosigned last"):
        who.cosign(note, 0, (), 6)
    remembered.unlink()
    os.mkfifo(remembered)
    with pytest.raises(ConfigurationError, match="that was cosigned last"):
        who.cosign(note, 0, (), 7)


def test_nobody_can_make_a_witness_remember_what_it_cannot_read(owner: Path) -> None:
    """Anybody may add lines to a signed note; one that is too long is not cosigned."""
    who = Witness(
        read_private_key(owner / "witness"), [read_private_key(owner / "key").public], owner / "seen"
    )
    note = next((owner / "notes").glob("*.txt")).read_text()
    with pytest.raises(Refusal, match="no checkpoint has more than"):
        who.cosign(note + "— other.example AAAAAAAA\n" * (NOTE_BYTES // 20), 0, (), 5)
    assert who.cosign(note, 0, (), 6)
