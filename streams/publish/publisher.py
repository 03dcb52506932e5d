"""Publish articles to `news`: idempotent by article id and revision.

Reads:  news, once, for what is there already (digests only)
Writes: news (ArticlePublished), acknowledged by all replicas, in the order given
An article that is there to the letter is left alone; one that differs under the same id and revision is refused.
Two publishers at the same moment may both add a revision; the derive agent passes over the second.
"""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from enum import StrEnum

from readout.schemas.envelope import Record, ce_time, cloudevents_attributes, encode_value, to_headers
from readout.schemas.ids import sha256_hex
from readout.schemas.news import ArticlePublished, ArticleStatus
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.article_ids import only_one
from readout.streams.log.decoding import decode_event
from readout.streams.log.subscribe import read_topics
from readout.streams.log.topics import NEWS, topic_name
from readout.streams.settings import Settings

SOURCE = "urn:readout:publish"
_IN_FLIGHT = 500
# Letters of an id that a person must give: what is taken back is not there for the next reader.
_FEWEST = 4


class Published(StrEnum):
    """What publishing one article came to."""

    ADDED = "published"
    UNCHANGED = "already there"


class KnownRevisions:
    """The revisions that `news` holds, by digest: memory does not grow with the length of articles."""

    def __init__(self) -> None:
        self._revisions: dict[str, dict[int, bytes]] = {}
        self._contents: dict[str, list[bytes]] = {}

    def add(self, article: ArticlePublished) -> Published:
        """Note a revision, unless it is known.

        Raises:
            InvalidRecord: the same id and revision is known with another content.
        """
        revisions = self._revisions.setdefault(article.article_id, {})
        digest = bytes.fromhex(sha256_hex(encode_value(article)))
        known = revisions.setdefault(article.revision, digest)
        if known is digest:
            self._contents.setdefault(article.article_id, []).append(_content_digest(article))
            return Published.ADDED
        if known == digest:
            return Published.UNCHANGED
        raise InvalidRecord(
            f"article {article.article_id!r} revision {article.revision} is there already with another content; "
            f"publish this one with --revision {max(revisions) + 1}"
        )

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
        return max(self._revisions.get(article_id, {0: b""}))


async def known_revisions(settings: Settings) -> KnownRevisions:
    """Read what `news` holds; records that are no articles count for nothing."""
    known = KnownRevisions()
    async for record in read_topics([NEWS.stem], settings=settings):
        try:
            event = decode_event(record.value, record.headers)
            if isinstance(event, ArticlePublished):
                known.add(event)
        except InvalidRecord:
            continue
    return known


class Publisher:
    """Publishes articles in order; without a producer it only says what would happen."""

    def __init__(self, settings: Settings, producer: RecordProducer | None, known: KnownRevisions) -> None:
        self._topic = topic_name(settings, NEWS.stem)
        self._producer = producer
        self._known = known
        self._pending: list[Awaitable[StoredRecord]] = []

    async def publish(self, article: ArticlePublished) -> Published:
        """Queue an article, unless it is there already.

        Raises:
            InvalidRecord: the same id and revision is there with another content.
            TransientError: the brokers do not acknowledge.
        """
        outcome = self._known.add(article)
        if outcome is Published.ADDED and self._producer:
            self._pending.append(await self._producer.send(article_record(article), self._topic))
        if len(self._pending) >= _IN_FLIGHT:
            await self.settle()
        return outcome

    async def revise(self, article: ArticlePublished, *, lately: bool = False) -> Published:
        """Queue an article of which nobody numbers the versions: as its next revision, if its content is new.

        Args:
            article: its revision is of no account.
            lately: compare with the last revision only, as who watches a source does, so that what goes back to an
                earlier wording is published again.

        Raises:
            TransientError: the brokers do not acknowledge.
        """
        last = self._known.last(article.article_id)
        nothing_to_withdraw = article.status != "usable" and not last
        if nothing_to_withdraw or self._known.has_content(article, lately=lately):
            return Published.UNCHANGED
        return await self.publish(article.model_copy(update={"revision": last + 1}))

    def meant(self, wanted: str) -> str:
        """The article that a person means by an id or the beginning of one; see `KnownRevisions.meant`."""
        return self._known.meant(wanted)

    async def take_back(self, article_id: str, status: ArticleStatus, reason: str | None) -> Published:
        """Withhold or cancel an article, as its next revision.

        Raises:
            InvalidRecord: the article was never published.
            TransientError: the brokers do not acknowledge.
        """
        last = self._known.last(article_id)
        if not last:
            raise InvalidRecord(f"article {article_id!r} was never published: nothing to take back")
        return await self.publish(
            ArticlePublished(article_id=article_id, revision=last + 1, status=status, body="", reason=reason)
        )

    async def settle(self) -> None:
        """Wait until the brokers have acknowledged everything queued.

        Raises:
            TransientError: they do not.
        """
        for sent in self._pending:
            await sent
        self._pending.clear()


@asynccontextmanager
async def publishing(settings: Settings, *, dry_run: bool = False) -> AsyncIterator[Publisher]:
    """A publisher that knows what is there; on leaving, everything queued is acknowledged.

    Raises:
        ConfigurationError: the topics do not exist yet.
        TransientError: the brokers cannot be reached.
    """
    known = await known_revisions(settings)
    if dry_run:
        yield Publisher(settings, None, known)
        return
    producer = RecordProducer(settings)
    await producer.start()
    try:
        publisher = Publisher(settings, producer, known)
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
