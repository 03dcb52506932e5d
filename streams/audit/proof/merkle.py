"""RFC 6962 Merkle trees: roots, inclusion proofs and consistency proofs, over records that are read once.

A tree of n leaves is kept as the roots of its complete subtrees, log n hashes, largest first. A proof is a list of
ranges of leaves whose subtree roots somebody needs; one pass over the leaves gives all of them.

Pure: leaf hashes in, hashes out. What a leaf holds is in `leaves`.
"""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
_LEAF = b"\x00"
_NODE = b"\x01"

Range = tuple[int, int]
"""Leaves from the first to before the second."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf; its prefix keeps it from ever being taken for a node."""
    return hashlib.sha256(_LEAF + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node above two others."""
    return hashlib.sha256(_NODE + left + right).digest()


class Tree:
    """A tree that grows at its right end; holds log n hashes."""

    def __init__(self, size: int = 0, frontier: Sequence[bytes] = ()) -> None:
        """Go on with a tree of `size` leaves.

        Raises:
            ValueError: the frontier does not have one hash for each complete subtree of that size.
        """
        if len(frontier) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} subtrees, not {len(frontier)}")
        self.size = size
        self._frontier = list(frontier)

    @property
    def frontier(self) -> tuple[bytes, ...]:
        """The roots of the complete subtrees, largest first."""
        return tuple(self._frontier)

    def append(self, leaf: bytes) -> None:
        """Add a leaf, by its hash."""
        size, node = self.size, leaf
        while size & 1:
            node = node_hash(self._frontier.pop(), node)
            size >>= 1
        self._frontier.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root of all leaves so far."""
        if not self._frontier:
            return EMPTY_ROOT
        root = self._frontier[-1]
        for left in reversed(self._frontier[:-1]):
            root = node_hash(left, root)
        return root


class RangeRoots:
    """Collects the roots of ranges of leaves while the leaves go by, each once and in order."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        self._wanted = list(ranges)
        self._open = sorted(ranges, reverse=True)
        self._tree = Tree()
        self._roots: dict[Range, bytes] = {}
        self._next = 0

    def add(self, leaf: bytes) -> None:
        """Take the next leaf, by its hash."""
        index, self._next = self._next, self._next + 1
        if not self._open or index < self._open[-1][0]:
            return
        self._tree.append(leaf)
        if self._next == self._open[-1][1]:
            self._roots[self._open.pop()] = self._tree.root()
            self._tree = Tree()

    def roots(self) -> tuple[bytes, ...]:
        """The roots, in the order in which the ranges were given.

        Raises:
            ValueError: fewer leaves came by than the ranges ask for.
        """
        if self._open:
            raise ValueError(f"there are {self._next} leaves; the proof needs {self._open[0][1]}")
        return tuple(self._roots[one] for one in self._wanted)


def inclusion_ranges(index: int, size: int) -> tuple[Range, ...]:
    """The ranges whose roots prove that leaf `index` is in the tree of `size` leaves, innermost first.

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    first, last, outer = 0, size, []
    while last - first > 1:
        middle = first + _split(last - first)
        if index < middle:
            outer.append((middle, last))
            last = middle
        else:
            outer.append((first, middle))
            first = middle
    return tuple(reversed(outer))


def consistency_ranges(old: int, new: int) -> tuple[Range, ...]:
    """The ranges whose roots prove that the tree of `new` leaves begins with the tree of `old` leaves.

    Raises:
        ValueError: `old` is empty or larger than `new`.
    """
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof leads from {old} to {new} leaves")
    first, last, outer = 0, new, []
    while old < last:
        middle = first + _split(last - first)
        if old <= middle:
            outer.append((middle, last))
            last = middle
        else:
            outer.append((first, middle))
            first = middle
    own = [(first, last)] if first else []
    return (*own, *reversed(outer))


def inclusion_root(leaf: bytes, index: int, size: int, proof: Iterable[bytes]) -> bytes | None:
    """The root that a proof leads to from a leaf hash; None if it has the wrong length."""
    if not 0 <= index < size:
        return None
    node, place, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            return None
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return node if last == 0 else None


def is_consistent(old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Does the newer tree, by size and root, begin with the older one? RFC 9162, 2.1.4.2."""
    (old_size, old_root), (new_size, new_root) = old, new
    if old_size == new_size:
        return old_root == new_root and not proof
    if old_size == 0:
        return not proof
    if old_size > new_size or not proof:
        return False
    path = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    return _roots_along(path, old_size - 1, new_size - 1) == (old_root, new_root)


def _roots_along(path: Sequence[bytes], place: int, last: int) -> tuple[bytes, bytes] | None:
    """The roots of the older and the newer tree that a consistency proof leads to."""
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        place, last = place >> 1, last >> 1
    return (older, newer) if last == 0 else None


def _split(size: int) -> int:
    """The largest power of two below the size: where a tree parts."""
    return 1 << ((size - 1).bit_length() - 1)
