"""Collect the checkpoints of a log, and those that an auditor kept, for comparison.

Reads:  the topic `checkpoints`; notes from files, by way of the caller
Writes: the memory of the audit; a note that is none or is forged is reported
"""

from dataclasses import replace

from readout.schemas.checkpoints import EVENT_TYPE, parse_checkpoint
from readout.schemas.ids import sha256_hex
from readout.streams.audit.facts import header
from readout.streams.audit.findings import Kind, at
from readout.streams.audit.log import Log
from readout.streams.audit.proof.checkpoint import NEXT_OFFSET, TREE_SIZE
from readout.streams.audit.proof.notes import PublicKey, open_note, split_note
from readout.streams.audit.proof.tree_names import tree_of
from readout.streams.audit.scratch import KnownCheckpoint
from readout.streams.audit.verify.cases import Desk
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord


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
            _check_record(record, known, desk)
            said = header(record, NEXT_OFFSET) or ""
            desk.scratch.add_checkpoint(replace(known, next_offset=int(said) if said.isdecimal() else None))


def read_note(note: str, key: PublicKey | None, place: str) -> KnownCheckpoint:
    """A checkpoint out of its signed note; `place` says where it was found.

    Raises:
        ReplayMismatch: it is not signed by the key, or forged.
        ValueError: it is no checkpoint.
    """
    text = open_note(note, key) if key else split_note(note)[0]
    return KnownCheckpoint(parse_checkpoint(text), f"the checkpoint {place}", None)


def _check_record(record: StoredRecord, known: KnownCheckpoint, desk: Desk) -> None:
    """Do key and headers, which nobody signs, agree with the note?"""
    name = tree_of(known.checkpoint.origin)
    if name is None:
        desk.report(at(record, Kind.UNREADABLE, f"{known.checkpoint.origin!r} is no origin of ours"))
        return
    subject = f"{name.place.topic}-{name.place.number}"
    if record.key != subject.encode():
        desk.report(at(record, Kind.WRONG_KEY, f"its key is {record.key!r}, not {subject!r}"))
    expected = {
        "ce_id": sha256_hex(record.value or b""),
        "ce_type": EVENT_TYPE,
        "ce_subject": subject,
        TREE_SIZE: str(known.checkpoint.size),
    }
    for header_name, text in expected.items():
        if header(record, header_name) != text:
            desk.report(
                at(record, Kind.HEADERS, f"{header_name} is {header(record, header_name)}, not {text}")
            )
    if not (header(record, NEXT_OFFSET) or "").isdecimal():
        desk.report(at(record, Kind.HEADERS, f"{NEXT_OFFSET} is {header(record, NEXT_OFFSET)}, no offset"))
