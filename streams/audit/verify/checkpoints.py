"""Compare partitions with their checkpoints while they go by: was anything changed, lost or put in since?

Reads:  the topic `checkpoints`, notes that an auditor kept, and the records of each partition, once and in order
Writes: the memory of the audit; what does not fit is reported
The checkpoints of a log that was restored speak of the log before that; its records still say what they were
there, so that both the old checkpoints and those made since are compared.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from readout.schemas.checkpoints import EVENT_TYPE, parse_checkpoint
from readout.schemas.ids import sha256_hex
from readout.schemas.links import is_link
from readout.streams.audit.facts import header
from readout.streams.audit.findings import Coverage, Finding, Kind, at, near
from readout.streams.audit.log import Log
from readout.streams.audit.proof.checkpoint import NEXT_OFFSET, TREE_SIZE
from readout.streams.audit.proof.erasures import leaf_hash_of
from readout.streams.audit.proof.leaves import TreeName, tree_of
from readout.streams.audit.proof.merkle import Tree
from readout.streams.audit.proof.notes import PublicKey, open_note, split_note
from readout.streams.audit.proof.own_notes import FRONTIER
from readout.streams.audit.scratch import KnownCheckpoint
from readout.streams.audit.verify.links import collect_link
from readout.streams.audit.verify.state import AuditState
from readout.streams.audit.wording import count_of
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.origin import before_restoring, origin_of

# What SQLite takes for a number, and more than any offset.
_OFFSET = re.compile(r"[0-9]{1,18}")
_NEVER = (1 << 63) - 1
"""More records than any checkpoint covers."""


async def collect_checkpoints(
    log: Log, place: Partition, bounds: Bounds, key: PublicKey | None, state: AuditState
) -> None:
    """Remember the checkpoints in one partition of the topic; without a key signatures are not verified."""
    async for record in log.read(place, bounds):
        state.account.records += 1
        if is_link(record.value or b""):
            collect_link(record, key, state)
            continue
        try:
            known = read_note(
                (record.value or b"").decode(), key, f"{record.topic}/{record.partition}@{record.offset}"
            )
        except ReplayMismatch as error:
            state.report(at(record, Kind.SIGNATURE, str(error)))
        except ValueError as error:
            state.report(at(record, Kind.UNREADABLE, str(error)))
        else:
            said, frontier = header(record, NEXT_OFFSET) or "", header(record, FRONTIER) or ""
            known = replace(known, frontier=frontier)
            _check_record(record, known, state)
            unsigned = int(said) if _OFFSET.fullmatch(said) else None
            offset = unsigned if known.checkpoint.next_offset is None else known.checkpoint.next_offset
            state.scratch.add_checkpoint(replace(known, next_offset=offset))


def read_note(note: str, key: PublicKey | None, place: str) -> KnownCheckpoint:
    """A checkpoint out of its signed note; `place` says where it was found.

    Raises:
        ReplayMismatch: it is not signed by the key, or forged.
        ValueError: it is no checkpoint.
    """
    text = open_note(note, key) if key else split_note(note)[0]
    return KnownCheckpoint(parse_checkpoint(text), f"the checkpoint {place}")


def _check_record(record: StoredRecord, known: KnownCheckpoint, state: AuditState) -> None:
    """Do key and headers, which nobody signs, agree with the note?"""
    name = tree_of(known.checkpoint.origin)
    if name is None:
        state.report(at(record, Kind.UNREADABLE, f"{known.checkpoint.origin!r} is no origin of ours"))
        return
    subject = f"{name.place.topic}-{name.place.number}"
    if record.key != subject.encode():
        state.report(at(record, Kind.WRONG_KEY, f"its key is {record.key!r}, not {subject!r}"))
    expected = {
        "ce_id": sha256_hex(record.value or b""),
        "ce_type": EVENT_TYPE,
        "ce_subject": subject,
        TREE_SIZE: str(known.checkpoint.size),
    }
    if known.checkpoint.next_offset is not None:
        expected[NEXT_OFFSET] = str(known.checkpoint.next_offset)
    for header_name, text in expected.items():
        if header(record, header_name) != text:
            state.report(
                at(record, Kind.HEADERS, f"{header_name} is {header(record, header_name)}, not {text}")
            )
    if NEXT_OFFSET not in expected and not _OFFSET.fullmatch(header(record, NEXT_OFFSET) or ""):
        state.report(at(record, Kind.HEADERS, f"{NEXT_OFFSET} is {header(record, NEXT_OFFSET)}, no offset"))
    if frontier_tree(known) is None:
        state.report(at(record, Kind.HEADERS, f"{FRONTIER} does not lead to the root of the checkpoint"))


class _Comparison:
    """One tree over a partition, with the checkpoints that were signed of it, by their size."""

    def __init__(self, name: TreeName, state: AuditState, start: "_Start | None" = None) -> None:
        """A comparison from the first record on, or from where an earlier checkpoint ends."""
        self.suffix = name.suffix()
        self._state = state
        self._tree = start.tree if start else Tree()
        self.starts_at = start.offset if start else 0
        """The offset of the first record that is compared."""
        self._checkpoints = state.scratch.checkpoints(self.suffix)
        self._next = next(self._checkpoints, None)
        self._agreed: KnownCheckpoint | None = None
        self._agreed_up_to = self.starts_at - 1
        self._failed: tuple[KnownCheckpoint, int, int] | None = None
        self._is_over = False
        self.out_of_reach = list(self._skip(self._tree.size)) if start else []
        self._compare(-1, 0)

    def add(self, leaf: StoredRecord, now: StoredRecord) -> bool:
        """Take the next record; does a checkpoint that ends with it agree?"""
        self._is_over = self._next is None
        if self._next is None or leaf.offset < self.starts_at:
            return False
        self._tree.append(leaf_hash_of(leaf, self._state.keys))
        return self._compare(now.offset, leaf.offset + 1)

    def covers(self, size: int) -> bool:
        """Is the record that was taken last among the first `size` of the tree, with a checkpoint still to come?"""
        return not self._is_over and self._tree.size <= size

    def findings(self, place: Partition, end: int) -> Iterator[Finding]:
        """What does not agree; `end` is the next offset of the partition."""
        if self._failed:
            yield near(place, self._failed[1], Kind.CHECKPOINT, self._disagreement(*self._failed))
        elif self._next is not None:
            signed = self._next.checkpoint
            detail = f"{self._next.place} covers {signed.size} records, but only {self._tree.size} are left"
            yield near(place, end, Kind.TRUNCATED, detail)

    def _skip(self, size: int) -> Iterator[KnownCheckpoint]:
        """Checkpoints of no more records than the comparison begins with."""
        while self._next is not None and self._next.checkpoint.size <= size:
            yield self._next
            self._next = next(self._checkpoints, None)

    def _compare(self, offset: int, next_offset: int) -> bool:
        agrees = False
        while self._next is not None and self._next.checkpoint.size == self._tree.size:
            if self._tree.root() == self._next.checkpoint.root:
                agrees, self._agreed = True, self._next
                self._count(self._next, next_offset)
            elif self._failed is None:
                self._failed = (self._next, min(self._agreed_up_to + 1, max(offset, 0)), offset)
            self._next = next(self._checkpoints, None)
        if agrees:
            self._agreed_up_to = offset
        return agrees

    def _count(self, known: KnownCheckpoint, next_offset: int) -> None:
        self._state.account.checkpoints += 1
        name = tree_of(known.checkpoint.origin)
        if name is not None and known.next_offset not in {None, next_offset}:
            detail = f"{known.place} says that {known.next_offset} comes next, not {next_offset}"
            self._state.report(near(name.place, max(next_offset - 1, 0), Kind.HEADERS, detail))

    def _disagreement(self, known: KnownCheckpoint, first: int, last: int) -> str:
        size = known.checkpoint.size
        if self._agreed is not None and self._agreed.checkpoint.size >= size:
            return (
                f"{known.place} has another root for the first {size} records than this log, which agrees with "
                f"{self._agreed.place}: two different logs were signed under one name (a split view)"
            )
        return (
            f"{known.place} has another root for the first {size} records: something was changed in offsets "
            f"{first} to {last}"
        )


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a comparison begins, if not with the first record: a tree, and the offset of its next leaf."""

    tree: Tree
    offset: int


class PartitionComparison:
    """Compares one partition with all checkpoints of it."""

    def __init__(
        self, place: Partition, bounds: Bounds, state: AuditState, since: Mapping[str, int] | None = None
    ) -> None:
        """A comparison; `since` says how many records the checkpoints to go on from cover, by tree."""
        self.is_proved = False
        """Does a checkpoint to go on from cover the record that was observed last?"""
        self._since = since or {}
        self._place = place
        self._bounds = bounds
        self._state = state
        self._comparisons: list[_Comparison] | None = None
        self._signed = bounds.first
        self._unsigned = 0

    def observe(self, record: StoredRecord) -> None:
        """Take the next record."""
        if self._comparisons is None:
            self._comparisons = self._begin(record)
        self._unsigned += 1
        for times, comparison in enumerate(self._comparisons):
            leaf = before_restoring(record, times)
            if leaf is not None and comparison.add(leaf, record):
                self._signed, self._unsigned = record.offset + 1, 0
        if self._since:
            self.is_proved = any(one.covers(self._since.get(one.suffix, 0)) for one in self._comparisons)

    def finish(self, *, required: bool) -> frozenset[str]:
        """Report what does not agree with the checkpoints, and, where they are `required`, that there are none.

        Returns:
            The ends of the origins whose checkpoints were looked at.
        """
        if self._comparisons is None:
            return self._finish_empty()
        findings = [
            finding
            for comparison in self._comparisons
            for finding in comparison.findings(self._place, self._bounds.next)
        ]
        for finding in (*findings, *self._not_compared()):
            self._state.report(finding)
        self._state.account.coverage[self._place] = Coverage(self._signed, self._unsigned)
        if required and not findings and self._signed == self._bounds.first:
            self._state.report(self._uncovered(self._comparisons[0]))
        return frozenset(comparison.suffix for comparison in self._comparisons)

    def _uncovered(self, comparison: _Comparison) -> Finding:
        records, first = count_of(self._unsigned, "record"), self._bounds.first
        if comparison.starts_at > first:
            detail = (
                f"{records} cannot be compared: the checkpoint that covers what lies before offset "
                f"{comparison.starts_at} covers records as well that were deleted"
            )
            return near(self._place, first, Kind.BEGINNING, detail)
        return near(self._place, first, Kind.NO_CHECKPOINT, f"no checkpoint covers any of {records} here")

    def _finish_empty(self) -> frozenset[str]:
        """Of a partition without records: do its checkpoints cover nothing but what was deleted?"""
        name = TreeName(self._place, 0)
        covered = list(self._state.scratch.checkpoints(name.suffix()))
        ends = [known.next_offset for known in covered]
        if not self._bounds.first or any(end is None or end > self._bounds.first for end in ends):
            return frozenset()
        for finding in self._out_of_reach(covered):
            self._state.report(finding)
        return frozenset({name.suffix()})

    def _not_compared(self) -> Iterator[Finding]:
        for comparison in self._comparisons or ():
            yield from self._out_of_reach(comparison.out_of_reach)

    def _out_of_reach(self, checkpoints: Iterable[KnownCheckpoint]) -> Iterator[Finding]:
        for known in checkpoints:
            if known.kept:
                detail = f"{known.place} covers only records that were deleted from the beginning"
                yield near(self._place, self._bounds.first, Kind.NOT_COMPARED, detail)

    def _begin(self, first: StoredRecord) -> list[_Comparison]:
        restored = origin_of(first).restored
        views = [before_restoring(first, times) or first for times in range(restored + 1)]
        names = [
            TreeName(Partition(view.topic, view.partition), restored - times)
            for times, view in enumerate(views)
        ]
        if self._bounds.first == 0:
            return [_Comparison(name, self._state) for name in names]
        return [self._resumed(names[0]), *(_Comparison(name, self._state) for name in names[1:])]

    def _resumed(self, name: TreeName) -> _Comparison:
        """A comparison that begins where the first checkpoint ends of which all later records are still there.

        That checkpoint's frontier has the signed root; its offset is signed, or proved by the next one.
        Where there is none, nothing can be compared.
        """
        for known in self._state.scratch.checkpoints(name.suffix()):
            tree = frontier_tree(known)
            if tree is not None and known.next_offset is not None and known.next_offset >= self._bounds.first:
                return _Comparison(name, self._state, _Start(tree, known.next_offset))
        return _Comparison(name, self._state, _Start(Tree(_NEVER, [b""] * _NEVER.bit_count()), 0))


def frontier_tree(known: KnownCheckpoint) -> Tree | None:
    """The tree of a checkpoint, to go on with; None if the frontier that its record names has another root."""
    try:
        nodes = [bytes.fromhex(node) for node in known.frontier.split(",") if node]
        tree = Tree(known.checkpoint.size, nodes)
    except ValueError:
        return None
    return tree if tree.root() == known.checkpoint.root else None


def not_compared(state: AuditState, compared: frozenset[str], numbers: frozenset[int]) -> Iterator[Finding]:
    """The first checkpoint of each tree that was compared with nothing, and every kept one."""
    seen: set[str] = set()
    for known in state.scratch.all_checkpoints():
        name = tree_of(known.checkpoint.origin)
        if name is None:
            place = Partition(known.checkpoint.origin, 0)
            yield near(place, 0, Kind.NOT_COMPARED, f"{known.place} is of no partition of a log")
        elif (
            known.checkpoint.size
            and name.suffix() not in compared
            and (known.kept or name.suffix() not in seen)
        ):
            seen.add(name.suffix())
            yield _left_out(known, name, is_read=name.place.number in numbers)


def _left_out(known: KnownCheckpoint, name: TreeName, *, is_read: bool) -> Finding:
    covers = f"{known.place} covers {count_of(known.checkpoint.size, 'record')}"
    if known.kept and not is_read:
        detail = f"{covers}, but the log has no such partition, or --partition leaves it out"
        return near(name.place, 0, Kind.NOT_COMPARED, detail)
    return near(name.place, 0, Kind.TRUNCATED, f"{covers}, but none is left")
