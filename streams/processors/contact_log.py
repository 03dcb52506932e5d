"""Derive the contact log: who was in contact with whom, how, when and about what, in one article.

Reads:  articles (ArticlePublished)
Writes: contact-log (ContactLogged), keyed by article_id
Pure:   no clock, no network, no randomness; the same article gives the same events.
"""

from collections.abc import Sequence

from readout.schemas.contact_log import ContactLogged, Participant
from readout.schemas.entities import EntityReference, Speaker
from readout.schemas.event import Producer
from readout.schemas.ids import RecordIds, text_sha256
from readout.schemas.news import ArticlePublished
from readout.schemas.occurrence import Occurrence
from readout.schemas.selector import Selector, select
from readout.schemas.statements import StatementAttributed
from readout.streams.processors.occurrences import occurrence
from readout.streams.text.cast import Cast
from readout.streams.text.contact_log.contacts import Attendee, Contact
from readout.streams.text.contact_log.occasions import Attribution, Place
from readout.streams.text.dates import ResolvedDate
from readout.streams.text.spans import Span

_UNDATED = Occurrence(date=None, precision="unknown", text=None, anchor=None)


def derive_contact_log(  # noqa: PLR0913, PLR0917 - the contract of all processors
    article: ArticlePublished,
    producer: Producer,
    contacts: Sequence[Contact],
    cast: Cast,
    entity_ids: Sequence[str],
    ids: RecordIds,
    statements: Sequence[StatementAttributed] = (),
) -> tuple[ContactLogged, ...]:
    """One event a contact, in the order in which the article first tells of them.

    Args:
        article: the usable revision whose body was read.
        producer: which code derives.
        contacts: what `find_contacts` has found in it.
        cast: the cast that the contacts point into.
        entity_ids: the entity id of each member of the cast, in its order.
        ids: hands out the record ids of this article.
        statements: what the article says who said; a contact told in one of them is reported by its source.
    """
    if len(entity_ids) != len(cast.members):
        raise ValueError(f"{len(entity_ids)} entity ids for a cast of {len(cast.members)}")
    digest = text_sha256(article.body)
    return tuple(
        ContactLogged(
            article_id=article.article_id,
            revision=article.revision,
            text_sha256=digest,
            producer=producer,
            contact_id=_contact_id(contact, ids),
            participants=tuple(_participant(one, article.body, entity_ids) for one in contact.attendees),
            mode=contact.mode,
            status=contact.status,
            occurred_on=_occurrence(contact.occurred_on, article.body),
            place=_reference(contact.place, article.body, entity_ids),
            subjects=_selectors(contact.subjects, article.body),
            reported_by=_reporter(contact, statements)
            or _speaker(_reference(contact.reported_by, article.body, entity_ids)),
            confidence=contact.confidence,
            evidence=_selectors(contact.evidence, article.body),
        )
        for contact in contacts
    )


def _reporter(contact: Contact, statements: Sequence[StatementAttributed]) -> Speaker | None:
    """The source of the first statement, as made, that holds two of the parties in one sentence of the evidence."""
    for evidence in contact.evidence:
        for statement in statements:
            if statement.status == "made" and statement.source and _tells(statement, contact, evidence):
                return statement.source
    return None


def _tells(statement: StatementAttributed, contact: Contact, evidence: Span) -> bool:
    told = [Span(one.start, one.end) for one in statement.content.selectors]
    if not any(span.overlaps(evidence) for span in told):
        return False
    parties = (
        any(evidence.contains(span) and any(part.contains(span) for part in told) for span in one.spans)
        for one in contact.attendees
    )
    return sum(parties) > 1


def _speaker(told: EntityReference | None) -> Speaker | None:
    if told is None:
        return None
    return Speaker(entity_id=told.entity_id, name=told.name, selectors=told.selectors)


def _contact_id(contact: Contact, ids: RecordIds) -> str:
    day = contact.occurred_on.date if contact.occurred_on else None
    return ids.next_id("contact", contact.mode, day or "", *(one.name for one in contact.attendees))


def _participant(attendee: Attendee, body: str, entity_ids: Sequence[str]) -> Participant:
    return Participant(
        entity_id=_entity_id(attendee.member, entity_ids),
        name=attendee.name,
        selectors=_selectors(attendee.spans, body),
        title=attendee.title,
        country=attendee.country,
        part=attendee.part,
    )


def _occurrence(when: ResolvedDate | None, body: str) -> Occurrence:
    return _UNDATED if when is None else occurrence(when, body)


def _reference(
    told: Place | Attribution | None, body: str, entity_ids: Sequence[str]
) -> EntityReference | None:
    if told is None:
        return None
    return EntityReference(
        entity_id=_entity_id(told.member, entity_ids), name=told.name, selectors=(select(body, *told.span),)
    )


def _entity_id(member: int | None, entity_ids: Sequence[str]) -> str | None:
    return None if member is None else entity_ids[member]


def _selectors(spans: Sequence[Span], body: str) -> tuple[Selector, ...]:
    return tuple(select(body, *span) for span in spans)
