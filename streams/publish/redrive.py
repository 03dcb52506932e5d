"""Put dead letters through again, after the code, the settings or the data were repaired.

Reads:  dead-letters, and manifests for what has been overcome meanwhile
Writes: the topic that a letter came from, in its old partition: key, value and headers as they were
A letter stays where it is: history is never edited. Redriving is safe to repeat: what is sealed by then is not
put through again, and would be passed over by the derive agent.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from readout.schemas.envelope import Record
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.kafka.reader import Reader
from readout.streams.log.dead_letters import dead_letter_facts, is_of_news, original_headers
from readout.streams.log.decoding import decode_article
from readout.streams.log.subscribe import partitions_of
from readout.streams.log.topics import DEAD_LETTERS, MANIFESTS, NEWS, topic_name
from readout.streams.publish.letter_table import LetterTable
from readout.streams.settings import Settings

_IN_FLIGHT = 100
_IN_FLIGHT_BYTES = 32 * 1024 * 1024
# Of each partition; a larger record still comes through.
_FETCH_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter of news; `offset` is where the record was there, `article_id` None if nobody can read it."""

    record: StoredRecord
    partition: int
    offset: int
    error: str
    message: str
    article_id: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters: all, or those with one of these errors or articles; an empty set does not restrict."""

    errors: frozenset[str] = field(default=frozenset())
    article_ids: frozenset[str] = field(default=frozenset())

    def fits(self, letter: DeadLetter) -> bool:
        """Is this letter among them?"""
        right_error = not self.errors or letter.error in self.errors
        return right_error and (not self.article_ids or letter.article_id in self.article_ids)


async def waiting_letters(settings: Settings, wanted: Wanted) -> AsyncIterator[DeadLetter]:
    """The letters that are wanted and not overcome, in the order in which they were written.

    Of a record that failed more than once there is one letter, the last. Letters are read twice and never held:
    first to find out which, then to give them.

    Raises:
        TransientError: the brokers cannot be reached.
        ConfigurationError: the topics do not exist.
    """
    places = [await partitions_of([topic.stem], settings) for topic in (DEAD_LETTERS, MANIFESTS)]
    async with Reader(settings, fetch_bytes=_FETCH_BYTES) as reader:
        letters, manifests = [await reader.bounds(one) for one in places]
        with LetterTable() as table:
            async for letter in _letters(reader, letters, wanted):
                table.add(_content(letter), (letter.partition, letter.record.offset), _revision(letter))
            table.note_articles()
            await _note_seals(reader, manifests, table)
            if not table.choose():
                return
            async for letter in _letters(reader, letters, wanted):
                if table.waits(letter.partition, letter.record.offset):
                    yield letter


async def redrive_letters(
    settings: Settings,
    letters: AsyncIterator[DeadLetter],
    *,
    done: Callable[[DeadLetter], None] = lambda _: None,
) -> None:
    """Put letters through again, in order; `done` is told of each that the brokers have acknowledged.

    Raises:
        TransientError: the brokers did not acknowledge; some may have been put through, repeating is safe.
    """
    producer = RecordProducer(settings)
    await producer.start()
    under_way: deque[tuple[DeadLetter, asyncio.Future[StoredRecord]]] = deque()
    size = 0
    try:
        async for letter in letters:
            under_way.append((letter, asyncio.ensure_future(await _send(producer, settings, letter))))
            size += len(letter.record.value or b"")
            while len(under_way) > _IN_FLIGHT or size > _IN_FLIGHT_BYTES:
                size -= await _finish(under_way, done)
        while under_way:
            await _finish(under_way, done)
    finally:
        for _, sent in under_way:
            sent.cancel()
        await asyncio.gather(*(sent for _, sent in under_way), return_exceptions=True)
        await producer.abandon()


async def _send(
    producer: RecordProducer, settings: Settings, letter: DeadLetter
) -> Coroutine[Any, Any, StoredRecord]:
    headers = original_headers(letter.record.headers)
    record = Record(NEWS.stem, letter.record.key, letter.record.value, headers)
    return await producer.send(record, topic_name(settings, NEWS.stem), partition=letter.partition)


async def _finish(
    under_way: deque[tuple[DeadLetter, asyncio.Future[StoredRecord]]], done: Callable[[DeadLetter], None]
) -> int:
    """Wait for the oldest letter under way; its size in bytes."""
    letter, sent = under_way[0]
    await sent
    under_way.popleft()
    done(letter)
    return len(letter.record.value or b"")


def _all(reader: Reader, bounds: dict[Partition, Bounds]) -> AsyncIterator[StoredRecord]:
    starts = {place: reach.first for place, reach in bounds.items()}
    return reader.read(starts, {place: reach.next for place, reach in bounds.items()})


async def _letters(
    reader: Reader, bounds: dict[Partition, Bounds], wanted: Wanted
) -> AsyncIterator[DeadLetter]:
    async for record in _all(reader, bounds):
        letter = _read(record)
        if letter is not None and wanted.fits(letter):
            yield letter


def _content(letter: DeadLetter) -> bytes:
    """A digest of what the letter is of: where it came from, key, value and headers."""
    digest = hashlib.blake2b(digest_size=16)
    headers = original_headers(letter.record.headers)
    parts = (
        letter.record.key,
        letter.record.value,
        *(part for name, text in headers for part in (name.encode(), text)),
    )
    digest.update(b"%d" % letter.partition)
    for part in parts:
        digest.update(b"null;" if part is None else b"%d;%b" % (len(part), part))
    return digest.digest()


def _read(record: StoredRecord) -> DeadLetter | None:
    facts = dead_letter_facts(record.headers)
    if not is_of_news(record) or not facts.get("offset", "").isdecimal():
        return None
    article = _article(record)
    return DeadLetter(
        record=record,
        partition=record.partition,
        offset=int(facts["offset"]),
        error=facts.get("exception.class.name", ""),
        message=facts.get("exception.message", ""),
        article_id=article.article_id if article else None,
    )


def _article(record: StoredRecord) -> ArticlePublished | None:
    try:
        return decode_article(record.key, record.value, original_headers(record.headers))
    except InvalidRecord:
        return None


async def _note_seals(reader: Reader, bounds: dict[Partition, Bounds], table: LetterTable) -> None:
    """Note what the articles of the letters were last sealed as; the manifests of all others are passed over."""
    async for record in _all(reader, bounds):
        if record.key is not None and table.has_article(record.key):
            manifest = ManifestSealed.model_validate_json(record.value or b"")
            table.seal(record.key, manifest.revision, for_good=manifest.outcome != "dead-lettered")


def _revision(letter: DeadLetter) -> tuple[bytes, int] | None:
    article = _article(letter.record)
    return (article.article_id.encode(), article.revision) if article else None
