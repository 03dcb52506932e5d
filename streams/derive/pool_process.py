"""One process of a pool: it loads the language, and answers with each article that it has derived.

Reads:  lists of articles, from the pipe to its parent
Writes: first that it has loaded the language, or why it cannot; then what came of each article, one by one
"""

import asyncio
import gc
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

from readout.schemas.news import ArticlePublished
from readout.streams.errors import ConfigurationError
from readout.streams.processors.records import Derived
from readout.streams.settings import Settings

Derive = Callable[[list[ArticlePublished]], Iterator[Derived]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a process derives with, and whether the parser's fast paths are taken."""

    derive: Derive
    is_fast: bool


Load = Callable[[Settings], Loaded]
"""What a process does first; it can be imported, and what it returns stays in the process."""

_ENDED = None
# So much of a limit may be left when it is over.
_MOMENT = 0.01
_Answer = Derived | bool | str | None
"""What comes of an article; whether a loaded process is fast; why it could not load; its end."""


class ProcessEnded(Exception):
    """The process has ended, and what it was given is not derived."""


def load(settings: Settings) -> Loaded:
    """Load the language of the settings.

    Raises:
        ConfigurationError: it cannot be loaded.
    """
    # Imported here, because the process that takes and delivers has no use for a parser.
    from readout.streams.derive.language import load_language  # noqa: PLC0415
    from readout.streams.processors.derivation import derive_each  # noqa: PLC0415

    language = load_language(settings)
    return Loaded(lambda articles: derive_each(articles, language), language.is_fast)


class PoolProcess:
    """A running process, as its parent sees it."""

    def __init__(self, settings: Settings, load: Load = load) -> None:
        self._loop = asyncio.get_running_loop()
        self._answers: asyncio.Queue[_Answer] = asyncio.Queue()
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self._process: SpawnProcess = spawn.Process(target=_run, args=(settings, load, theirs))
        self._process.start()
        theirs.close()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def pid(self) -> int | None:
        """Its number in the operating system."""
        return self._process.pid

    def clock(self) -> float:
        """A clock in seconds that stands still while it waits for a processor, where the system says so (Linux)."""
        try:
            waited = int(Path(f"/proc/{self.pid}/schedstat").read_bytes().split()[1]) / 1e9
        except (OSError, IndexError, ValueError):
            waited = 0.0
        return time.monotonic() - waited

    async def loaded(self) -> bool:
        """Wait until it has loaded the language; returns whether the parser's fast paths are taken.

        Raises:
            ConfigurationError: it cannot; the message says why.
            ProcessEnded: somebody or something ended it.
        """
        answer = await self._next()
        if isinstance(answer, str):
            raise ConfigurationError(f"the language cannot be loaded: {answer}")
        return answer is True

    def give(self, articles: Sequence[ArticlePublished]) -> None:
        """Have it derive articles; it answers in their order."""
        try:
            self._pipe.send(list(articles))
        except OSError as error:
            raise ProcessEnded(str(error)) from None

    async def answer(self, within: float) -> Derived:
        """What came of the next article that it was given.

        `within` so many seconds of its clock: a busy machine is not the article's fault, and to begin again
        elsewhere would keep it busy.

        Raises:
            TimeoutError: nothing comes in time.
            ProcessEnded: nothing comes any more.
        """
        end = self.clock() + within
        while True:
            try:
                derived = await asyncio.wait_for(self._next(), max(end - self.clock(), 0))
                break
            except TimeoutError:
                if end - self.clock() < _MOMENT:
                    raise
        if isinstance(derived, str | bool):
            raise TypeError(f"the process said {derived!r}")
        return derived

    def end(self) -> None:
        """End it at once, whatever it does."""
        self._process.kill()

    async def ended(self) -> str:
        """Wait for its end; says how it was."""
        await asyncio.to_thread(self._process.join)
        code = self._process.exitcode or 0
        return signal.Signals(-code).name if code < 0 else f"status {code}"

    async def _next(self) -> Derived | bool | str:
        answer = await self._answers.get()
        if answer is _ENDED:
            self._answers.put_nowait(_ENDED)
            raise ProcessEnded(f"process {self.pid} has ended")
        return answer

    def _listen(self) -> None:
        """Runs in a thread: an answer may be long, and its end be a while in coming."""
        try:
            while True:
                self._tell(self._pipe.recv())
        except (EOFError, OSError):
            with suppress(EOFError):
                self._tell(_ENDED)

    def _tell(self, answer: _Answer) -> None:
        try:
            self._loop.call_soon_threadsafe(self._answers.put_nowait, answer)
        except RuntimeError:  # the loop is closed: nobody listens any more
            raise EOFError from None


def _run(settings: Settings, load: Load, pipe: Connection) -> None:
    """The process. A signal may reach the whole process group, but ending us is the parent's business."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        loaded = load(settings)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent tells it in its one line
        pipe.send(
            f"{type(error).__name__}: {error}" if not isinstance(error, ConfigurationError) else str(error)
        )
        return
    # What is loaded stays: the collector need not look through all of it again and again.
    gc.freeze()
    pipe.send(loaded.is_fast)
    while True:
        try:
            articles = pipe.recv()
        except EOFError:
            return
        for derived in loaded.derive(articles):
            pipe.send(derived)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
