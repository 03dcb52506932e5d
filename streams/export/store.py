"""The state of a log in one SQLite file: what holds, what is not sealed yet, and how far the log was read.

Everything that one step reads from the log, and the positions that it has then reached, are one transaction:
a file that was left anywhere is what it was at some position of the log, and going on from there repeats and
misses nothing.
"""

import datetime
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from readout.schemas.contact_log import ContactLogged
from readout.schemas.contacts import ContactEvent
from readout.schemas.entities import EntityMentioned
from readout.schemas.envelope import encode_value
from readout.schemas.event import DerivedEvent
from readout.schemas.ids import sha256_hex
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.schemas.statements import StatementAttributed
from readout.streams.consolidate.steps import current
from readout.streams.errors import ConfigurationError, ReplayMismatch
from readout.streams.export.choice import chosen, takes_contact
from readout.streams.export.flat import key_of, select_flat
from readout.streams.export.rows import Row, consolidated_rows, rows_of
from readout.streams.export.state import ArticleState, LiveRecord
from readout.streams.export.tables import ARTICLE_TABLES, CONSOLIDATED_TABLES, Table, schema_of
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.filters import Filter
from readout.streams.log.origin import origin_of

_VERSION = "2"
_OWN_TABLES = """
CREATE TABLE readout_export (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE readout_positions (
    topic TEXT, number INTEGER, next_offset INTEGER NOT NULL, PRIMARY KEY (topic, number)
) WITHOUT ROWID;
CREATE TABLE readout_pending (
    digest TEXT PRIMARY KEY, article_id TEXT NOT NULL, revision INTEGER NOT NULL, value BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE readout_partitions (article_id TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE readout_consolidated (
    consolidated_id TEXT PRIMARY KEY, number INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE readout_unwritten (number INTEGER PRIMARY KEY);
CREATE INDEX readout_by_partition ON readout_partitions (number);
CREATE INDEX readout_consolidated_by_partition ON readout_consolidated (number);
"""
_RECORDS: Mapping[str, type[DerivedEvent]] = {
    "entities": EntityMentioned,
    "statements": StatementAttributed,
    "contacts": ContactLogged,
}


# Where the partition of a flat table's rows is kept, by the table's key.
_PARTITIONS = {"article_id": "readout_partitions", "consolidated_id": "readout_consolidated"}


class Store:
    """A file of state; `with` closes it."""

    def __init__(self, file: Path | None, wanted: Filter | None = None) -> None:
        """Open a file, or make it; None is one of our own that vanishes.

        Raises:
            ConfigurationError: the file is none of ours, or was made with other filters.
        """
        self._file = file
        self.filter = wanted or Filter()
        # An empty name is a database in a temporary file, which SQLite deletes.
        self._database = sqlite3.connect(str(file) if file else "", isolation_level=None)
        try:
            self._database.execute("PRAGMA foreign_keys = ON")
            self._open()
        except sqlite3.DatabaseError:
            self._database.close()
            raise ConfigurationError(f"{file} is no export of ours: name a new file") from None
        except ConfigurationError:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def _open(self) -> None:
        made = {"version": _VERSION, "filter": repr(self.filter)}
        names = {row[0] for row in self._database.execute("SELECT name FROM sqlite_master")}
        if not names:
            with self.step():
                for statement in _statements(_OWN_TABLES + schema_of()):
                    self._database.execute(statement)
                self._database.executemany("INSERT INTO readout_export VALUES (?, ?)", sorted(made.items()))
            return
        if "readout_export" not in names:
            raise ConfigurationError(f"{self._file} is another database: name a new file")
        found = dict(self._database.execute("SELECT name, value FROM readout_export"))
        if found.get("version") != _VERSION:
            raise ConfigurationError(f"{self._file} is of another version of the export: make it anew")
        if found["filter"] != made["filter"]:
            raise ConfigurationError(
                f"{self._file} was made with other filters: repeat them, or make it anew"
            )

    @contextmanager
    def step(self) -> Iterator[None]:
        """One transaction: all of it is there afterwards, or nothing.

        Raises:
            ReplayMismatch: a record refers to one that does not hold.
        """
        try:
            self._database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise ConfigurationError(
                f"{self._file} cannot be written ({error}): does another export run?"
            ) from None
        try:
            yield
            self._database.execute("COMMIT")
        except sqlite3.IntegrityError as error:
            self._database.execute("ROLLBACK")
            raise ReplayMismatch(
                f"a record refers to one that does not hold ({error}): run `readout audit verify`"
            ) from None
        except BaseException:
            self._database.execute("ROLLBACK")
            raise

    def position(self, topic: str, number: int) -> int | None:
        """The next offset to read of a partition; None before its first record."""
        row = self._database.execute(
            "SELECT next_offset FROM readout_positions WHERE topic = ? AND number = ?", (topic, number)
        ).fetchone()
        return row and int(row[0])

    def reached(self, topic: str, number: int, next_offset: int) -> None:
        """Remember up to where a partition was read."""
        self._database.execute(
            "INSERT INTO readout_positions VALUES (?, ?, ?) "
            "ON CONFLICT (topic, number) DO UPDATE SET next_offset = excluded.next_offset",
            (topic, number, next_offset),
        )

    def changed(self, number: int) -> None:
        """Remember that a partition has changed, for files that are written from this store afterwards."""
        self._database.execute("INSERT OR IGNORE INTO readout_unwritten VALUES (?)", (number,))

    @property
    def unwritten(self) -> tuple[int, ...]:
        """The partitions that have changed since `written` was last called, crashes included."""
        rows = self._database.execute("SELECT number FROM readout_unwritten ORDER BY number")
        return tuple(row[0] for row in rows)

    def written(self) -> None:
        """The files are current."""
        self._database.execute("DELETE FROM readout_unwritten")

    def keep(self, article_id: str, revision: int, value: bytes) -> None:
        """Keep a record until a manifest says that it holds."""
        self._database.execute(
            "INSERT OR IGNORE INTO readout_pending VALUES (?, ?, ?, ?)",
            (sha256_hex(value), article_id, revision, value),
        )

    def seal(self, manifest: ManifestSealed, record: StoredRecord) -> None:
        """Let hold what a manifest says, and nothing else of its article.

        Raises:
            ReplayMismatch: a record that should hold was never there.
        """
        before = self.article(manifest.article_id)
        values = {sha256_hex(one.value): one.value for one in before.records} if before else {}
        if before:
            values[sha256_hex(before.value)] = before.value
        digests = [manifest.article_event_id, *(line.sha256 for line in manifest.live)]
        values |= self._take(digests)
        missing = [digest for digest in digests if digest not in values]
        if missing and not self.filter:
            where = f"{record.topic}/{record.partition}@{record.offset}"
            raise ReplayMismatch(
                f"{where} seals {missing[0][:12]}…, which is not there: run `readout audit verify`"
            )
        self._replace(
            manifest.article_id, _state(manifest, values, origin_of(record).timestamp), record.partition
        )
        self._database.execute(
            "DELETE FROM readout_pending WHERE article_id = ? AND revision < ?",
            (manifest.article_id, manifest.revision),
        )

    def consolidate(self, event: ContactEvent, number: int) -> None:
        """Let hold what an event of `contacts` says of its contact."""
        key = (event.consolidated_id,)
        for table in reversed(CONSOLIDATED_TABLES):
            self._database.execute(f"DELETE FROM {table.name} WHERE consolidated_id = ?", key)
        self._database.execute("DELETE FROM readout_consolidated WHERE consolidated_id = ?", key)
        state = current(event)
        if state is None or not takes_contact(state, self.filter):
            return
        for name, row in consolidated_rows(state.consolidated_id, state.contact, encode_value(state)):
            self._insert(name, row)
        self._insert("readout_consolidated", (*key, number))

    def _insert(self, table: str, row: Row) -> None:
        self._database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    def _take(self, digests: Iterable[str]) -> dict[str, bytes]:
        """The records that were kept, which are kept no longer."""
        found: dict[str, bytes] = {}
        for digest in digests:
            row = self._database.execute(
                "DELETE FROM readout_pending WHERE digest = ? RETURNING value", (digest,)
            ).fetchone()
            if row:
                found[digest] = row[0]
        return found

    def _replace(self, article_id: str, state: ArticleState | None, number: int) -> None:
        of_article = "(SELECT {0} FROM {1} WHERE article_id = ?)"
        for table in reversed(ARTICLE_TABLES):
            owned = {"entity_mentions": "entity_id", "contact_participants": "contact_id"}.get(table.name)
            owner = {"entity_id": "entities", "contact_id": "contacts"}.get(owned or "", "")
            where = f"{owned} IN {of_article.format(owned, owner)}" if owned else "article_id = ?"
            self._database.execute(f"DELETE FROM {table.name} WHERE {where}", (article_id,))
        left = chosen(state, self.filter) if state else None
        for name, row in rows_of(left) if left else ():
            self._insert(name, row)
        self._database.execute(
            "INSERT OR REPLACE INTO readout_partitions VALUES (?, ?)", (article_id, number)
        )

    def articles(self) -> Iterator[ArticleState]:
        """What holds, article by article, in the order of their ids."""
        for (article_id,) in self._database.execute("SELECT article_id FROM articles ORDER BY article_id"):
            state = self.article(article_id)
            if state:
                yield state

    def article(self, article_id: str) -> ArticleState | None:
        """What holds of one article; None if nothing does."""
        row = self._database.execute(
            "SELECT value, outcome, sealed_at FROM articles WHERE article_id = ?", (article_id,)
        ).fetchone()
        if row is None:
            return None
        records = [
            LiveRecord(kind.model_validate_json(value), value.encode())
            for table, kind in _RECORDS.items()
            for (value,) in self._database.execute(
                f"SELECT value FROM {table} WHERE article_id = ? ORDER BY id",
                (article_id,),
            )
        ]
        value = row[0].encode()
        return ArticleState(
            ArticlePublished.model_validate_json(value), value, row[1], _milliseconds(row[2]), tuple(records)
        )

    def flat(self, table: Table, number: int | None = None) -> Iterator[Row]:
        """The rows of a flat table, by key; of one partition of the log, if it is given."""
        if number is None:
            yield from self._database.execute(select_flat(table))
            return
        key = key_of(table)
        keys = f"SELECT {key} FROM {_PARTITIONS[key]} WHERE number = ?"
        yield from self._database.execute(select_flat(table, keys), (number,))

    @property
    def partitions(self) -> tuple[int, ...]:
        """The partitions of the log that articles and consolidated contacts lie in."""
        rows = self._database.execute(
            "SELECT number FROM readout_partitions UNION SELECT number FROM readout_consolidated ORDER BY number"
        )
        return tuple(row[0] for row in rows)

    @property
    def sealed_until(self) -> str | None:
        """When the last manifest was recorded, UTC; None in an empty log."""
        return self._database.execute("SELECT max(sealed_at) FROM articles").fetchone()[0]  # type: ignore[no-any-return]


def _state(manifest: ManifestSealed, values: dict[str, bytes], sealed_at: int) -> ArticleState | None:
    article = values.get(manifest.article_event_id)
    if article is None:
        return None
    types = {one.event_type: one for one in _RECORDS.values()}
    records = [
        LiveRecord(types[line.type].model_validate_json(values[line.sha256]), values[line.sha256])
        for line in manifest.live
        if line.sha256 in values and line.type in types
    ]
    read = ArticlePublished.model_validate_json(article)
    return ArticleState(read, article, manifest.outcome, sealed_at, tuple(records))


def _milliseconds(moment: str) -> int:
    return round(datetime.datetime.fromisoformat(moment).timestamp() * 1000)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: `executescript` would end our transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
