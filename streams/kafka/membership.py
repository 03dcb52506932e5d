"""One of many: a group in which one member at a time holds something, and the others stand by.

The group shares a topic, and whoever it gives the first partition to holds it. Nothing of the topic is read.
"""

import asyncio
from collections.abc import Collection
from typing import Self

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition

from readout.streams.kafka.connection import broker_errors, connection
from readout.streams.kafka.diagnosis import connecting
from readout.streams.settings import Settings

_HEARTBEATS_PER_SESSION = 6
_NEVER_MS = 86_400_000
_CLOSE_SECONDS = 5.0


class Membership:
    """Belongs to a group; `holds` is set as long as this member is the one."""

    def __init__(self, settings: Settings, group: str, topic: str) -> None:
        session = round(settings.session_timeout_seconds * 1000)
        options = connection(settings) | {
            "request_timeout_ms": round(
                1000 * (settings.rebalance_timeout_seconds + settings.request_timeout_seconds)
            )
        }
        self._consumer = AIOKafkaConsumer(
            **options,
            group_id=group,
            enable_auto_commit=False,
            session_timeout_ms=session,
            heartbeat_interval_ms=session // _HEARTBEATS_PER_SESSION,
            rebalance_timeout_ms=round(settings.rebalance_timeout_seconds * 1000),
            max_poll_interval_ms=_NEVER_MS,
        )
        self._settings = settings
        self._topic = topic
        self.holds = asyncio.Event()
        self.lost = asyncio.Event()
        """Set from when it is taken away until it is given again."""

    async def __aenter__(self) -> Self:
        async with connecting("joining a group", self._settings):
            await self._consumer.start()
        self._consumer.subscribe([self._topic], listener=_Listener(self, TopicPartition(self._topic, 0)))
        return self

    async def __aexit__(self, *_: object) -> None:
        stopping = asyncio.ensure_future(self._consumer.stop())
        await asyncio.wait({stopping}, timeout=_CLOSE_SECONDS)
        if not stopping.done():
            stopping.cancel()
            return
        with broker_errors("leaving a group"):
            stopping.result()

    def given(self) -> None:
        """The group has made this member the one."""
        self.lost.clear()
        self.holds.set()

    def taken(self) -> None:
        """Somebody else may be the one now."""
        self.holds.clear()
        self.lost.set()


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, membership: Membership, first: TopicPartition) -> None:
        self._membership = membership
        self._first = first

    def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """A rebalance begins: nothing is ours until it ends."""
        if self._first in revoked:
            self._membership.taken()

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """A rebalance has ended."""
        if self._first in assigned:
            self._membership.given()
