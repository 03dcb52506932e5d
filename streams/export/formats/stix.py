"""STIX 2.1: people and organisations, the articles as reports, contacts as objects of an extension, and sightings.

STIX has no object for a meeting. `x-readout-contact` is one, declared by an extension definition in the
bundle, and a sighting says which report has seen it. All ids and times follow from the log.
"""

from collections.abc import Iterator
from typing import BinaryIO

import orjson

from readout.schemas.contact_log import ContactLogged
from readout.schemas.entities import EntityMentioned
from readout.schemas.statements import StatementAttributed
from readout.streams.export.export_format import LeftOut
from readout.streams.export.state import ArticleState
from readout.streams.export.store import Store
from readout.streams.export.words import days_of, distinct, evidence_of, moment_of, stable_uuid, title_of

_CLASSES = {"person": "individual", "organisation": "organization", "group": "group"}
_EXTENSION = f"extension-definition--{stable_uuid('stix', 'x-readout-contact')}"
_AUTHOR = f"identity--{stable_uuid('stix', 'readout')}"
_SCHEMA = "urn:readout:schema:contact.logged.v1"
_EPOCH = "2022-01-01T00:00:00.000Z"
Thing = dict[str, object]


def write_file(store: Store, out: BinaryIO) -> LeftOut:
    """Write one bundle."""
    left = LeftOut()
    objects = {str(one["id"]): one for one in _own()}
    for state in store.articles():
        for one in _objects(state, left):
            objects.setdefault(str(one["id"]), one)
    name = stable_uuid("stix", *objects, *(str(one.get("modified")) for one in objects.values()))
    bundle = {"type": "bundle", "id": f"bundle--{name}", "objects": list(objects.values())}
    out.write(orjson.dumps(bundle, option=orjson.OPT_INDENT_2) + b"\n")
    return left


def _thing(kind: str, key: tuple[str, ...], time: str, **properties: object) -> Thing:
    said = {name: value for name, value in properties.items() if value not in (None, [], "")}
    name = stable_uuid("stix", kind, *key)
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{name}",
        "created": time,
        "modified": time,
        **said,
    }


def _own() -> Iterator[Thing]:
    yield {
        **_thing("identity", ("readout",), _EPOCH, name="Readout", identity_class="system"),
        "id": _AUTHOR,
    }
    definition = _thing(
        "extension-definition",
        ("contact",),
        _EPOCH,
        created_by_ref=_AUTHOR,
        name="Contacts between people and organisations",
        description="A call, meeting, visit, letter or round of talks that an article tells of.",
        schema=_SCHEMA,
        version="1.0.0",
        extension_types=["new-sdo"],
    )
    yield {**definition, "id": _EXTENSION}


def _objects(state: ArticleState, left: LeftOut) -> Iterator[Thing]:
    time = f"{moment_of(state.article, state.sealed_at):%Y-%m-%dT%H:%M:%S}.000Z"
    known: dict[str, Thing] = {}
    for entity in state.entities:
        if entity.type in _CLASSES:
            known[entity.entity_id] = _identity(entity, time)
        else:
            left[f"entities of type {entity.type}"] += 1
    made = list(known.values())
    for contact in state.contacts:
        made += _contact(contact, known, time)
    for statement in state.statements:
        note = _note(statement, known, time)
        if note:
            made.append(note)
        else:
            left["statements whose source is no identity"] += 1
    if made:
        report = _report(state, made, time)
        publisher = _publisher(state, time)
        yield publisher
        yield from made
        yield report
        yield from (_sighting(one, publisher, time) for one in made if one["type"] == "x-readout-contact")


def _identity(entity: EntityMentioned, time: str) -> Thing:
    return _thing(
        "identity",
        (entity.entity_id,),
        time,
        created_by_ref=_AUTHOR,
        name=entity.name,
        identity_class=_CLASSES[entity.type],
        roles=distinct(role.title for role in entity.roles),
        description=", ".join(distinct(iter((*entity.aliases, entity.country)))),
    )


def _publisher(state: ArticleState, time: str) -> Thing:
    name = (state.article.source.name if state.article.source else None) or "unknown publisher"
    return _thing(
        "identity",
        ("publisher", name, time),
        time,
        created_by_ref=_AUTHOR,
        name=name,
        identity_class="organization",
    )


def _contact(contact: ContactLogged, known: dict[str, Thing], time: str) -> Iterator[Thing]:
    participants = []
    for ordinal, one in enumerate(contact.participants):
        identity = known.get(one.entity_id or "")
        if identity is None:
            key = (contact.contact_id, str(ordinal))
            identity = _thing(
                "identity", key, time, created_by_ref=_AUTHOR, name=one.name, identity_class="unspecified"
            )
            yield identity
        participants.append(
            {"ref": identity["id"], "part": one.part, "title": one.title, "country": one.country}
        )
    days = days_of(contact.occurred_on)
    yield _thing(
        "x-readout-contact",
        (contact.contact_id,),
        time,
        created_by_ref=_AUTHOR,
        confidence=None if contact.confidence is None else contact.confidence // 10,
        name=title_of(contact),
        description=evidence_of(contact),
        mode=contact.mode,
        status=contact.status,
        date=contact.occurred_on.date,
        date_precision=contact.occurred_on.precision,
        last_day=days and days[1].isoformat(),
        participant_refs=[one["ref"] for one in participants],
        participants=[{name: value for name, value in one.items() if value} for one in participants],
        contact_id=contact.contact_id,
        extensions={_EXTENSION: {"extension_type": "new-sdo"}},
    )


def _note(statement: StatementAttributed, known: dict[str, Thing], time: str) -> Thing | None:
    source = known.get((statement.source and statement.source.entity_id) or "")
    if source is None:
        return None
    return _thing(
        "note",
        (statement.statement_id,),
        time,
        created_by_ref=_AUTHOR,
        abstract=f"{statement.kind} statement, {statement.status}",
        content=statement.content.text,
        authors=[source["name"]],
        object_refs=[source["id"]],
    )


def _report(state: ArticleState, made: list[Thing], time: str) -> Thing:
    article, source = state.article, state.article.source
    address = source.url if source else None
    references: list[Thing] = [
        {"source_name": (source and source.name) or "article", "external_id": article.article_id}
    ]
    if address and address.startswith(("http://", "https://")):
        references[0]["url"] = address
    return _thing(
        "report",
        (article.article_id, str(article.revision)),
        time,
        created_by_ref=_AUTHOR,
        name=article.headline or article.article_id,
        published=time,
        external_references=references,
        object_refs=list(dict.fromkeys(str(one["id"]) for one in made)),
    )


def _sighting(contact: Thing, publisher: Thing, time: str) -> Thing:
    return _thing(
        "sighting",
        (str(contact["id"]),),
        time,
        created_by_ref=_AUTHOR,
        sighting_of_ref=contact["id"],
        where_sighted_refs=[publisher["id"]],
        description=contact["description"],
        count=1,
    )
