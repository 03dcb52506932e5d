"""Articles as people and programs of ours write them: JSON, JSON lines, ninjs and the seed's text format.

Reads:  bytes in UTF-8, or in the encoding that a person names
Writes: a draft or a refusal for each article, with its place
"""

import codecs
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import IO, Any

import orjson

from readout.streams.errors import InvalidRecord
from readout.streams.publish.drafts import Draft
from readout.streams.publish.formats import Encoding, SourceFormat
from readout.streams.publish.json_lines import read_json_article
from readout.streams.publish.ninjs import is_ninjs, read_ninjs
from readout.streams.publish.plain_text import read_text


def read_written(
    where: str, data: bytes, source_format: SourceFormat
) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    """Every article of some bytes in UTF-8."""
    looks_json = data.lstrip()[:1] in (b"{", b"[")
    if source_format == SourceFormat.TEXT or (source_format == SourceFormat.AUTO and not looks_json):
        yield where, _attempt(partial(_read_plain, data))
    elif source_format == SourceFormat.JSONL:
        yield from read_lines(where, data.split(b"\n"))
    else:
        yield from _read_document(where, data, source_format)


def bounded_lines(stream: IO[bytes], most_bytes: int) -> Iterator[bytes | InvalidRecord]:
    """The lines of a file; one that is too long is refused without being held in memory."""
    while line := stream.readline(most_bytes + 1):
        if len(line) <= most_bytes:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(most_bytes)
        yield InvalidRecord(f"the line has more than {most_bytes:,} bytes")


def _read_document(
    where: str, data: bytes, source_format: SourceFormat
) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    """One JSON document: an article, or a list of articles; standard input may also hold JSON lines."""
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        if source_format == SourceFormat.AUTO or (source_format == SourceFormat.NINJS and _has_lines(data)):
            yield from read_lines(where, data.split(b"\n"), source_format)
        else:
            yield where, InvalidRecord(f"no JSON: {error}")
        return
    if not isinstance(document, list):
        yield where, _attempt(partial(_read_object, document, source_format))
        return
    for number, item in enumerate(document, start=1):
        yield f"{where}: item {number}", _attempt(partial(_read_object, item, source_format))


def _has_lines(data: bytes) -> bool:
    """Is every line an object of its own?"""
    lines = [line for line in data.splitlines() if line.strip()]
    return len(lines) > 1 and all(line.strip().startswith(b"{") for line in lines)


def read_lines(
    where: str, lines: Iterable[bytes | InvalidRecord], source_format: SourceFormat = SourceFormat.JSONL
) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    """The article of each line, by its number; a line may have been refused already."""
    for number, line in enumerate(lines, start=1):
        if isinstance(line, InvalidRecord):
            yield f"{where}:{number}", line
            continue
        own = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
        if own.strip():
            yield f"{where}:{number}", _attempt(partial(_read_line, own, source_format))


def _read_line(line: bytes, source_format: SourceFormat) -> Draft:
    try:
        return _read_object(orjson.loads(line), source_format)
    except orjson.JSONDecodeError as error:
        raise InvalidRecord(f"no JSON: {error}{_told_encoding(line)}") from None


def _read_object(data: Any, source_format: SourceFormat) -> Draft:  # noqa: ANN401 - whatever JSON holds
    if not isinstance(data, dict):
        raise InvalidRecord(f"an article is a JSON object, found {type(data).__name__}")
    return (
        read_ninjs(data) if source_format == SourceFormat.NINJS or is_ninjs(data) else read_json_article(data)
    )


def _read_plain(data: bytes) -> Draft:
    return read_text(data.decode("utf-8"))


def in_utf_8(data: bytes, encoding: Encoding) -> bytes:
    """The same characters in UTF-8, without a byte order mark.

    Raises:
        InvalidRecord: the bytes are not what the encoding says; the line names the encoding that they look like.
    """
    try:
        if encoding == Encoding.UTF_8:
            data.decode("utf-8")
            return data.removeprefix(codecs.BOM_UTF8)
        return data.decode(encoding.value).removeprefix("\ufeff").encode()
    except UnicodeDecodeError as error:
        name = {"utf-8": "UTF-8", "utf-16": "UTF-16"}.get(encoding.value, "Windows-1252")
        raise InvalidRecord(f"invalid {name} at byte {error.start}{_told_encoding(data)}") from None
    except UnicodeError:
        raise InvalidRecord(f"this is no UTF-16{_told_encoding(data)}") from None


def _told_encoding(data: bytes) -> str:
    """What the bytes look like, as advice: nothing is decoded by a guess."""
    if (
        data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        or data[:200].count(0) * 3 > len(data[:200]) > 1
    ):
        return ": it looks like UTF-16; say --encoding utf-16"
    if any(0x80 <= byte <= 0xFF for byte in data) and not _is_utf_8(data):
        return ": it looks like Windows-1252; say --encoding windows-1252, or save it as UTF-8"
    return ""


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _attempt(read: Callable[[], Draft]) -> Draft | InvalidRecord:
    try:
        return read()
    except InvalidRecord as error:
        return error
