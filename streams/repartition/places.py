"""Where each record of `news` lies in the new log, on disk: memory stays flat on a log of any length.

Reads and writes: a private temporary SQLite database that vanishes with its connection
"""

from collections.abc import Iterable

from readout.streams.audit.scratch import ScratchDatabase

_TABLES = """
CREATE TABLE places (
    old_number INTEGER, old_offset INTEGER, offset INTEGER, steps INTEGER,
    PRIMARY KEY (old_number, old_offset)
) WITHOUT ROWID;
CREATE TABLE sealed (number INTEGER, offset INTEGER, times INTEGER, PRIMARY KEY (number, offset)) WITHOUT ROWID;
"""


class Places(ScratchDatabase):
    """The new offsets by old partition and offset, and how often each article is sealed; `with` ends it."""

    def __init__(self) -> None:
        super().__init__(_TABLES)

    def add(self, old_number: int, old_offset: int, offset: int) -> bool:
        """Note where a record lies now; False if one of that place was noted before."""
        done = self._database.execute(
            "INSERT OR IGNORE INTO places VALUES (?, ?, ?, 0)", (old_number, old_offset, offset)
        )
        return done.rowcount == 1

    def find(self, old_number: int, old_offset: int) -> int | None:
        """The new offset of a record; None if it was not copied yet."""
        row = self._database.execute(
            "SELECT offset FROM places WHERE old_number = ? AND old_offset = ?", (old_number, old_offset)
        ).fetchone()
        return int(row[0]) if row else None

    def next_step(self, old_number: int, old_offset: int) -> int:
        """Count one more time that the old log sealed an article again; how often that is so far."""
        row = self._database.execute(
            "UPDATE places SET steps = steps + 1 WHERE old_number = ? AND old_offset = ? RETURNING steps",
            (old_number, old_offset),
        ).fetchone()
        return int(row[0])

    def note_sealed(self, number: int, offsets: Iterable[int]) -> None:
        """Note the offsets of `news` that the manifests of a new partition seal, each as often as it is there."""
        self._database.executemany(
            "INSERT INTO sealed VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1",
            ((number, offset) for offset in offsets),
        )

    def times_sealed(self, number: int, offset: int) -> int:
        """How often a record was sealed when that was noted."""
        row = self._database.execute(
            "SELECT times FROM sealed WHERE number = ? AND offset = ?", (number, offset)
        ).fetchone()
        return int(row[0]) if row else 0
