"""What is known of live reports, on disk: a SQLite file that may be thrown away, since the log has it all.

Reads and writes: one file in a folder for passing things, gone when the process ends
"""

import sqlite3
import tempfile
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from readout.schemas.contacts import ConsolidatedContact, ContactReport
from readout.schemas.envelope import encode_value
from readout.streams.processors.consolidation.blocking import block_keys, day_of
from readout.streams.processors.consolidation.likeness import Features

_SCHEMA = """
CREATE TABLE reports (number INTEGER PRIMARY KEY, record BLOB UNIQUE NOT NULL, article TEXT NOT NULL,
                      contact BLOB, value BLOB NOT NULL);
CREATE INDEX by_article ON reports (article);
CREATE INDEX by_contact ON reports (contact);
CREATE TABLE blocks (key INTEGER, day INTEGER, number INTEGER, PRIMARY KEY (key, day, number)) WITHOUT ROWID;
CREATE TABLE states (contact BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (number INTEGER, key INTEGER, day INTEGER, PRIMARY KEY (number, key)) WITHOUT ROWID;
"""
_PRAGMAS = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -65536")
_HELD = 20_000


class ReportStore:
    """Live reports on disk, as `Memory` asks for; those last used are held in memory as well."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="readout-consolidate-")
        self._rows = sqlite3.connect(Path(self._folder.name) / "reports.sqlite", isolation_level=None)
        for pragma in _PRAGMAS:
            self._rows.execute(f"PRAGMA {pragma}")
        self._rows.executescript(_SCHEMA)
        self._held: OrderedDict[str, Features] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Throw everything away."""
        self._rows.close()
        self._folder.cleanup()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write changes together, which is faster; after an error the store is good for nothing but `close`."""
        self._rows.execute("BEGIN")
        yield
        self._rows.execute("COMMIT")

    def clear(self) -> None:
        """Forget all reports."""
        self._held.clear()
        for table in ("reports", "blocks", "keys", "states"):
            self._rows.execute(f"DELETE FROM {table}")  # noqa: S608 - one of these four

    def note_state(self, consolidated_id: str, state: ConsolidatedContact | None) -> None:
        """Remember the last state of a contact, as the log tells it, for `take_states`; None if its id is gone."""
        contact = bytes.fromhex(consolidated_id)
        if state is None:
            self._rows.execute("DELETE FROM states WHERE contact = ?", (contact,))
        else:
            row = (contact, encode_value(state))
            self._rows.execute("INSERT OR REPLACE INTO states VALUES (?, ?)", row)

    def take_states(self) -> None:
        """Make the reports of all noted states the live ones."""
        for contact, value in self._rows.execute("SELECT contact, value FROM states").fetchall():
            reports = ConsolidatedContact.model_validate_json(value).reports
            for features in map(Features, reports):
                self.add(features, block_keys(features), day_of(features))
            self.assign(contact.hex(), frozenset(report.record_id for report in reports))
        self._rows.execute("DELETE FROM states")

    def get(self, record_id: str) -> Features:
        """A live report."""
        held = self._held.get(record_id)
        if held is not None:
            self._held.move_to_end(record_id)
            return held
        query = "SELECT value FROM reports WHERE record = ?"
        (value,) = self._rows.execute(query, (bytes.fromhex(record_id),)).fetchone()
        return self._hold(Features(ContactReport.model_validate_json(value)))

    def of_article(self, article_id: str) -> Sequence[Features]:
        """The live reports of an article."""
        found = self._rows.execute("SELECT record FROM reports WHERE article = ?", (article_id,)).fetchall()
        return [self.get(record.hex()) for (record,) in found]

    def near(self, keys: Sequence[int], first_day: int, last_day: int) -> Sequence[Features]:
        """The live reports with one of the keys, on one of the days."""
        marks = ",".join("?" * len(keys))
        query = (
            "SELECT record FROM reports WHERE number IN "  # noqa: S608 - nothing but question marks
            f"(SELECT number FROM blocks WHERE key IN ({marks}) AND day BETWEEN ? AND ?)"
        )
        found = self._rows.execute(query, (*keys, first_day, last_day)).fetchall()
        return [self.get(record.hex()) for (record,) in found]

    def contact_of(self, record_id: str) -> str | None:
        """The contact that a live report was last assigned to."""
        query = "SELECT contact FROM reports WHERE record = ?"
        found = self._rows.execute(query, (bytes.fromhex(record_id),)).fetchone()
        return found[0].hex() if found and found[0] is not None else None

    def members(self, consolidated_id: str) -> frozenset[str]:
        """The record ids that were last assigned to a contact."""
        query = "SELECT record FROM reports WHERE contact = ?"
        found = self._rows.execute(query, (bytes.fromhex(consolidated_id),)).fetchall()
        return frozenset(record.hex() for (record,) in found)

    def contacts(self) -> Iterator[tuple[str, tuple[Features, ...]]]:
        """Every contact with its reports, in the order of the ids."""
        query = "SELECT DISTINCT contact FROM reports WHERE contact IS NOT NULL ORDER BY contact"
        for (contact,) in self._rows.execute(query).fetchall():
            members = self.members(contact.hex())
            yield contact.hex(), tuple(sorted(map(self.get, members), key=lambda one: one.key))

    def add(self, features: Features, keys: Sequence[int], day: int) -> None:
        """Remember a report, in the place of an older one of its id."""
        report = features.report
        self._forget_keys(report.record_id)
        row = (bytes.fromhex(report.record_id), report.article_id, encode_value(report))
        query = (
            "INSERT INTO reports (record, article, value) VALUES (?, ?, ?) ON CONFLICT (record) "
            "DO UPDATE SET article = excluded.article, value = excluded.value RETURNING number"
        )
        (number,) = self._rows.execute(query, row).fetchone()
        self._rows.executemany("INSERT INTO blocks VALUES (?, ?, ?)", [(key, day, number) for key in keys])
        self._rows.executemany("INSERT INTO keys VALUES (?, ?, ?)", [(number, key, day) for key in keys])
        self._hold(features)

    def remove(self, record_id: str) -> None:
        """Forget a report."""
        self._forget_keys(record_id)
        self._held.pop(record_id, None)
        self._rows.execute("DELETE FROM reports WHERE record = ?", (bytes.fromhex(record_id),))

    def assign(self, consolidated_id: str, record_ids: frozenset[str]) -> None:
        """These reports make up the contact now; none if it is gone."""
        contact = bytes.fromhex(consolidated_id)
        gone = self.members(consolidated_id) - record_ids
        query = "UPDATE reports SET contact = ? WHERE record = ?"
        self._rows.executemany(query, [(None, bytes.fromhex(one)) for one in gone])
        self._rows.executemany(query, [(contact, bytes.fromhex(one)) for one in record_ids])

    def _forget_keys(self, record_id: str) -> None:
        query = "SELECT number FROM reports WHERE record = ?"
        found = self._rows.execute(query, (bytes.fromhex(record_id),)).fetchone()
        if found is None:
            return
        keys = self._rows.execute("SELECT key, day, number FROM keys WHERE number = ?", found).fetchall()
        self._rows.executemany("DELETE FROM blocks WHERE key = ? AND day = ? AND number = ?", keys)
        self._rows.execute("DELETE FROM keys WHERE number = ?", found)

    def _hold(self, features: Features) -> Features:
        self._held[features.report.record_id] = features
        self._held.move_to_end(features.report.record_id)
        if len(self._held) > _HELD:
            self._held.popitem(last=False)
        return features
