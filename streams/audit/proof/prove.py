"""Make proofs from a log and its checkpoints.

Reads:  the partition of the record or checkpoint, once or twice from its beginning; nothing is kept but hashes
Writes: nothing
"""

from collections.abc import Mapping

from readout.schemas.checkpoints import Checkpoint, parse_checkpoint
from readout.streams.audit.log import Log, snapshot
from readout.streams.audit.proof.erasures import leaf_hash_of
from readout.streams.audit.proof.leaves import TreeName, tree_of
from readout.streams.audit.proof.merkle import Range, RangeRoots, Tree, consistency_ranges, inclusion_ranges
from readout.streams.audit.proof.notes import PublicKey, split_note
from readout.streams.audit.proof.own_notes import own_checkpoint
from readout.streams.audit.proof.proof_files import ConsistencyProof, InclusionProof, ProvedRecord
from readout.streams.audit.proof.rebuild import tree_name
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.reader import closing
from readout.streams.log.topics import CHECKPOINTS


async def prove_inclusion(
    log: Log, record: StoredRecord, note: str | None = None, key: PublicKey | None = None
) -> InclusionProof:
    """Prove that a record is in the newest checkpoint of its partition, or in a given one.

    Args:
        log: where it is.
        record: the record.
        note: a checkpoint; None takes the one of the largest tree.
        key: who must have signed the checkpoint, and may have signed erasures; None believes every signature.

    Raises:
        ReplayMismatch: no checkpoint covers it, or the log is not what was signed.
    """
    place = Partition(record.topic, record.partition)
    bounds = (await log.bounds([place]))[place]
    note = note or await _newest(log, place, bounds, key)
    checkpoint = parse_checkpoint(split_note(note)[0])
    name = tree_of(checkpoint.origin)
    if name is None or name.place != place:
        raise ReplayMismatch(f"{checkpoint.origin} is no checkpoint of {place.topic}/{place.number}")
    index = await _index(log, record, bounds)
    if index >= checkpoint.size:
        raise ReplayMismatch(
            f"{place.topic}/{place.number}@{record.offset} was added after the checkpoint of {checkpoint.size} "
            f"records: make a newer one with `readout audit checkpoint`"
        )
    hashes = await _roots(log, bounds, inclusion_ranges(index, checkpoint.size), key, checkpoint)
    return InclusionProof(record=ProvedRecord.of(record), index=index, hashes=hashes, checkpoint=note)


async def prove_consistency(
    log: Log, old_note: str, new_note: str | None = None, key: PublicKey | None = None
) -> ConsistencyProof:
    """Prove that the newest checkpoint of a partition, or a given one, goes on from an older one.

    Raises:
        ReplayMismatch: it does not, or the log is not what was signed.
    """
    old = parse_checkpoint(split_note(old_note)[0])
    name = tree_of(old.origin)
    if name is None:
        raise ReplayMismatch(f"{old.origin!r} is no origin of ours")
    bounds = (await log.bounds([name.place]))[name.place]
    new_note = new_note or await _newest(log, name.place, bounds, key)
    new = parse_checkpoint(split_note(new_note)[0])
    if old.origin != new.origin:
        raise ReplayMismatch(
            f"{new.origin} is another tree than {old.origin}: name two checkpoints of one origin"
        )
    if old.size > new.size:
        raise ReplayMismatch(
            f"the newest checkpoint of {new.origin} that is found here has {new.size} records, fewer than the "
            f"{old.size} of the older one: newer checkpoints or records are missing; `readout audit verify "
            f"--checkpoint FILE` says which"
        )
    ranges = consistency_ranges(old.size, new.size) if 0 < old.size < new.size else ()
    hashes = await _roots(log, bounds, ranges, key, old, new)
    return ConsistencyProof(old=old_note, new=new_note, hashes=hashes)


async def consistency_hashes(
    log: Log, new: Checkpoint, old_size: int, key: PublicKey | None = None
) -> tuple[bytes, ...]:
    """The hashes that prove that a checkpoint goes on from its first records.

    Raises:
        ReplayMismatch: the log is not what was signed.
    """
    name = tree_of(new.origin)
    if name is None or not 0 < old_size < new.size:
        return ()
    bounds = (await log.bounds([name.place]))[name.place]
    return await _roots(log, bounds, consistency_ranges(old_size, new.size), key, new)


async def newest_note(log: Log, name: TreeName, key: PublicKey | None = None) -> str | None:
    """The newest checkpoint of a tree in the topic, as a note."""
    found = (await newest_checkpoints(log, await snapshot(log, [name.place.number]), key)).get(name)
    return (found.value or b"").decode(errors="replace") if found else None


async def newest_checkpoints(
    log: Log, bounds: Mapping[Partition, Bounds], key: PublicKey | None = None
) -> dict[TreeName, StoredRecord]:
    """The record of `checkpoints` with the largest tree, of each tree; with a key only its own count."""
    newest: dict[TreeName, tuple[int, StoredRecord]] = {}
    for place, reach in bounds.items():
        if place.topic != log.prefix + CHECKPOINTS.stem:
            continue
        async for record in log.read(place, reach):
            checkpoint = _checkpoint_in((record.value or b"").decode(errors="replace"), key)
            name = tree_of(checkpoint.origin) if checkpoint else None
            if checkpoint and name and checkpoint.size >= newest.get(name, (0, None))[0]:
                newest[name] = (checkpoint.size, record)
    return {name: record for name, (_, record) in newest.items()}


def _checkpoint_in(note: str, key: PublicKey | None) -> Checkpoint | None:
    if key is not None:
        return own_checkpoint(note, key)
    try:
        return parse_checkpoint(split_note(note)[0])
    except (ReplayMismatch, ValueError):
        return None


async def _newest(log: Log, place: Partition, bounds: Bounds, key: PublicKey | None) -> str:
    name = await tree_name(log, place, bounds)
    note = await newest_note(log, name, key) if name else None
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
    bounds: Bounds,
    ranges: tuple[Range, ...],
    key: PublicKey | None,
    *checkpoints: Checkpoint,
) -> tuple[bytes, ...]:
    """The roots of ranges of a tree that has, on the way, the root of each of the checkpoints, by size."""
    name = tree_of(checkpoints[-1].origin)
    if name is None:
        raise ReplayMismatch(f"{checkpoints[-1].origin!r} is no origin of ours")
    if bounds.first:
        raise ReplayMismatch(
            f"{name.place.topic}/{name.place.number} begins at offset {bounds.first}: without what was before no "
            f"proof can be made; an archive from before that has it"
        )
    collected, tree, keys = RangeRoots(ranges), Tree(), [key] if key else None
    async with closing(log.read(name.place, bounds)) as records:
        async for record in records:
            if tree.size == checkpoints[-1].size:
                break
            leaf = leaf_hash_of(record, keys)
            collected.add(leaf)
            tree.append(leaf)
            for one in checkpoints:
                if tree.size == one.size:
                    _agree(tree, one)
    _agree(tree, checkpoints[-1])
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
