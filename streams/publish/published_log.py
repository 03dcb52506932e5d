"""What the log holds of single articles, without reading `news`: what is sealed, and what waits to be derived.

Reads:  seals, manifests after the last page, `news` after the last sealed article; of the partitions asked about
Writes: nothing but a temporary index
"""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Self

from readout.schemas.news import ArticlePublished
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import Partition
from readout.streams.kafka.producer import partition_of
from readout.streams.kafka.reader import Reader
from readout.streams.log.decoding import decode_event
from readout.streams.log.sealed_articles import SealedArticles
from readout.streams.log.sources import first_after
from readout.streams.log.topics import NEWS, topic_name
from readout.streams.processors.records import article_event_id
from readout.streams.settings import Settings


@dataclass(slots=True)
class _Partition:
    """A partition that was looked into; `waiting` are the event ids of what is not sealed yet, by revision."""

    sealed: SealedArticles
    waiting: dict[str, dict[int, str]] = field(default_factory=dict)


class PublishedLog:
    """Looks articles up; `async with` connects and lets go. What is published meanwhile is not seen."""

    def __init__(self, settings: Settings, partitions: int) -> None:
        self._settings = settings
        self._partitions = partitions
        self._reader = Reader(settings)
        self._known: dict[int, _Partition] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._reader)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def revisions(self, article_id: str) -> dict[int, str]:
        """The newest sealed revision of an article and those that wait, with the ids of their events.

        Raises:
            TransientError: the brokers do not answer.
            InvalidRecord: the log has lost a manifest.
        """
        number = partition_of(article_id.encode(), self._partitions)
        if number not in self._known:
            self._known[number] = await self._look_into(number)
        known = self._known[number]
        manifest = await known.sealed.manifest(self._reader, article_id)
        last = {manifest.revision: manifest.article_event_id} if manifest else {}
        return last | known.waiting.get(article_id, {})

    async def _look_into(self, number: int) -> _Partition:
        known = _Partition(SealedArticles(self._settings, number))
        self._stack.callback(known.sealed.close)
        news = Partition(topic_name(self._settings, NEWS.stem), number)
        places = (known.sealed.manifests, known.sealed.pages, news)
        # The end of `news` first: what is sealed later may hold more, never less.
        reach = (await self._reader.bounds([news]))[news]
        bounds = await self._reader.bounds(places)
        await known.sealed.catch_up(self._reader, bounds[known.sealed.manifests], bounds[known.sealed.pages])
        first = await first_after(known.sealed.position, self._reader, news, reach)
        async for record in self._reader.read({news: max(first, reach.first)}, {news: reach.next}):
            try:
                event = decode_event(record.value, record.headers)
            except InvalidRecord:
                continue
            if isinstance(event, ArticlePublished):
                known.waiting.setdefault(event.article_id, {}).setdefault(
                    event.revision, article_event_id(event)
                )
        return known
