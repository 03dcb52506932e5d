"""Build the trees of partitions again, from the first record or from where the signer's own state goes on.

Reads:  the records of each partition
Writes: nothing; what is not as it was signed is refused
Every note of the key must have its root on the way.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from readout.streams.audit.log import Log
from readout.streams.audit.proof.erasures import leaf_hash_of
from readout.streams.audit.proof.leaves import TreeName
from readout.streams.audit.proof.merkle import Tree
from readout.streams.audit.proof.notes import PublicKey
from readout.streams.audit.proof.own_notes import OwnNote, OwnNotes, shown
from readout.streams.audit.proof.signer_state import Head, SignerState
from readout.streams.audit.wording import count_of
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.reader import closing
from readout.streams.log.origin import before_restoring, origin_of


async def first_record(log: Log, place: Partition, bounds: Bounds) -> StoredRecord | None:
    """The first record of a partition; None if it is empty."""
    async with closing(log.read(place, bounds)) as records:
        return await anext(aiter(records), None)


async def tree_name(log: Log, place: Partition, bounds: Bounds) -> TreeName | None:
    """Which tree a partition grows now; None if it is empty."""
    first = await first_record(log, place, bounds)
    return TreeName(place, origin_of(first).restored) if first else None


class RebuiltTree:
    """A tree that is built again; each note of it that was signed must have its root on the way."""

    def __init__(
        self, name: TreeName, notes: Sequence[OwnNote], start: OwnNote | None = None, head: Head | None = None
    ) -> None:
        """A tree from its first record on, or from a note that covers what was deleted, or from its head."""
        self.name = name
        self.tree = Tree()
        self.next_offset = 0
        if start is not None and start.tree is not None:
            self.tree = Tree(start.tree.size, start.tree.frontier)
            self.next_offset = start.checkpoint.next_offset or 0
        if head is not None:
            self.tree, self.next_offset = head.tree(), head.next_offset
        self.rebuilt_at = head.rebuilt_at if head else None
        self.last_leaf = bytes.fromhex(head.last_leaf) if head else b""
        self.is_signed = self.is_published = False
        self._notes = [one for one in notes if one.checkpoint.size >= self.tree.size]
        self._compare()

    def add(self, record: StoredRecord, key: PublicKey) -> None:
        """Take the next record; one that the beginning of the tree covers is passed over."""
        if record.offset < self.next_offset:
            return
        self.last_leaf = leaf_hash_of(record, [key])
        self.tree.append(self.last_leaf)
        self.next_offset = record.offset + 1
        self.is_signed = self.is_published = False
        self._compare()

    def finish(self) -> None:
        """Is everything there that was signed?"""
        if self._notes:
            raise lost(self._notes[-1], self.tree)

    def _compare(self) -> None:
        while self._notes and self._notes[0].checkpoint.size == self.tree.size:
            note = self._notes.pop(0)
            if note.checkpoint.root != self.tree.root():
                raise ReplayMismatch(
                    f"{note.checkpoint.origin}: the first {count_of(self.tree.size, 'record')}, up to offset "
                    f"{self.next_offset - 1}, have the root {shown(self.tree.root())} here, but "
                    f"{shown(note.checkpoint.root)} was signed ({note.found_at}): something was changed, and "
                    f"nothing is signed"
                )
            self.is_signed, self.is_published = note.is_kept, note.is_published


def lost(note: OwnNote, tree: Tree) -> ReplayMismatch:
    """That a log has fewer records than were signed."""
    signed = note.checkpoint
    return ReplayMismatch(
        f"{signed.origin}: {count_of(signed.size, 'record')} were signed with the root {shown(signed.root)} "
        f"({note.found_at}), but {tree.size} are there, with the root {shown(tree.root())}: records were lost, and "
        f"nothing is signed"
    )


@dataclass(frozen=True, slots=True)
class Rebuilder:
    """Builds trees again, or goes on with what `state` remembers, and compares them with what `key` has signed."""

    log: Log
    signed: OwnNotes
    key: PublicKey
    state: SignerState

    async def rebuild(self, place: Partition, bounds: Bounds) -> list[RebuiltTree]:
        """The trees of a partition: as it is, then as it was before each restoring; none if it is empty.

        Raises:
            ReplayMismatch: it is not what was signed.
        """
        first = await first_record(self.log, place, bounds)
        names = list(self._names(first))
        for name, notes in self.signed.items():
            if name.place == place and name not in names and notes[-1].checkpoint.size:
                raise lost(notes[-1], Tree())
        if first is None:
            return []
        heads = await self._heads(place, bounds, names)
        trees = list(self._begin(bounds, first, heads))
        start = trees[0].next_offset if trees[0] and heads else bounds.first
        async for record in self.log.read(place, Bounds(max(bounds.first, start), bounds.next)):
            for times, tree in enumerate(trees):
                view = before_restoring(record, times)
                if tree is not None and view is not None:
                    tree.add(view, self.key)
        found = [tree for tree in trees if tree is not None]
        for tree in found:
            if tree.name.place == place:
                tree.finish()
        return found

    def _names(self, first: StoredRecord | None) -> Iterator[TreeName | None]:
        """The tree of a partition now, then before each restoring; None where nothing was signed."""
        restored = origin_of(first).restored if first else -1
        for times in range(restored + 1):
            view = before_restoring(first, times) if first else None
            if view is None:
                return
            name = TreeName(Partition(view.topic, view.partition), restored - times)
            yield name if not times or self.signed.get(name) else None

    async def _heads(
        self, place: Partition, bounds: Bounds, names: Sequence[TreeName | None]
    ) -> dict[TreeName, Head]:
        """Where to go on with all trees of a partition; empty if there is doubt about any of them."""
        found = {name: self.state.head(name, self.signed) for name in names if name is not None}
        heads = {name: head for name, head in found.items() if head is not None}
        current = heads.get(names[0]) if names[0] else None
        if len(heads) < len(found) or current is None:
            return {}
        if not await self._is_there(place, bounds, current):
            return {}
        self.state.gone_on_with(current)
        return heads

    async def _is_there(self, place: Partition, bounds: Bounds, head: Head) -> bool:
        """Is the last record that a head covers where it was, with the same leaf?"""
        last = Bounds(head.next_offset - 1, head.next_offset)
        if last.first < bounds.first or last.next > bounds.next:
            return False
        record = await first_record(self.log, place, last)
        return record is not None and leaf_hash_of(record, [self.key]).hex() == head.last_leaf

    def _begin(
        self, bounds: Bounds, first: StoredRecord, heads: Mapping[TreeName, Head]
    ) -> Iterator[RebuiltTree | None]:
        """The trees of `_names`, each where it begins."""
        for times, name in enumerate(self._names(first)):
            view = before_restoring(first, times)
            if name is None or view is None:
                yield None
                continue
            notes, gone = self.signed.get(name, []), view.offset if times else bounds.first
            start = _start(name, gone, notes) if gone and not heads else None
            yield RebuiltTree(name, notes, start, heads.get(name))


def _start(name: TreeName, first: int, notes: Sequence[OwnNote]) -> OwnNote:
    """Where to go on when the beginning of a partition was deleted: after the first note that covers that."""
    for note in notes:
        if note.tree is not None and (note.checkpoint.next_offset or 0) >= first:
            return note
    raise ReplayMismatch(
        f"{name.place.topic}/{name.place.number} begins at offset {first}, and no checkpoint of this key "
        f"in the topic covers what was before: nothing is signed"
    )
