"""Two ways to write a unit, which is what a batch of articles comes to, into one partition.

Transactional (the default): a unit is one Kafka transaction. Its id names the partition, so that opening a writer
fences the older one. Confirmed, for brokers without transactions: `confirmed`.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol

from readout.schemas.envelope import Record
from readout.streams.deliver.sealed_partition import SealedPartition
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.kafka.reader import Reader
from readout.streams.log.topics import topic_name
from readout.streams.settings import Settings

DuePages = Callable[[Sequence[StoredRecord]], Sequence[Record]]
"""The pages of seals that are to be written with a unit, when it is known where its records stand."""


def no_pages(_: Sequence[StoredRecord]) -> Sequence[Record]:
    """None are due."""
    return ()


class UnitWriter(Protocol):
    """Writes units into one partition: `open`, `reconcile`, any number of `write`, `abandon`.

    After an error of any of them the outcome is unknown: abandon it, open another one, and read the log.
    """

    async def open(self) -> None:
        """Connect; what is read from the log after this is not added to by an older writer any more."""
        ...

    async def reconcile(self, sealed: SealedPartition, reader: Reader) -> None:
        """Find out what an older writer has left unsealed, once it is known what is sealed."""
        ...

    async def write(self, records: Sequence[Record], due: DuePages = no_pages) -> list[StoredRecord]:
        """Write a unit, and the pages of seals that are due with it; returns it all, once it is there to stay."""
        ...

    async def abandon(self) -> None:
        """Disconnect at once; what was not finished is left to the next writer."""
        ...


class TransactionalWriter:
    """A unit is a transaction: readers of committed records see all of it or nothing."""

    def __init__(self, settings: Settings, number: int, purpose: str = "") -> None:
        """A writer; one of another `purpose` may write the same partition, and neither fences the other."""
        self._producer = RecordProducer(
            settings, transactional_id=settings.transactional_id(number) + purpose
        )
        self._settings = settings
        self._number = number

    async def open(self) -> None:
        """Connect; this fences the older writer and ends its transaction."""
        await self._producer.start()

    async def reconcile(self, sealed: SealedPartition, reader: Reader) -> None:
        """Nothing is left: the transaction that was under way was aborted."""

    async def write(self, records: Sequence[Record], due: DuePages = no_pages) -> list[StoredRecord]:
        """Write a unit as one transaction."""
        if not records:
            return []
        await self._producer.begin()
        written = await send_all(self._producer, self._settings, self._number, records)
        # Where the manifests stand is known by now, though nobody sees them yet.
        written += await send_all(self._producer, self._settings, self._number, due(written))
        await self._producer.commit()
        return written

    async def abandon(self) -> None:
        """Disconnect at once."""
        await self._producer.abandon()


async def send_all(
    producer: RecordProducer, settings: Settings, number: int | None, records: Sequence[Record]
) -> list[StoredRecord]:
    """Send records to the topics that they name, in order, and wait until all are acknowledged.

    Without a partition number their keys decide.
    """
    sent: list[Coroutine[Any, Any, StoredRecord]] = []
    try:
        for record in records:
            queued = await producer.send(record, topic_name(settings, record.topic), partition=number)
            sent.append(queued)
    except BaseException:
        for one in sent:
            one.close()
        raise
    return list(await asyncio.gather(*sent))
