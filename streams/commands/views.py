"""How events look to a person: one plain line each, or a table per topic on a terminal.

Pure: values in, text or rich tables out. Every row says where its record is, as topic/partition@offset.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from rich.markup import escape
from rich.table import Table

from readout.schemas.contact_log import ContactLogged, Participant
from readout.schemas.entities import EntityMentioned
from readout.schemas.event import Event
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.schemas.selector import Selector
from readout.schemas.statements import StatementAttributed
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.commands import terminal
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.subscribe import Received

_SHORT_ID = 12
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
    cells = VIEWS[received.event.event_type].cells(received.event)
    return "\t".join((place(received.record), *(one_line(cell) for cell in cells)))


def tables(received: Iterable[Received[Event]]) -> Iterable[Table]:
    """A table for each event type, in the order in which the types first occur."""
    by_type: dict[str, list[Received[Event]]] = {}
    for one in received:
        by_type.setdefault(one.event.event_type, []).append(one)
    return [_table(event_type, rows) for event_type, rows in by_type.items()]


def _table(event_type: str, rows: list[Received[Event]]) -> Table:
    view = VIEWS[event_type]
    table = Table(title=event_type, title_justify="left", header_style="bold", show_lines=False)
    for column in ("record", *view.columns):
        table.add_column(column, overflow="fold", no_wrap=column == "record")
    for row in sorted(rows, key=lambda row: (row.record.topic, row.record.partition, row.record.offset)):
        table.add_row(place(row.record), *(escape(one_line(cell)) for cell in view.cells(row.event)))
    return table


def one_line(text: str) -> str:
    """A cell: white space as single spaces, and nothing that a terminal would obey."""
    return terminal.one_line(" ".join(text.split()))


def _article(event: Event) -> tuple[str, ...]:
    article = _of(ArticlePublished, event)
    opening = article.headline or article.body[:80]
    return (
        article.article_id[:_SHORT_ID],
        f"r{article.revision}",
        article.status,
        article.published_at or "",
        opening,
    )


def _entity(event: Event) -> tuple[str, ...]:
    entity = _of(EntityMentioned, event)
    roles = "; ".join(
        ", ".join(part for part in (role.title, role.organisation, role.country) if part)
        for role in entity.roles
    )
    return (entity.type, entity.name, entity.country or "", roles, str(len(entity.mentions)))


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
        _best_evidence(contact).exact,
    )


def _best_evidence(contact: ContactLogged) -> Selector:
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
    return (withdrawn.record_id[:_SHORT_ID], withdrawn.record_type, withdrawn.reason)


def _manifest(event: Event) -> tuple[str, ...]:
    manifest = _of(ManifestSealed, event)
    return (
        manifest.article_id[:_SHORT_ID],
        f"r{manifest.revision}",
        manifest.outcome,
        str(len(manifest.live)),
        str(len(manifest.withdrawn)),
        manifest.reason or "",
    )


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
}
