"""Make proofs from a log and its checkpoints.

Reads:  the partition of the record or checkpoint, once or twice from its beginning; nothing is kept but hashes
Writes: nothing
"""

from readout.schemas.checkpoints import Checkpoint, parse_checkpoint
from readout.streams.audit.log import Log, closing, snapshot
from readout.streams.audit.proof.checkpoint import last_checkpoints, tree_name
from readout.streams.audit.proof.leaves import TreeName, record_leaf_hash, tree_of
from readout.streams.audit.proof.merkle import Range, RangeRoots, Tree, consistency_ranges, inclusion_ranges
from readout.streams.audit.proof.notes import split_note
from readout.streams.audit.proof.proof_files import ConsistencyProof, InclusionProof, ProvedRecord
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord


async def prove_inclusion(log: Log, record: StoredRecord, note: str | None = None) -> InclusionProof:
    """Prove that a record is in the newest checkpoint of its partition, or in a given one.

    Raises:
        ReplayMismatch: no checkpoint covers it, or the log is not what was signed.
    """
    place = Partition(record.topic, record.partition)
    bounds = (await log.bounds([place]))[place]
    note = note or await _newest(log, place, bounds)
    checkpoint = parse_checkpoint(split_note(note)[0])
    index = await _index(log, record, bounds)
    if index >= checkpoint.size:
        raise ReplayMismatch(
            f"{place.topic}/{place.number}@{record.offset} was added after the checkpoint of {checkpoint.size} "
            f"records: make a newer one with `readout audit checkpoint`"
        )
    hashes = await _roots(log, place, bounds, checkpoint, inclusion_ranges(index, checkpoint.size))
    return InclusionProof(record=ProvedRecord.of(record), index=index, hashes=hashes, checkpoint=note)


async def prove_consistency(log: Log, old_note: str, new_note: str | None = None) -> ConsistencyProof:
    """Prove that the newest checkpoint of a partition, or a given one, goes on from an older one.

    Raises:
        ReplayMismatch: it does not, or the log is not what was signed.
    """
    old = parse_checkpoint(split_note(old_note)[0])
    name = tree_of(old.origin)
    if name is None:
        raise ReplayMismatch(f"{old.origin!r} is no origin of ours")
    bounds = (await log.bounds([name.place]))[name.place]
    new_note = new_note or await _newest(log, name.place, bounds)
    new = parse_checkpoint(split_note(new_note)[0])
    if old.origin != new.origin or old.size > new.size:
        raise ReplayMismatch(
            f"{new.origin} with {new.size} records does not go on from {old.origin} with {old.size}: truncated?"
        )
    ranges = consistency_ranges(old.size, new.size) if 0 < old.size < new.size else ()
    hashes = await _roots(log, name.place, bounds, new, ranges, older=old)
    return ConsistencyProof(old=old_note, new=new_note, hashes=hashes)


async def newest_note(log: Log, name: TreeName) -> str | None:
    """The newest checkpoint of a tree in the topic, as a note."""
    found = (await last_checkpoints(log, await snapshot(log, [name.place.number]))).get(name)
    return (found.value or b"").decode(errors="replace") if found else None


async def _newest(log: Log, place: Partition, bounds: Bounds) -> str:
    name = await tree_name(log, place, bounds)
    note = await newest_note(log, name) if name else None
    if note is None:
        raise ReplayMismatch(
            f"no checkpoint of {place.topic}/{place.number}: make one with `readout audit checkpoint`"
        )
    return note


async def _index(log: Log, record: StoredRecord, bounds: Bounds) -> int:
    index = 0
    place = Partition(record.topic, record.partition)
    async for _ in log.read(place, Bounds(bounds.first, record.offset)):
        index += 1
    return index


async def _roots(
    log: Log,
    place: Partition,
    bounds: Bounds,
    checkpoint: Checkpoint,
    ranges: tuple[Range, ...],
    older: Checkpoint | None = None,
) -> tuple[bytes, ...]:
    """The roots of ranges of a tree that has the root of the checkpoint, and had that of the older one."""
    collected, tree = RangeRoots(ranges), Tree()
    async with closing(log.read(place, bounds)) as records:
        async for record in records:
            if tree.size == checkpoint.size:
                break
            leaf = record_leaf_hash(record)
            collected.add(leaf)
            tree.append(leaf)
            if older and tree.size == older.size:
                _agree(tree, older)
    _agree(tree, checkpoint)
    return collected.roots()


def _agree(tree: Tree, checkpoint: Checkpoint) -> None:
    if tree.size < checkpoint.size:
        raise ReplayMismatch(
            f"{checkpoint.origin}: {checkpoint.size} records were signed, but only {tree.size} are there"
        )
    if tree.root() != checkpoint.root:
        raise ReplayMismatch(
            f"{checkpoint.origin}: the first {checkpoint.size} records are not those that were signed"
        )
