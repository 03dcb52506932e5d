"""A worker whose wall clock jumps: `python -m tests.faults.jumping_clock FILE`, with the settings of a worker.

FILE holds the seconds by which the clock is off, and may change at any moment. Everything that tells the time of
day goes by it, in this process and in those that it starts; clocks that only measure how long something takes do
not jump, as they do not on a machine whose time is set.
"""

import datetime
import os
import sys
import time
from pathlib import Path
from typing import Self

_OFFSET_FILE = "JUMPING_CLOCK_FILE"
_MAIN = "__main__"


def _file() -> Path:
    """Said on the command line once, and passed on to the processes that are started from here."""
    if __name__ == _MAIN:
        os.environ[_OFFSET_FILE] = sys.argv[1]
    return Path(os.environ[_OFFSET_FILE])


def _make_clocks_jump(file: Path) -> None:
    right_time, right_datetime = time.time, datetime.datetime

    def jumping_time() -> float:
        return right_time() + float(file.read_text())

    class JumpingDatetime(right_datetime):  # type: ignore[valid-type, misc]
        """The time of day by the clock that jumps."""

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Self:
            """Now."""
            found: Self = cls.fromtimestamp(jumping_time(), tz)
            return found

    time.time = jumping_time
    time.time_ns = lambda: round(jumping_time() * 1e9)
    datetime.datetime = JumpingDatetime  # type: ignore[misc]


# Before anything is imported that keeps a clock for itself; processes that are started from here come by as well.
if __name__ in {_MAIN, "__mp_main__"}:
    _make_clocks_jump(_file())

if __name__ == _MAIN:
    from readout.streams.cli import main

    sys.argv = ["readout", "worker"]
    main()
