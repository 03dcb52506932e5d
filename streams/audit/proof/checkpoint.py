"""Make checkpoints: build each partition's Merkle tree again, compare it with all that was signed, sign its head.

Reads:  every partition from its beginning; what the key has signed, in `checkpoints` and in a folder of kept notes
Writes: the folder and the topic `checkpoints`
Whoever can write to the cluster can write to `checkpoints`. So nothing there is believed but our own signature, the
newest record is no better than the others, and no unsigned header decides what is signed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from readout.schemas.checkpoints import CONTENT_TYPE, EVENT_TYPE, TOPIC, Checkpoint, checkpoint_text
from readout.schemas.envelope import Header, Record
from readout.schemas.ids import sha256_hex
from readout.streams.audit.log import Log, closing, snapshot
from readout.streams.audit.proof.erasures import leaf_hash_of
from readout.streams.audit.proof.leaves import TreeName
from readout.streams.audit.proof.merkle import Tree
from readout.streams.audit.proof.notes import PrivateKey, PublicKey, sign
from readout.streams.audit.proof.own_notes import (
    FRONTIER,
    OwnNote,
    OwnNotes,
    own_checkpoint,
    own_notes,
    shown,
)
from readout.streams.audit.wording import count_of
from readout.streams.errors import ConfigurationError, ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.origin import before_restoring, origin_of
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
    advance: Callable[[int], None] | None = None,
) -> list[SignedCheckpoint]:
    """Checkpoints of every partition that has grown since the newest one by this key.

    Args:
        log: what to sign.
        key: who signs.
        time: now, in RFC 3339.
        folder: where notes of this key are kept; they are compared like those in the topic.
        to_topic: will they be written there? Then one that is in the folder alone is given again: the brokers did
            not answer, or somebody has emptied the topic.
        advance: is told how many more records were read.

    Raises:
        ReplayMismatch: a partition is not what was signed before; nothing is signed then.
        ConfigurationError: the folder cannot be read.
    """
    bounds = await snapshot(log)
    signed = await own_notes(log, bounds, key.public, folder)
    made = []
    for place, reach in bounds.items():
        if place.topic == log.prefix + CHECKPOINTS.stem:
            continue
        rebuilt = await _rebuild(log, place, reach, signed, key.public, advance)
        if rebuilt is not None and not (rebuilt.is_published if to_topic else rebuilt.is_signed):
            made.append(_signed(place, rebuilt, key, time))
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


async def first_record(log: Log, place: Partition, bounds: Bounds) -> StoredRecord | None:
    """The first record of a partition; None if it is empty."""
    async with closing(log.read(place, bounds)) as records:
        return await anext(aiter(records), None)


async def tree_name(log: Log, place: Partition, bounds: Bounds) -> TreeName | None:
    """Which tree a partition grows now; None if it is empty."""
    first = await first_record(log, place, bounds)
    return TreeName(place, origin_of(first).restored) if first else None


class _Rebuilt:
    """A tree that is built again; each note of it that was signed must have its root on the way."""

    def __init__(self, name: TreeName, notes: Sequence[OwnNote], start: OwnNote | None = None) -> None:
        self.name = name
        self.tree = Tree(start.tree.size, start.tree.frontier) if start and start.tree else Tree()
        self.next_offset = (start.checkpoint.next_offset or 0) if start else 0
        self.is_signed = self.is_published = False
        self._notes = [one for one in notes if one.checkpoint.size >= self.tree.size]
        self._compare()

    def add(self, record: StoredRecord, key: PublicKey) -> None:
        """Take the next record; one that the beginning of the tree covers is passed over."""
        if record.offset < self.next_offset:
            return
        self.tree.append(leaf_hash_of(record, [key]))
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
            self.is_signed, self.is_published = True, note.is_published


def lost(note: OwnNote, tree: Tree) -> ReplayMismatch:
    """That a log has fewer records than were signed."""
    signed = note.checkpoint
    return ReplayMismatch(
        f"{signed.origin}: {count_of(signed.size, 'record')} were signed with the root {shown(signed.root)} "
        f"({note.found_at}), but {tree.size} are there, with the root {shown(tree.root())}: records were lost, and "
        f"nothing is signed"
    )


async def _rebuild(
    log: Log,
    place: Partition,
    bounds: Bounds,
    signed: OwnNotes,
    key: PublicKey,
    advance: Callable[[int], None] | None,
) -> _Rebuilt | None:
    """The tree of a partition, compared with all that was signed of it; None if it is empty and always was.

    Raises:
        ReplayMismatch: it is not what was signed.
    """
    first = await first_record(log, place, bounds)
    trees = list(_begin(bounds, first, signed))
    names = {tree.name for tree in trees if tree is not None}
    for name, notes in signed.items():
        if name.place == place and name not in names and notes[-1].checkpoint.size:
            raise lost(notes[-1], Tree())
    if not trees:
        return None
    async for record in log.read(place, bounds):
        for times, tree in enumerate(trees):
            view = before_restoring(record, times)
            if tree is not None and view is not None:
                tree.add(view, key)
        if advance:
            advance(1)
    for tree in trees:
        if tree is not None and tree.name.place == place:
            tree.finish()
    return trees[0]


def _begin(bounds: Bounds, first: StoredRecord | None, signed: OwnNotes) -> Iterator[_Rebuilt | None]:
    """The tree of a partition as it is, then as it was before each restoring; None where nothing was signed."""
    restored = origin_of(first).restored if first else -1
    for times in range(restored + 1):
        view = before_restoring(first, times) if first else None
        if view is None:
            return
        name = TreeName(Partition(view.topic, view.partition), restored - times)
        gone = view.offset if times else bounds.first
        notes = signed.get(name, [])
        yield (
            _Rebuilt(name, notes, _start(name, gone, notes) if gone else None) if notes or not times else None
        )


def _start(name: TreeName, first: int, notes: Sequence[OwnNote]) -> OwnNote:
    """Where to go on when the beginning of a partition was deleted: after the first note that covers that."""
    for note in notes:
        if note.tree is not None and (note.checkpoint.next_offset or 0) >= first:
            return note
    raise ReplayMismatch(
        f"{name.place.topic}/{name.place.number} begins at offset {first}, and no checkpoint of this key "
        f"in the topic covers what was before: nothing is signed"
    )


def _signed(place: Partition, rebuilt: _Rebuilt, key: PrivateKey, time: str) -> SignedCheckpoint:
    tree = rebuilt.tree
    checkpoint = Checkpoint(rebuilt.name.origin(key.name), tree.size, tree.root(), rebuilt.next_offset)
    return SignedCheckpoint(
        place, rebuilt.name, checkpoint, sign(checkpoint_text(checkpoint), key), tree, time
    )


def _refuse_another(path: Path, one: SignedCheckpoint, key: PublicKey) -> None:
    if not path.exists() and not path.is_symlink():
        return
    there = own_checkpoint(path.read_text("utf-8", errors="replace"), key) if path.is_file() else None
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
