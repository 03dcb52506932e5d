"""A step of the consolidation as records: what changed, and up to where the contact log had been read.

Reads:  records of `contacts`
Writes: records of `contacts` and `contacts-current`
All events of a step are written as one. Their headers say so, since a value never depends on the run: with them an
auditor takes the same steps.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from readout.schemas.contacts import ConsolidatedContact, ContactConsolidated, ContactEvent, ContactSplit
from readout.schemas.envelope import Header, Record, cloudevents_attributes, encode_value, to_headers
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.run_facts import RECORDED_TIME
from readout.streams.log.topics import CONTACTS, CONTACTS_CURRENT

SOURCE = "urn:readout:consolidate"
STEP = "ce_step"
STEP_EVENT = "ce_stepevent"
POSITIONS = "ce_positions"
Positions = Mapping[int, int]
"""The next offset of `contact-log`, by partition number."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one batch of the contact log has changed."""

    number: int
    positions: Positions
    events: Sequence[ContactEvent]

    def records(self, recorded_time: str) -> tuple[Record, ...]:
        """The records of the step: all of `contacts`, then all of `contacts-current`, in the same order."""
        return (
            *self._records(CONTACTS.stem, recorded_time),
            *self._records(CONTACTS_CURRENT.stem, recorded_time),
        )

    def _records(self, stem: str, recorded_time: str) -> Iterator[Record]:
        for index, event in enumerate(self.events, start=1):
            said = event if stem == CONTACTS.stem else current(event)
            value = None if said is None else encode_value(said)
            headers = event_headers(said or event)
            facts = (
                (STEP, str(self.number).encode()),
                (STEP_EVENT, f"{index}/{len(self.events)}".encode()),
                (POSITIONS, positions_text(self.positions).encode()),
                (RECORDED_TIME, recorded_time.encode()),
            )
            yield Record(stem, event.key.encode(), value, (*headers, *facts))


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What the headers of a record say of its step; `index` counts from 1 to `count`."""

    number: int
    index: int
    count: int
    positions: Positions


def event_headers(event: ContactEvent) -> tuple[Header, ...]:
    """The headers that follow from an event alone."""
    state = getattr(event, "contact", None)
    time = state.last_reported if state else None
    return to_headers(cloudevents_attributes(event, encode_value(event), source=SOURCE, time=time))


def current(event: ContactEvent) -> ContactConsolidated | None:
    """The state that an event leaves behind; None if the id is gone."""
    if isinstance(event, ContactConsolidated):
        return event
    if isinstance(event, ContactSplit) and event.contact is not None:
        return ContactConsolidated(
            consolidated_id=event.consolidated_id, producer=event.producer, contact=event.contact
        )
    return None


def state_after(event: ContactEvent) -> ConsolidatedContact | None:
    """The state of the event's own contact after it; None if its id is gone."""
    found = current(event)
    return found.contact if found else None


def facts_of(record: StoredRecord) -> StepFacts:
    """Which step a record belongs to.

    Raises:
        InvalidRecord: its headers do not say.
    """
    said = {name: text.decode(errors="replace") for name, text in record.headers if text is not None}
    try:
        index, _, count = said[STEP_EVENT].partition("/")
        pairs = (one.split(":") for one in said[POSITIONS].split(","))
        positions = {int(number): int(offset) for number, offset in pairs}
        return StepFacts(int(said[STEP]), int(index), int(count), positions)
    except (KeyError, ValueError):
        where = f"{record.topic}/{record.partition}@{record.offset}"
        raise InvalidRecord(f"{where} does not say to which step it belongs ({STEP}, {STEP_EVENT})") from None


def positions_text(positions: Positions) -> str:
    """As in `0:17,1:9`."""
    return ",".join(f"{number}:{positions[number]}" for number in sorted(positions))
