"""Rows for lists and filters: one for each contact, statement and name that holds, with all that a list shows.

Pure: the history of an article in, plain data out. Sentences are cut here, by code points.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from readout.schemas.contact_log import ContactLogged, Participant
from readout.schemas.entities import EntityMentioned, EntityReference, Speaker
from readout.schemas.selector import Selector
from readout.schemas.statements import StatementAttributed
from readout.streams.report.days import days_of
from readout.streams.report.history import History, Revision
from readout.streams.report.kept import Json, Kept, name_key
from readout.streams.report.marking import PARTS, marked_words
from readout.streams.report.segments import Mark, Segment, segments_of

_SHOWN = ("participant", "date", "place", "subject")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of one kind (contact, statement or name), for the record `number`.

    Attributes:
        number: of the record in the index.
        kind: contact, statement or name.
        record_id: its contact, statement or entity id.
        names: keys of those whom it is of: participants, the source, the name itself.
        about: keys of those whom it speaks of.
        countries: ISO codes.
        words: what a search finds it by.
        data: what lists show.
    """

    number: int
    kind: str
    record_id: str
    names: tuple[str, ...]
    about: tuple[str, ...]
    countries: tuple[str, ...]
    words: str
    data: Json


def rows_of(history: History, *, with_text: bool = True) -> Iterator[Row]:
    """The rows of all records that hold now."""
    revision = history.latest
    if revision is None:
        return
    live = [one for one in history.records if one.digest in history.live]
    entities = {one.event.entity_id: one.event for one in live if isinstance(one.event, EntityMentioned)}
    for one in live:
        match one.event:
            case ContactLogged():
                yield _contact(one, one.event, revision, with_text=with_text)
            case StatementAttributed():
                yield _statement(one, one.event, revision, entities, with_text=with_text)
            case EntityMentioned():
                yield _name(one, one.event)


def _contact(one: Kept, contact: ContactLogged, revision: Revision, *, with_text: bool) -> Row:
    first, last = days_of(contact.occurred_on)
    parties = [_party(party) for party in contact.participants]
    sentences = [_sentence(words, contact) for words in contact.evidence] if with_text else []
    data = {
        **_common(one, contact.contact_id, revision),
        "date": contact.occurred_on.date,
        "precision": contact.occurred_on.precision,
        "approximate": contact.occurred_on.approximate,
        "first": first,
        "last": last,
        "mode": contact.mode,
        "status": contact.status,
        "confidence": contact.confidence,
        "parties": parties,
        "pairs": list(_pairs(contact.participants)),
        "place": contact.place.name if contact.place else None,
        "by": _speaker(contact.reported_by),
        "subjects": [words.exact for words in contact.subjects] if with_text else [],
        "sentences": sentences,
    }
    words = [party["name"] for party in parties] + [data["place"] or ""]
    words += ["".join(text for text, _ in sentence) for sentence in sentences]
    return Row(
        number=one.number,
        kind="contact",
        record_id=contact.contact_id,
        names=_once(party["key"] for party in parties),
        about=(),
        countries=_once(party.country for party in contact.participants),
        words=" ".join(words),
        data=data,
    )


def _common(one: Kept, record_id: str, revision: Revision) -> Json:
    return {
        "id": record_id,
        "article": revision.article.article_id,
        "published": revision.article.published_at,
        "where": one.where,
        "recorded": one.recorded,
    }


def _party(party: Participant) -> Json:
    return {
        "key": name_key(party.name),
        "name": party.name,
        "country": party.country,
        "title": party.title,
        "part": party.part,
    }


def _pairs(parties: Sequence[Participant]) -> Iterator[tuple[int, int]]:
    """Who was in contact with whom, by their places among the participants; a hub was with each of the others."""
    hubs = {index for index, party in enumerate(parties) if party.part == "hub"}
    for first, second in combinations(range(len(parties)), 2):
        if not hubs or first in hubs or second in hubs:
            yield first, second


def _speaker(speaker: Speaker | None) -> Json | None:
    if speaker is None:
        return None
    principal = speaker.on_behalf_of
    return {
        "key": name_key(speaker.name),
        "name": speaker.name,
        "for": principal.name if principal else None,
    }


def _sentence(words: Selector, contact: ContactLogged) -> list[Segment]:
    """A passage of evidence, with who, when, where and what about marked in it by their parts."""
    marks = [
        Mark(one.start - words.start, one.end - words.start, PARTS.index(part))
        for part, one in marked_words(contact)
        if part in _SHOWN
    ]
    return segments_of(words.exact, marks)


def _statement(
    one: Kept,
    statement: StatementAttributed,
    revision: Revision,
    entities: dict[str, EntityMentioned],
    *,
    with_text: bool,
) -> Row:
    source = _speaker(statement.source)
    country = _country_of(statement.source, entities)
    first, last = days_of(statement.occurred_on)
    said = statement.content.text if with_text else ""
    data = {
        **_common(one, statement.statement_id, revision),
        "kind": statement.kind,
        "status": statement.status,
        "source": source,
        "country": country,
        "cue": statement.cue.lemma if statement.cue else None,
        "text": said,
        "date": statement.occurred_on.date if statement.occurred_on else None,
        "first": first,
        "last": last,
        "to": statement.addressee.name if statement.addressee else None,
        "nested": statement.nested_in,
        "about": list(_about(statement, entities.values())),
    }
    return Row(
        number=one.number,
        kind="statement",
        record_id=statement.statement_id,
        names=(source["key"],) if source else (),
        about=tuple(data["about"]),
        countries=(country,) if country else (),
        words=f"{source['name'] if source else ''} {said}",
        data=data,
    )


def _country_of(source: EntityReference | None, entities: dict[str, EntityMentioned]) -> str | None:
    entity = entities.get(source.entity_id or "") if source else None
    return country_of(entity) if entity else None


def country_of(entity: EntityMentioned) -> str | None:
    """The country of an entity: its own, or the one that it serves."""
    return entity.country or next((role.country for role in entity.roles if role.country), None)


def _about(statement: StatementAttributed, entities: Iterable[EntityMentioned]) -> tuple[str, ...]:
    """Whom the content mentions."""
    said = statement.content.selectors
    return _once(name_key(one.name) for one in entities if _is_mentioned(one, said))


def _is_mentioned(entity: EntityMentioned, said: Sequence[Selector]) -> bool:
    places = [one.selector for one in entity.mentions]
    return any(words.start <= place.start and place.end <= words.end for words in said for place in places)


def _name(one: Kept, entity: EntityMentioned) -> Row:
    country = country_of(entity)
    roles = [_role(role.title, role.organisation) for role in entity.roles]
    data = {
        "key": name_key(entity.name),
        "name": entity.name,
        "type": entity.type,
        "country": country,
        "roles": roles,
        "aliases": list(entity.aliases),
        "mentions": len(entity.mentions),
        "article": entity.article_id,
    }
    return Row(
        number=one.number,
        kind="name",
        record_id=entity.entity_id,
        names=(name_key(entity.name),),
        about=(),
        countries=(country,) if country else (),
        words=" ".join([entity.name, *entity.aliases, *roles]),
        data=data,
    )


def _role(title: str, organisation: str | None) -> str:
    return f"{title}, {organisation}" if organisation else title


def _once(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in values if one))
