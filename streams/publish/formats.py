"""How articles are written: the formats by name, by suffix, and by how a document begins."""

import codecs
import re
from enum import StrEnum
from pathlib import PurePath

from readout.streams.errors import InvalidRecord


class Encoding(StrEnum):
    """How characters are written as bytes. Nothing but UTF-8 is ever assumed: the others are asked for by name."""

    UTF_8 = "utf-8"
    WINDOWS_1252 = "windows-1252"
    UTF_16 = "utf-16"


class SourceFormat(StrEnum):
    """How articles are written; `auto` goes by the file's suffix, then by how it begins.

    `ninjs` reads every object as ninjs; `json` and `jsonl` tell ninjs from our own fields by its uri or guid.
    """

    AUTO = "auto"
    TEXT = "text"
    JSONL = "jsonl"
    JSON = "json"
    NINJS = "ninjs"
    FEED = "feed"
    HTML = "html"
    NEWSML = "newsml"
    NITF = "nitf"
    WARC = "warc"


DOCUMENTS = frozenset(
    {SourceFormat.FEED, SourceFormat.HTML, SourceFormat.NEWSML, SourceFormat.NITF, SourceFormat.WARC}
)
GZIP, ZIP = ".gz", ".zip"
_SUFFIXES = {
    ".txt": SourceFormat.TEXT,
    ".jsonl": SourceFormat.JSONL,
    ".ndjson": SourceFormat.JSONL,
    ".json": SourceFormat.JSON,
    ".ninjs": SourceFormat.NINJS,
    ".rss": SourceFormat.FEED,
    ".atom": SourceFormat.FEED,
    ".html": SourceFormat.HTML,
    ".htm": SourceFormat.HTML,
    ".xhtml": SourceFormat.HTML,
    ".nitf": SourceFormat.NITF,
    ".warc": SourceFormat.WARC,
    ".xml": SourceFormat.AUTO,
}
_ROOTS = {
    "html": SourceFormat.HTML,
    "rss": SourceFormat.FEED,
    "feed": SourceFormat.FEED,
    "rdf": SourceFormat.FEED,
    "newsitem": SourceFormat.NEWSML,
    "newsmessage": SourceFormat.NEWSML,
    "packageitem": SourceFormat.NEWSML,
    "nitf": SourceFormat.NITF,
}
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEAD_BYTES = 8192
_HTML_DOCTYPE = re.compile(rb"<!doctype\s+html", re.IGNORECASE)
_BEFORE_ROOT = re.compile(
    rb"<\?.*?\?>|<!--.*?-->|<!doctype[^>\[]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL
)
_ROOT = re.compile(rb"\s*<(?:[\w.-]+:)?([\w.-]+)")


def is_source(name: PurePath) -> bool:
    """Does a file in a folder look like one with articles?"""
    return name.suffix == ZIP or _own_suffix(name) in _SUFFIXES


def format_of(name: PurePath) -> SourceFormat:
    """The format by the suffix, that of a compressed file included; `auto` where it says nothing."""
    return _SUFFIXES.get(_own_suffix(name), SourceFormat.AUTO)


def looks_like_markup(data: bytes) -> bool:
    """Does a document begin as XML or HTML does?"""
    return _head(data).lstrip()[:1] == b"<"


def markup_format(data: bytes) -> SourceFormat:
    """The format of XML or HTML by its first element.

    Raises:
        InvalidRecord: it is none that is read.
    """
    head = _head(data)
    if _HTML_DOCTYPE.search(head[:1024]):
        return SourceFormat.HTML
    found = _ROOT.match(_BEFORE_ROOT.sub(b"", head))
    name = found[1].decode(errors="replace") if found else "nothing"
    if name.casefold() not in _ROOTS:
        raise InvalidRecord(
            f"the document begins with <{name[:40]}>; read are rss, feed, RDF, newsItem, newsMessage, nitf and html"
        )
    return _ROOTS[name.casefold()]


def _own_suffix(name: PurePath) -> str:
    return PurePath(name.stem).suffix if name.suffix == GZIP else name.suffix


def _head(data: bytes) -> bytes:
    """The beginning in ASCII, also of UTF-16."""
    head = data[:_HEAD_BYTES]
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return head.replace(b"\0", b"")
