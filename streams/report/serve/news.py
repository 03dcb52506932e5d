"""What is new, for everybody who looks: a number that grows, and the articles that changed last.

Nobody has a queue: whoever is slow is told once, of all that came meanwhile. So memory does not depend on readers.
"""

import asyncio
from collections import deque
from dataclasses import dataclass

_NAMED = 20


@dataclass(frozen=True, slots=True)
class Change:
    """How many records were taken so far, and the ids of the articles that changed last."""

    version: int
    records: int
    articles: tuple[str, ...]


class News:
    """Told by one, awaited by many, all in one event loop."""

    def __init__(self, records: int = 0) -> None:
        self._version = 0
        self._records = records
        self._articles: deque[str] = deque(maxlen=_NAMED)
        self._changed = asyncio.Event()

    @property
    def version(self) -> int:
        """How often something was told."""
        return self._version

    def tell(self, records: int, articles: list[str]) -> None:
        """So many more records, and in the lists these articles have changed."""
        self._version += 1
        self._records += records
        self._articles.extend(articles)
        self._changed.set()
        self._changed = asyncio.Event()

    async def after(self, version: int) -> Change:
        """What is there once something was told after a version."""
        while self._version <= version:
            await self._changed.wait()
        return Change(self._version, self._records, tuple(self._articles))
