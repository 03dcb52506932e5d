"""The views: what the pages ask, answered from the index.

Reads:  the index
Writes: nothing
The file that `readout report` writes answers the same questions in the browser (`page/store-file.js`).
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from readout.streams.report.document import document_of
from readout.streams.report.filters import Condition, Filters, joined, match_of, of_across, where
from readout.streams.report.index import PAIR, read_history
from readout.streams.report.kept import Json

MOST_ROWS = 500
_MOST_PAIRS = 600
_MOST_MATCHES = 20_000
_PEOPLE = "key, name, type, country, articles, contacts, statements, about"


class Views:
    """Answers of one index; a connection serves one thread at a time."""

    def __init__(self, database: sqlite3.Connection, *, with_text: bool = True) -> None:
        self.database = database
        self._with_text = with_text

    def counts(self) -> Json:
        """How much there is of each, and the days that contacts span."""
        counts = {
            table: self._value(f"SELECT count(*) FROM {table}")
            for table in ("contacts", "statements", "people")
        }
        counts["articles"] = self._value("SELECT count(*) FROM articles WHERE summary IS NOT NULL")
        counts["records"] = self._value("SELECT coalesce(sum(size), 0) FROM trees")
        first = self._value("SELECT min(first) FROM contacts WHERE first <> ''")
        return {**counts, "first": first, "last": self._value("SELECT max(last) FROM contacts")}

    def countries(self) -> list[str]:
        """All countries of those who are named."""
        found = self.database.execute("SELECT DISTINCT country FROM people WHERE country IS NOT NULL")
        return sorted(code for (code,) in found)

    def contacts(self, filters: Filters, offset: int = 0, limit: int = MOST_ROWS) -> Json:
        """Contacts by day, newest first, those without a day last; and how many of each day, mode and status."""
        condition, values = where("contact", filters)
        return {
            "total": self._value(f"SELECT count(*) FROM contacts WHERE {condition}", values),
            "rows": [self._titled(row) for row in self.rows("contact", filters, offset, limit)],
            "days": self._counted("first", "contacts", (condition, values)),
            "modes": dict(self._counted("mode", "contacts", (condition, values))),
            "statuses": dict(self._counted("status", "contacts", (condition, values))),
        }

    def statements(self, filters: Filters, offset: int = 0, limit: int = MOST_ROWS) -> Json:
        """Statements, last recorded first, and how many of each kind."""
        condition, values = where("statement", filters)
        return {
            "total": self._value(f"SELECT count(*) FROM statements WHERE {condition}", values),
            "rows": [self._titled(row) for row in self.rows("statement", filters, offset, limit)],
            "kinds": dict(self._counted("kind", "statements", (condition, values))),
        }

    def rows(self, kind: str, filters: Filters, offset: int = 0, limit: int = -1) -> Iterator[Json]:
        """Rows of a kind (contact, statement), all of them with a negative limit."""
        condition, values = where(kind, filters)
        order = "first DESC, id" if kind == "contact" else "recorded DESC, id"
        found = self.database.execute(
            f"SELECT data FROM {kind}s WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return (orjson.loads(data) for (data,) in found)

    def people(self, filters: Filters, offset: int = 0, limit: int = MOST_ROWS) -> Json:
        """Names, those with most contacts and statements first, and how many there are of each type."""
        condition, values = _of_people(filters)
        found = self.database.execute(
            f"SELECT {_PEOPLE} FROM people WHERE {condition} ORDER BY weight DESC, key LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        names = _PEOPLE.split(", ")
        return {
            "total": self._value(f"SELECT count(*) FROM people WHERE {condition}", values),
            "rows": [dict(zip(names, row, strict=True)) for row in found],
            "types": dict(self._counted("type", "people", (condition, values))),
        }

    def person(self, key: str) -> Json:
        """One name: how often, and its roles and other names in the articles that name it."""
        found = self.database.execute(f"SELECT {_PEOPLE} FROM people WHERE key = ?", (key,)).fetchone()
        rows = self.database.execute("SELECT data FROM names WHERE key = ? LIMIT ?", (key, MOST_ROWS))
        face = dict(zip(_PEOPLE.split(", "), found, strict=True)) if found else None
        return {"person": face, "names": [orjson.loads(data) for (data,) in rows]}

    def articles(self, filters: Filters, offset: int = 0, limit: int = MOST_ROWS) -> Json:
        """Articles, last recorded first."""
        condition, values = _of_articles(filters)
        found = self.database.execute(
            f"SELECT summary FROM articles WHERE {condition} ORDER BY recorded DESC, id LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return {
            "total": self._value(f"SELECT count(*) FROM articles WHERE {condition}", values),
            "rows": [orjson.loads(summary) for (summary,) in found],
            "statuses": dict(self._counted("status", "articles", (condition, values))),
        }

    def article(self, article_id: str) -> Json | None:
        """One article with all its records; None if there is none of this id."""
        row = self.database.execute("SELECT id FROM articles WHERE article_id = ?", (article_id,)).fetchone()
        return document_of(read_history(self.database, row[0]), with_text=self._with_text) if row else None

    def across(self, filters: Filters, offset: int = 0, limit: int = MOST_ROWS) -> Json:
        """Contacts across articles, newest first, and how many of them are disputed."""
        condition, values = of_across(filters)
        found = self.database.execute(
            f"SELECT data FROM across WHERE {condition} ORDER BY first DESC, id LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return {
            "total": self._value(f"SELECT count(*) FROM across WHERE {condition}", values),
            "disputed": self._value(
                f"SELECT count(*) FROM across WHERE {condition} AND across.disputed", values
            ),
            "rows": [orjson.loads(data) for (data,) in found],
        }

    def told(self, key: str) -> Json | None:
        """One contact across articles; None if there is none of this id."""
        found = self.database.execute("SELECT data FROM across WHERE id = ?", (key,)).fetchone()
        row: Json | None = orjson.loads(found[0]) if found else None
        return row

    def has_across(self) -> bool:
        """Does the log tell of contacts across articles?"""
        return bool(self._value("SELECT EXISTS (SELECT 1 FROM across)"))

    def network(self, filters: Filters) -> Json:
        """Who was in contact with whom, the pairs with most contacts first, and what they are called."""
        condition, values = where("contact", filters)
        found = self.database.execute(
            "SELECT links.key, count(*) AS times FROM contacts JOIN links ON links.row = contacts.id "
            f"AND links.kind = 'pair' WHERE {condition} GROUP BY links.key ORDER BY times DESC, links.key LIMIT ?",
            (*values, _MOST_PAIRS + 1),
        ).fetchall()
        pairs = [(*key.split(PAIR), times) for key, times in found[:_MOST_PAIRS]]
        keys = sorted({key for first, second, _ in pairs for key in (first, second)})
        return {"pairs": pairs, "people": self._faces(keys), "more": len(found) > _MOST_PAIRS}

    def search(self, words: str, limit: int = 20) -> Json:
        """What holds the words, of each kind the best few."""
        found = self.database.execute(
            "SELECT rowid, kind FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?",
            (match_of(words), _MOST_MATCHES),
        ).fetchall()
        ids = {kind: [row for row, one in found if one == kind] for kind in ("contact", "statement", "name")}
        keys = dict.fromkeys(one["key"] for one in self._data("names", ids["name"][: limit * 5]))
        return {
            "people": list(self._faces(list(keys)[:limit]).values()),
            "contacts": [self._titled(row) for row in self._data("contacts", ids["contact"][:limit])],
            "statements": [self._titled(row) for row in self._data("statements", ids["statement"][:limit])],
            "totals": {kind: len(rows) for kind, rows in ids.items()},
            "cut": len(found) == _MOST_MATCHES,
        }

    def _titled(self, row: Json) -> Json:
        """A row with the title of its article."""
        found = self.database.execute(
            "SELECT json_extract(summary, '$.title') FROM articles WHERE article_id = ?", (row["article"],)
        ).fetchone()
        return {**row, "title": found[0] if found else None}

    def _data(self, table: str, ids: Sequence[int]) -> list[Json]:
        found = (
            self.database.execute(f"SELECT data FROM {table} WHERE id = ?", (one,)).fetchone() for one in ids
        )
        return [orjson.loads(row[0]) for row in found if row]

    def _faces(self, keys: Sequence[str]) -> dict[str, Json]:
        names, faces = _PEOPLE.split(", "), {}
        for key in keys:
            row = self.database.execute(f"SELECT {_PEOPLE} FROM people WHERE key = ?", (key,)).fetchone()
            if row:
                faces[key] = dict(zip(names, row, strict=True))
        return faces

    def _counted(self, column: str, table: str, condition: Condition) -> list[tuple[str, int]]:
        text, values = condition
        found: list[tuple[str, int]] = self.database.execute(
            f"SELECT {column}, count(*) FROM {table} WHERE {text} AND {column} <> '' GROUP BY {column}",
            values,
        ).fetchall()
        return found

    def _value(self, query: str, values: Sequence[str | int] = ()) -> Any:  # noqa: ANN401 - a cell
        return self.database.execute(query, values).fetchone()[0]


def _of_people(filters: Filters) -> Condition:
    found: list[Condition] = []
    if filters.type is not None:
        found.append(("type = ?", (filters.type,)))
    if filters.country is not None:
        found.append(("country = ?", (filters.country,)))
    if filters.words is not None:
        found.append(
            (
                "key IN (SELECT names.key FROM words JOIN names ON names.id = words.rowid "
                "WHERE words MATCH ? AND words.kind = 'name')",
                (match_of(filters.words),),
            )
        )
    return joined(found)


def _of_articles(filters: Filters) -> Condition:
    found: list[Condition] = [("summary IS NOT NULL", ())]
    if filters.status is not None:
        found.append(("status = ?", (filters.status,)))
    if filters.words is not None:
        found.append(
            (
                "id IN (SELECT article FROM contacts WHERE id IN (SELECT rowid FROM words WHERE words MATCH ?1) "
                "UNION SELECT article FROM statements WHERE id IN (SELECT rowid FROM words WHERE words MATCH ?1) "
                "UNION SELECT article FROM names WHERE id IN (SELECT rowid FROM words WHERE words MATCH ?1))",
                (match_of(filters.words),),
            )
        )
    return joined(found)
