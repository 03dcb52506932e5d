"""What a consumer's own unit tests need: a log in memory, events to put into it, and pytest fixtures.

    pytest_plugins = ["readout.testing"]  # in conftest.py


    def test_calls_are_counted(readout_log: MemoryLog) -> None:
        readout_log.append(example(ContactLogged, mode="call"))
        assert count_calls() == 1

`subscribe` and `read` read it where they are given its settings, or none at all while the fixture is in use. It
keeps what brokers promise: order within a partition, offsets, groups and their positions.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from readout.schemas.envelope import Record, cloudevents_attributes, encode_value, to_headers
from readout.schemas.event import Event
from readout.schemas.examples import example_events
from readout.schemas.registry import EVENTS_BY_TYPE
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.kafka.connection import Partition
from readout.streams.log.memory import RecordsInMemory
from readout.streams.settings import Settings

__all__ = ["MemoryLog", "example", "readout_log"]

E = TypeVar("E", bound=Event)
_SOURCE = "urn:readout:testing"
_BEGINNING = datetime(2022, 10, 25, tzinfo=UTC)


class MemoryLog:
    """A log in memory; `settings` makes `subscribe` and `read` read it."""

    def __init__(self, partitions: int = 2) -> None:
        """An empty log with so many partitions a topic."""
        self._records = RecordsInMemory(partitions)
        self._written = 0

    @property
    def settings(self) -> Settings:
        """Settings that lead to this log, and to no other."""
        return self._records.settings

    def append(self, *events: Event, at: datetime | None = None) -> None:
        """Write events, each to its topic and to the partition of its article.

        Args:
            events: in the order in which they are written; a withdrawal goes where what it takes back is.
            at: when (aware); None is a second after the record before, from 2022-10-25 on.
        """
        for event in events:
            moment = at or _BEGINNING + timedelta(seconds=self._written)
            self._records.append(_record(event), round(moment.timestamp() * 1000))
            self._written += 1

    def publish(self, text: str, *, published_at: str | None = None, article_id: str | None = None) -> None:
        """Write an article and all that is derived from it; the language model is loaded at the first call."""
        from readout.streams.derive.notebook import derive  # noqa: PLC0415 - who only appends needs no model

        found = derive(text, published_at=published_at, article_id=article_id, settings=self.settings)
        self.append(found.article, *found.events)

    def committed(self, group: str) -> Mapping[Partition, int]:
        """The positions that a group has committed: the next offset of each partition."""
        return dict(self._records.committed[group])

    def close(self) -> None:
        """Forget the log; whoever reads it afterwards is told that there is none."""
        self._records.forget()


def example(event_type: type[E], **changes: object) -> E:
    """An event of a type, as a test wants it: the published example, with some fields changed.

    Raises:
        pydantic.ValidationError: the changed fields do not fit the schema.
    """
    (found,) = (one for one in example_events() if type(one) is event_type)
    fields = {name: getattr(found, name) for name in event_type.model_fields}
    return event_type.model_validate(fields | changes)


@pytest.fixture
def readout_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryLog]:
    """A log in memory that `subscribe` and `read` read while the test runs."""
    log = MemoryLog()
    monkeypatch.setenv("READOUT_BOOTSTRAP_SERVERS", log.settings.bootstrap_servers)
    monkeypatch.setenv("READOUT_PARTITIONS", str(log.settings.partitions))
    monkeypatch.setenv("READOUT_TOPIC_PREFIX", "")
    yield log
    log.close()


def _record(event: Event) -> Record:
    value = encode_value(event)
    topic = event.topic
    if isinstance(event, RecordWithdrawn):
        topic = EVENTS_BY_TYPE[event.record_type].topic
    attributes = cloudevents_attributes(event, value, source=_SOURCE, time=None)
    key = event.key
    return Record(topic, key.encode(), value, to_headers(attributes))
