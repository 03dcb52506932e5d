"""What all readers of feeds, pages and news in XML share: where an article was taken from, and its text."""

from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from readout.schemas.ids import sha256_hex
from readout.schemas.news import Extraction, NewsSource
from readout.streams.errors import InvalidRecord

PACKAGE = "readout-streams"


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was read; `url` is where it was fetched, if it was."""

    data: bytes
    url: str | None = None
    encoding: str | None = None
    teasers: bool = False


def source_of(document: Document, extractor: str, *, name: str | None, url: str | None) -> NewsSource:
    """The source of an article that a program took out of a document."""
    return NewsSource(
        name=one_line(name),
        url=url or document.url,
        extraction=Extraction(
            raw_sha256=sha256_hex(document.data), extractor=extractor, version=_version(extractor)
        ),
    )


def one_line(text: str | None) -> str | None:
    """A headline or name on one line; None if there is none."""
    return " ".join((text or "").split()) or None


def required(text: str, what: str) -> str:
    """The text, which must have words.

    Raises:
        InvalidRecord: it has none.
    """
    if not text.strip():
        raise InvalidRecord(f"{what} without a text: nothing to read")
    return text


@cache
def _version(extractor: str) -> str:
    return version(PACKAGE if extractor == "readout" else extractor)
