"""Every list as CSV and JSON, a row at a time.

Pure: rows in, text out. The file that `readout report` writes makes the same tables itself (`page/export.js`).
"""

import csv
import io
from collections.abc import Callable, Iterator

import orjson

from readout.streams.report.kept import Json

Cells = dict[str, Callable[[Json], object]]
# What a spreadsheet takes for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _field(name: str) -> Callable[[Json], object]:
    return lambda row: row.get(name)


def _fields(names: str) -> Cells:
    return {name: _field(name) for name in names.split()}


def _source(name: str) -> Callable[[Json], object]:
    return lambda row: (row["source"] or {}).get(name)


def _named(parties: list[Json]) -> str:
    return "; ".join(one["name"] + (f" ({one['country']})" if one["country"] else "") for one in parties)


def _sentences(row: Json) -> str:
    return " ".join("".join(text for text, _ in sentence) for sentence in row["sentences"])


COLUMNS: dict[str, Cells] = {
    "contacts": {
        **_fields("id date precision mode status"),
        "participants": lambda row: _named(row["parties"]),
        "place": _field("place"),
        "subjects": lambda row: "; ".join(row["subjects"]),
        "confidence": _field("confidence"),
        "sentences": _sentences,
        "article": _field("article"),
        "published": _field("published"),
        "record": _field("where"),
    },
    "statements": {
        "id": _field("id"),
        "source": _source("name"),
        "country": _field("country"),
        "on_behalf_of": _source("for"),
        **_fields("kind status cue text date article published"),
        "record": _field("where"),
    },
    "across": {
        "id": _field("id"),
        "dates": lambda row: "; ".join(claim["date"] for claim in row["dates"]),
        "modes": lambda row: "; ".join(claim["mode"] for claim in row["modes"]),
        "statuses": lambda row: "; ".join(claim["status"] for claim in row["statuses"]),
        "participants": lambda row: _named(row["participants"]),
        "reports": _field("report_count"),
        "independent": _field("independent_reports"),
        "disputed": lambda row: "; ".join(row["disputed"]),
        "articles": lambda row: "; ".join(report["article_id"] for report in row["reports"]),
        "record": _field("where"),
    },
    "people": _fields("name type country contacts statements about articles"),
    "articles": _fields("id title published source status revisions contacts statements names withdrawn"),
    "network": _fields("first second contacts"),
    "article": {
        **_fields("id kind revision live"),
        "record": lambda row: "{topic}/{partition}@{offset}".format_map(row["log"]),
        "value": lambda row: row["log"].get("value"),
    },
}
"""The columns of each list, and what stands in them."""


def csv_head(view: str) -> bytes:
    """The names of the columns."""
    return _line(COLUMNS[view])


def csv_row(view: str, row: Json) -> bytes:
    """A row as RFC 4180 has it; a text that a spreadsheet would run as a formula is kept from that."""
    return _line(_cell(value(row)) for value in COLUMNS[view].values())


def json_rows(rows: Iterator[Json]) -> Iterator[bytes]:
    """A JSON array, an element a line."""
    before = b"["
    for row in rows:
        yield before + b"\n" + orjson.dumps(row)
        before = b","
    yield b"\n]\n" if before == b"," else b"[]\n"


def csv_rows(view: str, rows: Iterator[Json]) -> Iterator[bytes]:
    """A table."""
    yield csv_head(view)
    for row in rows:
        yield csv_row(view, row)


def _line(cells: object) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)  # type: ignore[arg-type]
    return text.getvalue().encode(errors="replace")


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
