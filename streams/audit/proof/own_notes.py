"""What a key has signed before: the signer's memory, out of the topic `checkpoints` and a folder of kept notes.

Reads:  every record of `checkpoints`, and every note in a folder
Writes: nothing
Only a note whose signature holds counts, wherever it lies. Junk, notes by others (of the same name, too) and
unsigned headers say nothing; two notes of ours that disagree mean that the key has signed a falsehood.
"""

import base64
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from readout.schemas.checkpoints import TOPIC, Checkpoint, parse_checkpoint
from readout.streams.audit.facts import header
from readout.streams.audit.log import Log
from readout.streams.audit.proof.leaves import TreeName, tree_of
from readout.streams.audit.proof.merkle import Tree
from readout.streams.audit.proof.notes import PublicKey, open_note
from readout.streams.audit.proof.strange_files import strange_note
from readout.streams.audit.wording import count_of
from readout.streams.errors import ConfigurationError, ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition

FRONTIER = "ce_frontier"


@dataclass(frozen=True, slots=True)
class OwnNote:
    """A checkpoint that the key has signed, where it was found, and its tree where the frontier is known.

    It is published if it stands in the topic, and not only in the folder; it is not kept if the signer's own state
    is all that remembers it.
    """

    checkpoint: Checkpoint
    found_at: str
    tree: Tree | None = None
    is_published: bool = False
    is_kept: bool = True


OwnNotes = Mapping[TreeName, list[OwnNote]]
"""The notes of each tree, by size."""


async def own_notes(
    log: Log,
    bounds: Mapping[Partition, Bounds],
    key: PublicKey,
    folder: Path | None = None,
    remembered: Iterable[OwnNote] = (),
) -> OwnNotes:
    """All that a key has signed, by tree and size; `remembered` is what its signer knows of it beside.

    Raises:
        ReplayMismatch: it has signed two roots of one size.
        ConfigurationError: the folder cannot be read.
    """
    sizes: dict[TreeName, dict[int, OwnNote]] = {}
    found = [one async for one in _in_topic(log, bounds, key)]
    for one in (*found, *_in_folder(folder, key), *remembered):
        name = tree_of(one.checkpoint.origin)
        if name is None or one.checkpoint.origin != name.origin(key.name):
            continue
        before = sizes.setdefault(name, {}).setdefault(one.checkpoint.size, one)
        if before.checkpoint.root != one.checkpoint.root:
            raise ReplayMismatch(
                f"{one.checkpoint.origin}: two roots are signed for {count_of(one.checkpoint.size, 'record')}: "
                f"{shown(before.checkpoint.root)} in {before.found_at} and {shown(one.checkpoint.root)} in "
                f"{one.found_at}: nothing more is signed by this key"
            )
        if before.tree is None:
            sizes[name][one.checkpoint.size] = replace(before, tree=one.tree)
    return {name: [by_size[size] for size in sorted(by_size)] for name, by_size in sizes.items()}


def own_checkpoint(note: str, key: PublicKey) -> Checkpoint | None:
    """The checkpoint in a note that this very key has signed; None of any other text."""
    try:
        return parse_checkpoint(open_note(note, key))
    except (ReplayMismatch, ValueError):
        return None


def shown(root: bytes) -> str:
    """A root as checkpoints write it."""
    return base64.b64encode(root).decode()


async def _in_topic(log: Log, bounds: Mapping[Partition, Bounds], key: PublicKey) -> AsyncIterator[OwnNote]:
    for place, reach in bounds.items():
        if place.topic != log.prefix + TOPIC:
            continue
        async for record in log.read(place, reach):
            checkpoint = own_checkpoint((record.value or b"").decode(errors="replace"), key)
            if checkpoint is not None:
                where = f"{record.topic}/{record.partition}@{record.offset}"
                yield OwnNote(
                    checkpoint, where, _tree(checkpoint, header(record, FRONTIER)), is_published=True
                )


def _in_folder(folder: Path | None, key: PublicKey) -> Iterator[OwnNote]:
    try:
        for path in sorted(folder.glob("*.txt")) if folder else ():
            checkpoint = own_checkpoint(strange_note(path), key)
            if checkpoint is not None:
                yield OwnNote(checkpoint, str(path))
    except OSError as error:
        raise ConfigurationError(f"{error.filename} cannot be read: {error.strerror}") from None


def _tree(checkpoint: Checkpoint, frontier: str | None) -> Tree | None:
    """The tree of a checkpoint; nobody signs a frontier, but only one leads to the root that was signed."""
    try:
        tree = Tree(checkpoint.size, [bytes.fromhex(node) for node in (frontier or "").split(",") if node])
    except ValueError:
        return None
    return tree if tree.root() == checkpoint.root else None
