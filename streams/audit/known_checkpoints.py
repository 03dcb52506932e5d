"""Collect the checkpoints of a log, and those that an auditor kept, for comparison.

Reads:  the topic `checkpoints`; notes from files, by way of the caller
Writes: the memory of the audit; a note that is none or is forged is reported
"""

from schemas.checkpoints import parse_checkpoint
from streams.audit.cases import Desk
from streams.audit.findings import Kind, at
from streams.audit.log import Log
from streams.audit.notes import PublicKey, open_note, split_note
from streams.audit.origins import tree_of
from streams.audit.scratch import KnownCheckpoint
from streams.errors import ReplayMismatch
from streams.kafka.connection import Bounds, Partition, StoredRecord


async def collect_checkpoints(
    log: Log, place: Partition, bounds: Bounds, key: PublicKey | None, desk: Desk
) -> None:
    """Remember the checkpoints in one partition of the topic; without a key signatures are not verified."""
    async for record in log.read(place, bounds):
        desk.account.records += 1
        try:
            known = read_note(
                (record.value or b"").decode(), key, f"{record.topic}/{record.partition}@{record.offset}"
            )
        except ReplayMismatch as error:
            desk.report(at(record, Kind.SIGNATURE, str(error)))
        except ValueError as error:
            desk.report(at(record, Kind.UNREADABLE, str(error)))
        else:
            _check_key(record, known, desk)
            desk.scratch.add_checkpoint(known)


def read_note(note: str, key: PublicKey | None, place: str) -> KnownCheckpoint:
    """A checkpoint out of its signed note; `place` says where it was found.

    Raises:
        ReplayMismatch: it is not signed by the key, or forged.
        ValueError: it is no checkpoint.
    """
    text = open_note(note, key) if key else split_note(note)[0]
    return KnownCheckpoint(parse_checkpoint(text), f"the checkpoint {place}", None)


def _check_key(record: StoredRecord, known: KnownCheckpoint, desk: Desk) -> None:
    name = tree_of(known.checkpoint.origin)
    if name is None:
        desk.report(at(record, Kind.UNREADABLE, f"{known.checkpoint.origin!r} is no origin of ours"))
        return
    wanted = f"{name.place.topic}-{name.place.number}".encode()
    if record.key != wanted:
        desk.report(at(record, Kind.WRONG_KEY, f"its key is {record.key!r}, not {wanted!r}"))
