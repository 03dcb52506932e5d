"""Hand articles to a pool's processes, some at a time, whichever partition they came from.

Reads:  articles from several callers at once
Writes: what came of each, in the order in which its caller gave them

A process takes several articles for little more than the cost of each (`text.parsing`), while a partition often has
only a few at hand; and a process that is done early takes more. What is derived with what never matters.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from readout.schemas.news import ArticlePublished
from readout.streams.processors.records import Derived

_AT_ONCE = 8

_Waiting = tuple[ArticlePublished, asyncio.Future[Derived]]


class HandOut:
    """The articles that wait for the processes of one executor."""

    def __init__(
        self,
        executor: ProcessPoolExecutor,
        size: int,
        derive: Callable[[list[ArticlePublished]], list[Derived]],
    ) -> None:
        """A queue in front of an executor of so many processes, which can import `derive`."""
        self.executor = executor
        self._size = size
        self._derive = derive
        self._waiting: deque[_Waiting] = deque()
        # One more than there are processes, so that none waits for our loop to come round.
        self._free = size + 1

    async def derive(self, articles: Sequence[ArticlePublished]) -> list[Derived]:
        """What came of each article.

        Raises:
            BrokenProcessPool: a process died; it may have been through one of these or of another caller's.
        """
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Derived]] = [loop.create_future() for _ in articles]
        self._waiting.extend(zip(articles, futures, strict=True))
        # Soon and not now: other partitions are about to bring theirs.
        loop.call_soon(self._hand_out)
        return await asyncio.gather(*futures)

    def _hand_out(self) -> None:
        while self._waiting and self._free:
            count = min(_AT_ONCE, -(-len(self._waiting) // self._size))
            self._submit([self._waiting.popleft() for _ in range(count)])

    def _submit(self, part: list[_Waiting]) -> None:
        try:
            submitted = self.executor.submit(self._derive, [article for article, _ in part])
        except (BrokenProcessPool, RuntimeError) as broken:
            _fail(part, broken)
            return
        self._free -= 1
        asyncio.wrap_future(submitted).add_done_callback(lambda done: self._take_back(part, done))

    def _take_back(self, part: list[_Waiting], done: asyncio.Future[list[Derived]]) -> None:
        self._free += 1
        if done.cancelled():
            _fail(part, BrokenProcessPool("the pool has ended"))
        elif broken := done.exception():
            _fail(part, broken)
        else:
            for (_, future), derived in zip(part, done.result(), strict=True):
                if not future.done():
                    future.set_result(derived)
        self._hand_out()


def _fail(part: Sequence[_Waiting], broken: BaseException) -> None:
    """An executor that is broken or was shut down is the same to who waits for it."""
    error = broken if isinstance(broken, BrokenProcessPool) else BrokenProcessPool(str(broken))
    for _, future in part:
        if not future.done():
            future.set_exception(error)
