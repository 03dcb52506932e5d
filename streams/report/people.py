"""Whom the log names how often: a line for each name, kept right by what articles gain and lose.

Reads and writes: the index. Nothing is counted anew: a name in a million articles costs no more than another.
"""

import sqlite3
from collections import Counter, defaultdict

from readout.streams.report.kept import Json
from readout.streams.report.rows import Row

_COUNTED = {"name": "articles", "contact": "contacts", "statement": "statements", "about": "about"}
_ADD = (
    "INSERT INTO people (key, name, type, country, articles, contacts, statements, about, weight) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (key) DO UPDATE SET "
    "name = coalesce(?2, name), type = coalesce(?3, type), country = coalesce(?4, country), "
    "articles = articles + ?5, contacts = contacts + ?6, statements = statements + ?7, about = about + ?8, "
    "weight = weight + ?9"
)
_WEIGHTS = {"name": 1, "contact": 4, "statement": 2, "about": 0}


class People:
    """What one article changes."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._faces: dict[str, Json] = {}

    def lose(self, row: int) -> None:
        """A row goes, and its links with it."""
        for kind, key in self._database.execute("SELECT kind, key FROM links WHERE row = ?", (row,)):
            if kind in _COUNTED:
                self._counts[key][kind] -= 1

    def gain(self, row: Row) -> None:
        """A row comes."""
        for key in row.names:
            self._counts[key][row.kind] += 1
        for key in row.about:
            self._counts[key]["about"] += 1
        if row.kind == "name":
            self._faces[row.data["key"]] = row.data
        for party in row.data.get("parties", ()):
            self._faces.setdefault(party["key"], party)
        if row.kind == "statement" and row.data["source"]:
            self._faces.setdefault(row.data["source"]["key"], row.data["source"])

    def settle(self) -> None:
        """Write the changes; who is named no more is forgotten."""
        for key, counts in self._counts.items():
            face = self._faces.get(key, {})
            said = (key, face.get("name"), face.get("type"), face.get("country"))
            weight = sum(_WEIGHTS[kind] * count for kind, count in counts.items())
            self._database.execute(_ADD, (*said, *(counts[kind] for kind in _COUNTED), weight))
        gone = [(key,) for key in self._counts]
        self._database.executemany(
            "DELETE FROM people WHERE key = ? AND max(articles, contacts, statements, about) <= 0", gone
        )
