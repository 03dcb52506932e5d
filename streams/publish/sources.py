"""Find and read articles: files, folders, glob patterns, standard input.

Writes: one `ArticlePublished` or one `Refusal` for everything found, in a fixed order (folders and patterns
sorted by name). Nothing found in one place stops the rest.
"""

import codecs
import glob
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from readout.schemas.news import ArticlePublished
from readout.streams.errors import InvalidRecord
from readout.streams.publish.drafts import Draft, Limits, to_article
from readout.streams.publish.json_lines import read_json_article
from readout.streams.publish.ninjs import is_ninjs, read_ninjs
from readout.streams.publish.plain_text import read_text

STANDARD_INPUT = "-"
_BYTES_PER_CHARACTER = 4


class Encoding(StrEnum):
    """How characters are written as bytes. Nothing but UTF-8 is ever assumed: the others are asked for by name."""

    UTF_8 = "utf-8"
    WINDOWS_1252 = "windows-1252"
    UTF_16 = "utf-16"


class SourceFormat(StrEnum):
    """How articles are written; `auto` goes by the file's suffix, then by its first character.

    `ninjs` reads every object as ninjs; `json` and `jsonl` tell ninjs from our own fields by its uri or guid.
    """

    AUTO = "auto"
    TEXT = "text"
    JSONL = "jsonl"
    JSON = "json"
    NINJS = "ninjs"


_SUFFIXES = {
    ".txt": SourceFormat.TEXT,
    ".jsonl": SourceFormat.JSONL,
    ".ndjson": SourceFormat.JSONL,
    ".json": SourceFormat.JSON,
    ".ninjs": SourceFormat.NINJS,
}


@dataclass(frozen=True, slots=True)
class _Form:
    """How the sources of one call are written."""

    format: SourceFormat
    encoding: Encoding = Encoding.UTF_8


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was not read: where (file, and line if it has lines) and why, in one line."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """An article and where it was read."""

    where: str
    article: ArticlePublished


def read_sources(
    paths: Iterable[str],
    limits: Limits,
    source_format: SourceFormat = SourceFormat.AUTO,
    *,
    revision: int | None = None,
    encoding: Encoding = Encoding.UTF_8,
) -> Iterator[Found | Refusal]:
    """Read every article of files, folders, glob patterns and `-` (standard input).

    Args:
        paths: what a person typed.
        limits: beyond which articles are refused.
        source_format: of all of them; by default each file's own.
        revision: given to every article in place of its own.
        encoding: of all of them.
    """
    form = _Form(source_format, encoding)
    for path in paths:
        for where, draft in _drafts(path, limits, form):
            yield _checked(where, draft, limits, revision)


def count_files(paths: Iterable[str]) -> int:
    """How many files `read_sources` will open, for a progress bar."""
    return sum(1 for path in paths for _ in _files(path))


def _checked(
    where: str, draft: Draft | InvalidRecord, limits: Limits, revision: int | None
) -> Found | Refusal:
    if isinstance(draft, InvalidRecord):
        return Refusal(where, str(draft))
    try:
        return Found(where, to_article(replace(draft, revision=revision or draft.revision), limits))
    except InvalidRecord as error:
        return Refusal(where, str(error))


def _drafts(path: str, limits: Limits, form: _Form) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    if path == STANDARD_INPUT:
        yield from _read_bytes("standard input", sys.stdin.buffer.read(), form)
        return
    found = False
    for file in _files(path):
        found = True
        yield from _read_file(file, limits, form)
    if not found:
        yield (
            path,
            InvalidRecord("no article files here: give a file, a folder, a pattern, or - for standard input"),
        )


def _files(path: str) -> Iterator[Path]:
    place = Path(path)
    if place.is_dir():
        yield from sorted(file for file in place.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
    elif place.exists():
        yield place
    else:
        names = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
        yield from (Path(name) for name in names if Path(name).is_file())


def _read_file(file: Path, limits: Limits, form: _Form) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    if form.format == SourceFormat.AUTO:
        form = replace(form, format=_SUFFIXES.get(file.suffix, SourceFormat.AUTO))
    try:
        if form == _Form(SourceFormat.JSONL):
            with file.open("rb") as lines:
                yield from _read_lines(str(file), lines)
            return
        largest = _BYTES_PER_CHARACTER * limits.max_article_characters + limits.max_record_bytes
        if file.stat().st_size > largest:
            yield (
                str(file),
                InvalidRecord(f"{file.stat().st_size:,} bytes are more than one article may have"),
            )
            return
        yield from _read_bytes(str(file), file.read_bytes(), form)
    except OSError as error:
        yield str(file), InvalidRecord(f"cannot be read: {error.strerror}")


def _read_bytes(where: str, data: bytes, form: _Form) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    try:
        data = _in_utf_8(data, form.encoding)
    except InvalidRecord as error:
        yield where, error
        return
    looks_json = data.lstrip()[:1] in (b"{", b"[")
    if form.format == SourceFormat.TEXT or (form.format == SourceFormat.AUTO and not looks_json):
        yield where, _attempt(partial(_read_plain, data))
    elif form.format == SourceFormat.JSONL:
        yield from _read_lines(where, data.split(b"\n"))
    else:
        yield from _read_document(where, data, form.format)


def _read_document(
    where: str, data: bytes, source_format: SourceFormat
) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    """One JSON document: an article, or a list of articles; standard input may also hold JSON lines."""
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        if source_format == SourceFormat.AUTO or (source_format == SourceFormat.NINJS and _has_lines(data)):
            yield from _read_lines(where, data.split(b"\n"), source_format)
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


def _read_lines(
    where: str, lines: Iterable[bytes], source_format: SourceFormat = SourceFormat.JSONL
) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    for number, line in enumerate(lines, start=1):
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


def _in_utf_8(data: bytes, encoding: Encoding) -> bytes:
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
