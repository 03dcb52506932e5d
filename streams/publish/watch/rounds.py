"""Watch feeds and pages: publish what is new in them, an edit as the article's next revision.

Reads:  what the addresses answer, and `news` once for what is there already
Writes: news
What was seen is held in memory only. After a restart everything is asked for once more and compared with `news`, so
nothing is published twice and nothing is missed that is still there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from readout.streams.errors import InvalidRecord
from readout.streams.publish.documents import read_document
from readout.streams.publish.drafts import Draft, Limits
from readout.streams.publish.extracted import Document
from readout.streams.publish.formats import SourceFormat, markup_format
from readout.streams.publish.publisher import Published, Publisher
from readout.streams.publish.sources import Found, Refusal, checked, largest_document
from readout.streams.publish.watch.fetch import Fetched, Fetcher


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """How to watch.

    Attributes:
        limits: beyond which articles are refused.
        pages: read the page of each entry instead of the entry's own text.
        teasers: take entries that hold only the beginning of their text.
        every_seconds: between rounds; None ends after one.
        delay_seconds: between requests to one host.
    """

    limits: Limits
    pages: bool = False
    teasers: bool = False
    every_seconds: float | None = None
    delay_seconds: float = 1.0


class Watched:
    """One feed or page."""

    def __init__(self, url: str, options: WatchOptions, fetcher: Fetcher) -> None:
        self.url = url
        self._options = options
        self._fetcher = fetcher
        self._entries: list[Draft] = []

    async def articles(self) -> AsyncIterator[Found | Refusal]:
        """What is new or may have changed since the last round; what cannot be had is a refusal."""
        try:
            fetched = await self._fetcher.get(self.url)
            drafts = [] if fetched is None else list(self._drafts(fetched))
        except InvalidRecord as error:
            yield Refusal(self.url, str(error))
            return
        for where, draft in drafts:
            yield checked(where, draft, self._options.limits)
        for entry in self._entries:
            page = await self._page(entry)
            if page is not None:
                yield page

    def _drafts(self, fetched: Fetched) -> Iterator[tuple[str, Draft | InvalidRecord]]:
        """The articles of a document; of a feed whose pages are read only what it withdraws."""
        told = markup_format(fetched.data)
        is_page = told == SourceFormat.HTML
        document = Document(
            fetched.data,
            url=fetched.url,
            encoding=fetched.charset if is_page else None,
            teasers=self._options.teasers or self._options.pages,
        )
        found = [
            (f"{self.url}: {place}" if place else self.url, one)
            for place, one in read_document(document, told)
        ]
        if not self._options.pages or is_page:
            yield from found
            return
        self._entries = [one for _, one in found if isinstance(one, Draft) and _link(one)]
        yield from ((where, one) for where, one in found if isinstance(one, InvalidRecord) or not _link(one))

    async def _page(self, entry: Draft) -> Found | Refusal | None:
        """The page of an entry; None if it has not changed."""
        link = _link(entry) or ""
        try:
            fetched = await self._fetcher.get(link)
        except InvalidRecord as error:
            return Refusal(link, str(error))
        if fetched is None:
            return None
        document = Document(fetched.data, url=fetched.url, encoding=fetched.charset)
        ((_, draft),) = read_document(document, SourceFormat.HTML)
        return checked(link, _with_entry(draft, entry), self._options.limits)


def _link(entry: Draft) -> str | None:
    return entry.source.url if entry.source and entry.status is None else None


def _with_entry(page: Draft | InvalidRecord, entry: Draft) -> Draft | InvalidRecord:
    """The page's text under the entry's id, with what the feed knows better: when, and in which language."""
    if isinstance(page, InvalidRecord):
        return page
    return replace(
        page,
        article_id=entry.article_id,
        headline=page.headline or entry.headline,
        published_at=entry.published_at or page.published_at,
        language=page.language or entry.language,
        byline=page.byline or entry.byline,
    )


class Rounds:
    """Goes round the watched addresses and publishes what is new."""

    def __init__(
        self, publisher: Publisher, published: Callable[[Found], None], refused: Callable[[Refusal], None]
    ) -> None:
        """Rounds; `published` and `refused` are told of each article once, and of each refusal until it changes."""
        self._publisher = publisher
        self._published = published
        self._refused = refused
        self._told: dict[str, str] = {}

    async def watch(self, urls: Sequence[str], options: WatchOptions) -> None:
        """Watch addresses, for ever or for one round.

        Raises:
            TransientError: the brokers do not acknowledge.
        """
        async with AsyncExitStack() as stack:
            watched = [
                Watched(url, options, await stack.enter_async_context(_fetcher(url, options))) for url in urls
            ]
            while True:
                for one in watched:
                    await self._round(one)
                if options.every_seconds is None:
                    return
                await asyncio.sleep(options.every_seconds)

    async def _round(self, watched: Watched) -> None:
        async for one in watched.articles():
            if isinstance(one, Found):
                await self._publish(one)
            elif self._told.get(one.where) != one.reason:
                self._told[one.where] = one.reason
                self._refused(one)
        await self._publisher.settle()

    async def _publish(self, found: Found) -> None:
        self._told.pop(found.where, None)
        if await self._publisher.revise(found.article, lately=True) is Published.ADDED:
            self._published(found)


def _fetcher(url: str, options: WatchOptions) -> Fetcher:
    return Fetcher(url, most_bytes=largest_document(options.limits), delay_seconds=options.delay_seconds)
