"""Notice that this process was asleep: stopped, suspended or starved for longer than its group waits for it.

Whoever slept that long may have lost its partitions without knowing. A transaction would be refused then; where
there are no transactions, this is what keeps the late writes from being sent.
"""

import asyncio
from collections.abc import Callable

from readout.streams.errors import Fenced

_TICKS_PER_LIMIT = 20


class Vigil:
    """Watches a clock that runs on while the process does not; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float], limit_seconds: float) -> None:
        self._clock = clock
        self._limit = limit_seconds
        self._last = clock()
        self._overslept = False

    def check(self) -> None:
        """Go on if awake all the time.

        Raises:
            Fenced: there was a gap; nothing is ours any more until the group has assigned it again.
        """
        self._tick()
        if self._overslept:
            raise Fenced(f"this process was asleep for more than {self._limit:.0f} s")

    def renew(self) -> None:
        """The group has just assigned partitions to us: what was before does not count."""
        self._last = self._clock()
        self._overslept = False

    async def watch(self) -> None:
        """Tick until cancelled, so that no gap is taken for one that was only idle."""
        while True:
            self._tick()
            await asyncio.sleep(self._limit / _TICKS_PER_LIMIT)

    def _tick(self) -> None:
        now = self._clock()
        self._overslept = self._overslept or now - self._last > self._limit
        self._last = now
