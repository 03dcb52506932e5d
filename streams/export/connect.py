"""The flat table of contacts as Kafka Connect's sinks want it: JSON with its schema in every record.

A row's key is contact and ordinal, its value the row; a row that holds no longer gets a null value. So a JDBC
sink with `pk.mode=record_key` and `delete.enabled=true` keeps a table of what holds. Pure: rows in, keys and
values out.
"""

from collections.abc import Sequence

import orjson

from readout.streams.export.flat import FLAT
from readout.streams.export.tables import Column, Table

(CONTACT_PARTICIPANTS,) = (table for table in FLAT if table.name == "contact_participants")
_KEY = ("contact_id", "ordinal")
_TYPES = {"TEXT": "string", "INTEGER": "int64"}
Struct = dict[str, object]


def key_and_value(row: Sequence[object], table: Table = CONTACT_PARTICIPANTS) -> tuple[bytes, bytes]:
    """A row as the key and value of a record."""
    payload = dict(zip([column.name for column in table.columns], row, strict=True))
    key = {name: payload[name] for name in _KEY}
    keys = [column for column in table.columns if column.name in _KEY]
    return _envelope(f"{table.name}_key", keys, key), _envelope(table.name, table.columns, payload)


def _envelope(name: str, columns: Sequence[Column], payload: Struct) -> bytes:
    return orjson.dumps({"schema": _schema(name, columns), "payload": payload})


def _schema(name: str, columns: Sequence[Column]) -> Struct:
    fields = [
        {"field": column.name, "type": _TYPES[column.type], "optional": column.name not in _KEY}
        for column in columns
    ]
    return {"type": "struct", "name": f"readout.{name}", "optional": False, "fields": fields}
