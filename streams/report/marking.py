"""Which words of an article a record points to, and as what: the part that each selector of a record plays.

Pure: events in, spans out.
"""

from collections.abc import Iterator

from readout.schemas.contact_log import ContactLogged
from readout.schemas.entities import EntityMentioned, EntityReference, Speaker
from readout.schemas.event import Event
from readout.schemas.occurrence import Occurrence
from readout.schemas.selector import Selector
from readout.schemas.statements import StatementAttributed

Marked = tuple[str, Selector]
"""A part (evidence, participant, source, cue, content, mention, …) and the words that play it."""

PARTS = (
    "evidence",
    "participant",
    "subject",
    "date",
    "place",
    "reported-by",
    "content",
    "source",
    "cue",
    "addressee",
    "status",
    "mention",
)
"""All parts; the page knows them by their number in this order."""


def marked_words(event: Event) -> Iterator[Marked]:
    """All words that a record points to; nothing for events that point to none."""
    match event:
        case ContactLogged():
            yield from _of_contact(event)
        case StatementAttributed():
            yield from _of_statement(event)
        case EntityMentioned():
            yield from (("mention", one.selector) for one in event.mentions)


def _of_contact(contact: ContactLogged) -> Iterator[Marked]:
    yield from (("evidence", one) for one in contact.evidence)
    for participant in contact.participants:
        yield from _reference("participant", participant)
    yield from (("subject", one) for one in contact.subjects)
    yield from _date(contact.occurred_on)
    yield from _reference("place", contact.place)
    yield from _speaker("reported-by", contact.reported_by)


def _of_statement(statement: StatementAttributed) -> Iterator[Marked]:
    yield from (("content", one) for one in statement.content.selectors)
    yield from _speaker("source", statement.source)
    yield from (("cue", one) for one in (statement.cue.selectors if statement.cue else ()))
    yield from _reference("addressee", statement.addressee)
    yield from (("status", one) for one in statement.status_words)
    yield from _date(statement.occurred_on)


def _speaker(part: str, speaker: Speaker | None) -> Iterator[Marked]:
    yield from _reference(part, speaker)
    if speaker is not None:
        yield from _reference(part, speaker.on_behalf_of)


def _reference(part: str, reference: EntityReference | None) -> Iterator[Marked]:
    yield from ((part, one) for one in (reference.selectors if reference else ()))


def _date(occurred_on: Occurrence | None) -> Iterator[Marked]:
    if occurred_on is not None and occurred_on.text is not None:
        yield "date", occurred_on.text
