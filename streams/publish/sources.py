"""Find and read articles: files, folders, glob patterns, standard input.

Writes: one `ArticlePublished` or one `Refusal` for everything found, in a fixed order (folders and patterns
sorted by name). Nothing found in one place stops the rest.
"""

import glob
import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from readout.schemas.news import ArticlePublished
from readout.streams.errors import InvalidRecord
from readout.streams.publish.documents import Drafts, read_crawl, read_document
from readout.streams.publish.drafts import Draft, Limits, to_article
from readout.streams.publish.extracted import Document
from readout.streams.publish.formats import (
    DOCUMENTS,
    GZIP,
    ZIP,
    Encoding,
    SourceFormat,
    format_of,
    is_source,
    looks_like_markup,
    markup_format,
)
from readout.streams.publish.unpack import gunzip, zip_members
from readout.streams.publish.written import bounded_lines, in_utf_8, read_lines, read_written

STANDARD_INPUT = "-"
_BYTES_PER_CHARACTER = 4


@dataclass(frozen=True, slots=True)
class _Form:
    """How the sources of one call are written, and what is taken of them."""

    format: SourceFormat
    encoding: Encoding = Encoding.UTF_8
    teasers: bool = False
    most_bytes: int = 0

    def of(self, name: PurePath) -> "_Form":
        """The form of one file."""
        return replace(self, format=format_of(name)) if self.format == SourceFormat.AUTO else self


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was not read: where (file, and line if it has lines) and why, in one line."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """An article and where it was read; of `unnumbered` ones nobody numbers the versions."""

    where: str
    article: ArticlePublished
    unnumbered: bool = False


def read_sources(
    paths: Iterable[str],
    limits: Limits,
    source_format: SourceFormat = SourceFormat.AUTO,
    *,
    revision: int | None = None,
    encoding: Encoding = Encoding.UTF_8,
    teasers: bool = False,
) -> Iterator[Found | Refusal]:
    """Read every article of files, folders, glob patterns and `-` (standard input).

    Args:
        paths: what a person typed.
        limits: beyond which articles are refused.
        source_format: of all of them; by default each file's own.
        revision: given to every article in place of its own.
        encoding: of all of them.
        teasers: take entries of feeds that have only the beginning of their text.
    """
    most_bytes = largest_document(limits)
    form = _Form(source_format, encoding, teasers, most_bytes)
    for path in paths:
        for where, draft in _drafts(path, form):
            yield checked(where, draft, limits, revision)


def largest_document(limits: Limits) -> int:
    """The bytes that one document may have."""
    return _BYTES_PER_CHARACTER * limits.max_article_characters + limits.max_record_bytes


def count_files(paths: Iterable[str]) -> int:
    """How many files `read_sources` will open, for a progress bar."""
    return sum(1 for path in paths for _ in _files(path))


def checked(
    where: str, draft: Draft | InvalidRecord, limits: Limits, revision: int | None = None
) -> Found | Refusal:
    """The article of a draft, or why there is none."""
    if isinstance(draft, InvalidRecord):
        return Refusal(where, str(draft))
    try:
        article = to_article(replace(draft, revision=revision or draft.revision), limits)
        return Found(where, article, unnumbered=revision is None and draft.unnumbered)
    except InvalidRecord as error:
        return Refusal(where, str(error))


def _drafts(path: str, form: _Form) -> Drafts:
    if path == STANDARD_INPUT:
        yield from _read_input(form)
        return
    found = False
    for file in _files(path):
        found = True
        yield from _read_file(file, form.of(file))
    if not found:
        yield (
            path,
            InvalidRecord("no article files here: give a file, a folder, a pattern, or - for standard input"),
        )


def _read_input(form: _Form) -> Drafts:
    where = "standard input"
    if form.format == SourceFormat.WARC:
        yield from _placed(where, read_crawl(sys.stdin.buffer, form.most_bytes))
    else:
        yield from _read_bytes(where, sys.stdin.buffer.read(), form)


def _files(path: str) -> Iterator[Path]:
    place = Path(path)
    if place.is_dir():
        yield from sorted(file for file in place.rglob("*") if is_source(file) and file.is_file())
    elif place.exists():
        yield place
    else:
        names = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
        yield from (Path(name) for name in names if Path(name).is_file())


def _read_file(file: Path, form: _Form) -> Drafts:
    try:
        if file.suffix == ZIP:
            yield from _read_zip(file, form)
            return
        with file.open("rb") as stream:
            if form.format == SourceFormat.WARC:
                yield from _placed(str(file), read_crawl(stream, form.most_bytes))
            elif file.suffix == GZIP:
                yield from _read_bytes(str(file), gunzip(stream, form.most_bytes), form)
            elif form.format == SourceFormat.JSONL and form.encoding == Encoding.UTF_8:
                yield from read_lines(str(file), bounded_lines(stream, form.most_bytes))
            elif file.stat().st_size > form.most_bytes:
                size = file.stat().st_size
                yield str(file), InvalidRecord(f"{size:,} bytes are more than one article may have")
            else:
                yield from _read_bytes(str(file), stream.read(), form)
    except InvalidRecord as error:
        yield str(file), error
    except OSError as error:
        yield str(file), InvalidRecord(f"cannot be read: {error.strerror or error}")


def _read_zip(file: Path, form: _Form) -> Drafts:
    for name, data in zip_members(file, form.most_bytes):
        where, own = f"{file}: {name}", form.of(PurePath(name))
        try:
            if isinstance(data, InvalidRecord):
                yield where, data
            elif own.format == SourceFormat.WARC:
                yield from _placed(where, read_crawl(io.BytesIO(data), form.most_bytes))
            elif name.endswith(GZIP):
                yield from _read_bytes(where, gunzip(io.BytesIO(data), form.most_bytes), own)
            else:
                yield from _read_bytes(where, data, own)
        except InvalidRecord as error:
            yield where, error


def _read_bytes(where: str, data: bytes, form: _Form) -> Drafts:
    try:
        source_format = _told(data, form)
        if source_format in DOCUMENTS:
            # What a person says of the bytes counts more than what the document does; XML is read as UTF-8 then.
            encoding = None if form.encoding == Encoding.UTF_8 else form.encoding.value
            document = Document(data, encoding=encoding, teasers=form.teasers)
            yield from _placed(where, read_document(document, source_format))
        else:
            yield from read_written(where, in_utf_8(data, form.encoding), source_format)
    except InvalidRecord as error:
        yield where, error


def _told(data: bytes, form: _Form) -> SourceFormat:
    is_markup = form.format == SourceFormat.AUTO and looks_like_markup(data)
    return markup_format(data) if is_markup else form.format


def _placed(where: str, drafts: Drafts) -> Drafts:
    for place, draft in drafts:
        yield f"{where}: {place}" if place else where, draft
