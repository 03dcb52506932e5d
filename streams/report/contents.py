"""What a file holds: the rows that were asked for, and the documents of their articles.

Reads:  the index
Writes: nothing
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import orjson

from readout.streams.audit.proof.notes import PublicKey
from readout.streams.report.filters import Filters
from readout.streams.report.kept import Json
from readout.streams.report.proofs import Proofs
from readout.streams.report.views import Views

FORMAT = "readout report 1"


@dataclass(frozen=True, slots=True)
class Making:
    """How a report is made: of which log, when (RFC 3339), by which version, for which key, with words or not."""

    log: str
    at: str
    version: str
    filters: Filters
    key: PublicKey | None = None
    with_text: bool = True


class Contents:
    """The data of one report."""

    def __init__(self, database: sqlite3.Connection, making: Making) -> None:
        self._database = database
        self._making = making
        self._views = Views(database, with_text=making.with_text)
        self._proofs = Proofs(database, making.key, making.at)

    def lists(self) -> Json:
        """All that lists, the timeline and the network need; it is read when the file opens."""
        contacts = list(self._views.rows("contact", self._making.filters))
        statements = list(self._views.rows("statement", self._making.filters))
        articles = self._articles({one["article"] for one in (*contacts, *statements)})
        return {
            **about(self._making),
            "counts": self._views.counts(),
            "countries": self._views.countries(),
            "trees": self._proofs.trees(),
            "contacts": contacts,
            "statements": statements,
            "names": [row for one in articles for row in self._names(one["id"])],
            "articles": articles,
            "across": self._across({one["id"] for one in articles}),
        }

    def documents(self, lists: Json) -> Iterator[Json]:
        """The document of each article, in the order of the lists."""
        for summary in lists["articles"]:
            document = self._views.article(summary["id"])
            if document is not None:
                yield self._proofs.prove(document)

    def _across(self, articles: set[str]) -> list[Json] | None:
        """Contacts across articles that one of these tells of; None where the log has no such contacts."""
        if not self._views.has_across():
            return None
        rows = self._views.across(Filters(), 0, -1)["rows"]
        told = [row for row in rows if articles & {report["article_id"] for report in row["reports"]}]
        return [self._proofs.prove_one(row) for row in told]

    def _articles(self, with_rows: set[str]) -> list[Json]:
        """The articles of the rows; all of them where nothing was asked for, since some imply nothing."""
        filters = self._making.filters
        if filters == Filters():
            found = self._database.execute(
                "SELECT summary FROM articles WHERE summary IS NOT NULL ORDER BY recorded DESC, id"
            )
            return [orjson.loads(summary) for (summary,) in found]
        wanted = with_rows | ({filters.article} if filters.article else set())
        rows = [
            self._database.execute(
                "SELECT summary, recorded FROM articles WHERE article_id = ? AND summary IS NOT NULL", (one,)
            ).fetchone()
            for one in sorted(wanted)
        ]
        return [orjson.loads(row[0]) for row in sorted(filter(None, rows), key=lambda row: -row[1])]

    def _names(self, article_id: str) -> Iterator[Json]:
        rows = self._database.execute(
            "SELECT names.data FROM articles JOIN names ON names.article = articles.id WHERE article_id = ?",
            (article_id,),
        )
        return (orjson.loads(data) for (data,) in rows)


def about(making: Making) -> Json:
    """What a page says of itself."""
    asked = {name: value for name, value in asdict(making.filters).items() if value is not None}
    return {
        "format": FORMAT,
        "log": making.log,
        "at": making.at,
        "version": making.version,
        "filters": asked,
        "text": making.with_text,
        "key": making.key.line() if making.key else None,
    }
