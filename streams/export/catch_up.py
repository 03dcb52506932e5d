"""Bring a store up to the present end of a log, partition by partition.

Reads:  news, the derived topics, manifests and contacts, from where the store has come to
Writes: the store, one transaction a partition
"""

import asyncio
from collections.abc import Callable

from readout.schemas.contacts import ContactEvent
from readout.schemas.event import DerivedEvent
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.audit.log import Log, snapshot
from readout.streams.audit.proof.erasures import is_claimed
from readout.streams.errors import ConfigurationError, InvalidRecord, ReplayMismatch
from readout.streams.export.store import Store
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.decoding import decode_event
from readout.streams.log.origin import origin_of
from readout.streams.log.topics import CONTACTS, DERIVED, MANIFESTS, NEWS

# What is sealed is read before what seals it.
_ORDER = (NEWS, *DERIVED, MANIFESTS, CONTACTS)


async def catch_up(log: Log, store: Store, until: int | None = None) -> tuple[int, ...]:
    """Read what is new; returns the partition numbers in which something was.

    Args:
        log: live topics or an archive.
        store: as far as it has come.
        until: manifests and consolidated contacts recorded after this moment are left out; in milliseconds
            since 1970.

    Raises:
        ConfigurationError: the store was made from another log.
        ReplayMismatch: a manifest cannot be read, or seals what is not there.
    """
    bounds = await snapshot(log)
    numbers = sorted({place.number for place in bounds})
    return tuple([number for number in numbers if await _read_partition(log, store, bounds, number, until)])


async def follow(
    log: Log, store: Store, changed: Callable[[tuple[int, ...]], None], *, every_seconds: float
) -> None:
    """Catch up for ever; `changed` is told of the partitions in which something was new."""
    while True:
        numbers = await catch_up(log, store)
        if numbers:
            changed(numbers)
        await asyncio.sleep(every_seconds)


async def _read_partition(
    log: Log, store: Store, bounds: dict[Partition, Bounds], number: int, until: int | None
) -> bool:
    rests = {topic.stem: _rest(store, topic.stem, log, bounds, number) for topic in _ORDER}
    if not any(rest.first < rest.next for rest in rests.values()):
        return False
    with store.step():
        for stem, rest in rests.items():
            async for record in log.read(Partition(log.prefix + stem, number), rest):
                _take(store, record, stem, until)
            store.reached(stem, number, rest.next)
        store.changed(number)
    return True


def _rest(store: Store, stem: str, log: Log, bounds: dict[Partition, Bounds], number: int) -> Bounds:
    """What is to be read of a partition."""
    place = Partition(log.prefix + stem, number)
    there = bounds[place]
    reached = store.position(stem, number)
    first = there.first if reached is None else reached
    if not there.first <= first <= there.next:
        raise ConfigurationError(
            f"the export has read {place.topic}/{number} up to {first}, but the log has {there.first} to "
            f"{there.next}: it is another log, or was cut off; export into a new place"
        )
    return Bounds(first, there.next)


def _take(store: Store, record: StoredRecord, stem: str, until: int | None) -> None:
    if is_claimed(record):
        # Its content was erased; whether somebody stands for that, `verify` says.
        return
    try:
        event = decode_event(record.value, record.headers)
    except InvalidRecord as error:
        if stem == NEWS.stem:
            return
        where = f"{record.topic}/{record.partition}@{record.offset}"
        raise ReplayMismatch(f"{where} cannot be read ({error}): run `readout audit verify`") from None
    if isinstance(event, ManifestSealed | ContactEvent):
        if until is not None and origin_of(record).timestamp > until:
            return
        if isinstance(event, ManifestSealed):
            store.seal(event, record)
        else:
            store.consolidate(event, record.partition)
    elif isinstance(event, ArticlePublished | DerivedEvent) and not isinstance(event, RecordWithdrawn):
        store.keep(event.article_id, event.revision, record.value or b"")
