"""XML from anywhere, made harmless: one encoding, no entities, no network, bounded depth.

Writes: the document as text without its XML declaration, or its root element

A document that declares entities is refused whole, whatever they are: news formats need none, and ten lines of them
can stand for gigabytes ("billion laughs") or for somebody's files.
"""

import codecs
import re

from lxml import etree

from readout.streams.errors import InvalidRecord

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,400}\?>")
_ENTITIES = re.compile(r"<!ENTITY", re.IGNORECASE)
# What agencies and feeds write; others could hide markup from whoever looks for it, as UTF-7 does.
_ENCODINGS = frozenset(
    {"utf-8", "ascii", "iso8859-1", "iso8859-2", "iso8859-15", "cp1250", "cp1251", "cp1252"}
)


def xml_text(data: bytes, encoding: str | None = None) -> str:
    """The characters of an XML document, its declaration left out; `encoding` is what a person says of it.

    Raises:
        InvalidRecord: another encoding, bytes that it does not know, or declared entities.
    """
    text = _decoded(data, encoding)
    if _ENTITIES.search(text):
        raise InvalidRecord("the document declares XML entities, which can expand without end: not read")
    return _DECLARATION.sub("", text, count=1)


def xml_root(data: bytes, encoding: str | None = None) -> etree._Element:
    """The root element of an XML document.

    Raises:
        InvalidRecord: as `xml_text`, or it is not well formed.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(xml_text(data, encoding).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise InvalidRecord(f"no XML: {error.msg}") from None


def local_name(element: etree._Element) -> str:
    """An element's name without its namespace; empty for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _decoded(data: bytes, encoding: str | None) -> str:
    if encoding:
        return _decode(data, encoding).removeprefix("\ufeff")
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode(data.removeprefix(mark), name)
    found = _DECLARED.match(data)
    return _decode(data, _known(found[1].decode()) if found else "utf-8")


def _known(declared: str) -> str:
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        name = declared
    if name not in _ENCODINGS:
        raise InvalidRecord(f"encoding {declared!r} is not read: save it as UTF-8")
    return name


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise InvalidRecord(
            f"invalid {name} at byte {error.start}: the document is damaged or says it wrongly"
        ) from None
