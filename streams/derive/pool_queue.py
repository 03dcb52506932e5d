"""Share articles out among a pool's processes, some at a time, whichever partition they came from.

Reads:  articles from several callers at once
Writes: parts: articles that one process derives together

A process takes several articles for little more than the cost of each (`text.parser.parsing`), while a partition
often has only a few at hand; and a process that is done early takes more. What is derived with what never matters.
Very long articles, and those that a process did not get through, go alone, and never to all processes at once: who
sends short ones does not wait for them.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from readout.schemas.news import ArticlePublished
from readout.streams.processors.records import Derived

_AT_ONCE = 8
_CHARACTERS_AT_ONCE = 40_000
_VERY_LONG = 100_000


@dataclass(eq=False, slots=True)
class Waiting:
    """An article, and who waits for what comes of it.

    Attributes:
        is_suspect: a process that had it was not done with it.
        failures: the processes that it has cost since, when it was alone.
    """

    article: ArticlePublished
    derived: asyncio.Future[Derived]
    is_suspect: bool = False
    failures: int = 0

    @property
    def goes_alone(self) -> bool:
        """Is it a suspect, or very long?"""
        return self.is_suspect or len(self.article.body) > _VERY_LONG


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """What one process derives together, in this order."""

    articles: Sequence[Waiting]
    is_alone: bool


class PoolQueue:
    """The articles that wait for a pool of so many processes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._short: deque[Waiting] = deque()
        self._alone: deque[Waiting] = deque()
        self._idle: deque[asyncio.Future[Part]] = deque()
        self._busy_alone = 0

    def put(self, articles: Iterable[Waiting]) -> None:
        """These come last."""
        for one in articles:
            (self._alone if one.goes_alone else self._short).append(one)
        self._look()

    def put_back(self, articles: Sequence[Waiting]) -> None:
        """These come first: they have waited before."""
        for one in reversed(articles):
            (self._alone if one.goes_alone else self._short).appendleft(one)
        self._look()

    async def take(self) -> Part:
        """What a process derives next; waits until there is something."""
        taken: asyncio.Future[Part] = asyncio.get_running_loop().create_future()
        self._idle.append(taken)
        self._look()
        return await taken

    def done(self, part: Part) -> None:
        """A process is free again."""
        self._busy_alone -= part.is_alone
        self._look()

    def _look(self) -> None:
        # Soon and not now: other partitions are about to bring theirs.
        asyncio.get_running_loop().call_soon(self._hand_out)

    def _hand_out(self) -> None:
        while self._idle and (part := self._next()):
            taken = self._idle.popleft()
            if taken.done():
                self.put_back(part.articles)
            else:
                self._busy_alone += part.is_alone
                taken.set_result(part)

    def _next(self) -> Part | None:
        if self._alone and self._busy_alone < max(1, self._size - 1):
            return Part([self._alone.popleft()], is_alone=True)
        count = min(_AT_ONCE, -(-len(self._short) // self._size))
        taken: list[Waiting] = []
        characters = 0
        while len(taken) < count and characters < _CHARACTERS_AT_ONCE:
            taken.append(self._short.popleft())
            characters += len(taken[-1].article.body)
        return Part(taken, is_alone=False) if taken else None
