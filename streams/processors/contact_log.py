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
from readout.schemas.statements import StatementAttributed
from readout.streams.processors.occurrences import occurrence
from readout.streams.text.cast import Cast
from readout.streams.text.contact_log.contacts import Attendee, Contact
from readout.streams.text.contact_log.occasions import Attribution, Place
from readout.streams.text.dates import ResolvedDate
from readout.streams.text.reading.reading import Reading, unread
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
    reading: Reading | None = None,
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
        reading: what was parsed, where it is not the body itself.
    """
    reading = reading or unread(article.body)
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
            participants=tuple(_participant(one, reading, entity_ids) for one in contact.attendees),
            mode=contact.mode,
            status=contact.status,
            occurred_on=_occurrence(contact.occurred_on, reading),
            place=_reference(contact.place, reading, entity_ids),
            subjects=reading.select_all(contact.subjects),
            reported_by=_reporter(contact, statements, reading)
            or _speaker(_reference(contact.reported_by, reading, entity_ids)),
            confidence=contact.confidence,
            evidence=reading.select_all(contact.evidence),
        )
        for contact in contacts
    )


def _reporter(
    contact: Contact, statements: Sequence[StatementAttributed], reading: Reading
) -> Speaker | None:
    """The source of the first statement, as made, that holds two of the parties in one sentence of the evidence."""
    parties = [[reading.span(span) for span in one.spans] for one in contact.attendees]
    for evidence in map(reading.span, contact.evidence):
        for statement in statements:
            if statement.status == "made" and statement.source and _tells(statement, parties, evidence):
                return statement.source
    return None


def _tells(statement: StatementAttributed, parties: Sequence[Sequence[Span]], evidence: Span) -> bool:
    told = [Span(one.start, one.end) for one in statement.content.selectors]
    if not any(span.overlaps(evidence) for span in told):
        return False
    held = (
        any(evidence.contains(span) and any(part.contains(span) for part in told) for span in spans)
        for spans in parties
    )
    return sum(held) > 1


def _speaker(told: EntityReference | None) -> Speaker | None:
    if told is None:
        return None
    return Speaker(entity_id=told.entity_id, name=told.name, selectors=told.selectors)


def _contact_id(contact: Contact, ids: RecordIds) -> str:
    day = contact.occurred_on.date if contact.occurred_on else None
    return ids.next_id("contact", contact.mode, day or "", *(one.name for one in contact.attendees))


def _participant(attendee: Attendee, reading: Reading, entity_ids: Sequence[str]) -> Participant:
    return Participant(
        entity_id=_entity_id(attendee.member, entity_ids),
        name=attendee.name,
        selectors=reading.select_all(attendee.spans),
        title=attendee.title,
        country=attendee.country,
        part=attendee.part,
    )


def _occurrence(when: ResolvedDate | None, reading: Reading) -> Occurrence:
    return _UNDATED if when is None else occurrence(when, reading)


def _reference(
    told: Place | Attribution | None, reading: Reading, entity_ids: Sequence[str]
) -> EntityReference | None:
    if told is None:
        return None
    return EntityReference(
        entity_id=_entity_id(told.member, entity_ids), name=told.name, selectors=(reading.select(told.span),)
    )


def _entity_id(member: int | None, entity_ids: Sequence[str]) -> str | None:
    return None if member is None else entity_ids[member]
