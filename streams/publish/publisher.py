"""Publish articles to `news`: idempotent by article id and revision.

Reads:  nothing, unless asked what is there already: then single articles are looked up in `published_log`; `news`
        only where nobody numbers the versions of an article
Writes: news (ArticlePublished), acknowledged by all replicas, in the order given
What is in the log already adds nothing when it comes again: the derive agent passes over it, and sets another
content of the same id and revision aside. Whoever asks is told before, and nothing of it is written.
"""

from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager, suppress
from enum import StrEnum

from readout.schemas.envelope import Record, ce_time, cloudevents_attributes, encode_value, to_headers
from readout.schemas.ids import sha256_hex
from readout.schemas.news import ArticlePublished, ArticleStatus
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.article_ids import only_one
from readout.streams.log.decoding import decode_event
from readout.streams.log.subscribe import partitions_of, read_topics
from readout.streams.log.topics import NEWS, topic_name
from readout.streams.processors.records import article_event_id
from readout.streams.publish.published_log import PublishedLog
from readout.streams.settings import Settings

SOURCE = "urn:readout:publish"
_IN_FLIGHT = 500
# Letters of an id that a person must give: what is taken back is not there for the next reader.
_FEWEST = 4


class Published(StrEnum):
    """What publishing one article came to."""

    ADDED = "published"
    UNCHANGED = "already there"
    OLDER = "older than what is there"


class KnownRevisions:
    """Revisions by the ids of their events: memory does not grow with the length of articles."""

    def __init__(self) -> None:
        self._revisions: dict[str, dict[int, str]] = {}
        self._contents: dict[str, list[bytes]] = {}

    def add(self, article: ArticlePublished, there: Mapping[int, str] | None = None) -> Published:
        """Note a revision, unless it is known; `there` is what the log holds of the article, where that was asked.

        Raises:
            InvalidRecord: the same id and revision is known with another content.
        """
        known = {**(there or {}), **self._revisions.get(article.article_id, {})}
        digest = article_event_id(article)
        if known.get(article.revision) == digest:
            return Published.UNCHANGED
        if article.revision in known:
            raise InvalidRecord(
                f"article {article.article_id!r} revision {article.revision} is there already with another "
                f"content; publish this one with --revision {max(known) + 1}"
            )
        if there and article.revision < max(there):
            return Published.OLDER
        self._revisions.setdefault(article.article_id, {})[article.revision] = digest
        self._contents.setdefault(article.article_id, []).append(_content_digest(article))
        return Published.ADDED

    def has_content(self, article: ArticlePublished, *, lately: bool) -> bool:
        """Was this content published under the article's id: as its last revision, or as any?"""
        contents = self._contents.get(article.article_id, [])
        return _content_digest(article) in (contents[-1:] if lately else contents)

    def meant(self, wanted: str) -> str:
        """The article of this id, or the one whose id begins so, which must be told apart by 4 letters or more.

        Raises:
            NothingFound: several ids begin so.
            InvalidRecord: none does.
        """
        if wanted in self._revisions:
            return wanted
        found = [one for one in self._revisions if len(wanted) >= _FEWEST and one.startswith(wanted)]
        if not found:
            raise InvalidRecord(f"article {wanted!r} was never published: nothing to take back")
        return only_one(wanted, sorted(found), "article")

    def last(self, article_id: str) -> int:
        """The highest revision of an article; 0 if it was never published."""
        return max(self._revisions.get(article_id, {0: ""}))


class Publisher:
    """Publishes articles in order; without a producer it only says what would happen."""

    def __init__(
        self, settings: Settings, producer: RecordProducer | None, log: PublishedLog, *, check: bool
    ) -> None:
        """A publisher; with `check` it looks every article up before it is sent."""
        self._settings = settings
        self._topic = topic_name(settings, NEWS.stem)
        self._producer = producer
        self._log = log
        self._check = check
        self._known = KnownRevisions()
        self._has_read_news = False
        self._pending: list[Awaitable[StoredRecord]] = []

    async def publish(self, article: ArticlePublished) -> Published:
        """Queue an article, unless it is known to be there already.

        Raises:
            InvalidRecord: the same id and revision is there with another content.
            TransientError: the brokers do not acknowledge.
        """
        there = await self._log.revisions(article.article_id) if self._check else None
        outcome = self._known.add(article, there)
        if outcome is Published.ADDED and self._producer:
            self._pending.append(await self._producer.send(article_record(article), self._topic))
        if len(self._pending) >= _IN_FLIGHT:
            await self.settle()
        return outcome

    async def revise(self, article: ArticlePublished, *, lately: bool = False) -> Published:
        """Queue an article of which nobody numbers the versions: as its next revision, if its content is new.

        Only here all of `news` has to be read, once: an older version may have had this content.

        Args:
            article: its revision is of no account.
            lately: compare with the last revision only, as who watches a source does, so that what goes back to an
                earlier wording is published again.

        Raises:
            TransientError: the brokers do not acknowledge.
        """
        await self._read_news()
        last = self._known.last(article.article_id)
        nothing_to_withdraw = article.status != "usable" and not last
        if nothing_to_withdraw or self._known.has_content(article, lately=lately):
            return Published.UNCHANGED
        return await self.publish(article.model_copy(update={"revision": last + 1}))

    async def meant(self, wanted: str) -> str:
        """The article that a person means by an id or the beginning of one; see `KnownRevisions.meant`."""
        if await self._log.revisions(wanted):
            return wanted
        await self._read_news()
        return self._known.meant(wanted)

    async def take_back(self, article_id: str, status: ArticleStatus, reason: str | None) -> Published:
        """Withhold or cancel an article, as its next revision.

        Raises:
            InvalidRecord: the article was never published.
            TransientError: the brokers do not acknowledge.
        """
        there = await self._log.revisions(article_id)
        if not there:
            raise InvalidRecord(f"article {article_id!r} was never published: nothing to take back")
        return await self.publish(
            ArticlePublished(
                article_id=article_id, revision=max(there) + 1, status=status, body="", reason=reason
            )
        )

    async def _read_news(self) -> None:
        """Know every revision that `news` holds; records that are no articles count for nothing."""
        if self._has_read_news:
            return
        self._has_read_news = True
        async for record in read_topics([NEWS.stem], settings=self._settings):
            with suppress(InvalidRecord):
                event = decode_event(record.value, record.headers)
                if isinstance(event, ArticlePublished):
                    self._known.add(event)

    async def settle(self) -> None:
        """Wait until the brokers have acknowledged everything queued.

        Raises:
            TransientError: they do not.
        """
        for sent in self._pending:
            await sent
        self._pending.clear()


@asynccontextmanager
async def publishing(
    settings: Settings, *, check: bool = False, dry_run: bool = False
) -> AsyncIterator[Publisher]:
    """A publisher; on leaving, everything queued is acknowledged.

    Args:
        settings: where the brokers are.
        check: look every article up first.
        dry_run: do that, and write nothing.

    Raises:
        ConfigurationError: the topics do not exist yet.
        TransientError: the brokers cannot be reached.
    """
    partitions = len(await partitions_of([NEWS.stem], settings))
    async with PublishedLog(settings, partitions) as log:
        if dry_run:
            yield Publisher(settings, None, log, check=True)
            return
        producer = RecordProducer(settings)
        await producer.start()
        try:
            publisher = Publisher(settings, producer, log, check=check)
            yield publisher
            await publisher.settle()
        finally:
            await producer.close()


def article_record(article: ArticlePublished) -> Record:
    """An article as a record of `news`."""
    value = encode_value(article)
    source = (article.source and article.source.url) or SOURCE
    attributes = cloudevents_attributes(article, value, source=source, time=ce_time(article))
    return Record(NEWS.stem, article.article_id.encode(), value, to_headers(attributes))


def _content_digest(article: ArticlePublished) -> bytes:
    """Digest of what a reader sees: neither the revision nor the document that it was taken from."""
    source = article.source and article.source.model_copy(update={"extraction": None})
    seen = article.model_copy(update={"revision": 1, "source": source})
    return bytes.fromhex(sha256_hex(encode_value(seen)))
