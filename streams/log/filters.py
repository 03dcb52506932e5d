"""Choose records by what they say: article, person, country, mode, status.

Reads:  records, decoded or not
Pure:   the same records give the same choice. A withdrawal is chosen if the record that it takes back was, so that
        whoever keeps a table of what was chosen keeps it right.
"""

import re
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import orjson
from pydantic import BaseModel

from readout.schemas.event import Event
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.connection import StoredRecord

_HEXADECIMAL = re.compile(r"[0-9a-f]{8,64}")
_NAMES = ("name", "aliases")
_IDS = ("entity_id", "statement_id", "contact_id")
# What a record must have for a choice to mean anything.
_FIELDS = {
    "person": ("entity_id", "identity"),
    "country": ("country",),
    "mode": ("mode",),
    "status": ("status",),
}
# Where the beginning of an entity's id may stand; a withdrawal names only the record.
_ENTITIES = ("entity_id", "identity", "record_id")

Words = str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which records to take; of several values of one kind any will do, of several kinds all must.

    Attributes:
        article: whole article ids.
        person: a name or a part of it, or the beginning of an entity id of 8 digits or more.
        country: ISO 3166-1 alpha-2 codes, such as US.
        mode: how people were in contact, such as call.
        status: such as held of a contact, made of a statement, or usable of an article.
    """

    article: Words = ()
    person: Words = ()
    country: Words = ()
    mode: Words = ()
    status: Words = ()

    def __bool__(self) -> bool:
        """Does it leave anything out?"""
        return any((self.article, self.person, self.country, self.mode, self.status))

    def check(self, events: Iterable[type[Event]]) -> None:
        """Make sure that records of these types can be chosen so.

        Raises:
            ConfigurationError: none of them has what is asked for, or never with this value.
        """
        classes = [one for one in events if one is not RecordWithdrawn]
        topics = ", ".join(sorted({one.topic for one in classes})) or "this topic"
        for kind, names in _FIELDS.items():
            wanted = _each(getattr(self, kind))
            found = [kind_ for one in classes for name in names for kind_ in _types_of(one, name)]
            if wanted and not found:
                raise ConfigurationError(
                    f"records of {topics} have no {kind}: leave out {kind}={wanted[0]!r}"
                )
            known = sorted({value for one in found for value in _literals(one)})
            for value in wanted:
                if known and value not in known:
                    raise ConfigurationError(f"there is no {kind} {value!r}; choose from {', '.join(known)}")
        for code in _each(self.country):
            if not re.fullmatch("[A-Za-z]{2}", code):
                raise ConfigurationError(f"{code!r} is no country code: write two letters, such as US")

    def takes(self, record: StoredRecord) -> bool:
        """Does the record say what is asked for? Withdrawals say only of which article they are."""
        if self.article and (record.key or b"").decode(errors="replace") not in _each(self.article):
            return False
        if not (self.person or self.country or self.mode or self.status):
            return True
        data = data_of(record)
        return (
            _has(data, "mode", self.mode)
            and _has(data, "status", self.status)
            and (not self.person or any(names_person(data, one) for one in _each(self.person)))
            and (
                not self.country or not _said(data, "country").isdisjoint(map(str.upper, _each(self.country)))
            )
        )


@dataclass(slots=True)
class Selected:
    """Takes records one after the other, withdrawals of those that were taken among them."""

    filter: Filter
    _taken: set[str] = field(default_factory=set)

    def takes(self, record: StoredRecord) -> bool:
        """Is the record, the next of its partition, one to take?"""
        if not self.filter:
            return True
        if b'"record_id"' in (record.value or b""):
            withdrawn = data_of(record).get("record_id")
            if withdrawn in self._taken:
                return True
        if not self.filter.takes(record):
            return False
        self._taken.update(_own_ids(record))
        return True


def names_person(data: dict[str, object], person: str) -> bool:
    """Does a derived record name somebody so, or point to an entity whose id begins so?"""
    if _HEXADECIMAL.fullmatch(person):
        return any(name in _ENTITIES and text.startswith(person) for name, text in _texts(data))
    wanted = person.casefold()
    return any(name in _NAMES and wanted in text.casefold() for name, text in _texts(data))


def data_of(record: StoredRecord) -> dict[str, object]:
    """The value of a derived record; empty for articles, whose words name nobody yet, and for what is no JSON."""
    event_type = next((text for name, text in record.headers if name == "ce_type"), None) or b""
    if event_type.split(b".")[1:2] == [b"article"]:
        return _status_of_article(record)
    return _json(record)


def _status_of_article(record: StoredRecord) -> dict[str, object]:
    return {"status": _json(record).get("status")}


def _json(record: StoredRecord) -> dict[str, object]:
    try:
        data = orjson.loads(record.value or b"")
    except orjson.JSONDecodeError:
        return {}
    return data if isinstance(data, dict) else {}


def _own_ids(record: StoredRecord) -> Iterator[str]:
    data = data_of(record)
    return (text for name in _IDS if isinstance(text := data.get(name), str))


def _each(words: Words) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def _has(data: dict[str, object], name: str, wanted: Words) -> bool:
    # Statements of older versions have no status: they were made.
    return not wanted or not (_said(data, name) or {"made"}).isdisjoint(_each(wanted))


def _said(data: dict[str, object], wanted: str) -> set[str]:
    return {text for name, text in _texts(data) if name == wanted}


def _texts(data: object, name: str = "") -> list[tuple[str, str]]:
    """All texts of a value with the names of their fields, those of producers left out."""
    match data:
        case str():
            return [(name, data)]
        case dict():
            return [one for key, part in data.items() if key != "producer" for one in _texts(part, key)]
        case list():
            return [one for part in data for one in _texts(part, name)]
    return []


def _types_of(model: type[BaseModel], name: str) -> list[object]:
    """The types of all fields of this name, in a model or in the parts of it."""
    found: list[object] = []
    for field_name, info in model.model_fields.items():
        if field_name == name:
            found.append(info.annotation)
        for part in _models_in(info.annotation):
            found += _types_of(part, name)
    return found


def _models_in(kind: object) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        return
    for one in typing.get_args(kind):
        yield from _models_in(one)


def _literals(kind: object) -> Iterator[str]:
    if typing.get_origin(kind) is typing.Literal:
        yield from typing.get_args(kind)
        return
    for one in typing.get_args(kind):
        yield from _literals(one)
