"""RSS 2.0: the contacts that were recorded last, newest first, for whoever reads news in a feed reader."""

import heapq
from collections.abc import Iterator
from email.utils import format_datetime
from typing import BinaryIO
from xml.sax.saxutils import escape

from readout.schemas.contact_log import ContactLogged
from readout.streams.export.export_format import LeftOut
from readout.streams.export.state import ArticleState
from readout.streams.export.store import Store
from readout.streams.export.words import evidence_of, moment_of, title_of, xml_safe

_ITEMS = 100


def write_file(store: Store, out: BinaryIO) -> LeftOut:
    """Write the feed."""
    left = LeftOut()
    total = 0

    def all_contacts() -> Iterator[tuple[int, str, ContactLogged, ArticleState]]:
        nonlocal total
        for state in store.articles():
            for contact in state.contacts:
                total += 1
                yield state.sealed_at, contact.contact_id, contact, state

    newest = heapq.nlargest(_ITEMS, all_contacts(), key=lambda one: one[:2])
    if total > _ITEMS:
        left[f"contacts that are older than the newest {_ITEMS}"] = total - _ITEMS
    out.write(
        b'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>\n<title>Contacts</title>\n'
        b"<link>urn:readout:contact-log</link>\n<description>Who was in contact with whom</description>\n"
    )
    out.writelines(_item(contact, state) for _, _, contact, state in newest)
    out.write(b"</channel></rss>\n")
    return left


def _item(contact: ContactLogged, state: ArticleState) -> bytes:
    url = state.article.source.url if state.article.source else None
    parts = {
        "title": title_of(contact),
        "link": url,
        "description": evidence_of(contact),
        "category": contact.mode,
        "pubDate": format_datetime(moment_of(state.article, state.sealed_at), usegmt=True),
    }
    said = "".join(f"<{name}>{escape(xml_safe(text))}</{name}>" for name, text in parts.items() if text)
    guid = f'<guid isPermaLink="false">urn:readout:contact:{contact.contact_id}</guid>'
    return f"<item>{said}{guid}</item>\n".encode()
