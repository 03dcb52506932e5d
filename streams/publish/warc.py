"""WARC crawls: every HTML page that was fetched, in the order of the file; the same address again is a revision.

Pages are read one at a time and each is bounded, so neither a large crawl nor a small record that unpacks to
gigabytes fills the memory.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from readout.streams.errors import InvalidRecord
from readout.streams.publish.drafts import Draft
from readout.streams.publish.extracted import Document
from readout.streams.publish.html_page import read_page

_CHUNK_BYTES = 64 * 1024
_PAGES = ("text/html", "application/xhtml+xml")


def read_warc(stream: IO[bytes], most_bytes: int) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    """Every page by its number among the records; a damaged file ends with a refusal.

    Args:
        stream: the file, with or without gzip.
        most_bytes: a larger page is refused.
    """
    versions: dict[str, dict[str, int]] = defaultdict(dict)
    number = 0
    try:
        for number, record in enumerate(ArchiveIterator(stream), start=1):
            if record.format != "warc":
                # Older crawls (ARC), and bytes that warcio takes for one.
                yield (
                    f"record {number}",
                    InvalidRecord("no record of a WARC file: nothing is read from here on"),
                )
                return
            if _is_page(record):
                yield f"record {number}", _attempt(record, most_bytes, versions)
        if not number:
            yield "", InvalidRecord("no WARC file, or an empty one: it has no records")
    except (ArchiveLoadFailed, EOFError, OSError, ValueError) as error:
        yield f"record {number + 1}", InvalidRecord(f"the crawl is damaged: {str(error).splitlines()[0]}")


def _is_page(record: Any) -> bool:  # noqa: ANN401 - warcio has no types
    if record.rec_type != "response" or record.http_headers is None:
        return False
    kind = (record.http_headers.get_header("Content-Type") or "").split(";")[0].strip().casefold()
    return record.http_headers.get_statuscode() == "200" and kind in _PAGES


def _attempt(record: Any, most_bytes: int, versions: dict[str, dict[str, int]]) -> Draft | InvalidRecord:  # noqa: ANN401
    url = record.rec_headers.get_header("WARC-Target-URI")
    try:
        data = _payload(record, most_bytes)
        draft = read_page(Document(data, url=url, encoding=_charset(record)))
    except InvalidRecord as error:
        return error
    known = versions[draft.article_id or ""]
    revision = known.setdefault(draft.body, len(known) + 1)
    return replace(draft, revision=revision)


def _payload(record: Any, most_bytes: int) -> bytes:  # noqa: ANN401
    data: bytes = record.content_stream().read(most_bytes + 1)
    if len(data) > most_bytes:
        raise InvalidRecord(f"the page unpacks to more than {most_bytes:,} bytes: not read")
    while record.raw_stream.read(_CHUNK_BYTES):
        pass
    if record.raw_stream.limit or record.rec_headers.get_header("WARC-Truncated"):
        raise InvalidRecord("the page breaks off: not read")
    return data


def _charset(record: Any) -> str | None:  # noqa: ANN401
    kind = record.http_headers.get_header("Content-Type") or ""
    _, _, charset = kind.casefold().partition("charset=")
    return charset.split(";")[0].strip(" \"'") or None
