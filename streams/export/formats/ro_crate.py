"""RO-Crate 1.1: the CSV tables with `ro-crate-metadata.json`, which says what they are and which code made them."""

from pathlib import Path

import orjson

from readout.schemas.envelope import canonical_json
from readout.schemas.event import Producer
from readout.schemas.ids import sha256_hex
from readout.streams.export.export_format import LeftOut
from readout.streams.export.flat import FLAT
from readout.streams.export.formats import csv_folder
from readout.streams.export.places import replaced
from readout.streams.export.store import Store

_METADATA = "ro-crate-metadata.json"
_ARTICLES = "articles.csv"
_TERMS = "#terms"
Thing = dict[str, object]


def write_folder(store: Store, folder: Path, numbers: tuple[int, ...] | None = None) -> LeftOut:
    """Write the tables, then what describes them."""
    left = csv_folder.write_folder(store, folder, numbers)
    graph = _graph(store, folder)
    with replaced(folder / _METADATA) as out:
        crate = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
        out.write(orjson.dumps(crate, option=orjson.OPT_INDENT_2) + b"\n")
    return left


def _graph(store: Store, folder: Path) -> list[Thing]:
    producers = _producers(store)
    derived = [f"{table.name}.csv" for table in FLAT if table.name != "articles"]
    return [
        {
            "@id": _METADATA,
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "name": "Records derived from news by Readout",
            "description": "News articles, and who they mention, who said what and who was in contact with whom.",
            "datePublished": store.sealed_until or "1970-01-01",
            "license": {"@id": _TERMS},
            "hasPart": [{"@id": f"{table.name}.csv"} for table in FLAT],
            "mentions": [{"@id": f"#derivation-{name}"} for name in producers],
        },
        {
            "@id": _TERMS,
            "@type": "CreativeWork",
            "name": "Terms of the publishers",
            "description": "The articles belong to those who published them; see source_name and source_url.",
        },
        *(_file(folder / f"{table.name}.csv", table.meaning) for table in FLAT),
        *(_action(name, derived) for name in producers),
        *(_application(name, one) for name, one in producers.items()),
    ]


def _file(file: Path, meaning: str) -> Thing:
    return {
        "@id": file.name,
        "@type": "File",
        "name": file.name,
        "description": meaning,
        "encodingFormat": "text/csv",
        "contentSize": str(file.stat().st_size),
        "sha256": sha256_hex(file.read_bytes()),
    }


def _producers(store: Store) -> dict[str, Producer]:
    found: dict[str, Producer] = {}
    for state in store.articles():
        for record in state.records:
            one = record.event.producer
            found.setdefault(sha256_hex(canonical_json(one.model_dump(mode="json")))[:32], one)
    return dict(sorted(found.items()))


def _action(name: str, derived: list[str]) -> Thing:
    return {
        "@id": f"#derivation-{name}",
        "@type": "CreateAction",
        "name": "Derivation of entities, statements and contacts from articles",
        "instrument": {"@id": f"#producer-{name}"},
        "object": {"@id": _ARTICLES},
        "result": [{"@id": one} for one in derived],
    }


def _application(name: str, producer: Producer) -> Thing:
    return {
        "@id": f"#producer-{name}",
        "@type": "SoftwareApplication",
        "name": producer.package,
        "softwareVersion": producer.version,
        "identifier": f"sha256:{producer.build}",
        "softwareRequirements": [f"{one.name} {one.version} sha256:{one.sha256}" for one in producer.models],
    }
