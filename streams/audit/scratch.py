"""What an audit must remember of every article, on disk: memory stays flat on a log of any length.

Reads and writes: a private temporary SQLite database that vanishes with its connection.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from readout.schemas.checkpoints import Checkpoint
from readout.schemas.manifests import ManifestSealed

_TABLES = """
CREATE TABLE articles (id BLOB PRIMARY KEY, number INTEGER, manifest BLOB) WITHOUT ROWID;
CREATE TABLE checkpoints (
    origin TEXT, size INTEGER, root BLOB, next_offset INTEGER, place TEXT, frontier TEXT, kept INTEGER
);
CREATE INDEX by_origin ON checkpoints (origin, size);
CREATE TABLE digests (digest BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE set_aside (id BLOB, revision INTEGER, topic TEXT, number INTEGER, offset INTEGER, detail TEXT);
"""


@dataclass(frozen=True, slots=True)
class KnownCheckpoint:
    """A checkpoint, and where it was found.

    `next_offset` is one past the offset of the last record that it covers, as it says itself or as its record does,
    which nobody signs, and `frontier` its tree's, in hexadecimal; they are None or empty where nothing says them.
    `kept` are those that an auditor brings along.
    """

    checkpoint: Checkpoint
    place: str
    next_offset: int | None = None
    frontier: str = ""
    kept: bool = False


class ScratchDatabase:
    """A database that one run keeps for itself; `with` ends it."""

    def __init__(self, tables: str) -> None:
        # An empty name is a database of our own in a temporary file, which SQLite deletes.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;{tables}BEGIN;")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()


class Scratch(ScratchDatabase):
    """The memory of one audit; `with` ends it."""

    def __init__(self) -> None:
        super().__init__(_TABLES)

    def manifest(self, article_id: str) -> ManifestSealed | None:
        """The last manifest of an article so far."""
        row = self._database.execute(
            "SELECT manifest FROM articles WHERE id = ?", (_hash(article_id),)
        ).fetchone()
        return ManifestSealed.model_validate_json(row[0]) if row and row[0] else None

    def seal(self, article_id: str, manifest: bytes) -> None:
        """Remember the last manifest of an article, by its value."""
        self._database.execute(
            "INSERT INTO articles VALUES (?, NULL, ?) ON CONFLICT (id) DO UPDATE SET manifest = excluded.manifest",
            (_hash(article_id), manifest),
        )

    def seal_in(self, article_id: str, manifest: bytes, number: int) -> int:
        """Remember the last manifest of an article; the partition in which the article was first seen."""
        row = self._database.execute(
            "INSERT INTO articles VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE "
            "SET number = coalesce(number, ?2), manifest = ?3 RETURNING number",
            (_hash(article_id), number, manifest),
        ).fetchone()
        return int(row[0])

    def first_partition(self, article_id: str, number: int) -> int:
        """The partition in which an article was first seen; this one, if never before."""
        row = self._database.execute(
            "INSERT INTO articles VALUES (?1, ?2, NULL) ON CONFLICT (id) DO UPDATE "
            "SET number = coalesce(number, ?2) RETURNING number",
            (_hash(article_id), number),
        ).fetchone()
        return int(row[0])

    def add_checkpoint(self, known: KnownCheckpoint) -> None:
        """Remember a checkpoint."""
        one = known.checkpoint
        self._database.execute(
            "INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?)",
            (one.origin, one.size, one.root, known.next_offset, known.place, known.frontier, known.kept),
        )

    def checkpoints(self, origin_suffix: str) -> Iterator[KnownCheckpoint]:
        """The checkpoints whose origin ends so, by size."""
        rows = self._database.execute(
            "SELECT * FROM checkpoints WHERE substr(origin, -length(?1)) = ?1 ORDER BY size", (origin_suffix,)
        )
        yield from map(_known, rows)

    def all_checkpoints(self) -> Iterator[KnownCheckpoint]:
        """All checkpoints, by origin and size."""
        yield from map(_known, self._database.execute("SELECT * FROM checkpoints ORDER BY origin, size"))

    def set_aside(self, article_id: str, revision: int, where: tuple[str, int, int], detail: str) -> None:
        """Remember a dead letter that could be derived now, and where that shows: topic, partition, offset."""
        row = (_hash(article_id), revision, *where, detail)
        self._database.execute("INSERT INTO set_aside VALUES (?, ?, ?, ?, ?, ?)", row)

    def still_set_aside(self) -> Iterator[tuple[tuple[str, int, int], str]]:
        """Those that no later manifest has overcome, in the order in which they were remembered."""
        rows = self._database.execute(
            "SELECT s.*, a.manifest FROM set_aside s LEFT JOIN articles a ON a.id = s.id ORDER BY s.rowid"
        )
        for _, revision, topic, number, offset, detail, value in rows:
            last = ManifestSealed.model_validate_json(value) if value else None
            overcome = last is not None and last.outcome != "dead-lettered" and last.revision >= revision
            if not overcome:
                yield (topic, number, offset), detail

    def add_digests(self, digests: Iterable[bytes]) -> None:
        """Remember digests of values."""
        rows = ((digest,) for digest in digests)
        self._database.executemany("INSERT OR IGNORE INTO digests VALUES (?)", rows)

    def has_digest(self, digest: bytes) -> bool:
        """Is a digest remembered?"""
        row = self._database.execute("SELECT 1 FROM digests WHERE digest = ?", (digest,)).fetchone()
        return row is not None


def _known(row: tuple[str, int, bytes, int | None, str, str, int]) -> KnownCheckpoint:
    origin, size, root, next_offset, place, frontier, kept = row
    return KnownCheckpoint(Checkpoint(origin, size, root), place, next_offset, frontier, bool(kept))


def _hash(article_id: str) -> bytes:
    return hashlib.blake2b(article_id.encode(), digest_size=16).digest()
