"""Cosignatures: a witness says when it saw a checkpoint that goes on from all it saw before of that tree.

In the form of https://c2sp.org/tlog-cosignature with Ed25519; what a witness checks is in `witness`.

Pure: notes, keys and seconds in, lines and times out.
"""

import struct
from collections.abc import Iterator, Sequence

from cryptography.exceptions import InvalidSignature

from readout.streams.audit.proof.notes import WITNESS, PrivateKey, PublicKey, signature_line, split_note
from readout.streams.audit.wording import count_of
from readout.streams.errors import ConfigurationError, ReplayMismatch

_TIME = struct.Struct(">Q")
_LATEST = (1 << 63) - 1
_SIGNATURE_BYTES = 64


def cosign(text: str, key: PrivateKey, seconds: int) -> str:
    """The cosignature line of a checkpoint's text, at a time in seconds since 1970.

    Raises:
        ConfigurationError: the key is none of a witness.
    """
    if key.kind != WITNESS:
        raise ConfigurationError(f"{key.name} is no key of a witness: make one with `keygen --witness`")
    signature = key.key.sign(_message(text, seconds))
    return signature_line(key.public, _TIME.pack(seconds) + signature)


def cosignatures(note: str, witnesses: Sequence[PublicKey]) -> dict[str, int]:
    """When which of these witnesses cosigned, by key line; a signature that does not fit counts for nothing.

    Raises:
        ReplayMismatch: the note is none.
    """
    text, signatures = split_note(note)
    times: dict[str, int] = {}
    for witness in witnesses:
        for name, data in signatures:
            seconds = _verified(text, data, witness) if name == witness.name else None
            if seconds is not None:
                times[witness.line()] = max(seconds, times.get(witness.line(), 0))
    return times


def require_quorum(note: str, witnesses: Sequence[PublicKey], quorum: int) -> str:
    """In words, who of the witnesses cosigned.

    Raises:
        ReplayMismatch: fewer than the quorum.
        ConfigurationError: the quorum cannot be reached, or a key is none of a witness.
    """
    if any(one.kind != WITNESS for one in witnesses):
        raise ConfigurationError(
            "a --witness key must be a witness's: `readout audit keygen --witness` makes one"
        )
    different = len({one.line() for one in witnesses})
    if not 0 < quorum <= different:
        keys = count_of(different, "different --witness key")
        raise ConfigurationError(f"--quorum {quorum} cannot be reached with {keys}")
    found = cosignatures(note, witnesses)
    if len(found) < quorum:
        raise ReplayMismatch(f"cosigned by {len(found)} of {len(witnesses)} witnesses, {quorum} are demanded")
    names = sorted(one.name for one in witnesses if one.line() in found)
    return f"cosigned by {', '.join(names)}"


def with_cosignatures(note: str, lines: Sequence[str], witnesses: Sequence[PublicKey]) -> str:
    """A note with those of the lines that are cosignatures of it, by witnesses that have not cosigned it yet."""
    for line in lines:
        there = cosignatures(note, witnesses)
        more = _readable(note + line.rstrip("\n") + "\n")
        if more is not None and len(cosignatures(more, witnesses)) > len(there):
            note = more
    return note


def cosignature_lines(text: str) -> Iterator[str]:
    """The lines of a text that may be signature lines."""
    return (line for line in text.split("\n") if line.startswith("\N{EM DASH} "))


def _readable(note: str) -> str | None:
    try:
        split_note(note)
    except ReplayMismatch:
        return None
    return note


def _verified(text: str, data: bytes, witness: PublicKey) -> int | None:
    if data[:4] != witness.id or len(data) != 4 + _TIME.size + _SIGNATURE_BYTES or witness.kind != WITNESS:
        return None
    (seconds,) = _TIME.unpack_from(data, 4)
    if seconds > _LATEST:
        return None
    try:
        witness.key.verify(data[4 + _TIME.size :], _message(text, seconds))
    except InvalidSignature:
        return None
    return int(seconds)


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
