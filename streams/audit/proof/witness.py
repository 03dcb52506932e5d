"""A witness: remembers the last checkpoint that it saw of each tree, and cosigns only what goes on from there.

Reads:  checkpoints and consistency proofs, and its own folder of last checkpoints
Writes: that folder, a file for each tree, before any cosignature leaves it
Whoever shows two people two logs under one name would have to show the witness both: it cosigns one. What is asked
and answered is that of https://c2sp.org/tlog-witness; the port is in `witness_port`.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from readout.schemas.checkpoints import Checkpoint, parse_checkpoint
from readout.schemas.ids import sha256_hex
from readout.streams.audit.proof.cosignatures import cosign
from readout.streams.audit.proof.leaves import tree_of
from readout.streams.audit.proof.merkle import is_consistent
from readout.streams.audit.proof.notes import PrivateKey, PublicKey, open_note, split_note
from readout.streams.audit.proof.own_notes import shown
from readout.streams.audit.proof.strange_files import NOTE_BYTES, strange_note
from readout.streams.errors import ConfigurationError, ReplayMismatch

UNKNOWN, UNSIGNED, SENSELESS, CONFLICT, INCONSISTENT = 404, 403, 400, 409, 422


class Refusal(ReplayMismatch):
    """Why a witness does not cosign: a status of the protocol, and the size that it knows where that helps."""

    def __init__(self, status: int, reason: str, known_size: int | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.known_size = known_size


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness of the trees that some keys sign."""

    key: PrivateKey
    logs: Sequence[PublicKey]
    folder: Path

    def cosign(self, note: str, old_size: int, proof: Sequence[bytes], seconds: int) -> str:
        """The cosignature of a checkpoint, once it goes on from the last one.

        Args:
            note: the checkpoint.
            old_size: the size that the proof begins at: that of the last checkpoint, or 0.
            proof: the hashes of a consistency proof.
            seconds: now, since 1970.

        Raises:
            Refusal: it does not, or the tree or the signature is unknown.
            ConfigurationError: the folder cannot be written.
        """
        checkpoint = self._opened(note)
        if old_size > checkpoint.size:
            raise Refusal(SENSELESS, f"a tree of {checkpoint.size} records does not go on from {old_size}")
        with self._alone():
            known = self.last(checkpoint.origin)
            _compare(checkpoint, known, old_size, proof)
            line = cosign(split_note(note)[0], self.key, seconds)
            self._remember(checkpoint.origin, note)
        return line

    def last(self, origin: str) -> Checkpoint | None:
        """The last checkpoint of a tree that was cosigned; None if there is none.

        Raises:
            ConfigurationError: what is there is none, so that nobody knows what was cosigned.
        """
        path = self._path(origin)
        if not os.path.lexists(path):
            return None
        try:
            return parse_checkpoint(split_note(strange_note(path))[0])
        except (ReplayMismatch, ValueError):
            raise ConfigurationError(
                f"{path} is not the checkpoint of {origin} that was cosigned last: nothing is cosigned until it is"
            ) from None

    def _opened(self, note: str) -> Checkpoint:
        if len(note.encode()) > NOTE_BYTES:
            raise Refusal(SENSELESS, f"no checkpoint has more than {NOTE_BYTES:,} bytes")
        try:
            origin = parse_checkpoint(split_note(note)[0]).origin
        except (ValueError, ReplayMismatch) as error:
            raise Refusal(SENSELESS, f"no checkpoint: {error}") from None
        name = tree_of(origin)
        keys = [key for key in self.logs if name is not None and name.origin(key.name) == origin]
        if not keys:
            raise Refusal(UNKNOWN, f"no key is known here that may sign {origin}")
        for key in keys:
            try:
                return parse_checkpoint(open_note(note, key))
            except ReplayMismatch:
                continue
        raise Refusal(UNSIGNED, f"{origin} is not signed by a key that is known here")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else compares and remembers meanwhile, in this process or another."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise ConfigurationError(f"{self.folder} cannot be used by a witness: {error.strerror}") from None

    def _remember(self, origin: str, note: str) -> None:
        path = self._path(origin)
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    def _path(self, origin: str) -> Path:
        return self.folder / f"{sha256_hex(origin.encode())}.txt"


def _not_from_the_last(new: Checkpoint, size: int, old_size: int) -> str:
    asked = f"{new.origin}: {size} records were witnessed, not {old_size}"
    return f"{asked}: give a proof from the last on (`readout audit prove --consistency`)" if size else asked


def _compare(new: Checkpoint, known: Checkpoint | None, old_size: int, proof: Sequence[bytes]) -> None:
    size = known.size if known else 0
    if old_size != size:
        raise Refusal(CONFLICT, _not_from_the_last(new, size, old_size), size)
    if known is not None and known.size == new.size and known.root != new.root:
        raise Refusal(
            CONFLICT,
            f"{new.origin}: two roots for {size} records: {shown(known.root)} was witnessed, {shown(new.root)} is "
            f"asked for: somebody is shown another log",
            size,
        )
    if known is None and proof:
        raise Refusal(INCONSISTENT, f"{new.origin}: nothing was witnessed, so that there is nothing to prove")
    if known is not None and not is_consistent((size, known.root), (new.size, new.root), proof):
        raise Refusal(
            INCONSISTENT,
            f"{new.origin} with {new.size} records and the root {shown(new.root)} does not begin with the {size} "
            f"records that were witnessed, with the root {shown(known.root)}: the past was changed",
        )
