"""The index of a log, on disk: records as they are, and rows for every list, filter and search.

Reads:  records, in the order of each partition
Writes: a SQLite database; what is in it can always be made again from the log
Memory stays flat on a log of any length: an article's records are looked at together, one article at a time.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import orjson

from readout.schemas.checkpoints import parse_checkpoint
from readout.schemas.envelope import Header
from readout.streams.audit.proof.notes import PublicKey, open_note, split_note
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.topics import (
    CHECKPOINTS,
    CONTACT_LOG,
    CONTACTS,
    ENTITIES,
    MANIFESTS,
    NEWS,
    STATEMENTS,
)
from readout.streams.report.across import take
from readout.streams.report.history import History, history_of
from readout.streams.report.kept import Kept, kept
from readout.streams.report.people import People
from readout.streams.report.rows import Row, rows_of
from readout.streams.report.summary import summary_of
from readout.streams.report.tables import TABLES
from readout.streams.report.trees import Trees

SHOWN = tuple(
    topic.stem for topic in (NEWS, ENTITIES, STATEMENTS, CONTACT_LOG, MANIFESTS, CONTACTS, CHECKPOINTS)
)
"""The topics that a report is made of."""
TABLE_OF = {"contact": "contacts", "statement": "statements", "name": "names"}
"""The table of each kind of row."""
PAIR = "\t"
"""Between the keys of two who were in contact; white space in a key is single spaces."""
_BATCH = 256
_COMMITTED_TOGETHER = 20_000


def connect(path: Path) -> sqlite3.Connection:
    """A connection to an index, for reading beside its writer."""
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA query_only = 1")
    return database


class Index:
    """Writes the index; `with` closes it."""

    def __init__(
        self, path: Path, prefix: str = "", key: PublicKey | None = None, *, with_text: bool = True
    ) -> None:
        """A new index in an empty file.

        Args:
            path: the file.
            prefix: what stands before the topics' names.
            key: whose checkpoints and erasures count; None believes all.
            with_text: may articles' words be searched and shown?
        """
        self.path = path
        self._prefix = prefix
        self._key = key
        self._with_text = with_text
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; {TABLES} BEGIN;")
        self._trees = Trees(self._database, key)
        self._waiting = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add(self, records: Iterable[StoredRecord]) -> None:
        """Take records, those of a partition in their order; nothing shows before `settle`."""
        for record in records:
            self._add(record)
            self._waiting += 1
        if self._waiting >= _COMMITTED_TOGETHER:
            self._commit()

    def settle(self) -> list[str]:
        """Make the rows of all articles that got a record; returns the ids of some of them, newest last."""
        changed: list[str] = []
        while touched := self._touched():
            for number, article_id in touched:
                self._project(number)
                changed = [*changed[-9:], article_id]
            self._commit()
        self._commit()
        return changed

    def _commit(self) -> None:
        """Let readers see what was written; an article is seen whole or not at all."""
        self._trees.settle()
        self._database.execute("COMMIT")
        self._database.execute("BEGIN")
        self._waiting = 0

    def _add(self, record: StoredRecord) -> None:
        stem = record.topic.removeprefix(self._prefix)
        self._database.execute(
            "INSERT OR REPLACE INTO positions VALUES (?, ?, ?)",
            (record.topic, record.partition, record.offset + 1),
        )
        if stem == CHECKPOINTS.stem:
            self._add_note(record)
            return
        leaf = self._trees.add(record)
        if record.key is None:
            return
        key = record.key.decode(errors="replace")
        number = self._keep(record, leaf, None if stem == CONTACTS.stem else self._touch(key))
        if stem == CONTACTS.stem:
            take(self._database, kept(number, leaf, record), with_text=self._with_text)

    def _keep(self, record: StoredRecord, leaf: int, article: int | None) -> int:
        """Keep a record as it is; its number."""
        values = (
            article,
            record.topic,
            record.partition,
            record.offset,
            leaf,
            record.timestamp,
            record.timestamp_type,
            record.key,
            record.value,
            _headers_to_bytes(record),
        )
        marks = ", ".join("?" * len(values))
        kept_as = self._database.execute(f"INSERT INTO records VALUES (NULL, {marks})", values).lastrowid
        return kept_as or 0

    def _add_note(self, record: StoredRecord) -> None:
        """A checkpoint that the key has signed, or any where no key is known."""
        note = (record.value or b"").decode(errors="replace")
        try:
            text = open_note(note, self._key) if self._key else split_note(note)[0]
            checkpoint = parse_checkpoint(text)
        except (ReplayMismatch, ValueError):
            return
        self._database.execute(
            "INSERT OR IGNORE INTO notes VALUES (?, ?, ?, ?)",
            (checkpoint.origin, checkpoint.size, note, record.timestamp),
        )

    def _touch(self, article_id: str) -> int:
        row = self._database.execute(
            "INSERT INTO articles (article_id) VALUES (?) ON CONFLICT (article_id) DO UPDATE SET touched = 1 "
            "RETURNING id",
            (article_id,),
        ).fetchone()
        return int(row[0])

    def _touched(self) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = self._database.execute(
            "SELECT id, article_id FROM articles WHERE touched LIMIT ?", (_BATCH,)
        ).fetchall()
        return found

    def _project(self, article: int) -> None:
        history = read_history(self._database, article)
        people = People(self._database)
        self._forget(article, people)
        rows = list(rows_of(history, with_text=self._with_text))
        for row in rows:
            self._write(row, article)
            people.gain(row)
        people.settle()
        self._summarise(article, history, rows)

    def _forget(self, article: int, people: People) -> None:
        """Take out all rows of an article."""
        for table in TABLE_OF.values():
            ids = self._database.execute(f"SELECT id FROM {table} WHERE article = ?", (article,)).fetchall()
            for (number,) in ids:
                people.lose(number)
                self._database.execute("DELETE FROM links WHERE row = ?", (number,))
                self._database.execute("DELETE FROM words WHERE rowid = ?", (number,))
            self._database.execute(f"DELETE FROM {table} WHERE article = ?", (article,))

    def _write(self, row: Row, article: int) -> None:
        values = (row.number, row.record_id, article, *_columns(row), orjson.dumps(row.data).decode())
        marks = ", ".join("?" * len(values))
        self._database.execute(f"INSERT INTO {TABLE_OF[row.kind]} VALUES ({marks})", values)
        self._database.execute(
            "INSERT INTO words (rowid, text, kind) VALUES (?, ?, ?)", (row.number, row.words, row.kind)
        )
        self._database.executemany("INSERT INTO links VALUES (?, ?, ?)", _links(row))

    def _summarise(self, article: int, history: History, rows: Sequence[Row]) -> None:
        revision = history.latest
        if revision is None:
            self._database.execute("UPDATE articles SET touched = 0 WHERE id = ?", (article,))
            return
        summary = summary_of(history, revision, rows, with_text=self._with_text)
        self._database.execute(
            "UPDATE articles SET touched = 0, status = ?, published = ?, recorded = ?, summary = ? WHERE id = ?",
            (
                summary["status"],
                summary["published"],
                summary["recorded"],
                orjson.dumps(summary).decode(),
                article,
            ),
        )


def _columns(row: Row) -> tuple[str | int | None, ...]:
    """What filters ask of a row, in the order of its table."""
    data = row.data
    if row.kind == "contact":
        return data["first"], data["last"], data["mode"], data["status"], data["recorded"]
    if row.kind == "statement":
        source = row.names[0] if row.names else None
        return data["first"], data["kind"], data["status"], source, data["country"], data["recorded"]
    return data["key"], data["type"], data["country"]


def _links(row: Row) -> Iterator[tuple[int, str, str]]:
    yield from ((row.number, row.kind, key) for key in row.names)
    yield from ((row.number, "about", key) for key in row.about)
    yield from ((row.number, f"{row.kind} country", key) for key in row.countries)
    parties = [party["key"] for party in row.data.get("parties", ())]
    for first, second in row.data.get("pairs", ()):
        yield row.number, "pair", PAIR.join(sorted((parties[first], parties[second])))


def read_history(database: sqlite3.Connection, article: int) -> History:
    """The history of an article, out of its records."""
    rows = database.execute(f"SELECT {RECORD} FROM records WHERE article = ? ORDER BY id", (article,))
    return history_of([kept_of(row) for row in rows])


RECORD = 'id, leaf, topic, number, "offset", timestamp, timestamp_type, key, value, headers'
"""The columns that `kept_of` wants."""


def kept_of(row: Sequence[Any]) -> Kept:
    """A record as it was read."""
    number, leaf, *place, key, value, headers = row
    topic, partition, offset, timestamp, timestamp_type = place
    stored = StoredRecord(
        topic, partition, offset, timestamp, timestamp_type, key, value, _headers_of(headers)
    )
    return kept(number, leaf, stored)


def _headers_to_bytes(record: StoredRecord) -> bytes:
    return orjson.dumps(
        [(name, None if data is None else data.decode("latin-1")) for name, data in record.headers]
    )


def _headers_of(data: bytes) -> tuple[Header, ...]:
    return tuple(
        (name, None if text is None else text.encode("latin-1")) for name, text in orjson.loads(data)
    )
