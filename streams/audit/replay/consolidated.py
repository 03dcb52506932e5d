"""Read consolidated contacts: all that hold, or one with its history and the sentences of its reports.

Reads:  contacts; for one contact also contact-log and news, for the words that prove it
Writes: nothing
"""

from collections.abc import Sequence
from dataclasses import dataclass

from readout.schemas.contact_log import ContactLogged
from readout.schemas.contacts import (
    ConsolidatedContact,
    ContactEvent,
    ContactReport,
    ContactsMerged,
    ContactSplit,
)
from readout.streams.audit.log import Log
from readout.streams.audit.replay.found import Found, Sentence, found_of, sentences_with
from readout.streams.audit.replay.locate import records_of
from readout.streams.consolidate.steps import state_after
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.origin import Position, is_at, offsets_of
from readout.streams.log.sources import source_of
from readout.streams.log.topics import CONTACT_LOG, CONTACTS, NEWS

_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class ToldReport:
    """A report, the record of the contact log that it is, and the sentences that prove it; empty if it is gone."""

    report: ContactReport
    record: StoredRecord | None
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class ContactPage:
    """One contact: its present state, None if its id is gone; all its events; and what each report says.

    `moved_to` are the ids that have its reports now, where its id is gone.
    """

    consolidated_id: str
    state: ConsolidatedContact | None
    moved_to: tuple[str, ...]
    history: tuple[Found, ...]
    told: tuple[ToldReport, ...]


async def held_contacts(log: Log) -> dict[str, ConsolidatedContact]:
    """The present state of every contact, by id."""
    held: dict[str, ConsolidatedContact] = {}
    async for record in records_of(log, [CONTACTS.stem]):
        event = found_of(record).event
        if not isinstance(event, ContactEvent):
            continue
        held.pop(event.consolidated_id, None)
        state = state_after(event)
        if state is not None:
            held[event.consolidated_id] = state
    return held


async def contact_page(log: Log, wanted: str) -> ContactPage:
    """One contact, by its id or the beginning of it.

    Raises:
        ConfigurationError: there is none, or several ids begin so.
    """
    history = [found_of(record) for record in await _events_of(log, wanted)]
    last = history[-1].event
    if not isinstance(last, ContactEvent):
        raise ConfigurationError(f"{wanted!r} cannot be read: run `readout audit verify`")
    state = state_after(last)
    told = await told_reports(log, state.reports if state else ())
    return ContactPage(last.consolidated_id, state, _moved_to(last), tuple(history), told)


async def told_reports(log: Log, reports: Sequence[ContactReport]) -> tuple[ToldReport, ...]:
    """Reports with the records that they are and the sentences that prove them."""
    digests = {report.record_sha256.encode() for report in reports}
    records: dict[str, StoredRecord] = {}
    if digests:
        async for record in records_of(log, [CONTACT_LOG.stem]):
            digest = next((text for name, text in record.headers if name == "ce_id"), None)
            if digest in digests and digest is not None:
                records[digest.decode()] = record
    bodies = await _bodies(log, records)
    return tuple(
        ToldReport(report, records.get(report.record_sha256), _sentences(report, records, bodies))
        for report in reports
    )


async def _events_of(log: Log, wanted: str) -> list[StoredRecord]:
    if len(wanted) < _SHORTEST:
        raise ConfigurationError(f"{wanted!r} is too short: give at least {_SHORTEST} letters of an id")
    found: dict[bytes, list[StoredRecord]] = {}
    async for record in records_of(log, [CONTACTS.stem]):
        if record.key is not None and record.key.startswith(wanted.encode()):
            found.setdefault(record.key, []).append(record)
    if not found:
        raise ConfigurationError(
            f"no consolidated contact has an id that begins with {wanted!r}: `readout contacts` lists them"
        )
    if len(found) > 1:
        several = ", ".join(key.decode(errors="replace")[:16] + "…" for key in list(found)[:5])
        raise ConfigurationError(f"{wanted!r} begins several ids: {several}; give more letters")
    return next(iter(found.values()))


async def _bodies(log: Log, records: dict[str, StoredRecord]) -> dict[str, str]:
    """The body that each record was derived from, by the record's digest."""
    wanted: dict[tuple[int, Position], list[str]] = {}
    for digest, record in records.items():
        position = source_of(record)
        if position is not None:
            wanted.setdefault((record.partition, position), []).append(digest)
    bodies: dict[str, str] = {}
    if wanted:
        async for record in records_of(log, [NEWS.stem]):
            for (number, position), digests in wanted.items():
                if number == record.partition and is_at(position, offsets_of(record)):
                    body = getattr(found_of(record).event, "body", "")
                    bodies |= dict.fromkeys(digests, body)
    return bodies


def _sentences(
    report: ContactReport, records: dict[str, StoredRecord], bodies: dict[str, str]
) -> tuple[Sentence, ...]:
    record, body = records.get(report.record_sha256), bodies.get(report.record_sha256, "")
    event = found_of(record).event if record else None
    if not isinstance(event, ContactLogged) or not body:
        return ()
    evidence = [(one.start, one.end) for one in event.evidence]
    spans = [
        (one.start, one.end)
        for participant in event.participants
        for one in participant.selectors
        if any(start <= one.start and one.end <= end for start, end in evidence)
    ]
    return sentences_with(body, spans or evidence)


def _moved_to(event: ContactEvent) -> tuple[str, ...]:
    if isinstance(event, ContactsMerged):
        return (event.into,)
    return event.into if isinstance(event, ContactSplit) and event.contact is None else ()
