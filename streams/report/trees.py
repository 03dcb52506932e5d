"""The Merkle trees of all partitions, on disk: every complete subtree's root, so that a proof is a few look-ups.

Reads and writes: the index.
"""

import sqlite3
from dataclasses import dataclass

from readout.streams.audit.proof.erasures import leaf_hash_of
from readout.streams.audit.proof.leaves import TreeName
from readout.streams.audit.proof.merkle import EMPTY_ROOT, Range, inclusion_ranges, node_hash
from readout.streams.audit.proof.notes import PublicKey
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.log.origin import origin_of


@dataclass(slots=True)
class _Growing:
    """A tree that grows; `first` is the offset of its first leaf."""

    id: int
    name: TreeName
    first: int
    size: int


class Trees:
    """The trees of an index."""

    def __init__(self, database: sqlite3.Connection, key: PublicKey | None = None) -> None:
        """The trees in a database; `key` is whose signature makes an erasure count, None believes all."""
        self._database = database
        self._keys = [key] if key else None
        self._growing: dict[Partition, _Growing] = {}

    def add(self, record: StoredRecord) -> int:
        """Take the next record of a partition; returns the index of its leaf."""
        place = Partition(record.topic, record.partition)
        tree = self._growing.get(place) or self._begin(place, record)
        index, node, level = tree.size, leaf_hash_of(record, self._keys), 0
        rows = [(tree.id, 0, index, node)]
        while index >> level & 1:
            node = node_hash(self._node(tree.id, level, (index >> level) - 1), node)
            level += 1
            rows.append((tree.id, level, index >> level, node))
        self._database.executemany("INSERT INTO nodes VALUES (?, ?, ?, ?)", rows)
        tree.size += 1
        return index

    def settle(self) -> None:
        """Write down how large the trees are."""
        sizes = [(tree.size, tree.id) for tree in self._growing.values()]
        self._database.executemany("UPDATE trees SET size = ? WHERE id = ?", sizes)

    def _begin(self, place: Partition, record: StoredRecord) -> _Growing:
        restored = origin_of(record).restored
        row = self._database.execute(
            "INSERT INTO trees (topic, number, first, restored, size) VALUES (?, ?, ?, ?, 0) RETURNING id",
            (place.topic, place.number, record.offset, restored),
        ).fetchone()
        tree = _Growing(row[0], TreeName(place, restored), record.offset, 0)
        self._growing[place] = tree
        return tree

    def _node(self, tree: int, level: int, place: int) -> bytes:
        return node_of(self._database, tree, level, place)


def node_of(database: sqlite3.Connection, tree: int, level: int, place: int) -> bytes:
    """The root of a complete subtree."""
    row = database.execute(
        "SELECT hash FROM nodes WHERE tree = ? AND level = ? AND place = ?", (tree, level, place)
    ).fetchone()
    found: bytes = row[0]
    return found


def range_root(database: sqlite3.Connection, tree: int, leaves: Range) -> bytes:
    """The root of some leaves, as RFC 6962 divides them: complete subtrees, joined from the right."""
    first, last = leaves
    if first == last:
        return EMPTY_ROOT
    roots = []
    while first < last:
        level = (last - first).bit_length() - 1
        roots.append(node_of(database, tree, level, first >> level))
        first += 1 << level
    root = roots.pop()
    while roots:
        root = node_hash(roots.pop(), root)
    return root


def audit_path(database: sqlite3.Connection, tree: int, index: int, size: int) -> list[bytes]:
    """The hashes that lead from a leaf to the root of the first `size` leaves, innermost first."""
    return [range_root(database, tree, one) for one in inclusion_ranges(index, size)]
