"""Parquet, written by DuckDB: `TABLE/partition=N/rows.parquet` for each flat table and partition of the log.

DuckDB and data frame libraries read such a folder as one table. Only the partitions in which something changed are
written again, and each file is replaced whole.
"""

import tempfile
from pathlib import Path

import duckdb
import orjson

from readout.streams.export.export_format import LeftOut
from readout.streams.export.flat import FLAT
from readout.streams.export.places import new_file
from readout.streams.export.store import Store
from readout.streams.export.tables import Table

_TYPES = {"TEXT": "VARCHAR", "INTEGER": "BIGINT"}


def write_folder(store: Store, folder: Path, numbers: tuple[int, ...] | None = None) -> LeftOut:
    """Write the tables of some partitions of the log, or of all."""
    with duckdb.connect() as connection:
        # One thread: row groups in one order, and so the same bytes.
        connection.execute("SET threads = 1")
        for number in store.partitions if numbers is None else numbers:
            for table in FLAT:
                file = folder / table.name / f"partition={number}" / "rows.parquet"
                with new_file(file) as partial:
                    _write(connection, table, store, number, partial)
    return LeftOut()


def _write(
    connection: duckdb.DuckDBPyConnection, table: Table, store: Store, number: int, file: Path
) -> None:
    columns = {column.name: _TYPES[column.type] for column in table.columns}
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as lines:
        for row in store.flat(table, number):
            lines.write(orjson.dumps(dict(zip(columns, row, strict=True))) + b"\n")
        lines.flush()
        connection.execute(
            f"COPY (SELECT * FROM read_json({_text(lines.name)}, format = 'newline_delimited', "
            f"columns = {columns}, maximum_object_size = 1073741824)) TO {_text(str(file))} "
            "(FORMAT parquet, COMPRESSION zstd)"
        )


def _text(words: str) -> str:
    """A text as SQL writes it."""
    return "'" + words.replace("'", "''") + "'"
