"""NITF, the news industry text format: one article a document.

Read: doc-id, date of issue, management status, headline, byline, dateline, source, ed-msg, and body.content by
blocks. A management status of withheld or canceled takes the article back.
"""

import re

from lxml import etree

from readout.streams.errors import InvalidRecord
from readout.streams.publish.drafts import Draft
from readout.streams.publish.extracted import Document, one_line, required, source_of
from readout.streams.publish.html_text import html_to_text
from readout.streams.publish.xml_text import local_name, xml_root

_EXTRACTOR = "readout"
_STATUSES = {"withheld": "withheld", "embargoed": "withheld", "canceled": "canceled", "killed": "canceled"}
_BASIC_MOMENT = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)?(Z|[+-]\d\d:?\d\d)?)?")


def read_nitf(document: Document) -> Draft:
    """The article of an NITF document.

    Raises:
        InvalidRecord: no XML, no NITF, or no text in it.
    """
    root = xml_root(document.data, document.encoding)
    if local_name(root) != "nitf":
        raise InvalidRecord(f"no NITF: the document is {local_name(root)!r}")
    status = _status(root)
    content = _find(root, "body.content")
    body = blocks_of(content) if content is not None else ""
    return Draft(
        unnumbered=True,
        article_id=_attribute(root, "doc-id", "id-string") or root.get("uno"),
        status=status,
        headline=one_line(_text(root, "hl1") or _text(root, "hedline") or _text(root, "title")),
        body=required(body, "an NITF document") if status == "usable" else "",
        published_at=moment_of(
            _attribute(root, "date.issue", "norm") or _attribute(root, "story.date", "norm")
        ),
        language=root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        source=source_of(
            document,
            _EXTRACTOR,
            name=_text(root, "distributor") or _attribute(root, "doc-id", "regsrc"),
            url=_attribute(root, "pubdata", "ex-ref"),
        ),
        byline=one_line(_text(root, "byline")),
        reason=_attribute(root, "ed-msg", "info"),
    )


def blocks_of(element: etree._Element) -> str:
    """The text of NITF or XHTML blocks, apart by empty lines."""
    plain = etree.tostring(_without_namespaces(element), encoding="unicode", with_tail=False)
    return html_to_text(plain)


def moment_of(text: str | None) -> str | None:
    """A moment in ISO 8601, which NITF writes in its basic form; a time without its zone counts as a day."""
    found = _BASIC_MOMENT.fullmatch(text or "")
    if found is None:
        return text or None
    year, month, day, hour, minute, second, zone = found.groups()
    date = f"{year}-{month}-{day}"
    if hour is None or zone is None:
        return date
    zone = zone if zone == "Z" or ":" in zone else f"{zone[:3]}:{zone[3:]}"
    return f"{date}T{hour}:{minute}:{second or '00'}{zone}"


def _without_namespaces(element: etree._Element) -> etree._Element:
    """A copy whose elements have plain names, as an HTML parser knows them."""
    made = etree.Element(local_name(element) or "span")
    made.text = element.text
    for child in element:
        if local_name(child):
            made.append(_without_namespaces(child))
            made[-1].tail = child.tail
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + (child.tail or "")
        else:
            made.text = (made.text or "") + (child.tail or "")
    return made


def _find(root: etree._Element, name: str) -> etree._Element | None:
    return next((one for one in root.iter() if local_name(one) == name), None)


def _text(root: etree._Element, name: str) -> str | None:
    found = _find(root, name)
    return " ".join("".join(map(str, found.itertext())).split()) or None if found is not None else None


def _attribute(root: etree._Element, name: str, attribute: str) -> str | None:
    found = _find(root, name)
    return found.get(attribute) or None if found is not None else None


def _status(root: etree._Element) -> str:
    said = (_attribute(root, "docdata", "management-status") or "usable").casefold()
    return _STATUSES.get(said, "usable")
