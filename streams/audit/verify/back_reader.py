"""Read records of a partition again that have gone by: articles that newer code derived once more.

Reads:  the partition from where it is asked for, then on; a rederivation goes through `news` in order, so that one
        more reading of it is enough
Writes: nothing
"""

from readout.streams.audit.log import Cursor, Log
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.origin import Offsets, Position, is_at, is_before, offsets_of


class BackReader:
    """Finds records by their positions; `close` it in the end."""

    def __init__(self, log: Log, place: Partition) -> None:
        self._log = log
        self._place = place
        self._cursor: Cursor | None = None
        self._reached: Offsets | None = None

    async def read(self, position: Position) -> StoredRecord | None:
        """The record at a position; None if there is none."""
        cursor = await self._cursor_before(position)
        while (record := await cursor.take()) is not None:
            self._reached = offsets_of(record)
            if is_at(position, self._reached):
                return record
            if is_before(position, self._reached):
                return None
        return None

    async def close(self) -> None:
        """Let go of the connection or file."""
        if self._cursor is not None:
            await self._cursor.close()
        self._cursor = self._reached = None

    async def _cursor_before(self, position: Position) -> Cursor:
        cursor, reached = self._cursor, self._reached
        if (
            cursor is not None
            and reached is not None
            and not (is_before(position, reached) or is_at(position, reached))
        ):
            return cursor
        await self.close()
        bounds = (await self._log.bounds([self._place]))[self._place]
        restored, offset = position
        # Where the log was restored since, the offset says nothing about where the record is now.
        first = bounds.first if restored else min(max(bounds.first, offset), bounds.next)
        self._cursor = Cursor(self._log, self._place, Bounds(first, bounds.next))
        return self._cursor
