"""What processes that run until they are stopped have in common: signals, patience, one line on errors."""

import asyncio
import atexit
import datetime
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from readout.streams.errors import TransientError
from readout.streams.logs import EventLogger
from readout.streams.settings import Settings

log = EventLogger(__name__)
T = TypeVar("T")
_PAUSE_SECONDS = 1.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_AT_ONCE = "stopped at once; what was not in the log is derived again"


def say(command: str, error: BaseException | str) -> None:
    """One line for whoever started us."""
    sys.stderr.write(f"readout {command}: {error}\n")
    sys.stderr.flush()


def stop_on_signals(command: str) -> asyncio.Event:
    """Set by the first signal; a second one ends the process at once, as a crash would: the log is whole.

    Handlers of the loop would end with it, and a signal that comes later end the process with a status of failure;
    these stay, and in its last moment the process is not to be disturbed.
    """
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    told = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal told
        if told:
            # Not by `say`: it may be what we interrupt.
            os.write(2, f"readout {command}: {_AT_ONCE}\n".encode())
            os._exit(0)
        told = True
        with suppress(RuntimeError):  # the loop is closed: we are about to end
            loop.call_soon_threadsafe(stopped.set)

    for name in _SIGNALS:
        signal.signal(name, stop)
        atexit.register(signal.signal, name, signal.SIG_IGN)
    return stopped


async def unless(stopped: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Do something, unless we are told to stop first."""
    doing, told = asyncio.create_task(work), asyncio.create_task(stopped.wait())
    await asyncio.wait({doing, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if doing.done():
        doing.result()
    doing.cancel()


async def patiently(settings: Settings, ask: Callable[[], Awaitable[T]]) -> T:
    """Brokers may still be starting when we do."""
    deadline = time.monotonic() + settings.retry_seconds
    while True:
        try:
            return await ask()
        except TransientError as error:
            if time.monotonic() > deadline:
                raise
            log.warning("brokers.awaited", reason=str(error))
        await asyncio.sleep(_PAUSE_SECONDS)


def now() -> str:
    """The present in RFC 3339."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
