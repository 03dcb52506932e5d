"""Make checkpoints: build each partition's Merkle tree again, compare it with all that was signed, sign its head.

Reads:  every partition, by way of `rebuild`; what the key has signed, in `checkpoints` and in a folder of notes
Writes: the folder and the topic `checkpoints`
Whoever can write to the cluster can write to `checkpoints`. So nothing there is believed but our own signature, the
newest record is no better than the others, and no unsigned header decides what is signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from readout.schemas.checkpoints import CONTENT_TYPE, EVENT_TYPE, TOPIC, Checkpoint, checkpoint_text
from readout.schemas.envelope import Header, Record
from readout.schemas.ids import sha256_hex
from readout.streams.audit.log import Log, snapshot
from readout.streams.audit.proof.leaves import TreeName
from readout.streams.audit.proof.merkle import Tree
from readout.streams.audit.proof.notes import PrivateKey, PublicKey, sign
from readout.streams.audit.proof.own_notes import FRONTIER, OwnNotes, own_checkpoint, own_notes, shown
from readout.streams.audit.proof.rebuild import Rebuilder, RebuiltTree
from readout.streams.audit.proof.signer_state import Head, SignerState, notes_digest
from readout.streams.audit.proof.strange_files import strange_note
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.connection import Partition
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.topics import CHECKPOINTS, topic_name
from readout.streams.settings import Settings

SOURCE = "urn:readout:audit"
TREE_SIZE = "ce_treesize"
NEXT_OFFSET = "ce_nextoffset"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint of one partition: the note with all its signatures, and the tree that it is of."""

    place: Partition
    name: TreeName
    checkpoint: Checkpoint
    note: str
    tree: Tree
    time: str

    @property
    def record(self) -> Record:
        """The checkpoint as it is written to the topic."""
        subject, note = f"{self.place.topic}-{self.place.number}", self.note.encode()
        return Record(TOPIC, subject.encode(), note, _headers(note, subject, self))

    @property
    def file(self) -> str:
        """The name of its file."""
        again = f".restored-{self.name.restored}" if self.name.restored else ""
        return f"{self.place.topic}-{self.place.number}{again}.{self.checkpoint.size}.txt"


async def make_checkpoints(
    log: Log,
    key: PrivateKey,
    time: str,
    *,
    folder: Path | None = None,
    to_topic: bool = False,
    state: SignerState | None = None,
) -> list[SignedCheckpoint]:
    """Checkpoints of every partition that has grown since the newest one by this key.

    Args:
        log: what to sign.
        key: who signs.
        time: now, in RFC 3339.
        folder: where notes of this key are kept; they are compared like those in the topic.
        to_topic: will they be written there? Then one that is in the folder alone is given again: the brokers did
            not answer, or somebody has emptied the topic.
        state: what the signer remembers, replaced by what it has seen now; None has every tree built again. Keep it
            once the checkpoints are where they belong, and not before.

    Raises:
        ReplayMismatch: a partition is not what was signed before; nothing is signed then.
        ConfigurationError: the folder cannot be read.
    """
    bounds = await snapshot(log)
    state = SignerState() if state is None else state
    signed = await own_notes(log, bounds, key.public, folder, state.remembered())
    rebuilder = Rebuilder(log, signed, key.public, state)
    made: list[SignedCheckpoint] = []
    heads: dict[TreeName, Head] = {}
    for place, reach in bounds.items():
        if place.topic == log.prefix + CHECKPOINTS.stem:
            continue
        trees = await rebuilder.rebuild(place, reach)
        for tree in trees:
            heads[tree.name] = _head(tree, signed, key, time)
        if trees and not (trees[0].is_published if to_topic else trees[0].is_signed):
            made.append(_signed(place, trees[0], key, time))
    state.heads |= heads
    return made


def keep_checkpoints(made: Sequence[SignedCheckpoint], folder: Path, key: PublicKey) -> list[Path]:
    """Write checkpoints into files, and never another over one that is there.

    Raises:
        ConfigurationError: a file of that name holds something else, or cannot be written.
    """
    paths = [folder / one.file for one in made]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, one in zip(paths, made, strict=True):
            _refuse_another(path, one, key)
        for path, one in zip(paths, made, strict=True):
            if not path.exists():
                with path.open("x", encoding="utf-8") as file:
                    file.write(one.note)
    except OSError as error:
        raise ConfigurationError(f"{error.filename} cannot be written: {error.strerror}") from None
    return paths


async def write_checkpoints(made: Sequence[SignedCheckpoint], settings: Settings) -> None:
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


def _head(tree: RebuiltTree, signed: OwnNotes, key: PrivateKey, time: str) -> Head:
    now = Checkpoint(tree.name.origin(key.name), tree.tree.size, tree.tree.root())
    return Head(
        origin=now.origin,
        size=now.size,
        next_offset=tree.next_offset,
        frontier=tuple(node.hex() for node in tree.tree.frontier),
        last_leaf=tree.last_leaf.hex(),
        notes=notes_digest(signed.get(tree.name, ()), now.size, now),
        rebuilt_at=tree.rebuilt_at or time,
    )


def _signed(place: Partition, rebuilt: RebuiltTree, key: PrivateKey, time: str) -> SignedCheckpoint:
    tree = rebuilt.tree
    checkpoint = Checkpoint(rebuilt.name.origin(key.name), tree.size, tree.root(), rebuilt.next_offset)
    return SignedCheckpoint(
        place, rebuilt.name, checkpoint, sign(checkpoint_text(checkpoint), key), tree, time
    )


def _refuse_another(path: Path, one: SignedCheckpoint, key: PublicKey) -> None:
    if not path.exists() and not path.is_symlink():
        return
    there = own_checkpoint(strange_note(path), key)
    if there == one.checkpoint:
        return
    what = f"has the root {shown(there.root)}" if there else "is no checkpoint of this key"
    raise ConfigurationError(
        f"{path} is there and {what}; {shown(one.checkpoint.root)} was to be signed: nothing was written over it, "
        f"choose another --out"
    )


def _headers(note: bytes, subject: str, one: SignedCheckpoint) -> tuple[Header, ...]:
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": sha256_hex(note),
        "ce_source": SOURCE,
        "ce_type": EVENT_TYPE,
        "ce_subject": subject,
        "ce_time": one.time,
        TREE_SIZE: str(one.checkpoint.size),
        NEXT_OFFSET: str(one.checkpoint.next_offset),
        FRONTIER: ",".join(node.hex() for node in one.tree.frontier),
        "content-type": CONTENT_TYPE,
    }
    return tuple((name, text.encode()) for name, text in attributes.items())
