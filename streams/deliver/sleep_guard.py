"""Notice that this process did not run: stopped, suspended or starved for longer than its group waits for it.

Such a process may have lost its partitions without knowing. A transaction would be refused then; where there are no
transactions, this is what keeps the late writes from being sent.
"""

import asyncio
from collections.abc import Callable

from readout.streams.errors import Fenced

_TICKS_PER_LIMIT = 20


class SleepGuard:
    """Watches a clock that runs on while the process does not; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float], limit_seconds: float) -> None:
        self._clock = clock
        self._limit = limit_seconds
        self._last = clock()
        self._stood_still = False

    def check(self) -> None:
        """Go on if the process ran all the time.

        Raises:
            Fenced: there was a gap; nothing is ours any more until the group has assigned it again.
        """
        self._tick()
        if self._stood_still:
            raise Fenced(f"this process did not run for more than {self._limit:.0f} s")

    def reset(self) -> None:
        """The group has just assigned partitions to us: what was before does not count."""
        self._last = self._clock()
        self._stood_still = False

    async def watch(self) -> None:
        """Tick until cancelled, so that an idle process is not taken for one that did not run."""
        while True:
            self._tick()
            await asyncio.sleep(self._limit / _TICKS_PER_LIMIT)

    def _tick(self) -> None:
        now = self._clock()
        self._stood_still = self._stood_still or now - self._last > self._limit
        self._last = now
