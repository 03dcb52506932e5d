"""Checkpoints and proofs that a person kept in files, as commands take them."""

import sys
from pathlib import Path

from readout.streams.audit.proof.notes import PublicKey
from readout.streams.audit.scratch import KnownCheckpoint
from readout.streams.audit.verify.checkpoints import read_note
from readout.streams.errors import ConfigurationError


def kept_note(path: Path, key: PublicKey | None) -> KnownCheckpoint:
    """The checkpoint in a file.

    Raises:
        ConfigurationError: there is none, or the key did not sign it.
    """
    try:
        return read_note(text_of(path), key, str(path))
    except ValueError as error:
        raise ConfigurationError(f"{path} is no checkpoint: {error}") from None


def kept_in(path: Path, key: PublicKey | None) -> list[KnownCheckpoint]:
    """The checkpoint in a file, or all in a folder."""
    if not path.is_dir():
        return [kept_note(path, key)]
    found = [kept_note(one, key) for one in sorted(path.glob("*.txt"))]
    if not found:
        raise ConfigurationError(f"{path} holds no checkpoints: they are files NAME.txt")
    return found


def text_of(path: Path) -> str:
    """What a file holds, or standard input for `-`."""
    return bytes_of(path).decode(errors="replace")


def bytes_of(path: Path) -> bytes:
    """What a file holds, or standard input for `-`.

    Raises:
        ConfigurationError: it cannot be read.
    """
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
