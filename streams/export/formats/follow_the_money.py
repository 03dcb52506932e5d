"""FollowTheMoney: articles, people and organisations, who is mentioned where, and contacts as events; JSON lines.

An Event says that something took place or will, so refused and denied contacts are left out; statements and
entities that are no legal entities have no schema there.
"""

from collections.abc import Iterator
from typing import BinaryIO

import orjson

from readout.schemas.contact_log import ContactLogged
from readout.schemas.entities import EntityMentioned
from readout.schemas.ids import text_sha256
from readout.streams.export.export_format import LeftOut
from readout.streams.export.state import ArticleState
from readout.streams.export.store import Store
from readout.streams.export.words import distinct, evidence_of, title_of

_SCHEMAS = {"person": "Person", "organisation": "Organization", "group": "LegalEntity"}
_TAKES_PLACE = ("held", "planned")
_LANGUAGES = {"en": "eng"}
Properties = dict[str, list[str]]


def write_file(store: Store, out: BinaryIO) -> LeftOut:
    """Write an entity a line, articles first in their order."""
    left = LeftOut()
    for state in store.articles():
        out.writelines(
            orjson.dumps(line, option=orjson.OPT_SORT_KEYS) + b"\n" for line in _entities(state, left)
        )
    return left


def _entities(state: ArticleState, left: LeftOut) -> Iterator[dict[str, object]]:
    document = f"readout-article-{text_sha256(state.article.article_id)[:40]}"
    yield _entity(document, "Article", _article(state))
    for one in state.entities:
        schema = _SCHEMAS.get(one.type)
        if schema is None:
            left[f"entities of type {one.type}, which FollowTheMoney has no schema for"] += 1
            continue
        yield _entity(_id(one), schema, _actor(one, schema, document))
        yield _entity(f"{_id(one)}-mention", "Mention", _mention(one, schema, document))
    if state.statements:
        left["statements, which FollowTheMoney has no schema for"] += len(state.statements)
    known = {one.entity_id: _id(one) for one in state.entities if one.type in _SCHEMAS}
    for contact in state.contacts:
        if contact.status not in _TAKES_PLACE:
            left[f"{contact.status} contacts, as an Event takes place"] += 1
            continue
        yield from _event(contact, known, document)


def _entity(entity_id: str, schema: str, properties: dict[str, list[str | None]]) -> dict[str, object]:
    said = {name: distinct(iter(values)) for name, values in properties.items()}
    return {"id": entity_id, "schema": schema, "properties": {name: one for name, one in said.items() if one}}


def _id(entity: EntityMentioned) -> str:
    return f"readout-entity-{entity.entity_id[:40]}"


def _article(state: ArticleState) -> dict[str, list[str | None]]:
    article, source = state.article, state.article.source
    moment = article.published_in_utc
    only_day = article.published_at is not None and len(article.published_at) == len("YYYY-MM-DD")
    published = moment.strftime("%Y-%m-%d" if only_day else "%Y-%m-%dT%H:%M:%S") if moment else None
    return {
        "title": [article.headline],
        "bodyText": [article.body],
        "author": [article.byline],
        "publishedAt": [published],
        "publisher": [source.name if source else None],
        "sourceUrl": [source.url if source and (source.url or "").startswith("http") else None],
        "language": [_LANGUAGES.get(article.language.casefold().split("-")[0])],
    }


def _actor(one: EntityMentioned, schema: str, document: str) -> dict[str, list[str | None]]:
    titles: list[str | None] = [role.title for role in one.roles] if schema == "Person" else []
    return {
        "name": [one.name],
        "alias": list(one.aliases),
        "country": [one.country and one.country.lower()],
        "position": titles,
        "proof": [document],
    }


def _mention(one: EntityMentioned, schema: str, document: str) -> dict[str, list[str | None]]:
    names = [mention.selector.exact for mention in one.mentions if mention.kind == "name"]
    return {
        "document": [document],
        "resolved": [_id(one)],
        "name": [" ".join(name.split()) for name in names] or [one.name],
        "detectedSchema": [schema],
        "contextCountry": [one.country and one.country.lower()],
    }


def _event(contact: ContactLogged, known: dict[str, str], document: str) -> Iterator[dict[str, object]]:
    event_id = f"readout-contact-{contact.contact_id[:40]}"
    involved: list[str | None] = []
    for ordinal, one in enumerate(contact.participants, start=1):
        entity = known.get(one.entity_id or "")
        if entity is None:
            # Words for somebody who is no one entity of the article, or a place that stands for a government.
            entity = f"{event_id}-{ordinal}"
            country = one.country and one.country.lower()
            yield _entity(
                entity, "LegalEntity", {"name": [one.name], "country": [country], "proof": [document]}
            )
        involved.append(entity)
    on = contact.occurred_on
    yield _entity(
        event_id,
        "Event",
        {
            "name": [title_of(contact)],
            "startDate": [on.date],
            "endDate": [on.end],
            "involved": involved,
            "location": [contact.place.name if contact.place else None],
            "summary": [evidence_of(contact)],
            "keywords": [contact.mode, contact.status],
            "proof": [document],
        },
    )
