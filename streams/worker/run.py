"""Run a derive worker from start to end: check, connect, derive, stop.

SIGTERM and SIGINT end it with status 0, after the batch at hand is in the log or given up as a whole. What makes
going on impossible ends it with status 1 and one line that says so; whoever supervises it may start it again at
any moment, because the log knows where it was.
"""

import asyncio
import os
import time
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial

from faust.types import TP

from readout.streams.deliver.assignment import Assignment
from readout.streams.deliver.batch_plan import BatchPlanner
from readout.streams.deliver.ownership import require_own_log
from readout.streams.deliver.partition_writer import Delivery
from readout.streams.deliver.sleep_guard import SleepGuard
from readout.streams.derive.environment import environment_text
from readout.streams.derive.pool import DerivationPool
from readout.streams.derive.producer_block import load_producer
from readout.streams.errors import ReadoutError, TransientError
from readout.streams.log.topics import require_topics
from readout.streams.logs import EventLogger
from readout.streams.settings import Settings
from readout.streams.worker.derive_agent import DeriveAgent
from readout.streams.worker.faust_app import create_app
from readout.streams.worker.health import health_port
from readout.streams.worker.metrics import Metrics
from readout.streams.worker.starting import now, patiently, say, stop_on_signals, unless

log = EventLogger(__name__)
_NAME = "worker"
_LOOK_SECONDS = 0.2
_STOP_SECONDS = 15.0


def run_worker(settings: Settings) -> int:
    """Work until a signal comes or going on is impossible; returns the exit status."""
    try:
        asyncio.run(_work(settings))
    except ReadoutError as error:
        say(_NAME, error)
        return 1
    return 0


async def _work(settings: Settings) -> None:
    stopped = stop_on_signals(_NAME)
    async with DerivationPool(settings) as pool:
        for require in (require_topics, require_own_log):
            await unless(stopped, patiently(settings, partial(require, settings)))
            if stopped.is_set():
                return
        await Worker(settings, pool, stopped).run()


class Worker:
    """One worker: its app, its assigned partitions, and the reason why it ended."""

    def __init__(self, settings: Settings, pool: DerivationPool, stopped: asyncio.Event) -> None:
        self._pool = pool
        self._stopped = stopped
        self._failure: BaseException | None = None
        self._sleep_guard = SleepGuard(time.monotonic, settings.session_timeout_seconds)
        self._settings = settings
        self._ready = False
        producer = load_producer(settings)
        self._metrics = Metrics(producer)
        delivery = Delivery(
            settings=settings,
            planner=BatchPlanner(settings, producer, environment_text()),
            recorded_time=now,
            guard=self._sleep_guard,
        )
        self._assignment = Assignment(
            delivery,
            seek=self._seek,
            fail=self._fail,
            reclaim_seconds=1.5 * settings.session_timeout_seconds,
        )
        agent = DeriveAgent(settings, pool, self._assignment, self._metrics)
        self._app = create_app(settings, assign=self._assign, process=agent.process, fail=self._fail)

    async def run(self) -> None:
        """Work until stopped or failed.

        Raises:
            ReadoutError: going on is impossible.
        """
        watched = (self._sleep_guard.watch(), self._metrics.watch_loop(), self._watch_loading())
        watches = [asyncio.create_task(one) for one in watched]
        async with self._health_port():
            try:
                await self._start()
                while not self._stopped.is_set() and not self._app.should_stop:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._stopped.wait(), _LOOK_SECONDS)
            finally:
                await self._stop()
                for watch in watches:
                    watch.cancel()
        self._raise_failure()
        log.info("worker.stopped")

    async def _start(self) -> None:
        """Start the app, which waits for the group; we may be told to stop, or have failed, before it has one."""
        starting, told = (asyncio.ensure_future(one) for one in (self._app.start(), self._stopped.wait()))
        await asyncio.wait({starting, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not starting.done():
            starting.cancel()
            return
        starting.result()
        log.info("worker.started")

    def _health_port(self) -> AbstractAsyncContextManager[None]:
        return health_port(
            self._settings,
            self._metrics,
            is_alive=lambda: not (self._app.should_stop or self._failure or self._pool.is_overdue()),
            is_ready=lambda: self._ready and self._pool.is_loaded and not self._stopped.is_set(),
            refresh=self._refresh,
            stalled_seconds=self._pool.stalled_seconds,
        )

    def _refresh(self) -> None:
        self._metrics.assigned(self._records_behind())
        self._metrics.deriving(len(self._pool.stalled_seconds()), self._pool.replaced)

    def _records_behind(self) -> dict[int, int | None]:
        """How far the writers of our partitions are behind the ends of `news`, as the last fetch told us."""
        behind: dict[int, int | None] = {}
        for place in self._app.consumer.assignment() if self._ready else ():
            writer, end = self._assignment.writer(place.partition), self._end_of(place)
            behind[place.partition] = max(0, end - writer.next_offset) if writer and end is not None else None
        return behind

    def _end_of(self, place: TP) -> int | None:
        """The end of a partition; None while the group is moving it, which the consumer's own thread does."""
        try:
            return self._app.consumer.highwater(place)
        except AssertionError:
            return None

    async def _watch_loading(self) -> None:
        try:
            await self._pool.loaded()
        except ReadoutError as error:
            self._fail(error)

    async def _stop(self) -> None:
        self._app.has_failed = self._failure is not None
        self._app.pipelines.finish()
        stopping = asyncio.ensure_future(self._app.stop())
        await asyncio.wait({stopping}, timeout=_STOP_SECONDS)
        await self._app.pipelines.close()
        await self._assignment.close()
        if stopping.done():
            stopping.result()
            return
        # Faust passes over cancellations, and might keep us for ever: it does if a rebalance begins while it stops.
        if self._stopped.is_set() and not (self._failure or self._app.crash_reason):
            # As asked. What is not in the log by now is given up as a whole, and the group will miss us.
            log.warning("worker.stopped_without_leaving", waited_seconds=_STOP_SECONDS)
            os._exit(0)
        say(_NAME, self._failure or TransientError(f"stopping took more than {_STOP_SECONDS:.0f} s"))
        os._exit(1)

    def _raise_failure(self) -> None:
        failure = self._failure or self._app.crash_reason
        if failure is None or isinstance(failure, ReadoutError):
            if failure is not None:
                raise failure
            return
        log.error("worker.crashed", exc_info=failure)
        raise ReadoutError(f"crashed: {type(failure).__name__}: {failure}") from failure

    def _fail(self, failure: BaseException) -> None:
        self._failure = self._failure or failure
        self._stopped.set()

    async def _assign(self, numbers: set[int]) -> dict[int, int]:
        self._ready = False
        starts = await self._assignment.assign(numbers)
        self._ready = True
        return starts

    async def _seek(self, number: int, offset: int) -> None:
        await self._app.start_at(number, offset)
