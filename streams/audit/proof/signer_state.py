"""What a signer remembers from run to run: each tree as it was signed, so that a run costs the new records.

Reads and writes: one file, which lies with the private key and is signed by it
A tree goes on from here only where nothing speaks against it: the state is signed by the very key, the last record
that it covers is there with the same leaf, and no note of the key has turned up since that was not compared with
the records. In every other case the tree is built again from its first record. The state is a note as well: where
the log is not what it remembers, nothing is signed, even if every other note has gone.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from readout.schemas.checkpoints import Checkpoint
from readout.schemas.envelope import canonical_json
from readout.schemas.event import Part
from readout.streams.audit.proof.leaves import TreeName, tree_of
from readout.streams.audit.proof.merkle import Tree
from readout.streams.audit.proof.notes import PrivateKey, PublicKey, open_note, sign
from readout.streams.audit.proof.own_notes import OwnNote, OwnNotes
from readout.streams.errors import ConfigurationError, ReplayMismatch, describe

_FORMAT = "readout signer state 1\n"


class Head(Part):
    """A tree as it was signed.

    Attributes:
        origin: which tree.
        size: how many records it has.
        next_offset: one past the offset of the last of them.
        frontier: the roots of its complete subtrees, in hexadecimal, largest first.
        last_leaf: the hash of its last leaf, in hexadecimal.
        notes: a digest of the sizes and roots of all notes that were compared with it.
        rebuilt_at: when it was last built from its first record, RFC 3339.
    """

    origin: str
    size: int
    next_offset: int
    frontier: tuple[str, ...]
    last_leaf: str
    notes: str
    rebuilt_at: str

    def tree(self) -> Tree:
        """The tree, to go on with.

        Raises:
            ValueError: the frontier is of another size.
        """
        return Tree(self.size, [bytes.fromhex(node) for node in self.frontier])


class _Heads(Part):
    heads: tuple[Head, ...]


@dataclass
class SignerState:
    """The heads of all trees; a run reads and replaces them, and counts the records that it need not read."""

    heads: dict[TreeName, Head] = field(default_factory=dict)
    found_at: str = "nowhere"
    doubt: str | None = None
    """Why every tree is to be built again, whatever the heads say; None if there is no reason."""
    passed_over: int = 0
    rebuilt_at: str | None = None
    """When the oldest of the trees that were gone on with was last built from its first record."""

    def remembered(self) -> Iterator[OwnNote]:
        """The heads as notes."""
        for head in self.heads.values():
            tree = head.tree()
            checkpoint = Checkpoint(head.origin, tree.size, tree.root(), head.next_offset)
            yield OwnNote(checkpoint, self.found_at, tree, is_kept=False)

    def head(self, name: TreeName, signed: OwnNotes) -> Head | None:
        """The head of a tree, unless a note of it turned up that it was not compared with."""
        head = None if self.doubt else self.heads.get(name)
        if head is None or head.notes != notes_digest(signed.get(name, ()), head.size):
            return None
        return head

    def gone_on_with(self, head: Head) -> None:
        """Count what a tree that goes on from its head need not read."""
        self.passed_over += head.size
        self.rebuilt_at = min(self.rebuilt_at or head.rebuilt_at, head.rebuilt_at)


def state_path(key: Path) -> Path:
    """Where the signer of a private key keeps what it remembers: beside the key."""
    return key.with_name(key.name + ".state")


def read_state(path: Path, key: PublicKey) -> SignerState:
    """What the key's signer remembers; nothing if there is no such file, or one that the key has not signed."""
    try:
        if path.exists() and not path.is_file():
            return SignerState(found_at=str(path), doubt=f"{path} is no regular file")
        note = path.read_text("utf-8")
    except FileNotFoundError:
        return SignerState(found_at=str(path))
    except (OSError, UnicodeDecodeError) as error:
        return SignerState(found_at=str(path), doubt=f"{path} cannot be read: {error}")
    try:
        return SignerState(dict(_heads(open_note(note, key), key)), str(path))
    except ValidationError as error:
        reason = describe(error)
    except (ReplayMismatch, ValueError) as error:
        reason = str(error)
    return SignerState(found_at=str(path), doubt=f"{path} is not believed: {reason}")


def write_state(path: Path, state: SignerState, key: PrivateKey) -> None:
    """Write what is remembered, whole or not at all.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    data = canonical_json({"heads": [head.model_dump(mode="json") for head in state.heads.values()]})
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8") as file:
            file.write(sign(f"{_FORMAT}{data.decode()}\n", key))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from None


def notes_digest(notes: Iterable[OwnNote], size: int, made: Checkpoint | None = None) -> str:
    """A digest of sizes and roots of all notes that anybody could find, up to a size; `made` is one more."""
    heads = {(one.checkpoint.size, one.checkpoint.root) for one in notes if one.is_kept}
    if made is not None:
        heads.add((made.size, made.root))
    digest = hashlib.sha256()
    for count, root in sorted(heads):
        if count <= size:
            digest.update(count.to_bytes(8) + root)
    return digest.hexdigest()


def _heads(text: str, key: PublicKey) -> Iterator[tuple[TreeName, Head]]:
    if not text.startswith(_FORMAT):
        raise ValueError("it is no signer's state")
    for head in _Heads.model_validate_json(text.removeprefix(_FORMAT)).heads:
        name = tree_of(head.origin)
        if name is None or name.origin(key.name) != head.origin:
            raise ValueError(f"{head.origin!r} is no origin of this key")
        head.tree()
        yield name, head
