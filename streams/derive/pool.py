"""Derive in a pool of processes: each loads the language once, and the event loop never waits for a parser.

No article can hold up the others. One that a process does not get through within the time that its length allows
costs that process: it is killed and replaced, the article is tried once more, alone, and is then a failure like any
other. The same holds for one that ends its process (out of memory, a crash in native code). What was derived beside
it is derived again, and nothing of it is lost.
"""

import asyncio
import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Literal, Self

from readout.schemas.news import ArticlePublished
from readout.streams.derive.pool_process import Load, PoolProcess, ProcessEnded, load
from readout.streams.derive.pool_queue import PoolQueue, Waiting
from readout.streams.errors import ConfigurationError, ReadoutError
from readout.streams.logs import EventLogger
from readout.streams.processors.records import DerivationFailure, Derived
from readout.streams.settings import Settings

log = EventLogger(__name__)
Reason = Literal["DerivationTooSlow", "DerivationEndedProcess"]
_TIMES_ALONE: dict[Reason, int] = {"DerivationTooSlow": 1, "DerivationEndedProcess": 2}
"""So often an article is tried alone. A process may have been ended by somebody else."""
_CHARACTERS_PER_BUDGET = 100_000
_STALLED = 0.2
"""After this part of its time an article is called stalled, and what waits behind it goes to other processes."""
_LOADING_ATTEMPTS = 3
SLOW = "they come out differently on this machine; deriving takes about three times as long, with the same results"


class DerivationPool:
    """Processes that derive; `async with` starts them and ends them.

    They load the language while whoever started them does other things.
    """

    def __init__(self, settings: Settings, load: Load = load) -> None:
        self._settings = settings
        self._load = load
        self._size = settings.derive_processes or os.cpu_count() or 1
        self._queue = PoolQueue(self._size)
        self._processes: set[PoolProcess] = set()
        self._slots: list[asyncio.Task[None]] = []
        self._loaded = 0
        self._all_loaded = asyncio.Event()
        self._failure: ReadoutError | None = None
        self._waiting: set[asyncio.Future[Derived]] = set()
        self._since: dict[PoolProcess, tuple[Waiting, float]] = {}
        self.replaced = 0
        """How many processes have ended and were replaced."""

    async def __aenter__(self) -> Self:
        """Start the processes."""
        self._slots = [asyncio.create_task(self._slot()) for _ in range(self._size)]
        return self

    async def __aexit__(self, *_: object) -> None:
        for slot in self._slots:
            slot.cancel()
        await asyncio.gather(*self._slots, return_exceptions=True)
        await asyncio.gather(*[process.ended() for process in self._processes])

    @property
    def is_loaded(self) -> bool:
        """Can it derive at once?"""
        return self._all_loaded.is_set() and self._failure is None

    async def loaded(self) -> None:
        """Wait until the processes have loaded the language.

        Raises:
            ConfigurationError: they cannot.
        """
        await self._all_loaded.wait()
        if self._failure is not None:
            raise self._failure

    def stalled_seconds(self) -> dict[str, float]:
        """The articles that take longer than expected, by id, with the seconds that their processes have taken."""
        return {
            one.article.article_id: seconds
            for one, seconds in self._taken()
            if seconds > _STALLED * self.budget_seconds([one])
        }

    def is_overdue(self) -> bool:
        """Does a process go on although its time was up long ago? Then it could not be ended."""
        return any(seconds > 2 * self.budget_seconds([one]) for one, seconds in self._taken())

    def _taken(self) -> Iterator[tuple[Waiting, float]]:
        """What each process is busy with, and how long by its clock."""
        for process, (one, since) in self._since.items():
            yield one, process.clock() - since

    def budget_seconds(self, articles: Sequence[Waiting]) -> float:
        """How long a process may take for articles of these lengths together."""
        characters = sum(len(one.article.body) for one in articles)
        return self._settings.derive_seconds * (1 + characters / _CHARACTERS_PER_BUDGET)

    async def derive(self, articles: Sequence[ArticlePublished]) -> list[Derived]:
        """Derive articles, in the order given; one that cannot be derived is a failure in its place.

        Raises:
            ConfigurationError: the language cannot be loaded.
        """
        await self.loaded()
        loop = asyncio.get_running_loop()
        part = [Waiting(article, loop.create_future()) for article in articles]
        for one in part:
            self._waiting.add(one.derived)
            one.derived.add_done_callback(self._waiting.discard)
        self._queue.put(part)
        return await asyncio.gather(*[one.derived for one in part])

    # The processes ---------------------------------------------------------------------------------------------

    async def _slot(self) -> None:
        """The work of one process, and of those that replace it."""
        endings = 0
        is_first = True
        while True:
            process = PoolProcess(self._settings, self._load)
            self._processes.add(process)
            try:
                if not await process.loaded() and is_first:
                    log.warning("fast_paths.left", reason=SLOW)
                endings = 0
                self._note_loaded(is_first=is_first)
                is_first = False
                await self._serve(process)
            except ConfigurationError as error:
                self._fail(error)
                return
            except ProcessEnded:
                endings += 1
            finally:
                process.end()
                self._since.pop(process, None)
            how = await process.ended()
            self._processes.discard(process)
            self.replaced += 1
            log.warning("process.replaced", pid=process.pid, ended_by=how)
            if endings >= _LOADING_ATTEMPTS:
                self._fail(
                    ConfigurationError(
                        f"a process that derives has ended {endings} times while it loaded the language, at last "
                        f"by {how}: is there memory enough for {self._size} (READOUT_DERIVE_PROCESSES)?"
                    )
                )
                return

    def _note_loaded(self, *, is_first: bool) -> None:
        self._loaded += is_first
        if self._loaded == self._size:
            self._all_loaded.set()

    def _fail(self, error: ReadoutError) -> None:
        self._failure = self._failure or error
        self._all_loaded.set()
        for future in list(self._waiting):
            if not future.done():
                future.set_exception(error)

    async def _serve(self, process: PoolProcess) -> None:
        """Derive one part after the other.

        Raises:
            ProcessEnded: the process is to be replaced.
        """
        while True:
            part = await self._queue.take()
            try:
                await self._derive(process, deque(part.articles))
            finally:
                self._queue.done(part)

    async def _derive(self, process: PoolProcess, left: deque[Waiting]) -> None:
        """Derive a part; what is left of it when the process fails is put back, or given up.

        Raises:
            ProcessEnded: the process is to be replaced.
        """
        # They are parsed together: until the first answer nobody knows whose turn it is.
        current = list(left)
        try:
            process.give([one.article for one in left])
            while left:
                derived = await self._answer(process, current, behind=list(left)[1:])
                _settle(left.popleft(), derived)
                current = [left[0]] if left else []
        except TimeoutError:
            self._blame(current, "DerivationTooSlow")
            raise ProcessEnded("it took too long") from None
        except ProcessEnded:
            self._blame(current, "DerivationEndedProcess")
            self._queue.put_back([one for one in left if one not in current and not one.derived.done()])
            raise
        finally:
            self._since.pop(process, None)

    async def _answer(
        self, process: PoolProcess, current: Sequence[Waiting], *, behind: Sequence[Waiting]
    ) -> Derived:
        """The next answer of a process. If it is long in coming, other processes derive what waits behind it.

        Raises:
            TimeoutError: it does not come in time.
            ProcessEnded: it does not come any more.
        """
        budget = self.budget_seconds(current)
        self._since[process] = current[0], process.clock()
        with suppress(TimeoutError):
            return await process.answer(within=_STALLED * budget)
        names = [one.article.article_id for one in current]
        log.warning("derivation.stalled", article_ids=names, seconds=round(_STALLED * budget, 1))
        if len(current) > 1:
            raise TimeoutError
        self._queue.put_back(behind)
        return await process.answer(within=(1 - _STALLED) * budget)

    def _blame(self, current: Sequence[Waiting], reason: Reason) -> None:
        """One of these has cost its process: each is tried alone, unless it was and has had its chances."""
        tried_alone = len(current) == 1 and current[0].is_suspect
        for one in current:
            one.is_suspect = True
            one.failures += tried_alone
        if tried_alone and current[0].failures >= _TIMES_ALONE[reason]:
            _settle(current[0], self._given_up(current[0], reason))
        else:
            self._queue.put_back([one for one in current if not one.derived.done()])

    def _given_up(self, one: Waiting, reason: Reason) -> DerivationFailure:
        if reason == "DerivationTooSlow":
            seconds, length = self.budget_seconds([one]), len(one.article.body)
            message = (
                f"not derived within {seconds:.0f} s, the time for {length:,} characters, also not alone"
            )
        else:
            message = f"the process that derived it ended, also when it was alone, {one.failures} times"
        log.warning("derivation.given_up", article_id=one.article.article_id, error=reason)
        return DerivationFailure(one.article, reason, message, "")


def _settle(one: Waiting, derived: Derived) -> None:
    """It may be known already: an article that waits behind a stalled one is derived twice."""
    if not one.derived.done():
        one.derived.set_result(derived)
