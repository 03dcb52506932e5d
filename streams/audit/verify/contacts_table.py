"""Compare the table that consumers load with the states that the steps of `contacts` leave behind.

Reads:  contacts-current of live topics; no archive has it
Writes: nothing; every finding is handed to the state's report
"""

from collections.abc import Callable, Sequence

from readout.schemas.contacts import ConsolidatedContact, ContactConsolidated
from readout.schemas.envelope import encode_value
from readout.streams.audit.findings import Kind, at, near
from readout.streams.audit.log import Log
from readout.streams.audit.verify.differences import differences
from readout.streams.audit.verify.state import AuditState
from readout.streams.consolidate.store import ReportStore
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.log.decoding import decode_event
from readout.streams.log.topics import CONTACTS_CURRENT
from readout.streams.processors.consolidation.state import consolidated


async def check_current(
    log: Log,
    contacts: Sequence[Partition],
    store: ReportStore,
    state: AuditState,
    is_known: Callable[[str], bool] = lambda _: True,
) -> None:
    """Compare the table with the states in the store; `is_known` says of which ids it must have all states."""
    found: dict[bytes, StoredRecord | None] = {}
    name = log.prefix + CONTACTS_CURRENT.stem
    places = [Partition(name, place.number) for place in contacts]
    for place, reach in (await log.bounds(places)).items():
        async for record in log.read(place, reach):
            found[record.key or b""] = record
    for consolidated_id, members in store.contacts():
        last = found.pop(consolidated_id.encode(), None)
        due = encode_value(consolidated(members))
        if last is None or last.value is None:
            detail = f"the state of {consolidated_id[:12]}… is not there"
            place = places[0] if last is None else Partition(name, last.partition)
            state.report(near(place, last.offset if last else 0, Kind.MISSING, detail))
        elif due not in last.value:
            kept = _state_of(last)
            what = differences(due, encode_value(kept) if kept else last.value)
            state.report(at(last, Kind.DIFFERS, "is not the state that contacts leads to", what))
    for last in found.values():
        is_there = last is not None and last.value is not None
        if last is not None and is_there and is_known((last.key or b"").decode(errors="replace")):
            state.report(at(last, Kind.EXTRA, "there is no such contact in contacts"))


def _state_of(record: StoredRecord) -> ConsolidatedContact | None:
    try:
        event = decode_event(record.value, record.headers)
    except InvalidRecord:
        return None
    return event.contact if isinstance(event, ContactConsolidated) else None
