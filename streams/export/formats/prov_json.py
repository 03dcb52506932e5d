"""PROV-JSON: which records were derived from which article revision, and by which code (W3C PROV-DM).

Entities are article revisions and records, each by the digest of its value; an activity is the derivation of one
revision by one producer; agents are the producers, with build, models and configuration.
"""

from typing import BinaryIO

import orjson

from readout.schemas.envelope import canonical_json
from readout.schemas.event import Producer
from readout.schemas.ids import sha256_hex
from readout.streams.export.choice import record_id
from readout.streams.export.export_format import LeftOut
from readout.streams.export.state import ArticleState, LiveRecord
from readout.streams.export.store import Store

_PREFIXES = {"readout": "urn:readout:", "event": "urn:readout:event:", "producer": "urn:readout:producer:"}
Document = dict[str, dict[str, dict[str, object]]]


def write_file(store: Store, out: BinaryIO) -> LeftOut:
    """Write one document."""
    document: Document = {
        name: {}
        for name in (
            "entity",
            "activity",
            "agent",
            "used",
            "wasGeneratedBy",
            "wasAssociatedWith",
            "wasDerivedFrom",
            "wasAttributedTo",
        )
    }
    for state in store.articles():
        _article(document, state)
    whole = {"prefix": _PREFIXES} | {name: part for name, part in document.items() if part}
    out.write(orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")
    return LeftOut()


def _article(document: Document, state: ArticleState) -> None:
    article = f"event:{sha256_hex(state.value)}"
    document["entity"][article] = {
        "prov:type": {"$": "readout:ArticlePublished", "type": "prov:QUALIFIED_NAME"},
        "readout:articleId": state.article.article_id,
        "readout:revision": state.article.revision,
    }
    for record in state.records:
        _record(document, record, article)


def _record(document: Document, record: LiveRecord, article: str) -> None:
    event, name = record.event, f"event:{sha256_hex(record.value)}"
    agent = _producer(document, event.producer)
    activity = f"readout:derivation-{article.removeprefix('event:')}-{agent.removeprefix('producer:')}"
    document["entity"][name] = {
        "prov:type": {"$": f"readout:{type(event).__name__}", "type": "prov:QUALIFIED_NAME"},
        "readout:recordId": record_id(event),
        "readout:revision": event.revision,
        "readout:textSha256": event.text_sha256,
    }
    document["activity"][activity] = {"prov:type": {"$": "readout:Derivation", "type": "prov:QUALIFIED_NAME"}}
    derived = {"prov:generatedEntity": name, "prov:usedEntity": article, "prov:activity": activity}
    links: dict[str, tuple[str, dict[str, object]]] = {
        "used": (activity, {"prov:activity": activity, "prov:entity": article}),
        "wasAssociatedWith": (activity, {"prov:activity": activity, "prov:agent": agent}),
        "wasGeneratedBy": (name, {"prov:entity": name, "prov:activity": activity}),
        "wasDerivedFrom": (name, dict(derived)),
        "wasAttributedTo": (name, {"prov:entity": name, "prov:agent": agent}),
    }
    for relation, (about, said) in links.items():
        document[relation][f"_:{relation}-{about.replace(':', '-')}"] = said


def _producer(document: Document, producer: Producer) -> str:
    data = producer.model_dump(mode="json")
    name = f"producer:{sha256_hex(canonical_json(data))[:32]}"
    document["agent"][name] = {
        "prov:type": {"$": "prov:SoftwareAgent", "type": "prov:QUALIFIED_NAME"},
        "prov:label": f"{producer.package} {producer.version}",
        "readout:build": producer.build,
        "readout:configuration": producer.configuration,
        "readout:models": [f"{one.name} {one.version} sha256:{one.sha256}" for one in producer.models],
    }
    return name
