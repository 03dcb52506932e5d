"""How events look in a pipe: one plain line each, or a row of CSV; on a terminal they are cards.

Pure: values in, text out. Every line says where its record is, as topic/partition@offset.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from readout.schemas.contact_log import ContactLogged, Participant
from readout.schemas.contacts import ContactEvent
from readout.schemas.entities import EntityMentioned
from readout.schemas.event import Event
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.schemas.selector import Selector
from readout.schemas.statements import StatementAttributed
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.commands import terminal
from readout.streams.commands.contact_views import EVENT_COLUMNS, event_cells
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.subscribe import Received
from readout.streams.log.topics import CONTACTS

_SHORT_DIGEST = 12
_LONGEST_ID = 60
_DIGEST = re.compile("[0-9a-f]{64}")
_CSV_COLUMNS = ("record", "recorded at", "event", "id", "article")
E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class View:
    """The columns of an event type, and the cells of one event."""

    columns: tuple[str, ...]
    cells: Callable[[Event], tuple[str, ...]]


def place(record: StoredRecord) -> str:
    """Where a record is: topic/partition@offset."""
    return f"{record.topic}/{record.partition}@{record.offset}"


def line(received: Received[Event]) -> str:
    """One event in one line: where it is, then its cells, separated by tabs."""
    return "\t".join((place(received.record), *map(one_line, cells_of(received.event))))


def cells_of(event: Event) -> tuple[str, ...]:
    """The cells of an event; of a type without a view its key."""
    view = VIEWS.get(event.event_type)
    return view.cells(event) if view else (event.event_type, event.key)


def csv_columns(events: Iterable[type[Event]]) -> tuple[str, ...]:
    """The columns of a topic with events of these types; a withdrawal fills the first ones."""
    kinds = [one for one in events if one is not RecordWithdrawn]
    columns = [name for one in kinds if one.event_type in VIEWS for name in VIEWS[one.event_type].columns]
    return (*_CSV_COLUMNS, *(name for name in dict.fromkeys(columns) if name not in _CSV_COLUMNS))


def csv_row(record: StoredRecord, received: Received[Event] | None, columns: tuple[str, ...]) -> list[str]:
    """The cells of a record under these columns."""
    moment = datetime.fromtimestamp(record.timestamp / 1000, UTC).isoformat(timespec="milliseconds")
    found = {"record": place(record), "recorded at": moment.replace("+00:00", "Z")}
    found["article"] = (record.key or b"").decode(errors="backslashreplace")
    if received is not None:
        event = received.event
        view = VIEWS.get(event.event_type)
        names = () if view is None or isinstance(event, RecordWithdrawn) else view.columns
        cells = dict(zip(names, map(one_line, cells_of(event)), strict=False))
        found = {**cells, **found, "event": event.event_type, "id": id_of(event)}
    return [found.get(name, "") for name in columns]


def short_id(text: str) -> str:
    """Digests by their first digits, which every command takes; other ids as they are."""
    shown = terminal.one_line(text)
    if _DIGEST.fullmatch(text):
        return text[:_SHORT_DIGEST]
    return shown if len(shown) <= _LONGEST_ID else f"{shown[:_LONGEST_ID]}…"


def id_of(event: Event) -> str:
    """What an event is about: the id of its record, or its key."""
    names = ("contact_id", "statement_id", "entity_id", "record_id")
    return next((str(getattr(event, name)) for name in names if hasattr(event, name)), event.key)


def one_line(text: str) -> str:
    """A cell: white space as single spaces, and nothing that a terminal would obey."""
    return terminal.one_line(" ".join(text.split()))


def _article(event: Event) -> tuple[str, ...]:
    article = _of(ArticlePublished, event)
    opening = article.headline or article.body[:80]
    return (
        short_id(article.article_id),
        f"r{article.revision}",
        article.status,
        article.published_at or "",
        opening,
    )


def _entity(event: Event) -> tuple[str, ...]:
    entity = _of(EntityMentioned, event)
    return (entity.type, entity.name, entity.country or "", roles_of(entity), str(len(entity.mentions)))


def roles_of(entity: EntityMentioned) -> str:
    """The roles of an entity in one cell."""
    return "; ".join(
        ", ".join(part for part in (role.title, role.organisation, role.country) if part)
        for role in entity.roles
    )


def _statement(event: Event) -> tuple[str, ...]:
    statement = _of(StatementAttributed, event)
    source = statement.source.name if statement.source else "(nobody named)"
    cue = statement.cue.lemma if statement.cue else ""
    return (source, cue, statement.kind, statement.content.text)


def _contact(event: Event) -> tuple[str, ...]:
    contact = _of(ContactLogged, event)
    subjects = "; ".join(subject.exact for subject in contact.subjects)
    return (
        contact.occurred_on.date or "unknown",
        contact.mode,
        contact.status,
        "; ".join(_participant(one) for one in contact.participants),
        subjects,
        best_evidence(contact).exact,
    )


def best_evidence(contact: ContactLogged) -> Selector:
    """Of several sentences the one that names most of those who took part; the first of equals."""
    named = [one.selectors[0] for one in contact.participants]

    def names(sentence: Selector) -> int:
        return sum(sentence.start <= one.start and one.end <= sentence.end for one in named)

    return max(contact.evidence, key=names)


def _participant(participant: Participant) -> str:
    country = f" ({participant.country})" if participant.country else ""
    part = f" [{participant.part}]" if participant.part != "party" else ""
    return f"{participant.name}{country}{part}"


def _withdrawal(event: Event) -> tuple[str, ...]:
    withdrawn = _of(RecordWithdrawn, event)
    return (short_id(withdrawn.record_id), withdrawn.record_type, withdrawn.reason)


def _manifest(event: Event) -> tuple[str, ...]:
    manifest = _of(ManifestSealed, event)
    return (
        short_id(manifest.article_id),
        f"r{manifest.revision}",
        manifest.outcome,
        str(len(manifest.live)),
        str(len(manifest.withdrawn)),
        manifest.reason or "",
    )


def _consolidated(event: Event) -> tuple[str, ...]:
    return event_cells(_of(ContactEvent, event))


def _of(event_class: type[E], event: Event) -> E:
    if not isinstance(event, event_class):
        raise TypeError(f"a view of {event_class.__name__} was given {type(event).__name__}")
    return event


VIEWS: dict[str, View] = {
    ArticlePublished.event_type: View(("article", "revision", "status", "published", "opening"), _article),
    EntityMentioned.event_type: View(("type", "name", "country", "roles", "mentions"), _entity),
    StatementAttributed.event_type: View(("source", "cue", "kind", "content"), _statement),
    ContactLogged.event_type: View(
        ("date", "mode", "status", "participants", "subjects", "evidence"), _contact
    ),
    RecordWithdrawn.event_type: View(("record id", "record type", "reason"), _withdrawal),
    ManifestSealed.event_type: View(
        ("article", "revision", "outcome", "live", "withdrawn", "reason"), _manifest
    ),
    **{event.event_type: View(EVENT_COLUMNS, _consolidated) for event in CONTACTS.events},
}
