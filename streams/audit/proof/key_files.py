"""Where keys lie: a private key in a file that only its owner can read, the public key beside it.

Reads and writes: key files. A private key never enters a topic, an archive or a log line.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from readout.streams.audit.proof.notes import (
    LOG,
    PrivateKey,
    PublicKey,
    new_key,
    parse_private_key,
    parse_public_key,
)
from readout.streams.audit.proof.strange_files import NOTE_BYTES, read_strange
from readout.streams.errors import ConfigurationError

_OWNER_ONLY = 0o600
T = TypeVar("T")


def create_key(path: Path, name: str, kind: bytes = LOG) -> PublicKey:
    """Draw a key and write it to a new file, and its public half to the same name with `.pub`.

    Raises:
        ConfigurationError: the name fits no note, or a file is there already or cannot be written.
    """
    key = new_key(name, kind)
    public = public_path(path)
    if public.exists():
        raise ConfigurationError(f"{public} is there already: nothing was written")
    _write_new(path, key.line() + "\n", _OWNER_ONLY)
    _write_new(public, key.public.line() + "\n", 0o644)
    return key.public


def public_path(path: Path) -> Path:
    """Where the public half of a private key is written."""
    return path.with_name(path.name + ".pub")


def read_private_key(path: Path) -> PrivateKey:
    """Read a private key.

    Raises:
        ConfigurationError: it cannot be read, is none, or others can read it.
    """
    line = _read(path, "private key; make one with `readout audit keygen`")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ConfigurationError(f"{path} can be read by others: chmod 600 it, and think about a new key")
    return _named(path, parse_private_key, line)


def read_public_key(path: Path) -> PublicKey:
    """Read a public key.

    Raises:
        ConfigurationError: it cannot be read or is none.
    """
    return _named(path, parse_public_key, _read(path, "public key"))


def _named(path: Path, parse: Callable[[str], T], line: str) -> T:
    try:
        return parse(line)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from None


def _read(path: Path, what: str) -> str:
    try:
        return read_strange(path, NOTE_BYTES, what).decode().strip()
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} cannot be read as a {what}: it is not UTF-8") from None


def _write_new(path: Path, text: str, mode: int) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise ConfigurationError(f"{path} is there already: nothing was written") from None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, mode)
        file.write(text)
