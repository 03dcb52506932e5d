"""Derive in a pool of processes: each loads the language once, and the event loop never waits for a parser.

A process that dies (out of memory, a crash in native code) loses nothing: its articles are derived again, and one
that kills its process every time fails alone.
"""

import asyncio
import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Self

from readout.schemas.news import ArticlePublished
from readout.streams.derive.pool_queue import HandOut
from readout.streams.errors import ConfigurationError
from readout.streams.processors.records import DerivationFailure, Derived
from readout.streams.settings import Settings

_ATTEMPTS = 2

_derive_loaded: list[Callable[[list[ArticlePublished]], list[Derived]]] = []
"""What a pool process derives with; empty in every other process."""


class DerivationPool:
    """Processes that derive; `async with` starts them and ends them.

    They load the language while whoever started them does other things.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._size = settings.derive_processes or os.cpu_count() or 1
        self._working: HandOut | None = None
        self._loading: asyncio.Task[None] | None = None
        self._one_suspect_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Start the processes."""
        self._loading = asyncio.create_task(self._load(self._running().executor))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._working is not None:
            _end(self._working.executor)
        if self._loading is not None:
            self._loading.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConfigurationError):
                await self._loading

    @property
    def is_loaded(self) -> bool:
        """Can it derive at once?"""
        return self._loading is not None and self._loading.done()

    async def loaded(self) -> None:
        """Wait until the processes have loaded the language.

        Raises:
            ConfigurationError: they cannot; what stopped them is in the log.
        """
        if self._loading is not None:
            await asyncio.shield(self._loading)

    async def derive(self, articles: Sequence[ArticlePublished]) -> list[Derived]:
        """Derive articles, in the order given; one that kills its process is a failure like any other.

        Raises:
            ConfigurationError: the language cannot be loaded.
        """
        await self.loaded()
        working = self._running()
        try:
            return await working.derive(articles)
        except BrokenProcessPool:
            self._retire(working)
        # Somebody killed a process, or one of the articles that were being derived just then does: ours or those
        # of another partition. Deriving them one by one, in a process for suspects alone, tells.
        async with self._one_suspect_at_a_time:
            return await self._derive_suspects(articles)

    async def _load(self, executor: ProcessPoolExecutor) -> None:
        try:
            await asyncio.gather(*[_submit(executor, []) for _ in range(self._size)])
        except BrokenProcessPool:
            raise ConfigurationError("the language cannot be loaded; the log above says why") from None

    async def _derive_suspects(self, articles: Sequence[ArticlePublished]) -> list[Derived]:
        derived: list[Derived] = []
        executor = self._new_executor(1)
        for article in articles:
            for _ in range(_ATTEMPTS):
                try:
                    derived += await _submit(executor, [article])
                    break
                except BrokenProcessPool:
                    _end(executor)
                    executor = self._new_executor(1)
            else:
                message = f"the process that derived it died, {_ATTEMPTS} times in a row"
                derived.append(DerivationFailure(article, "BrokenProcessPool", message, ""))
        _end(executor)
        return derived

    def _running(self) -> HandOut:
        if self._working is None:
            self._working = HandOut(self._new_executor(self._size), self._size, _derive)
        return self._working

    def _new_executor(self, size: int) -> ProcessPoolExecutor:
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(size, spawn, _start_process, (self._settings,))

    def _retire(self, working: HandOut) -> None:
        """Another partition may have retired it already, and started the next one."""
        _end(working.executor)
        if self._working is working:
            self._working = None


def _submit(executor: ProcessPoolExecutor, articles: list[ArticlePublished]) -> asyncio.Future[list[Derived]]:
    return asyncio.wrap_future(executor.submit(_derive, articles))


def _end(executor: ProcessPoolExecutor) -> None:
    for process in list((executor._processes or {}).values()):  # noqa: SLF001 - it offers no way to end them
        with contextlib.suppress(ValueError):
            process.kill()
    executor.shutdown()


def _start_process(settings: Settings) -> None:
    """Load the language. A signal may reach the whole process group, but ending us is the parent's business."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Imported here, because the process that takes and delivers has no use for a parser.
    from readout.streams.derive.language import load_language  # noqa: PLC0415
    from readout.streams.processors.derivation import derive_batch  # noqa: PLC0415

    language = load_language(settings)
    _derive_loaded.append(lambda articles: derive_batch(articles, language))
    # What is loaded stays: the collector need not look through all of it again and again.
    gc.freeze()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _derive(articles: list[ArticlePublished]) -> list[Derived]:
    return _derive_loaded[0](articles) if articles else []
