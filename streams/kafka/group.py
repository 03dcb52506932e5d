"""Read topics as a member of a consumer group: partitions are shared out, and positions are committed.

Reads:  what is committed, from where the group left off, or from the beginning where it never was
Writes: the group's positions, each only after the record before it was used: a crash repeats records, and loses
        none
"""

import time
from collections.abc import AsyncIterator, Iterable
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition

from readout.streams.kafka.connection import StoredRecord, broker_errors, connection
from readout.streams.kafka.diagnosis import connecting
from readout.streams.kafka.reader import stored_record
from readout.streams.settings import Settings

_FETCH_WAIT_MS = 100
_POLL_MS = 200
_COMMIT_SECONDS = 1.0


class GroupReader:
    """A member of a consumer group; `async with` joins it, and commits and leaves at the end."""

    def __init__(self, settings: Settings, group: str, topics: Iterable[str]) -> None:
        self._topics = list(topics)
        self._settings = settings
        self._used: dict[TopicPartition, int] = {}
        self._committed_at = time.monotonic()
        self._consumer = AIOKafkaConsumer(
            **connection(settings),
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_partition_fetch_bytes=max(settings.max_record_bytes, 1024 * 1024),
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            session_timeout_ms=round(settings.session_timeout_seconds * 1000),
            rebalance_timeout_ms=round(settings.rebalance_timeout_seconds * 1000),
            heartbeat_interval_ms=round(settings.session_timeout_seconds * 1000 / 6),
        )

    async def __aenter__(self) -> Self:
        self._consumer.subscribe(self._topics, listener=_Handover(self))
        try:
            async with connecting("joining the group", self._settings):
                await self._consumer.start()
        except BaseException:
            await self._consumer.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        with broker_errors("leaving the group"):
            try:
                await self.commit()
            finally:
                await self._consumer.stop()

    async def read(self, *, follow: bool) -> AsyncIterator[StoredRecord]:
        """Records of the partitions that this member has; without `follow` up to where they end.

        A record counts as used when the next one is asked for.
        """
        while follow or not self._is_at_end():
            with broker_errors("reading"):
                fetched = await self._consumer.getmany(timeout_ms=_POLL_MS)
            for place, records in fetched.items():
                for record in records:
                    # Somebody else has it since the group was shared out anew.
                    if place not in self._consumer.assignment():
                        break
                    yield stored_record(record)
                    self._used[place] = record.offset + 1
            if time.monotonic() - self._committed_at > _COMMIT_SECONDS:
                await self.commit()

    async def commit(self) -> None:
        """Commit what was used of the partitions that are still ours."""
        ours = self._consumer.assignment()
        used = {place: offset for place, offset in self._used.items() if place in ours}
        self._committed_at = time.monotonic()
        if used:
            with broker_errors("committing positions"):
                await self._consumer.commit(used)
        self._used.clear()

    def _is_at_end(self) -> bool:
        """Has this member read all that there is, in all its partitions?"""
        places = self._consumer.assignment()
        return bool(places) and all(self._has_read(place) for place in places)

    def _has_read(self, place: TopicPartition) -> bool:
        state = self._consumer._subscription.subscription.assignment.state_value(place)  # noqa: SLF001 - its
        # public `position` waits for what a group that is shared out anew may never give.
        end = self._consumer.last_stable_offset(place)
        return end is not None and state.has_valid_position and bool(state.position >= end)


class _Handover(ConsumerRebalanceListener):  # type: ignore[misc]
    """Commits before partitions go to somebody else."""

    def __init__(self, reader: GroupReader) -> None:
        self._reader = reader

    async def on_partitions_revoked(self, revoked: Any) -> None:  # noqa: ANN401, ARG002 - as aiokafka calls it
        await self._reader.commit()

    async def on_partitions_assigned(self, assigned: Any) -> None:  # noqa: ANN401 - as aiokafka calls it
        """Nothing: positions are the group's."""
