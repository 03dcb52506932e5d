"""Checkpoints and proofs that a person kept in files, as commands take them."""

from pathlib import Path

from readout.streams.audit.proof.notes import PublicKey
from readout.streams.audit.proof.strange_files import NOTE_BYTES, PROOF_BYTES, read_strange
from readout.streams.audit.scratch import KnownCheckpoint
from readout.streams.audit.verify.checkpoints import read_note
from readout.streams.errors import ConfigurationError, ReplayMismatch


def kept_note(path: Path, key: PublicKey | None) -> KnownCheckpoint:
    """The checkpoint in a file.

    Raises:
        ConfigurationError: there is none, or the key did not sign it.
    """
    try:
        return read_note(text_of(path), key, str(path))
    except ValueError as error:
        raise ConfigurationError(f"{path} is no checkpoint: {error}") from None
    except ReplayMismatch as error:
        raise ReplayMismatch(f"{path}: {error}") from None


def kept_in(path: Path, key: PublicKey | None) -> list[KnownCheckpoint]:
    """The checkpoint in a file, or all in a folder."""
    if not path.is_dir():
        return [kept_note(path, key)]
    found = [kept_note(one, key) for one in sorted(path.glob("*.txt"))]
    if not found:
        raise ConfigurationError(f"{path} holds no checkpoints: they are files NAME.txt")
    return found


def text_of(path: Path) -> str:
    """The text of a note in a file, or in standard input for `-`.

    Raises:
        ConfigurationError: it cannot be read, or is too large for one.
    """
    return read_strange(path, NOTE_BYTES).decode(errors="replace")


def proof_of(path: Path) -> bytes:
    """A proof or bundle in a file, or in standard input for `-`.

    Raises:
        ConfigurationError: it cannot be read, or is too large for one.
    """
    return read_strange(path, PROOF_BYTES)
