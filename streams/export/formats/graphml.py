"""GraphML: a graph with two kinds of nodes, participants and contacts; an edge says who took part in what.

A contact of three stays one node with three edges: pairs would say that each had spoken with each.
Participants with the same name and country are one node: that is a matter of spelling, and no claim that they
are one person.
"""

from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from readout.schemas.contact_log import ContactLogged, Participant
from readout.streams.export.export_format import LeftOut
from readout.streams.export.store import Store
from readout.streams.export.words import evidence_of, stable_uuid, title_of, xml_safe

_NODE = ("kind", "label", "country", "mode", "status", "date", "confidence", "evidence", "article")
_EDGE = ("part", "title", "entity")
_TYPES = {"confidence": "int"}


def write_file(store: Store, out: BinaryIO) -> LeftOut:
    """Write the graph: each participant where it first occurs."""
    out.write(_head())
    seen: set[str] = set()
    for state in store.articles():
        for contact in state.contacts:
            out.write(_contact(contact))
            for one in contact.participants:
                node = _node_id(one)
                if node not in seen:
                    seen.add(node)
                    out.write(_node(node, kind="participant", label=one.name, country=one.country))
                out.write(_edge(node, contact.contact_id, one))
    out.write(b"  </graph>\n</graphml>\n")
    return LeftOut()


def _head() -> bytes:
    keys = [
        f'  <key id="{name}" for="{kind}" attr.name="{name}" attr.type="{_TYPES.get(name, "string")}"/>\n'
        for kind, names in (("node", _NODE), ("edge", _EDGE))
        for name in names
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
        + "".join(keys)
        + '  <graph id="contacts" edgedefault="undirected">\n'
    ).encode()


def _node_id(one: Participant) -> str:
    return stable_uuid("participant", one.name.casefold(), one.country or "")


def _contact(contact: ContactLogged) -> bytes:
    return _node(
        contact.contact_id,
        kind="contact",
        label=title_of(contact),
        mode=contact.mode,
        status=contact.status,
        date=contact.occurred_on.date,
        confidence=None if contact.confidence is None else str(contact.confidence),
        evidence=evidence_of(contact),
        article=contact.article_id,
    )


def _node(node: str, **data: str | None) -> bytes:
    return f"    <node id={quoteattr(node)}>{_data(data)}</node>\n".encode()


def _edge(participant: str, contact: str, one: Participant) -> bytes:
    data = _data({"part": one.part, "title": one.title, "entity": one.entity_id})
    return f"    <edge source={quoteattr(participant)} target={quoteattr(contact)}>{data}</edge>\n".encode()


def _data(values: dict[str, str | None]) -> str:
    said = ((name, text) for name, text in values.items() if text is not None)
    return "".join(f'<data key="{name}">{escape(xml_safe(text))}</data>' for name, text in said)
