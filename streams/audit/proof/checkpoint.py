"""Make checkpoints: extend each partition's Merkle tree by what is new, and sign its head.

Reads:  checkpoints, for where the last ones ended; then only the records since
Writes: nothing; `write_checkpoints` adds them to the topic `checkpoints`
A checkpoint's record carries the tree's frontier in a header. It is only used if its root is the one that was
signed, so that nobody can slip another past into the next checkpoint.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from readout.schemas.checkpoints import (
    CONTENT_TYPE,
    EVENT_TYPE,
    TOPIC,
    Checkpoint,
    checkpoint_text,
    parse_checkpoint,
)
from readout.schemas.envelope import Header, Record
from readout.schemas.ids import sha256_hex
from readout.streams.audit.facts import header
from readout.streams.audit.log import Log, closing, snapshot
from readout.streams.audit.proof.leaves import TreeName, record_leaf_hash, tree_of
from readout.streams.audit.proof.merkle import Tree
from readout.streams.audit.proof.notes import PrivateKey, open_note, sign
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.origin import origin_of
from readout.streams.log.topics import CHECKPOINTS, topic_name
from readout.streams.settings import Settings

SOURCE = "urn:readout:audit"
TREE_SIZE = "ce_treesize"
NEXT_OFFSET = "ce_nextoffset"
FRONTIER = "ce_frontier"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint of one partition, as it is written to the topic."""

    place: Partition
    checkpoint: Checkpoint
    note: str
    record: Record


@dataclass(frozen=True, slots=True)
class _State:
    """How far a tree has grown, where it goes on, and the checkpoint that says so."""

    tree: Tree
    next_offset: int
    signed: Checkpoint | None


async def make_checkpoints(
    log: Log,
    key: PrivateKey,
    time: str,
    *,
    from_beginning: bool = False,
    advance: Callable[[int], None] | None = None,
) -> list[SignedCheckpoint]:
    """Checkpoints of every partition that has grown since the last one by this key.

    Args:
        log: what to sign.
        key: who signs.
        time: now, in RFC 3339.
        from_beginning: read everything again and compare with the last checkpoints on the way.
        advance: is told how many more records were read.

    Raises:
        ReplayMismatch: a partition is not what was signed before; nothing is signed then.
    """
    bounds = await snapshot(log)
    last = await last_checkpoints(log, bounds)
    made = []
    for place, reach in bounds.items():
        if place.topic == log.prefix + CHECKPOINTS.stem:
            continue
        name = await tree_name(log, place, reach)
        if name is None:
            continue
        state = _state(last.get(name), key, reach, restart=from_beginning)
        state = await _grow(log, place, reach, state, advance)
        if state.signed is None or state.tree.size > state.signed.size:
            made.append(_signed(place, name, state, key, time))
    return made


async def write_checkpoints(made: list[SignedCheckpoint], settings: Settings) -> None:
    """Add checkpoints to the topic.

    Raises:
        TransientError: the brokers do not acknowledge.
    """
    producer = RecordProducer(settings)
    await producer.start()
    try:
        topic = topic_name(settings, TOPIC)
        for one in made:
            await (await producer.send(one.record, topic, partition=one.place.number))
    finally:
        await producer.close()


async def last_checkpoints(log: Log, bounds: Mapping[Partition, Bounds]) -> dict[TreeName, StoredRecord]:
    """The last record of `checkpoints` for each tree; one that cannot be read counts for nothing."""
    last: dict[TreeName, StoredRecord] = {}
    for place, reach in bounds.items():
        if place.topic != log.prefix + CHECKPOINTS.stem:
            continue
        async for record in log.read(place, reach):
            name = tree_of((record.value or b"").partition(b"\n")[0].decode(errors="replace"))
            if name is not None:
                last[name] = record
    return last


async def tree_name(log: Log, place: Partition, bounds: Bounds) -> TreeName | None:
    """Which tree a partition grows now; None if it is empty."""
    async with closing(log.read(place, bounds)) as records:
        async for record in records:
            return TreeName(place, origin_of(record).restored)
    return None


def _state(record: StoredRecord | None, key: PrivateKey, bounds: Bounds, *, restart: bool) -> _State:
    """Where a tree goes on: after the last checkpoint, or from the beginning."""
    signed = _own_checkpoint(record, key)
    tree = _frontier_tree(record, signed)
    next_offset = header(record, NEXT_OFFSET) if record else None
    if signed is None or tree is None or restart or next_offset is None or not next_offset.isdecimal():
        return _State(Tree(), bounds.first, signed)
    if int(next_offset) > bounds.next:
        raise ReplayMismatch(
            f"{signed.origin}: {signed.size} records up to offset {int(next_offset) - 1} were signed, but the "
            f"partition ends at {bounds.next}: records were lost, and nothing is signed"
        )
    return _State(tree, int(next_offset), signed)


def _own_checkpoint(record: StoredRecord | None, key: PrivateKey) -> Checkpoint | None:
    """A checkpoint that we signed; None for one by another key.

    Raises:
        ReplayMismatch: our signature is forged.
    """
    note = (record.value or b"").decode(errors="replace") if record else ""
    if f"\N{EM DASH} {key.name} " not in note:
        return None
    return parse_checkpoint(open_note(note, key.public))


def _frontier_tree(record: StoredRecord | None, signed: Checkpoint | None) -> Tree | None:
    text = header(record, FRONTIER) if record and signed else None
    if text is None or signed is None:
        return None
    try:
        tree = Tree(signed.size, [bytes.fromhex(node) for node in text.split(",") if node])
    except ValueError:
        return None
    return tree if tree.root() == signed.root else None


async def _grow(
    log: Log, place: Partition, bounds: Bounds, state: _State, advance: Callable[[int], None] | None
) -> _State:
    tree, signed, next_offset = state.tree, state.signed, state.next_offset
    async for record in log.read(place, Bounds(state.next_offset, bounds.next)):
        tree.append(record_leaf_hash(record))
        next_offset = record.offset + 1
        if signed is not None and tree.size == signed.size and tree.root() != signed.root:
            raise ReplayMismatch(
                f"{place.topic}/{place.number}: the first {signed.size} records, up to offset {record.offset}, are "
                f"not those that were signed: something was changed, and nothing is signed"
            )
        if advance:
            advance(1)
    if signed is not None and tree.size < signed.size:
        raise ReplayMismatch(
            f"{place.topic}/{place.number}: {signed.size} records were signed, but only {tree.size} are there: "
            f"records were lost, and nothing is signed"
        )
    return _State(tree, next_offset, signed)


def _signed(place: Partition, name: TreeName, state: _State, key: PrivateKey, time: str) -> SignedCheckpoint:
    checkpoint = Checkpoint(name.origin(key.name), state.tree.size, state.tree.root())
    note = sign(checkpoint_text(checkpoint), key)
    subject = f"{place.topic}-{place.number}"
    record = Record(TOPIC, subject.encode(), note.encode(), _headers(note.encode(), subject, state, time))
    return SignedCheckpoint(place, checkpoint, note, record)


def _headers(note: bytes, subject: str, state: _State, time: str) -> tuple[Header, ...]:
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": sha256_hex(note),
        "ce_source": SOURCE,
        "ce_type": EVENT_TYPE,
        "ce_subject": subject,
        "ce_time": time,
        TREE_SIZE: str(state.tree.size),
        NEXT_OFFSET: str(state.next_offset),
        FRONTIER: ",".join(node.hex() for node in state.tree.frontier),
        "content-type": CONTENT_TYPE,
    }
    return tuple((name, text.encode()) for name, text in attributes.items())
