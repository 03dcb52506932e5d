"""A local index of what is sealed in one partition: by article, where its last manifest stands.

Reads and writes: an SQLite file that may be deleted at any moment, or a private temporary one
It holds what pages of `seals` have said and nothing else, and is only ever a shortcut to the log: whoever opens
it finds its last manifest in the log first. It checks itself: each bucket of rows (by the first two bytes of their
keys) has a sum over them, and the progress the sum of all buckets and a checksum of its own. Rows that are missing
or were altered are noticed when one of their bucket is looked for. Nothing waits for the disk: what a power failure
leaves is as good as damaged.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, Self, TypeVar

import orjson

from readout.streams.log.origin import Position
from readout.streams.log.seal_pages import BriefSeal, SealPage, key_numbers

P = ParamSpec("P")
T = TypeVar("T")
_FORMAT = 1
_MODULUS = 2**62
_BUCKET_BITS = 48
_CACHE_KIBIBYTES = 16 * 1024
# `checks` is over all columns, so that none can change unnoticed; 8,000 of them fit into a sum of 64 bits.
_ROW = """(
    high INTEGER, low INTEGER, offset INTEGER, revision INTEGER, outcome INTEGER, mark INTEGER,
    checks INTEGER AS (
        mark + offset + revision + outcome + (high & 0x3fffffffffff) + (low & 0x3fffffffffff)
        + ((low >> 18) & 0x3fffffffffff)
    ) VIRTUAL,
    PRIMARY KEY (high, low)
) WITHOUT ROWID;
"""
_TABLES = f"""
CREATE TABLE IF NOT EXISTS articles {_ROW}
CREATE TABLE IF NOT EXISTS latest {_ROW}
CREATE TABLE IF NOT EXISTS buckets (number INTEGER PRIMARY KEY, checks INTEGER);
CREATE TABLE IF NOT EXISTS staged (
    high INTEGER, low INTEGER, offset INTEGER, revision INTEGER, outcome INTEGER, mark INTEGER
);
CREATE TABLE IF NOT EXISTS progress (value BLOB, checksum BLOB);
"""
# An article may have several manifests in a stretch: the last counts.
_FILL = (
    """INSERT OR REPLACE INTO articles (high, low, offset, revision, outcome, mark)
    SELECT high, low, offset, revision, outcome, mark FROM staged ORDER BY high, low, rowid""",
    "INSERT INTO buckets SELECT high >> 48, sum(checks) FROM articles GROUP BY 1",
    "DELETE FROM staged",
)
_MERGE = (
    """INSERT OR REPLACE INTO latest (high, low, offset, revision, outcome, mark)
    SELECT high, low, offset, revision, outcome, mark FROM staged ORDER BY high, low, rowid""",
    """INSERT INTO buckets SELECT high >> 48, sum(checks) FROM latest WHERE true GROUP BY 1
    ON CONFLICT (number) DO UPDATE SET checks = checks + excluded.checks""",
    """INSERT INTO buckets SELECT a.high >> 48, -sum(a.checks)
    FROM latest l CROSS JOIN articles a ON a.high = l.high AND a.low = l.low WHERE true GROUP BY 1
    ON CONFLICT (number) DO UPDATE SET checks = checks + excluded.checks""",
    """INSERT OR REPLACE INTO articles (high, low, offset, revision, outcome, mark)
    SELECT high, low, offset, revision, outcome, mark FROM latest""",
    "DELETE FROM latest",
    "DELETE FROM staged",
)
_FIND = "SELECT high, low, offset, revision, outcome, mark FROM articles WHERE high = ? AND low = ?"
_CLEAR = (
    "DELETE FROM articles",
    "DELETE FROM latest",
    "DELETE FROM buckets",
    "DELETE FROM staged",
    "DELETE FROM progress",
)


class IndexInDoubt(Exception):
    """The index cannot be read, or is not what was written: throw it away and read the log."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an index is.

    Attributes:
        next_manifest: manifests before this offset are in the index.
        pages: pages of `seals` before this offset were read.
        began: where in `seals` the chain of pages begins.
        chain: the digest of its last page; empty before the first.
        last: key and digest of the last manifest, in hexadecimal, and its offset; None before the first.
        news: what these manifests account for.
        letters: dead letters before this offset are accounted for as well.
        checks: the sum of all buckets modulo 2**62, without those that are staged.
    """

    next_manifest: int = 0
    pages: int = 0
    began: int = 0
    chain: str = ""
    last: tuple[str, int, str] | None = None
    news: Position | None = None
    letters: int = 0
    checks: int = 0

    def after(self, page: SealPage, pages: int) -> Self:
        """The progress when this page is taken in; `pages` is the offset after its record."""
        last = page.last
        return replace(
            self,
            next_manifest=page.next,
            pages=pages,
            began=page.began,
            chain=page.digest,
            last=(last.key.hex(), last.offset, last.digest.hex()),
            news=page.news,
            letters=page.letters,
        )


class IndexInUse(IndexInDoubt):
    """Another process has it."""


def _doubtful(call: Callable[P, T]) -> Callable[P, T]:
    """Whatever SQLite has to complain of, the index is not to be used."""

    @wraps(call)
    def checked(*arguments: P.args, **options: P.kwargs) -> T:
        try:
            return call(*arguments, **options)
        except (sqlite3.Error, OSError, TypeError, ValueError, KeyError) as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_BUSY":
                raise IndexInUse(str(error)) from error
            raise IndexInDoubt(f"{type(error).__name__}: {error}") from error

    return checked


class SealedIndex:
    """The index of one partition. Calls may come from several threads, one at a time."""

    progress: Progress

    @_doubtful
    def __init__(self, path: Path | None) -> None:
        """Open an index; `path` is None for a private one, which is gone when it is closed.

        Raises:
            IndexInDoubt: there is none that can be used, another process may have it.
        """
        self._path = path
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path or "", isolation_level=None, check_same_thread=False, timeout=0)
        try:
            self._database.executescript(
                f"PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-{_CACHE_KIBIBYTES};"
                "PRAGMA synchronous=OFF;"
                f"BEGIN IMMEDIATE;{_TABLES}COMMIT;"
            )
            self.progress = self._read_progress()
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        """Let go of the file; what was not kept is forgotten."""
        self._database.close()

    @_doubtful
    def find(self, key: bytes) -> BriefSeal | None:
        """The last seal of an article; None if it has none. Everything staged must be settled.

        Raises:
            IndexInDoubt: the rows about it are not those that were written.
        """
        high, low = key_numbers(key)
        bucket = high >> _BUCKET_BITS
        ends = (bucket << _BUCKET_BITS, (bucket + 1 << _BUCKET_BITS) - 1)
        found = self._one("SELECT sum(checks) FROM articles WHERE high BETWEEN ? AND ?", *ends)
        kept = self._one("SELECT checks FROM buckets WHERE number = ?", bucket)
        if (found and found[0]) != (kept and kept[0]):
            raise IndexInDoubt("rows are missing or were altered")
        row = self._one(_FIND, high, low)
        return BriefSeal(*row) if row else None

    def _one(self, query: str, *values: object) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._database.execute(query, values).fetchone()
        return row

    @_doubtful
    def stage(self, page: SealPage, pages: int) -> None:
        """Take a page in, to be settled with others; `pages` is the offset after its record."""
        self._begin()
        self._database.executemany("INSERT INTO staged VALUES (?, ?, ?, ?, ?, ?)", page.rows())
        self.progress = self.progress.after(page, pages)

    def begin_chain(self, began: int) -> None:
        """Begin with a new chain of pages, which is looked for from this offset of `seals` on."""
        self.clear()
        self.progress = Progress(pages=began, began=began)

    @_doubtful
    def keep(self) -> None:
        """Write what is staged to disk, so that whoever comes after a crash goes on from here."""
        self._begin()
        value = orjson.dumps(asdict(self.progress) | {"format": _FORMAT})
        self._database.execute("DELETE FROM progress")
        self._database.execute("INSERT INTO progress VALUES (?, ?)", (value, _checksum(value)))
        self._database.execute("COMMIT")

    @_doubtful
    def settle(self) -> None:
        """Merge what is staged into the index, and write it to disk; seconds, for millions of articles."""
        self._begin()
        with self._rolled_back_on_error():
            filled = self._database.execute("SELECT 1 FROM articles LIMIT 1").fetchone()
            for statement in _MERGE if filled else _FILL:
                self._database.execute(statement)
            self.progress = replace(self.progress, checks=self._sum_of_buckets())
            self.keep()

    @_doubtful
    def is_settled(self) -> bool:
        """Is nothing staged?"""
        return self._database.execute("SELECT 1 FROM staged LIMIT 1").fetchone() is None

    @_doubtful
    def clear(self) -> None:
        """Forget everything."""
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")
        self._database.execute("BEGIN")
        for statement in _CLEAR:
            self._database.execute(statement)
        self._database.execute("COMMIT")
        self.progress = Progress()

    def _begin(self) -> None:
        if not self._database.in_transaction:
            self._database.execute("BEGIN")

    @contextmanager
    def _rolled_back_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):
                self._database.execute("ROLLBACK")
            raise

    def _read_progress(self) -> Progress:
        row = self._database.execute("SELECT value, checksum FROM progress").fetchone()
        if row is None:
            return Progress()
        value, checksum = row
        data = orjson.loads(value) if checksum == _checksum(value) else {}
        if data.pop("format", None) != _FORMAT:
            raise IndexInDoubt("it was not written by this code, or altered")
        last, news = data.pop("last"), data.pop("news")
        progress = Progress(**data, last=last and tuple(last), news=news and tuple(news))
        if progress.checks != self._sum_of_buckets():
            raise IndexInDoubt("buckets are missing or were altered")
        return progress

    def _sum_of_buckets(self) -> int:
        """Added up here: SQLite's integers have 64 bits."""
        total: int = sum(checks for (checks,) in self._database.execute("SELECT checks FROM buckets"))
        return total % _MODULUS


def _checksum(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()


def discard(path: Path) -> None:
    """Delete an index that is in doubt."""
    for name in (path, path.with_name(path.name + "-journal")):
        with suppress(OSError):
            name.unlink(missing_ok=True)
