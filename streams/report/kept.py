"""A record of the log as the report keeps it: its bytes, its event, and where it stands in its tree.

Pure.
"""

from dataclasses import dataclass
from typing import Any

from readout.schemas.event import Event
from readout.streams.audit.proof.leaves import record_digest
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.decoding import decode_event
from readout.streams.log.origin import origin_of

Json = dict[str, Any]
"""Plain data, ready to be written as JSON."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A record; `number` is its own in the index, `leaf` its index in the tree of its partition."""

    number: int
    leaf: int
    record: StoredRecord
    event: Event | None
    digest: str
    """sha256 of the value, hexadecimal."""

    @property
    def where(self) -> str:
        """topic/partition@offset."""
        return f"{self.record.topic}/{self.record.partition}@{self.record.offset}"

    @property
    def recorded(self) -> int:
        """When the log first took it, milliseconds since 1970."""
        return origin_of(self.record).timestamp


def kept(number: int, leaf: int, record: StoredRecord) -> Kept:
    """A record with its event; None for one that cannot be read."""
    try:
        event = decode_event(record.value, record.headers)
    except InvalidRecord:
        event = None
    return Kept(number, leaf, record, event, record_digest(record).hex())


def name_key(name: str) -> str:
    """By what a name is found again in other articles: its words, in small letters.

    Two people of one name are one here, and one person with two names is two: who is who across articles is for
    the consolidated contacts to say.
    """
    return " ".join(name.lower().split())
