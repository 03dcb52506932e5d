"""Derive in a pool of processes: each loads the language once, and the event loop never waits for a parser.

A process that dies (out of memory, a crash in native code) loses nothing: its articles are derived again, and one
that kills its process every time fails alone.
"""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Self

from schemas.news import ArticlePublished
from streams.errors import ConfigurationError
from streams.language import load_language
from streams.processors.derivation import Language, derive_batch
from streams.processors.records import Derivation, DerivationFailure
from streams.settings import Settings

Derived = Derivation | DerivationFailure
_ATTEMPTS = 2

_loaded: list[Language] = []
"""The language of a pool process; empty in every other process."""


class DerivationPool:
    """Processes that derive; `async with` starts them and ends them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._size = settings.derive_processes or os.cpu_count() or 1
        self._executor: ProcessPoolExecutor | None = None

    async def __aenter__(self) -> Self:
        """Start the processes and wait until they have loaded the language.

        Raises:
            ConfigurationError: they cannot; what stopped them is in the log.
        """
        try:
            await asyncio.gather(*(self._submit([]) for _ in range(self._size)))
        except BrokenProcessPool:
            raise ConfigurationError("the language cannot be loaded; the log above says why") from None
        return self

    async def __aexit__(self, *_: object) -> None:
        self._end_processes()

    async def derive(self, articles: Sequence[ArticlePublished]) -> list[Derived]:
        """Derive articles, in the order given; one that kills its process is a failure like any other."""
        try:
            return await self._derive_in_parts(articles)
        except BrokenProcessPool:
            self._end_processes()
        # Somebody killed a process, or one article does: only deriving them one by one tells.
        return [derived for article in articles for derived in await self._derive_alone(article)]

    async def _derive_in_parts(self, articles: Sequence[ArticlePublished]) -> list[Derived]:
        size = -(-len(articles) // self._size) or 1
        parts = [articles[start : start + size] for start in range(0, len(articles), size)]
        derived = await asyncio.gather(*(self._submit(part) for part in parts))
        return [one for part in derived for one in part]

    async def _derive_alone(self, article: ArticlePublished) -> list[Derived]:
        for _ in range(_ATTEMPTS):
            try:
                return await self._submit([article])
            except BrokenProcessPool:
                self._end_processes()
        message = f"the process that derived it died, {_ATTEMPTS} times in a row"
        return [DerivationFailure(article, "BrokenProcessPool", message, "")]

    async def _submit(self, articles: Sequence[ArticlePublished]) -> list[Derived]:
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self._size, multiprocessing.get_context("spawn"), _start_process, (self._settings,)
            )
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, _derive, list(articles))

    def _end_processes(self) -> None:
        executor, self._executor = self._executor, None
        if executor is None:
            return
        processes = list((executor._processes or {}).values())  # noqa: SLF001 - it offers no way to end them
        executor.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            with contextlib.suppress(ValueError):
                process.kill()


def _start_process(settings: Settings) -> None:
    """Load the language. A signal may reach the whole process group, but ending us is the parent's business."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _loaded.append(load_language(settings))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _derive(articles: list[ArticlePublished]) -> list[Derived]:
    return derive_batch(articles, _loaded[0]) if articles else []
