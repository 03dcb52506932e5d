"""Proofs for the page: the audit path of every record shown, and the checkpoint that it leads to.

Reads:  the index
Writes: nothing
The page computes every proof again; what is said here of a tree is for browsers that cannot.
"""

import base64
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from readout.schemas.checkpoints import Checkpoint, parse_checkpoint
from readout.streams.audit.proof.leaves import TreeName, tree_of
from readout.streams.audit.proof.notes import PublicKey, open_note, split_note
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import Partition
from readout.streams.report.kept import Json
from readout.streams.report.trees import audit_path, range_root


@dataclass(frozen=True, slots=True)
class SignedTree:
    """A partition's tree as it is here, and the newest checkpoint of it; None where there is none."""

    id: int
    name: TreeName
    first: int
    size: int
    note: str | None
    checkpoint: Checkpoint | None
    root: bytes | None
    """Of as many leaves as were signed, as they are here; None where there are fewer."""


class Proofs:
    """Proofs from one index."""

    def __init__(self, database: sqlite3.Connection, key: PublicKey | None, now: str) -> None:
        """Proofs against a key (None: nobody's signature is checked here), at a moment in RFC 3339."""
        self._database = database
        self._key = key
        self._now = now
        self._trees = {Partition(*tree.name.place): tree for tree in _signed_trees(database, key)}

    def trees(self) -> list[Json]:
        """Every tree: how large, by which checkpoint it is covered, and what was found here."""
        return [self._tree(tree) for tree in self._trees.values()]

    def prove(self, document: Json) -> Json:
        """An article's document, with the audit paths of its records."""
        for one in (*document["revisions"], *document["records"]):
            self._add_path(one["log"])
        return document

    def prove_one(self, row: Json) -> Json:
        """A row that has a record, with the audit path of that."""
        self._add_path(row["log"])
        return row

    def _add_path(self, log: Json) -> None:
        tree = self._trees.get(Partition(log["topic"], log["partition"]))
        if tree is None or tree.checkpoint is None or tree.root is None:
            return
        if log["leaf"] < tree.checkpoint.size:
            path = audit_path(self._database, tree.id, log["leaf"], tree.checkpoint.size)
            log["path"] = [_text(one) for one in path]

    def _tree(self, tree: SignedTree) -> Json:
        return {
            "topic": tree.name.place.topic,
            "partition": tree.name.place.number,
            "suffix": tree.name.suffix(),
            "size": tree.size,
            "signed": tree.checkpoint.size if tree.checkpoint else 0,
            "note": tree.note,
            "checked": {"at": self._now, "complaint": _complaint(tree), "signature": self._key is not None},
        }


def _complaint(tree: SignedTree) -> str | None:
    """What is wrong with a tree; None if it has the root that was signed, or nobody signed any."""
    if tree.checkpoint is None:
        return None
    if tree.root is None:
        return f"{tree.checkpoint.size} records were signed, and only {tree.size} are here"
    if tree.root == tree.checkpoint.root:
        return None
    if tree.first:
        return f"it begins at offset {tree.first}: without what was before, no proof can be made"
    return f"its first {tree.checkpoint.size} records are not those that were signed"


def _signed_trees(database: sqlite3.Connection, key: PublicKey | None) -> Iterator[SignedTree]:
    notes = _newest_notes(database, key)
    rows = database.execute(
        "SELECT id, topic, number, first, restored, size FROM trees ORDER BY topic, number"
    )
    for number, topic, partition, first, restored, size in rows.fetchall():
        name = TreeName(Partition(topic, partition), restored)
        note, checkpoint = notes.get(name, (None, None))
        signed = checkpoint.size if checkpoint else 0
        root = range_root(database, number, (0, signed)) if checkpoint and signed <= size else None
        yield SignedTree(number, name, first, size, note, checkpoint, root)


def _newest_notes(
    database: sqlite3.Connection, key: PublicKey | None
) -> dict[TreeName, tuple[str, Checkpoint]]:
    found: dict[TreeName, tuple[str, Checkpoint]] = {}
    for origin, note in database.execute("SELECT origin, note FROM notes ORDER BY size"):
        name = tree_of(origin)
        if name is None or (key is not None and origin != name.origin(key.name)):
            continue
        checkpoint = _checkpoint(note, key)
        if checkpoint is not None:
            found[name] = (note, checkpoint)
    return found


def _checkpoint(note: str, key: PublicKey | None) -> Checkpoint | None:
    try:
        return parse_checkpoint(open_note(note, key) if key else split_note(note)[0])
    except (ReplayMismatch, ValueError):
        return None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
