"""How a worker belongs to its group: Faust's consumer, in a thread of its own, with what Faust leaves open closed.

Where an assigned partition starts is asked of the app, which asks the log. What goes wrong in the group is told to
the app as well. Deliberately absent: batches and acknowledgement, which are `app`'s.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, ClassVar

import faust
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP
from mode import Service
from mode.threads import WorkerThread

from readout.streams.errors import ReadoutError
from readout.streams.kafka.diagnosis import group_failure
from readout.streams.logs import EventLogger

log = EventLogger(__name__)
_CONSUMER_STOPS_WITHIN_SECONDS = 5.0
_GROUP_LOOK_SECONDS = 1.0

Assign = Callable[[set[int]], Awaitable[dict[int, int]]]
Fail = Callable[[BaseException], None]


class GroupApp(faust.App):
    """A Faust app that asks `assign` where to start, and calls `fail` when it cannot go on."""

    assign: Assign
    fail: Fail
    request_timeout_seconds: float

    def _new_transport(self) -> Transport:
        return _SealedTransport(self.conf.broker_consumer, self)


class _EndingThread(WorkerThread):
    """Never keeps a process that wants to end, whatever its connections are waiting for."""

    def __init__(self, service: Any, **options: Any) -> None:  # noqa: ANN401 - its own signature
        super().__init__(service, **options)
        self.daemon = True

    def stop(self) -> None:
        """Wait for the end, but not for ever: this is called in the event loop."""
        self.is_stopped.wait(_CONSUMER_STOPS_WITHIN_SECONDS)


class _ConsumerThread(AIOKafkaConsumerThread):
    app: GroupApp
    Worker = _EndingThread

    @Service.task
    async def _watch_group(self) -> None:
        """Hear what goes wrong in the group: aiokafka waits until somebody has, and Faust never asks."""
        while not self.should_stop:
            await self.sleep(_GROUP_LOOK_SECONDS)
            coordinator = getattr(self._consumer, "_coordinator", None)
            if coordinator is not None:
                failure = group_failure(coordinator, self.app.conf.id)
                if failure is not None:
                    self.parent_loop.call_soon_threadsafe(self.app.fail, failure)
                    return

    async def on_thread_stop(self) -> None:
        """Leave the group, if the brokers answer; without an answer they will notice."""
        # A cancellation that aiokafka has swallowed is repeated by the time-out as well. Without brokers it lets
        # that of a task of its own out: the thread would end without saying so, and be waited for for ever.
        with suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(super().on_thread_stop(), _CONSUMER_STOPS_WITHIN_SECONDS)

    def _create_worker_consumer(self, transport: Any) -> Any:  # noqa: ANN401 - Faust's signature
        consumer = super()._create_worker_consumer(transport)
        # Faust ties this to its own transactions, which we do not use; others may publish in transactions.
        consumer._isolation_level = "read_committed"  # noqa: SLF001
        # Faust has one setting for this and for how long `perform_seek` may take, which reads a whole log.
        consumer._client._request_timeout_ms = round(self.app.request_timeout_seconds * 1000)  # noqa: SLF001
        return consumer


class SealedConsumer(Consumer):
    """Starts each assigned partition at the first offset that the log does not account for."""

    app: GroupApp

    def _new_consumer_thread(self) -> _ConsumerThread:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        """Called whenever partitions have been assigned, before anything is fetched from them."""
        await super().perform_seek()
        places = {tp.partition: tp for tp in self.assignment()}
        try:
            starts = await self.app.assign(set(places))
        except ReadoutError as error:
            self.app.fail(error)
            return
        for number, start in starts.items():
            await self.start_at(places[number], start)

    async def start_at(self, place: TP, offset: int) -> None:
        """Read a partition from an offset on."""
        await self.seek(place, offset)
        # What the group has committed may be ahead of the log; acknowledgements below it would be ignored.
        self._committed_offset[place] = offset or None


class _SealedTransport(Transport):
    Consumer: ClassVar[type[SealedConsumer]] = SealedConsumer
