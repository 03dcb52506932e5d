"""Find the records of a partition in the order in which they are expected, within a window of bounded memory.

Records that were not asked for yet are held back: a later question may want them, and then they were out of
order. What nobody ever asks for comes out as unexpected.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Generic, TypeVar

from readout.streams.audit.archive.segments import record_size
from readout.streams.audit.log import Cursor
from readout.streams.kafka.connection import StoredRecord

K = TypeVar("K")
_RECORDS = 2048
_BYTES = 32 * 1024 * 1024


class Window(Generic[K]):
    """A window over a cursor, in which records are found by what `mark` makes of them."""

    def __init__(
        self, cursor: Cursor, mark: Callable[[StoredRecord], K], unexpected: Callable[[StoredRecord], None]
    ) -> None:
        """A window; `unexpected` takes what falls out of it without having been asked for."""
        self.place = cursor.place
        self.last_offset = -1
        """The highest offset of all records found so far."""
        self.first_offset: int | None = None
        """The lowest of them; None as long as none was found."""
        self._cursor = cursor
        self._mark = mark
        self._unexpected = unexpected
        self._held: OrderedDict[int, StoredRecord] = OrderedDict()
        self._offsets: dict[K, list[int]] = {}
        self._bytes = 0

    async def find(self, *marks: K) -> StoredRecord | None:
        """The first record with one of these marks, taken out of the window; None if there is none near."""
        for mark in marks:
            if self._offsets.get(mark):
                return self._take(self._offsets[mark][0])
        pulled = 0
        while pulled < _RECORDS and self._bytes < _BYTES:
            record = await self._cursor.take()
            if record is None:
                return None
            pulled += 1
            self._hold(record)
            if self._mark(record) in marks:
                return self._take(record.offset)
        return None

    def is_early(self, record: StoredRecord) -> bool:
        """Does a record that was just found lie before one that was found earlier?"""
        return record.offset < self.last_offset

    def held(self) -> Iterator[StoredRecord]:
        """The records in the window, in the order of their offsets."""
        yield from list(self._held.values())

    def take(self, record: StoredRecord) -> StoredRecord:
        """Take a held record out of the window: somebody knows what it is."""
        return self._take(record.offset)

    async def drop_leading(self, is_dropped: Callable[[StoredRecord], bool]) -> None:
        """Let the next records go that nobody will ask for, before the first question."""
        while (record := await self._cursor.peek()) is not None and is_dropped(record):
            await self._cursor.take()
            self._unexpected(record)

    def shrink(self) -> None:
        """Let go of the oldest records, until the window has its size."""
        while self._held and (len(self._held) > _RECORDS or self._bytes > _BYTES):
            self._unexpected(self._remove(next(iter(self._held))))

    async def rest(self) -> AsyncIterator[StoredRecord]:
        """Everything that was never asked for, to the end of the partition."""
        for offset in list(self._held):
            yield self._remove(offset)
        while (record := await self._cursor.take()) is not None:
            yield record

    def _hold(self, record: StoredRecord) -> None:
        self._held[record.offset] = record
        self._bytes += record_size(record)
        self._offsets.setdefault(self._mark(record), []).append(record.offset)

    def _take(self, offset: int) -> StoredRecord:
        record = self._remove(offset)
        self.last_offset = max(self.last_offset, offset)
        self.first_offset = offset if self.first_offset is None else min(self.first_offset, offset)
        return record

    def _remove(self, offset: int) -> StoredRecord:
        record = self._held.pop(offset)
        self._bytes -= record_size(record)
        mark = self._mark(record)
        self._offsets[mark].remove(offset)
        if not self._offsets[mark]:
            del self._offsets[mark]
        return record
