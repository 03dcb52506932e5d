"""An event as one flat row of a table. Pure; what the columns are called is said in docs/api.md."""

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from readout.schemas.event import Event
from readout.schemas.selector import Selector
from readout.streams.kafka.connection import StoredRecord

_LEFT_OUT = frozenset({"producer", "selectors", "text_sha256"})
# What a part is called by where it stands for itself.
_MAIN = ("name", "selector")


def row_of(event: Event, record: StoredRecord | None) -> dict[str, Any]:
    """The columns of an event, and of where it stood."""
    place: dict[str, Any] = {}
    if record is not None:
        place = {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "recorded_at": datetime.fromtimestamp(record.timestamp / 1000, UTC),
        }
    return place | _columns(event)


def _columns(model: BaseModel, prefix: str = "") -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in sorted(type(model).model_fields, key=lambda name: bool(prefix) and name not in _MAIN):
        if name not in _LEFT_OUT:
            columns |= _column(_named(prefix, name), getattr(model, name))
    return columns


def _column(name: str, value: object) -> dict[str, Any]:
    match value:
        case Selector():
            return {name: value.exact}
        case BaseModel():
            return _columns(value, name)
        case tuple():
            return _lists(name, value)
    return {name: value}


def _lists(name: str, values: tuple[object, ...]) -> dict[str, Any]:
    """A column of lists for each column of the values, and at least one."""
    rows = [_column(name, value) for value in values]
    names = list(dict.fromkeys([name, *(one for row in rows for one in row)]))
    found = {one: [row.get(one) for row in rows] for one in names}
    # Parts without a name of their own, such as roles, have no column that is called as their field.
    return (
        found
        if not rows or any(name in row for row in rows)
        else {k: v for k, v in found.items() if k != name}
    )


def _named(prefix: str, name: str) -> str:
    if not prefix:
        return name
    return prefix if name in _MAIN else f"{prefix}_{name}"
