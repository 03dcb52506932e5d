"""RSS 0.9 to 2.0 and Atom: every entry an article, every Atom tombstone (RFC 6721) a withdrawal.

An entry that has its text in full (`content:encoded`, Atom `content`) is read; one with a teaser only is refused,
unless teasers are asked for, because who was in contact with whom stands further down.
"""

import calendar
import datetime
import re
from collections.abc import Iterator
from typing import Any

import feedparser
from lxml import etree

from readout.streams.errors import InvalidRecord
from readout.streams.publish.drafts import Draft
from readout.streams.publish.extracted import Document, one_line, source_of
from readout.streams.publish.html_text import html_to_text
from readout.streams.publish.xml_text import xml_text

_EXTRACTOR = "feedparser"
_TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"
# Whole articles stand in `description` too; shorter ones are teasers there.
_SHORTEST_SUMMARY = 800
_CUT_OFF = re.compile(
    r"(?:…|\.\.\.|\[(?:…|\.\.\.|&hellip;)\]|(?:read|continue reading|full story)[^.\n]{0,60})\W*$",
    re.IGNORECASE,
)


def read_feed(document: Document) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    """Each entry by its place in the feed; a feed that cannot be read is one refusal.

    Raises:
        InvalidRecord: it is no feed, or declares entities.
    """
    text = xml_text(document.data, document.encoding)
    # Told that it is UTF-8, because the declaration of another encoding was taken away.
    feed = feedparser.parse(
        text.encode(),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
    )
    if not feed.get("version"):
        raise InvalidRecord("no RSS and no Atom feed")
    tombstones = list(_tombstones(text, document))
    deleted = {tombstone.article_id for tombstone in tombstones}
    for number, entry in enumerate(feed.entries, start=1):
        if entry.get("id") in deleted:
            continue
        try:
            yield f"entry {number}", _draft(entry, feed.feed, document)
        except InvalidRecord as error:
            yield f"entry {number}", error
    for number, draft in enumerate(tombstones, start=1):
        yield f"deleted entry {number}", draft


def _draft(entry: Any, feed: Any, document: Document) -> Draft:  # noqa: ANN401 - feedparser's own dictionaries
    body, is_teaser = _body(entry)
    if not body:
        raise InvalidRecord("the entry has no text")
    if is_teaser and not document.teasers:
        raise InvalidRecord(
            f"the entry has a teaser of {len(body)} characters only: --teasers takes it, "
            "`readout watch --pages` reads the page"
        )
    return Draft(
        unnumbered=True,
        article_id=entry.get("id") or entry.get("link"),
        headline=one_line(_text(entry.get("title_detail") or {})),
        body=body,
        published_at=_moment(entry.get("published_parsed") or entry.get("updated_parsed")),
        language=_language(entry, feed),
        source=source_of(document, _EXTRACTOR, name=feed.get("title"), url=entry.get("link")),
        byline=one_line(entry.get("author")),
    )


def _body(entry: Any) -> tuple[str, bool]:  # noqa: ANN401
    """The text of an entry, and whether it is only its beginning."""
    full = "\n\n".join(filter(None, (_text(one) for one in entry.get("content", ()))))
    summary = _text(entry.get("summary_detail") or {})
    if len(full) >= len(summary) and full:
        return full, bool(_CUT_OFF.search(full))
    return summary, len(summary) < _SHORTEST_SUMMARY or bool(_CUT_OFF.search(summary))


def _text(detail: Any) -> str:  # noqa: ANN401
    value = detail.get("value") or ""
    return value.strip() if detail.get("type") == "text/plain" else html_to_text(value)


def _moment(parsed: Any) -> str | None:  # noqa: ANN401 - a struct_time in UTC, or none where nobody could read it
    if parsed is None:
        return None
    try:
        return datetime.datetime.fromtimestamp(calendar.timegm(parsed), datetime.UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _language(entry: Any, feed: Any) -> str | None:  # noqa: ANN401
    detail = entry.get("title_detail") or {}
    return detail.get("language") or feed.get("language") or None


def _tombstones(text: str, document: Document) -> Iterator[Draft]:
    """What the feed says was deleted; feedparser keeps but the last."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(text.encode(), parser)
    for deleted in root.iter(f"{_TOMBSTONES}deleted-entry") if root is not None else ():
        if deleted.get("ref"):
            yield Draft(
                unnumbered=True,
                article_id=deleted.get("ref"),
                status="withheld",
                body="",
                published_at=None,
                source=source_of(document, _EXTRACTOR, name=None, url=None),
                reason=one_line(deleted.findtext(f"{_TOMBSTONES}comment")) or "deleted from the feed",
            )
