"""IPTC NewsML-G2: a news item, or a message with many.

Read: guid, version, pubStatus, versionCreated, headline, byline, provider, editorial note, language, and the inline
text (NITF, HTML or plain). A package, and an item whose content lies elsewhere, have no text and are refused.
"""

from collections.abc import Iterator

from lxml import etree

from readout.streams.errors import InvalidRecord
from readout.streams.publish.drafts import Draft
from readout.streams.publish.extracted import Document, one_line, required, source_of
from readout.streams.publish.html_text import html_to_text
from readout.streams.publish.nitf import blocks_of
from readout.streams.publish.xml_text import local_name, xml_root

_EXTRACTOR = "readout"
_STATUSES = ("usable", "withheld", "canceled")
_XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def read_newsml(document: Document) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    """Each news item by its number in the document.

    Raises:
        InvalidRecord: no XML, or no NewsML-G2.
    """
    root = xml_root(document.data, document.encoding)
    items = [one for one in root.iter() if local_name(one) in {"newsItem", "packageItem"}]
    if not items:
        raise InvalidRecord("no NewsML-G2: it has no newsItem")
    for number, item in enumerate(items, start=1):
        try:
            yield f"item {number}", _draft(item, document)
        except InvalidRecord as error:
            yield f"item {number}", error


def _draft(item: etree._Element, document: Document) -> Draft:
    if local_name(item) == "packageItem":
        raise InvalidRecord("a packageItem lists other items and has no text of its own")
    guid, status = item.get("guid"), _status(item)
    if not guid:
        raise InvalidRecord("the newsItem has no guid")
    return Draft(
        article_id=guid,
        revision=_revision(item.get("version")),
        status=status,
        headline=one_line(_first(item, "contentMeta", "headline") or _first(item, "itemMeta", "title")),
        body=_body(item, required_here=status == "usable"),
        published_at=_first(item, "itemMeta", "versionCreated"),
        language=_language(item),
        source=source_of(
            document, _EXTRACTOR, name=_provider(item), url=guid if guid.startswith("http") else None
        ),
        byline=one_line(_first(item, "contentMeta", "by")),
        reason=one_line(_first(item, "itemMeta", "edNote")),
    )


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element if local_name(child) == name]


def _first(item: etree._Element, section: str, name: str) -> str | None:
    for part in _children(item, section):
        for found in _children(part, name):
            text = "".join(map(str, found.itertext())).strip()
            if text:
                return text
    return None


def _status(item: etree._Element) -> str:
    """The last part of a QCode such as stat:usable, or of a URI."""
    for meta in _children(item, "itemMeta"):
        for status in _children(meta, "pubStatus"):
            code = status.get("qcode") or status.get("uri") or ""
            name = code.replace("/", ":").rsplit(":", maxsplit=1)[-1].casefold()
            if name not in _STATUSES:
                raise InvalidRecord(f"pubStatus {code!r} is unknown: {', '.join(_STATUSES)}")
            return name
    return "usable"


def _revision(version: str | None) -> int:
    if version is None:
        return 1
    if not version.isascii() or not version.isdecimal() or not 1 <= int(version[:10]) <= 999_999_999:
        raise InvalidRecord(f"version {version[:40]!r} is no counting number, so revisions cannot be ordered")
    return int(version)


def _provider(item: etree._Element) -> str | None:
    for meta in _children(item, "itemMeta"):
        for provider in _children(meta, "provider"):
            names = _children(provider, "name")
            said = "".join(map(str, names[0].itertext())) if names else ""
            return said or provider.get("literal") or provider.get("qcode") or provider.get("uri")
    return None


def _language(item: etree._Element) -> str | None:
    for meta in _children(item, "contentMeta"):
        for language in _children(meta, "language"):
            if language.get("tag"):
                return language.get("tag")
    return item.get(_XML_LANGUAGE)


def _body(item: etree._Element, *, required_here: bool) -> str:
    for content in _children(item, "contentSet"):
        for inline in content:
            text = _inline_text(inline)
            if text.strip():
                return text
    return required("", "a newsItem") if required_here else ""


def _inline_text(inline: etree._Element) -> str:
    name = local_name(inline)
    if name == "inlineData":
        return "".join(map(str, inline.itertext())).strip()
    if name != "inlineXML":
        return ""
    for body in inline.iter():
        if local_name(body) in {"body.content", "body"} and not any(
            local_name(below) == "body.content" for below in body.iterdescendants()
        ):
            return blocks_of(body)
    return html_to_text(etree.tostring(inline, encoding="unicode"))
