"""Leave out of an article's state what nobody asked for, and keep what the rest refers to. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from readout.schemas.contact_log import ContactLogged
from readout.schemas.contacts import ContactConsolidated
from readout.schemas.entities import EntityMentioned, EntityReference
from readout.schemas.envelope import encode_value
from readout.schemas.event import Event
from readout.schemas.statements import StatementAttributed
from readout.streams.export.state import ArticleState
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.filters import Filter


def chosen(state: ArticleState, wanted: Filter) -> ArticleState | None:
    """What a filter leaves of an article; None if nothing.

    Entities that a chosen record names, what a metonym stands for, and the statements that report a chosen one stay
    with it, so that no reference leads nowhere.
    """
    if not wanted:
        return state
    if _takes_articles_only(wanted):
        return state if wanted.takes(_record(state.article)) else None
    taken = {record_id(one.event) for one in state.records if wanted.takes(_record(one.event))}
    if not taken:
        return None
    kept = _with_references(state, taken)
    return replace(state, records=tuple(one for one in state.records if record_id(one.event) in kept))


def takes_contact(state: ContactConsolidated, wanted: Filter) -> bool:
    """Is a contact as all articles tell of it wanted? Any claim and any article that tells of it will do."""
    articles = (wanted.article,) if isinstance(wanted.article, str) else wanted.article
    if articles and not any(report.article_id in articles for report in state.contact.reports):
        return False
    return replace(wanted, article=()).takes(_record(state))


def record_id(event: Event) -> str:
    """The id under which others refer to a record."""
    match event:
        case EntityMentioned():
            return event.entity_id
        case StatementAttributed():
            return event.statement_id
        case ContactLogged():
            return event.contact_id
    raise TypeError(f"{event.event_type} is no derived record with an id")


def references(event: Event) -> Iterator[str]:
    """The ids of all records that a record refers to."""
    match event:
        case EntityMentioned():
            ids: tuple[str | None, ...] = (event.stands_for,)
        case StatementAttributed():
            source = event.source
            behalf = source.on_behalf_of if source else None
            ids = (*map(_entity_id, (source, behalf, event.addressee)), event.nested_in)
        case ContactLogged():
            by = event.reported_by
            others = (event.place, by, by.on_behalf_of if by else None)
            ids = tuple(map(_entity_id, (*event.participants, *others)))
        case _:
            ids = ()
    yield from (one for one in ids if one)


def _entity_id(one: EntityReference | None) -> str | None:
    return one.entity_id if one else None


def _with_references(state: ArticleState, taken: set[str]) -> set[str]:
    by_id = {record_id(one.event): one.event for one in state.records}
    kept: set[str] = set()
    waiting = list(taken)
    while waiting:
        one = waiting.pop()
        if one in by_id and one not in kept:
            kept.add(one)
            waiting += references(by_id[one])
    return kept


def _takes_articles_only(wanted: Filter) -> bool:
    return not (wanted.person or wanted.country or wanted.mode or wanted.status)


def _record(event: Event) -> StoredRecord:
    """As a filter wants to see it: key, type and value."""
    headers = (("ce_type", event.event_type.encode()),)
    return StoredRecord("", 0, 0, 0, 0, event.key.encode(), encode_value(event), headers)
