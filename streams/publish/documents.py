"""Documents that hold articles without being them: which reader is asked for which format.

The readers need packages of the extra `feeds`, so they are imported when the first document of their kind is read.
"""

from collections.abc import Callable, Iterator
from typing import IO

from readout.streams.errors import InvalidRecord
from readout.streams.publish.drafts import Draft
from readout.streams.publish.extracted import Document
from readout.streams.publish.formats import SourceFormat

Drafts = Iterator[tuple[str, Draft | InvalidRecord]]


def read_document(document: Document, source_format: SourceFormat) -> Drafts:
    """Each article of a feed, page or news item, by its place in the document; "" where there is only one."""
    try:
        yield from _reader(source_format)(document)
    except InvalidRecord as error:
        yield "", error


def read_crawl(stream: IO[bytes], most_bytes: int) -> Drafts:
    """Each page of a WARC file."""
    try:
        from readout.streams.publish.warc import read_warc  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError as error:
        yield "", _missing(error)
        return
    yield from read_warc(stream, most_bytes)


def _reader(source_format: SourceFormat) -> Callable[[Document], Drafts]:
    try:
        match source_format:
            case SourceFormat.FEED:
                from readout.streams.publish.feed import read_feed  # noqa: PLC0415

                return read_feed
            case SourceFormat.NEWSML:
                from readout.streams.publish.newsml import read_newsml  # noqa: PLC0415

                return read_newsml
            case SourceFormat.NITF:
                from readout.streams.publish.nitf import read_nitf  # noqa: PLC0415

                return _single(read_nitf)
            case _:
                from readout.streams.publish.html_page import read_page  # noqa: PLC0415

                return _single(read_page)
    except ModuleNotFoundError as error:
        raise _missing(error) from None


def _single(read: Callable[[Document], Draft]) -> Callable[[Document], Drafts]:
    return lambda document: iter([("", read(document))])


def _missing(error: ModuleNotFoundError) -> InvalidRecord:
    return InvalidRecord(
        f"this format needs the package {error.name}: install readout-streams with the extra `feeds`"
    )
