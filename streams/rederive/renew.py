"""Write what was derived again: a batch as one unit where the broker has transactions, else article by article.

Reads:  the end of the derived topics, for what a run that died has left without a manifest
Writes: entities, statements, contact-log, then manifests
"""

from collections.abc import Callable, Sequence
from typing import Self

from readout.schemas.envelope import Record
from readout.streams.audit.log import LiveLog
from readout.streams.audit.proof.leaves import record_digest
from readout.streams.errors import Fenced, TransientError
from readout.streams.kafka.connection import Bounds, Partition
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.run_facts import with_run_facts
from readout.streams.log.topics import DERIVED, topic_name
from readout.streams.rederive.changes import Renewal
from readout.streams.settings import Settings

_TAIL = 4096


class RenewalWriter:
    """Writes one partition; `async with` fences every worker that still has it, and ends the connection."""

    def __init__(
        self,
        settings: Settings,
        number: int,
        *,
        transactional: bool,
        recorded_time: Callable[[], str],
        environment: str | None = None,
    ) -> None:
        transactional_id = f"{settings.application_id}-{number}" if transactional else None
        self._producer = RecordProducer(settings, transactional_id=transactional_id)
        self._transactional = transactional
        self._settings = settings
        self._number = number
        self._recorded_time = recorded_time
        self._environment = environment
        self._left_behind: frozenset[bytes] = frozenset()

    async def __aenter__(self) -> Self:
        await self._producer.start()
        if not self._transactional:
            self._left_behind = await self._tail()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producer.abandon()

    async def write(self, batch: Sequence[Renewal]) -> None:
        """Write a batch.

        Raises:
            TransientError: a worker has taken the partition, or the brokers do not acknowledge; run it again.
        """
        try:
            if self._transactional:
                await self._write_transaction(batch)
            else:
                for renewal in batch:
                    await self._write_confirmed(renewal)
        except Fenced:
            message = f"a worker has partition {self._number}: stop the workers, then run this again"
            raise TransientError(message) from None

    async def _write_transaction(self, batch: Sequence[Renewal]) -> None:
        if not batch:
            return
        await self._producer.begin()
        for renewal in batch:
            await self._send(renewal, renewal.records)
        await self._producer.commit()

    async def _write_confirmed(self, renewal: Renewal) -> None:
        """All records are acknowledged before their manifest; what an earlier run has left is not repeated."""
        new = [record for record in renewal.records[:-1] if record_digest(record) not in self._left_behind]
        await self._send(renewal, new)
        await self._send(renewal, renewal.records[-1:])

    async def _send(self, renewal: Renewal, records: Sequence[Record]) -> None:
        now = self._recorded_time()
        sent = []
        for record in records:
            stamped = with_run_facts(record, renewal.source, now, self._environment)
            name = topic_name(self._settings, record.topic)
            sent.append(await self._producer.send(stamped, name, partition=self._number))
        for one in sent:
            await one

    async def _tail(self) -> frozenset[bytes]:
        log = LiveLog(self._settings)
        places = [Partition(topic_name(self._settings, topic.stem), self._number) for topic in DERIVED]
        found: set[bytes] = set()
        for place, bounds in (await log.bounds(places)).items():
            tail = Bounds(max(bounds.first, bounds.next - _TAIL), bounds.next)
            found |= {record_digest(record) async for record in log.read(place, tail)}
        return frozenset(found)
