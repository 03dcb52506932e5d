"""Compare partitions with their checkpoints while they go by: was anything changed, lost or put in since?

Reads:  the topic `checkpoints`, notes that an auditor kept, and the records of each partition, once and in order
Writes: the memory of the audit; what does not fit is reported
The checkpoints of a log that was restored speak of the log before that; its records still say what they were
there, so that both the old checkpoints and those made since are compared.
"""

from collections.abc import Iterator
from dataclasses import replace

from readout.schemas.checkpoints import EVENT_TYPE, parse_checkpoint
from readout.schemas.ids import sha256_hex
from readout.streams.audit.facts import header
from readout.streams.audit.findings import Kind, at, near
from readout.streams.audit.log import Log
from readout.streams.audit.proof.checkpoint import NEXT_OFFSET, TREE_SIZE
from readout.streams.audit.proof.erasures import leaf_hash_of
from readout.streams.audit.proof.leaves import TreeName, tree_of
from readout.streams.audit.proof.merkle import Tree
from readout.streams.audit.proof.notes import PublicKey, open_note, split_note
from readout.streams.audit.scratch import KnownCheckpoint
from readout.streams.audit.verify.state import AuditState
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.origin import before_restoring, origin_of


async def collect_checkpoints(
    log: Log, place: Partition, bounds: Bounds, key: PublicKey | None, state: AuditState
) -> None:
    """Remember the checkpoints in one partition of the topic; without a key signatures are not verified."""
    async for record in log.read(place, bounds):
        state.account.records += 1
        try:
            known = read_note(
                (record.value or b"").decode(), key, f"{record.topic}/{record.partition}@{record.offset}"
            )
        except ReplayMismatch as error:
            state.report(at(record, Kind.SIGNATURE, str(error)))
        except ValueError as error:
            state.report(at(record, Kind.UNREADABLE, str(error)))
        else:
            _check_record(record, known, state)
            said = header(record, NEXT_OFFSET) or ""
            state.scratch.add_checkpoint(replace(known, next_offset=int(said) if said.isdecimal() else None))


def read_note(note: str, key: PublicKey | None, place: str) -> KnownCheckpoint:
    """A checkpoint out of its signed note; `place` says where it was found.

    Raises:
        ReplayMismatch: it is not signed by the key, or forged.
        ValueError: it is no checkpoint.
    """
    text = open_note(note, key) if key else split_note(note)[0]
    return KnownCheckpoint(parse_checkpoint(text), f"the checkpoint {place}", None)


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
    for header_name, text in expected.items():
        if header(record, header_name) != text:
            state.report(
                at(record, Kind.HEADERS, f"{header_name} is {header(record, header_name)}, not {text}")
            )
    if not (header(record, NEXT_OFFSET) or "").isdecimal():
        state.report(at(record, Kind.HEADERS, f"{NEXT_OFFSET} is {header(record, NEXT_OFFSET)}, no offset"))


class _Comparison:
    """One tree over a partition, with the checkpoints that were signed of it."""

    def __init__(self, place: Partition, name: TreeName, state: AuditState) -> None:
        self.suffix = name.suffix()
        self._place = place
        self._state = state
        self._tree = Tree()
        self._checkpoints = state.scratch.checkpoints(self.suffix)
        self._next = next(self._checkpoints, None)
        self._agreed_up_to = -1
        self._failed = False
        self._compare(-1, 0)

    def add(self, leaf: StoredRecord, now: StoredRecord) -> None:
        if self._next is None:
            return
        self._tree.append(leaf_hash_of(leaf, self._state.keys))
        self._compare(now.offset, leaf.offset + 1)

    def finish(self, end: int) -> None:
        if self._next is not None and not self._failed:
            signed, place = self._next.checkpoint, self._next.place
            detail = f"{place} covers {signed.size} records, but only {self._tree.size} are left"
            self._state.report(near(self._place, end, Kind.TRUNCATED, detail))

    def _compare(self, offset: int, next_offset: int) -> None:
        while self._next is not None and self._next.checkpoint.size == self._tree.size:
            if self._tree.root() == self._next.checkpoint.root:
                self._agreed_up_to = offset
                self._state.account.checkpoints += 1
                if self._next.next_offset not in {None, next_offset}:
                    detail = (
                        f"{self._next.place} says that {self._next.next_offset} comes next, not {next_offset}"
                    )
                    self._state.report(near(self._place, offset, Kind.HEADERS, detail))
            elif not self._failed:
                self._failed = True
                detail = (
                    f"{self._next.place} has another root for the first {self._tree.size} records: something was "
                    f"changed in offsets {self._agreed_up_to + 1} to {offset}"
                )
                self._state.report(near(self._place, self._agreed_up_to + 1, Kind.CHECKPOINT, detail))
            self._next = next(self._checkpoints, None)


class PartitionComparison:
    """Compares one partition with all checkpoints of it."""

    def __init__(self, place: Partition, state: AuditState) -> None:
        self._place = place
        self._state = state
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
        return [_Comparison(self._place, name, self._state) for name in names]


def not_compared(
    state: AuditState, compared: frozenset[str], numbers: frozenset[int]
) -> Iterator[KnownCheckpoint]:
    """The first checkpoint of each tree of which not a single record is left."""
    seen: set[str] = set()
    for known in state.scratch.all_checkpoints():
        name = tree_of(known.checkpoint.origin)
        if name is None or name.place.number not in numbers or known.checkpoint.size == 0:
            continue
        if name.suffix() not in compared and name.suffix() not in seen:
            seen.add(name.suffix())
            yield known
