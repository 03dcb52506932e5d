"""Events as a list: read at once, folded to the present state, or laid out in a table.

events = read(ContactLogged, where=Filter(person="Milley"), fold=True)
events.to_df()
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Generic, Literal, TypeVar, overload

from readout.schemas.contacts import ContactConsolidated, ContactsMerged, ContactSplit, ContactWithdrawn
from readout.schemas.event import Event
from readout.schemas.news import ArticlePublished
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.filters import Filter, Selected
from readout.streams.log.rows import row_of
from readout.streams.log.subscribe import (
    ALL,
    EVERYTHING,
    Extent,
    Received,
    subscribe_records,
    topics_of,
)
from readout.streams.settings import Settings

E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)
T = TypeVar("T")
_IDS = ("entity_id", "statement_id", "contact_id")


class Events(Sequence[E_co], Generic[E_co]):
    """Events in the order in which they were read.

    `records[i]` is where `events[i]` stood, and None for what did not come from a log.
    """

    def __init__(self, events: Iterable[E_co], records: Iterable[StoredRecord | None] = ()) -> None:
        self._events = tuple(events)
        self.records = tuple(records) or (None,) * len(self._events)

    @overload
    def __getitem__(self, index: int) -> E_co: ...
    @overload
    def __getitem__(self, index: slice) -> "Events[E_co]": ...
    def __getitem__(self, index: int | slice) -> "E_co | Events[E_co]":
        """An event, or a stretch of them."""
        if isinstance(index, slice):
            return Events(self._events[index], self.records[index])
        return self._events[index]

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[E_co]:
        return iter(self._events)

    def __repr__(self) -> str:
        kinds = sorted({type(one).__name__ for one in self._events})
        return f"<{len(self)} events: {', '.join(kinds)}>" if kinds else "<no events>"

    def rows(self) -> list[dict[str, Any]]:
        """The events as flat rows; see `to_df` for the columns."""
        return [row_of(event, record) for event, record in zip(self._events, self.records, strict=True)]

    def to_df(self, library: Literal["pandas", "polars"] | None = None) -> Any:  # noqa: ANN401 - of either library
        """The events as a data frame of pandas, or of polars if that is installed or asked for.

        A row each. `topic`, `partition`, `offset` and `recorded_at` say where it stood; then come its fields by
        their names. Parts are laid flat: `source` is the source's name and `source_entity_id` its id; of several,
        such as participants, each column holds a list. Selectors are the words that they select; the producer is
        left out.

        Raises:
            ConfigurationError: neither library is installed, or not the one that was asked for.
        """
        rows = self.rows()
        columns = list(dict.fromkeys(name for row in rows for name in row))
        found = library or next((name for name in ("pandas", "polars") if find_spec(name)), None)
        if found is None or find_spec(found) is None:
            raise ConfigurationError(
                f"to_df() needs {found or 'pandas or polars'}: pip install {found or 'pandas'}"
            )
        frames = import_module(found)
        if found == "polars":
            full = [{name: row.get(name) for name in columns} for row in rows]
            return frames.DataFrame(full, infer_schema_length=None)
        return frames.DataFrame.from_records(rows, columns=columns)


def read(
    *event_types: type[E],
    settings: Settings | None = None,
    extent: Extent = ALL,
    where: Filter = EVERYTHING,
    group: str | None = None,
    fold: bool = False,
) -> Events[E]:
    """The events of these types up to the present end, at once; works in notebooks, where a loop runs already.

    Args:
        event_types: classes of `schemas`.
        settings: where the brokers are; None reads them as the command line does.
        extent: from where to where, and which partitions.
        where: what the events must say.
        group: a consumer group to read with; all that is returned counts as used.
        fold: only what holds at the end: of each record the newest, without what was withdrawn, and of articles the
            newest revision if it is usable.

    Raises:
        InvalidRecord, ConfigurationError, TransientError: as `subscribe`.
    """
    return run_anywhere(_read(event_types, settings, extent, where, group, fold=fold))


async def _read(
    event_types: tuple[type[E], ...],
    settings: Settings | None,
    extent: Extent,
    where: Filter,
    group: str | None,
    *,
    fold: bool,
) -> Events[E]:
    where.check(event_types)
    found = [
        one
        async for one in subscribe_records(
            topics_of(event_types),
            settings=settings,
            extent=extent,
            where=EVERYTHING if fold else where,
            group=group,
        )
    ]
    if fold:
        selected = Selected(where)
        found = [one for one in folded(found) if selected.takes(one.record)]
    chosen = [(one.event, one.record) for one in found if isinstance(one.event, event_types)]
    return Events([event for event, _ in chosen], [record for _, record in chosen])


def folded(received: Iterable[Received[Event]]) -> list[Received[Event]]:
    """What holds after all of these, in the order in which it was recorded last.

    Of each record the newest counts, and one that was withdrawn since is left out, or merged into another; of
    articles and manifests the newest revision counts, and an article that is not usable is left out.
    """
    live: dict[tuple[str, str], Received[Event]] = {}
    for one in received:
        key = (one.record.topic, _id_of(one.event))
        live.pop(key, None)
        if not _takes_back(one.event):
            live[key] = Received(_state(one.event), one.record)
    return list(live.values())


def _state(event: Event) -> Event:
    """What holds after an event: of a contact that was split, what is left of it."""
    if isinstance(event, ContactSplit) and event.contact is not None:
        return ContactConsolidated(
            consolidated_id=event.consolidated_id, producer=event.producer, contact=event.contact
        )
    return event


def _takes_back(event: Event) -> bool:
    match event:
        case ArticlePublished():
            return event.status != "usable"
        case ContactSplit():
            return event.contact is None
    return isinstance(event, RecordWithdrawn | ContactsMerged | ContactWithdrawn)


def _id_of(event: Event) -> str:
    if isinstance(event, RecordWithdrawn):
        return event.record_id
    return next((str(getattr(event, name)) for name in _IDS if hasattr(event, name)), event.key)


def run_anywhere(work: Coroutine[Any, Any, T]) -> T:
    """Run asynchronous work to its end, in a thread of its own where a loop runs already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    outcome: list[T | BaseException] = []

    def run() -> None:
        try:
            outcome.append(asyncio.run(work))
        except BaseException as error:  # noqa: BLE001 - raised again where it was asked for
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    (found,) = outcome
    if isinstance(found, BaseException):
        raise found
    return found
