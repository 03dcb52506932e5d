"""Compare a partition with its checkpoints while it goes by: was anything changed, lost or put in since?

Reads:  the records of one partition, each once and in order, and the checkpoints that `scratch` remembers
Writes: nothing; what does not fit is reported
The checkpoints of a log that was restored speak of the log before that; its records still say what they were
there, so that both the old checkpoints and those made since are compared.
"""

from collections.abc import Iterator

from readout.streams.audit.findings import Kind, near
from readout.streams.audit.proof.leaves import record_leaf_hash
from readout.streams.audit.proof.merkle import Tree
from readout.streams.audit.proof.tree_names import TreeName, tree_of
from readout.streams.audit.scratch import KnownCheckpoint
from readout.streams.audit.verify.cases import Desk
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.log.origin import before_restoring, origin_of


class _Comparison:
    """One tree over a partition, with the checkpoints that were signed of it."""

    def __init__(self, place: Partition, name: TreeName, desk: Desk) -> None:
        self.suffix = name.suffix()
        self._place = place
        self._desk = desk
        self._tree = Tree()
        self._checkpoints = desk.scratch.checkpoints(self.suffix)
        self._next = next(self._checkpoints, None)
        self._agreed_up_to = -1
        self._failed = False
        self._compare(-1, 0)

    def add(self, leaf: StoredRecord, now: StoredRecord) -> None:
        if self._next is None:
            return
        self._tree.append(record_leaf_hash(leaf))
        self._compare(now.offset, leaf.offset + 1)

    def finish(self, end: int) -> None:
        if self._next is not None and not self._failed:
            signed, place = self._next.checkpoint, self._next.place
            detail = f"{place} covers {signed.size} records, but only {self._tree.size} are left"
            self._desk.report(near(self._place, end, Kind.TRUNCATED, detail))

    def _compare(self, offset: int, next_offset: int) -> None:
        while self._next is not None and self._next.checkpoint.size == self._tree.size:
            if self._tree.root() == self._next.checkpoint.root:
                self._agreed_up_to = offset
                self._desk.account.checkpoints += 1
                if self._next.next_offset not in {None, next_offset}:
                    detail = (
                        f"{self._next.place} says that {self._next.next_offset} comes next, not {next_offset}"
                    )
                    self._desk.report(near(self._place, offset, Kind.HEADERS, detail))
            elif not self._failed:
                self._failed = True
                detail = (
                    f"{self._next.place} has another root for the first {self._tree.size} records: something was "
                    f"changed in offsets {self._agreed_up_to + 1} to {offset}"
                )
                self._desk.report(near(self._place, self._agreed_up_to + 1, Kind.CHECKPOINT, detail))
            self._next = next(self._checkpoints, None)


class Watch:
    """Watches one partition."""

    def __init__(self, place: Partition, desk: Desk) -> None:
        self._place = place
        self._desk = desk
        self._comparisons: list[_Comparison] | None = None

    def observe(self, record: StoredRecord) -> None:
        """Take the next record."""
        if self._comparisons is None:
            self._comparisons = self._begin(record)
        for times, comparison in enumerate(self._comparisons):
            leaf = before_restoring(record, times)
            if leaf is not None:
                comparison.add(leaf, record)

    def finish(self, end: int) -> frozenset[str]:
        """Report checkpoints of more records than there were; `end` is the partition's next offset.

        Returns:
            The ends of the origins whose checkpoints were looked at.
        """
        for comparison in self._comparisons or ():
            comparison.finish(end)
        return frozenset(comparison.suffix for comparison in self._comparisons or ())

    def _begin(self, first: StoredRecord) -> list[_Comparison]:
        restored = origin_of(first).restored
        views = [before_restoring(first, times) or first for times in range(restored + 1)]
        names = [
            TreeName(Partition(view.topic, view.partition), restored - times)
            for times, view in enumerate(views)
        ]
        return [_Comparison(self._place, name, self._desk) for name in names]


def unwatched(desk: Desk, watched: frozenset[str], numbers: frozenset[int]) -> Iterator[KnownCheckpoint]:
    """The first checkpoint of each tree of which not a single record is left."""
    seen: set[str] = set()
    for known in desk.scratch.all_checkpoints():
        name = tree_of(known.checkpoint.origin)
        if name is None or name.place.number not in numbers or known.checkpoint.size == 0:
            continue
        if name.suffix() not in watched and name.suffix() not in seen:
            seen.add(name.suffix())
            yield known
