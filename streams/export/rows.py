"""Events to the rows of tables. Pure: the same event gives the same rows, in the order of the columns."""

import datetime
from collections.abc import Iterator, Sequence

import orjson

from readout.schemas.contact_log import ContactLogged
from readout.schemas.contacts import ConsolidatedContact, ContactReport
from readout.schemas.entities import EntityMentioned, EntityReference
from readout.schemas.event import Event
from readout.schemas.ids import sha256_hex
from readout.schemas.occurrence import Occurrence
from readout.schemas.statements import StatementAttributed
from readout.streams.export.state import ArticleState

Row = tuple[object, ...]


def rows_of(state: ArticleState) -> Iterator[tuple[str, Row]]:
    """Table and row of everything that holds of an article, what is referred to first."""
    yield "articles", _article(state)
    for event in state.records:
        yield from record_rows(event.event, event.value)


def record_rows(event: Event, value: bytes) -> Iterator[tuple[str, Row]]:
    """The rows of a derived record."""
    match event:
        case EntityMentioned():
            yield from _entity(event, value)
        case StatementAttributed():
            yield "statements", _statement(event, value)
        case ContactLogged():
            yield from _contact(event, value)


def consolidated_rows(
    consolidated_id: str, contact: ConsolidatedContact, value: bytes
) -> Iterator[tuple[str, Row]]:
    """The rows of a contact as all articles tell of it; `value` is that of the event that says so."""
    date = contact.dates[0] if contact.dates else None
    yield (
        "consolidated_contacts",
        (
            None,
            consolidated_id,
            "; ".join(
                f"{one.name} ({one.country})" if one.country else one.name for one in contact.participants
            ),
            contact.modes[0].mode,
            contact.statuses[0].status,
            date and date.date,
            date and date.end,
            contact.places[0].place if contact.places else None,
            _list(contact.subjects),
            _list(contact.disputed),
            contact.report_count,
            contact.independent_reports,
            contact.first_reported,
            contact.last_reported,
            *_identity(value),
        ),
    )
    for ordinal, one in enumerate(contact.participants, start=1):
        names = _list([used.name for used in one.names])
        described = (one.identity, one.name, one.kind, names, _list(one.titles), one.country, one.part)
        yield "consolidated_participants", (consolidated_id, ordinal, *described)
    copies = {place: number for number, group in enumerate(contact.groups, 1) for place in group.reports}
    for place, report in enumerate(contact.reports):
        yield "consolidated_reports", (consolidated_id, place + 1, *_report(report, copies[place]))


def iso_moment(milliseconds: int) -> str:
    """A moment of the log in UTC, to the millisecond."""
    moment = datetime.datetime.fromtimestamp(milliseconds // 1000, datetime.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


def _article(state: ArticleState) -> Row:
    article = state.article
    source = article.source
    extraction = source.extraction if source else None
    return (
        None,
        article.article_id,
        article.revision,
        article.status,
        article.headline,
        article.body,
        article.published_at,
        article.language,
        source and source.name,
        source and source.url,
        extraction and extraction.raw_sha256,
        extraction and f"{extraction.extractor} {extraction.version}",
        article.byline,
        article.reason,
        state.outcome,
        iso_moment(state.sealed_at),
        *_identity(state.value),
    )


def _entity(entity: EntityMentioned, value: bytes) -> Iterator[tuple[str, Row]]:
    yield (
        "entities",
        (
            None,
            entity.entity_id,
            entity.article_id,
            entity.revision,
            entity.type,
            entity.name,
            _list(entity.aliases),
            _list([role.title for role in entity.roles]),
            entity.country,
            entity.stands_for,
            *_identity(value),
        ),
    )
    for ordinal, mention in enumerate(entity.mentions, start=1):
        words = mention.selector
        yield (
            "entity_mentions",
            (entity.entity_id, ordinal, mention.kind, words.start, words.end, words.exact),
        )


def _statement(statement: StatementAttributed, value: bytes) -> Row:
    source = statement.source
    content = statement.content
    return (
        None,
        statement.statement_id,
        statement.article_id,
        statement.revision,
        statement.kind,
        statement.status,
        *_reference(source),
        *_reference(source.on_behalf_of if source else None),
        statement.cue and statement.cue.lemma,
        content.text,
        content.selectors[0].start,
        content.selectors[-1].end,
        *_reference(statement.addressee),
        statement.nested_in,
        *_date(statement.occurred_on),
        *_identity(value),
    )


def _contact(contact: ContactLogged, value: bytes) -> Iterator[tuple[str, Row]]:
    yield (
        "contacts",
        (
            None,
            contact.contact_id,
            contact.article_id,
            contact.revision,
            contact.mode,
            contact.status,
            *_date(contact.occurred_on),
            *_reference(contact.place),
            _list([subject.exact for subject in contact.subjects]),
            *_reference(contact.reported_by),
            contact.confidence,
            "\n\n".join(passage.exact for passage in contact.evidence),
            *_identity(value),
        ),
    )
    for ordinal, one in enumerate(contact.participants, start=1):
        row = (contact.contact_id, ordinal, one.entity_id, one.name, one.title, one.country, one.part)
        yield "contact_participants", row


def _report(report: ContactReport, copies: int) -> Row:
    return (
        report.record_id,
        report.article_id,
        report.revision,
        report.published_at,
        report.source,
        copies,
        report.mode,
        report.status,
        report.date,
        report.end,
        int(report.is_approximate),
        report.place,
        report.record_sha256,
    )


def _reference(one: EntityReference | None) -> Row:
    return (one and one.entity_id, one and one.name)


def _date(occurrence: Occurrence | None) -> Row:
    if occurrence is None:
        return (None, None, None, None)
    return (occurrence.date, occurrence.precision, occurrence.end, int(occurrence.approximate))


def _list(words: Sequence[str]) -> str:
    return orjson.dumps(list(words)).decode()


def _identity(value: bytes) -> Row:
    return (sha256_hex(value), value.decode())
