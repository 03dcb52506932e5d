"""Which dead letters wait, on disk: memory stays flat however many there are.

Reads and writes: a private temporary SQLite database that vanishes with its connection. Of a letter it holds where
it lies and what it is of, 16 bytes of hash each; the letters themselves stay in the log.
"""

import hashlib
import sqlite3
from typing import Self

_TABLES = """
CREATE TABLE letters (
    content BLOB PRIMARY KEY, number INTEGER, offset INTEGER, article BLOB, revision INTEGER
) WITHOUT ROWID;
CREATE TABLE sealed (article BLOB PRIMARY KEY, revision INTEGER, for_good INTEGER) WITHOUT ROWID;
CREATE TABLE waiting (number INTEGER, offset INTEGER, PRIMARY KEY (number, offset)) WITHOUT ROWID;
"""
# Overcome is what its article has sealed since: a later revision, or this one for good.
_WAITING = """
INSERT INTO waiting SELECT l.number, l.offset FROM letters l LEFT JOIN sealed s ON s.article = l.article
WHERE s.article IS NULL OR NOT (s.revision > l.revision OR (s.revision = l.revision AND s.for_good))
"""
_CACHE_KIB = 2 * 1024


class LetterTable:
    """Letters by their content, and what their articles were last sealed as; `with` ends it."""

    def __init__(self) -> None:
        # An empty name is a database of our own in a temporary file, which SQLite deletes.
        self._database = sqlite3.connect("", isolation_level=None)
        pragmas = f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-{_CACHE_KIB};"
        self._database.executescript(f"{pragmas}{_TABLES}BEGIN;")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add(self, content: bytes, place: tuple[int, int], article: tuple[bytes, int] | None) -> None:
        """Note a letter; of several with one content the last counts.

        Args:
            content: a digest of all that the letter is of.
            place: its partition and offset.
            article: key and revision of its article; None if nobody can read it.
        """
        key, revision = (_hash(article[0]), article[1]) if article else (None, None)
        self._database.execute(
            "INSERT OR REPLACE INTO letters VALUES (?, ?, ?, ?, ?)", (content, *place, key, revision)
        )

    def note_articles(self) -> None:
        """All letters are there: make it quick to tell whose manifests matter."""
        self._database.execute("CREATE INDEX by_article ON letters (article)")

    def has_article(self, key: bytes) -> bool:
        """Is there a letter of this article?"""
        row = self._database.execute("SELECT 1 FROM letters WHERE article = ?", (_hash(key),)).fetchone()
        return row is not None

    def seal(self, key: bytes, revision: int, *, for_good: bool) -> None:
        """Note the last revision of an article that was sealed."""
        self._database.execute(
            "INSERT OR REPLACE INTO sealed VALUES (?, ?, ?)", (_hash(key), revision, for_good)
        )

    def choose(self) -> int:
        """Find out which letters are not overcome; how many there are."""
        self._database.execute(_WAITING)
        (count,) = self._database.execute("SELECT count(*) FROM waiting").fetchone()
        return int(count)

    def waits(self, number: int, offset: int) -> bool:
        """Is the letter at this place among them?"""
        row = self._database.execute(
            "SELECT 1 FROM waiting WHERE number = ? AND offset = ?", (number, offset)
        ).fetchone()
        return row is not None


def _hash(key: bytes) -> bytes:
    return hashlib.blake2b(key, digest_size=16).digest()
