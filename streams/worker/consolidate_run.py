"""Run the consolidation from start to end: check, join, stand by or consolidate, stop.

A process of its own and not part of the workers, because it is one for the whole log, while they are one for each
partition: it starts, fails and is measured apart. Of several the group lets one consolidate; when that one is gone
the next one fences it and goes on where the log says.
"""

import asyncio
import time
from contextlib import suppress

from readout.streams.consolidate.consolidation import Consolidating, Consolidation
from readout.streams.consolidate.knowledge import consolidating_producer, load_knowledge
from readout.streams.deliver.sleep_guard import SleepGuard
from readout.streams.errors import Fenced, ReadoutError, TransientError
from readout.streams.kafka.membership import Membership
from readout.streams.log.topics import CONTACTS_CURRENT, require_topics, topic_name
from readout.streams.logs import EventLogger
from readout.streams.settings import Settings
from readout.streams.worker.consolidate_metrics import ConsolidateMetrics
from readout.streams.worker.health import health_port
from readout.streams.worker.starting import now, patiently, say, stop_on_signals, unless

log = EventLogger(__name__)
_LOOK_SECONDS = 0.2
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0


def run_consolidate(settings: Settings) -> int:
    """Consolidate until a signal comes or going on is impossible; returns the exit status."""
    try:
        asyncio.run(_work(settings))
    except ReadoutError as error:
        say("consolidate", error)
        return 1
    return 0


async def _work(settings: Settings) -> None:
    stopped = stop_on_signals("consolidate")
    await unless(stopped, patiently(settings, lambda: require_topics(settings)))
    if stopped.is_set():
        return
    knowledge = load_knowledge(settings)
    guard = SleepGuard(time.monotonic, settings.session_timeout_seconds)
    consolidating = Consolidating(settings, knowledge, consolidating_producer(knowledge), now, guard)
    runner = ConsolidateRunner(consolidating, stopped)
    watch = asyncio.create_task(guard.watch())
    async with health_port(settings, runner.metrics, is_alive=lambda: True, is_ready=lambda: runner.is_ready):
        await runner.run()
    watch.cancel()
    log.info("consolidation.stopped")


class ConsolidateRunner:
    """Stands by until the group makes it the one, then consolidates until it is no longer."""

    def __init__(self, consolidating: Consolidating, stopped: asyncio.Event) -> None:
        self._with = consolidating
        self._stopped = stopped
        self.metrics = ConsolidateMetrics(consolidating.producer)
        self.is_ready = False

    async def run(self) -> None:
        """Work until stopped.

        Raises:
            ReadoutError: going on is impossible.
        """
        settings = self._with.settings
        topic = topic_name(settings, CONTACTS_CURRENT.stem)
        async with Membership(settings, self._with.group + "-members", topic) as membership:
            self.is_ready = True
            while not self._stopped.is_set():
                await self._either(membership.holds)
                if membership.holds.is_set() and not self._stopped.is_set():
                    await self._hold(membership)

    async def _hold(self, membership: Membership) -> None:
        """Consolidate as long as the group says so; what fails for a while is tried again."""
        self._with.guard.reset()
        deadline = time.monotonic() + self._with.settings.retry_seconds
        pause = _FIRST_PAUSE_SECONDS
        while membership.holds.is_set() and not self._stopped.is_set():
            started = time.monotonic()
            try:
                await self._consolidate(membership)
            except Fenced as fenced:
                # If the group has not made another one the holder, there is none: open again.
                log.info("consolidation.fenced", reason=str(fenced))
                self._with.guard.reset()
            except TransientError as error:
                log.warning("consolidation.interrupted", reason=str(error))
                if time.monotonic() - started > self._with.settings.retry_seconds:
                    deadline = time.monotonic() + self._with.settings.retry_seconds
                if time.monotonic() + pause > deadline:
                    raise
            await self._pause(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def _consolidate(self, membership: Membership) -> None:
        consolidation = Consolidation(self._with)
        self.metrics.holds(is_holder=True)
        try:
            await consolidation.open()
            while membership.holds.is_set() and not self._stopped.is_set():
                taken = await consolidation.step()
                self.metrics.stepped(consolidation.behind, consolidation.number, taken)
                if not taken:
                    await self._pause(_LOOK_SECONDS)
        finally:
            self.metrics.holds(is_holder=False)
            await consolidation.close()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)

    async def _either(self, event: asyncio.Event) -> None:
        """Wait for an event, or to be told to stop."""
        waits = [asyncio.create_task(one.wait()) for one in (event, self._stopped)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()
