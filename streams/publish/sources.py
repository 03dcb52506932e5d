"""Find and read articles: files, folders, glob patterns, standard input.

Writes: one `ArticlePublished` or one `Refusal` for everything found, in a fixed order (folders and patterns
sorted by name). Nothing found in one place stops the rest.
"""

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


class SourceFormat(StrEnum):
    """How articles are written; `auto` goes by the file's suffix, then by its first character."""

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
) -> Iterator[Found | Refusal]:
    """Read every article of files, folders, glob patterns and `-` (standard input).

    Args:
        paths: what a person typed.
        limits: beyond which articles are refused.
        source_format: of all of them; by default each file's own.
        revision: given to every article in place of its own.
    """
    for path in paths:
        for where, draft in _drafts(path, limits, source_format):
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


def _drafts(
    path: str, limits: Limits, source_format: SourceFormat
) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    if path == STANDARD_INPUT:
        yield from _read_bytes("standard input", sys.stdin.buffer.read(), source_format)
        return
    found = False
    for file in _files(path):
        found = True
        yield from _read_file(file, limits, source_format)
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


def _read_file(
    file: Path, limits: Limits, source_format: SourceFormat
) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    chosen = (
        source_format if source_format != SourceFormat.AUTO else _SUFFIXES.get(file.suffix, SourceFormat.AUTO)
    )
    try:
        if chosen == SourceFormat.JSONL:
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
        yield from _read_bytes(str(file), file.read_bytes(), chosen)
    except OSError as error:
        yield str(file), InvalidRecord(f"cannot be read: {error.strerror}")


def _read_bytes(
    where: str, data: bytes, source_format: SourceFormat
) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    looks_json = data.lstrip()[:1] in (b"{", b"[")
    if source_format == SourceFormat.TEXT or (source_format == SourceFormat.AUTO and not looks_json):
        yield where, _attempt(partial(_read_plain, data))
    elif source_format == SourceFormat.JSONL:
        yield from _read_lines(where, data.split(b"\n"))
    else:
        yield from _read_document(where, data, by_lines=source_format == SourceFormat.AUTO)


def _read_document(where: str, data: bytes, *, by_lines: bool) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    """One JSON document: an article, or a list of articles; standard input may also hold JSON lines."""
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        if by_lines:
            yield from _read_lines(where, data.split(b"\n"))
        else:
            yield where, InvalidRecord(f"no JSON: {error}")
        return
    if not isinstance(document, list):
        yield where, _attempt(partial(_read_object, document))
        return
    for number, item in enumerate(document, start=1):
        yield f"{where}: item {number}", _attempt(partial(_read_object, item))


def _read_lines(where: str, lines: Iterable[bytes]) -> Iterator[tuple[str, Draft | InvalidRecord]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield f"{where}:{number}", _attempt(partial(_read_line, line))


def _read_line(line: bytes) -> Draft:
    try:
        return _read_object(orjson.loads(line))
    except orjson.JSONDecodeError as error:
        raise InvalidRecord(f"no JSON: {error}") from None


def _read_object(data: Any) -> Draft:  # noqa: ANN401 - whatever JSON holds
    if not isinstance(data, dict):
        raise InvalidRecord(f"an article is a JSON object, found {type(data).__name__}")
    return read_ninjs(data) if is_ninjs(data) else read_json_article(data)


def _read_plain(data: bytes) -> Draft:
    return read_text(_decode(data))


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRecord(f"invalid UTF-8 at byte {error.start}: save the file as UTF-8") from None


def _attempt(read: Callable[[], Draft]) -> Draft | InvalidRecord:
    try:
        return read()
    except InvalidRecord as error:
        return error
