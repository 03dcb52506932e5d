"""A log in memory with a producer and a reader that behave as those of `readout.streams.kafka` do, and fail when told to.

Transactions are Kafka's: whoever starts with a transactional id fences the older producers of that id and aborts
what they left open; readers see what is committed, up to the first open transaction; an end of a transaction takes
an offset of its own. A failed write ends what the producer had queued, as in the real one.
"""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from readout.schemas.envelope import Record
from readout.streams.errors import Fenced, TransientError
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.reader import Ends

FaultKind = Literal["crash before", "crash after", "request lost", "answer lost", "taken over"]
NUMBER = 0


class Crashed(BaseException):
    """The process has died here; nothing catches it but the test."""


@dataclass
class Transaction:
    """A transaction of one producer."""

    state: Literal["open", "committed", "aborted"] = "open"


@dataclass
class Fault:
    """Strikes once, at the write (or begin, or commit) after so many others."""

    kind: FaultKind
    after: int


@dataclass(frozen=True)
class _Entry:
    record: StoredRecord | None
    transaction: Transaction | None


class MemoryLog:
    """Partition 0 of any topics."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.take_over: Callable[[], Awaitable[None]] | None = None
        self.epochs: Counter[str] = Counter()
        self.open: dict[str, Transaction] = {}
        self._entries: dict[Partition, list[_Entry]] = defaultdict(list)

    def append(self, topic: str, record: Record, transaction: Transaction | None = None) -> StoredRecord:
        """Add a record; its time is its offset."""
        entries = self._entries[Partition(topic, NUMBER)]
        offset = len(entries)
        stored = StoredRecord(topic, NUMBER, offset, offset, 1, record.key, record.value, record.headers)
        entries.append(_Entry(stored, transaction))
        return stored

    def end(self, transaction: Transaction, state: Literal["committed", "aborted"]) -> None:
        """End a transaction, with a marker in every partition that it has written to."""
        transaction.state = state
        for entries in self._entries.values():
            if any(entry.transaction is transaction for entry in entries):
                entries.append(_Entry(None, None))

    def end_of(self, place: Partition) -> int:
        """The offset that the next record gets."""
        return len(self._entries[place])

    def stable(self, place: Partition) -> int:
        """The offset before which nothing is open any more."""
        entries = self._entries[place]
        still_open = (
            n for n, one in enumerate(entries) if one.transaction and one.transaction.state == "open"
        )
        return next(still_open, len(entries))

    def committed(self, topic: str) -> list[StoredRecord]:
        """What readers of committed records see."""
        place = Partition(topic, NUMBER)
        seen = self._entries[place][: self.stable(place)]
        return [
            one.record
            for one in seen
            if one.record and (one.transaction is None or one.transaction.state == "committed")
        ]

    def strikes(self) -> FaultKind | None:
        """What happens to the write at hand."""
        if self.fault is None:
            return None
        self.fault.after -= 1
        if self.fault.after >= 0:
            return None
        kind, self.fault = self.fault.kind, None
        return kind


class MemoryProducer:
    """Writes as `RecordProducer` does."""

    def __init__(
        self,
        log: MemoryLog,
        *,
        transactional_id: str | None = None,
        may_send: Callable[[], None] = lambda: None,
    ) -> None:
        self._log = log
        self._may_send = may_send
        self._id = transactional_id
        self._epoch = 0
        self._transaction: Transaction | None = None
        self._failed = False

    async def start(self) -> None:
        """Fence the older ones of the id, and abort what they left open."""
        if self._id is not None:
            self._log.epochs[self._id] += 1
            self._epoch = self._log.epochs[self._id]
            left_open = self._log.open.pop(self._id, None)
            if left_open is not None:
                self._log.end(left_open, "aborted")

    async def send(
        self, record: Record, topic: str, *, partition: int | None = None
    ) -> Coroutine[Any, Any, StoredRecord]:
        """Queue a record; it is written when the result is awaited."""
        assert partition == NUMBER
        return self._attempt(lambda: self._log.append(topic, record, self._transaction))

    async def begin(self) -> None:
        """Begin a transaction; the broker hears of it with the first record."""
        assert self._id is not None
        self._transaction = Transaction()

    async def commit(self) -> None:
        """Commit the transaction."""
        await self._attempt(self._commit)
        self._transaction = None

    async def abandon(self) -> None:
        """Nothing is sent any more; an open transaction stays open."""
        self._failed = True

    def _commit(self) -> None:
        assert self._transaction is not None
        assert self._id is not None
        self._log.open.pop(self._id, None)
        self._log.end(self._transaction, "committed")

    async def _attempt(self, effect: Callable[[], Any]) -> Any:
        if self._failed:
            raise TransientError("the producer has failed before")
        fault = self._log.strikes()
        if fault == "taken over" and self._log.take_over is not None:
            await self._log.take_over()
        self._raise_if(fault, "crash before", "request lost")
        result = self._carry_out(effect)
        self._raise_if(fault, "crash after", "answer lost")
        return result

    def _carry_out(self, effect: Callable[[], Any]) -> Any:
        if self._id is None:
            self._may_send()
            return effect()
        if self._epoch != self._log.epochs[self._id]:
            self._failed = True
            raise Fenced("another writer has taken over")
        assert self._transaction is not None
        self._log.open[self._id] = self._transaction
        return effect()

    def _raise_if(self, fault: FaultKind | None, crash: FaultKind, lost: FaultKind) -> None:
        self._failed = self._failed or fault in (crash, lost)
        if fault == crash:
            raise Crashed
        if fault == lost:
            raise TransientError(lost)


class MemoryReader:
    """Reads as `Reader` does."""

    def __init__(self, log: MemoryLog) -> None:
        self._log = log

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Nothing to connect to."""

    async def close(self) -> None:
        """Nothing to disconnect from."""

    async def bounds(self, partitions: Iterable[Partition]) -> dict[Partition, Bounds]:
        """First offset and that of the next committed record."""
        return {place: Bounds(0, self._log.stable(place)) for place in partitions}

    async def ends(self, partitions: Iterable[Partition]) -> dict[Partition, Ends]:
        """Up to where they are visible, and where they end."""
        return {place: Ends(self._log.stable(place), self._log.end_of(place)) for place in partitions}

    async def read(
        self, starts: Mapping[Partition, int], stops: Mapping[Partition, int]
    ) -> AsyncIterator[StoredRecord]:
        """Committed records between two offsets."""
        for place, start in starts.items():
            for record in self._log.committed(place.topic):
                if start <= record.offset < stops[place]:
                    yield record
