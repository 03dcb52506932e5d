"""Take a link into an audit: what it says of this log is compared like a checkpoint, and reported.

Reads:  a record of `checkpoints`
Writes: the memory and the account of the audit; what does not fit is reported
What a link says of the log before is the business of whoever has that, or has kept checkpoints of it.
"""

from readout.schemas.ids import sha256_hex
from readout.schemas.links import EVENT_TYPE, KEY, parse_link
from readout.streams.audit.facts import header
from readout.streams.audit.findings import Kind, at
from readout.streams.audit.proof.notes import PublicKey, open_note, split_note
from readout.streams.audit.scratch import KnownCheckpoint
from readout.streams.audit.verify.state import AuditState
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import StoredRecord


def collect_link(record: StoredRecord, key: PublicKey | None, state: AuditState) -> None:
    """Remember the heads that a link names of this log; without a key its signature is not verified."""
    note, place = (record.value or b"").decode(errors="replace"), _place(record)
    try:
        link = parse_link(open_note(note, key) if key else split_note(note)[0])
    except ReplayMismatch as error:
        state.report(at(record, Kind.SIGNATURE, str(error)))
        return
    except ValueError as error:
        state.report(at(record, Kind.UNREADABLE, str(error)))
        return
    _check_record(record, state)
    for checkpoint in link.after:
        state.scratch.add_checkpoint(KnownCheckpoint(checkpoint, f"the link {place}"))
    records = sum(one.size for one in link.before)
    state.account.links.append(
        f"copied from {link.before[0].origin} and {len(link.before) - 1} more partitions with {records} records in "
        f"all, linked at {link.time} by {place}"
    )


def _check_record(record: StoredRecord, state: AuditState) -> None:
    """Do key and headers, which nobody signs, agree with the note?"""
    if record.key != KEY.encode():
        state.report(at(record, Kind.WRONG_KEY, f"its key is {record.key!r}, not {KEY!r}"))
    for name, text in {"ce_id": sha256_hex(record.value or b""), "ce_type": EVENT_TYPE}.items():
        if header(record, name) != text:
            state.report(at(record, Kind.HEADERS, f"{name} is {header(record, name)}, not {text}"))


def _place(record: StoredRecord) -> str:
    return f"{record.topic}/{record.partition}@{record.offset}"
