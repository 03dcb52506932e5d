"""Put dead letters through again, after the code, the settings or the data were repaired.

Reads:  dead-letters, and manifests for what has been overcome meanwhile
Writes: the topic that a letter came from, in its old partition: key, value and headers as they were
A letter stays where it is: history is never edited. Redriving is safe to repeat: what is sealed by then is not
put through again, and would be passed over by the derive agent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from readout.schemas.envelope import Record
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.dead_letters import dead_letter_facts, is_of_news, original_headers
from readout.streams.log.decoding import decode_article
from readout.streams.log.subscribe import read_topics
from readout.streams.log.topics import DEAD_LETTERS, MANIFESTS, NEWS, topic_name
from readout.streams.settings import Settings


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


async def waiting_letters(settings: Settings, wanted: Wanted) -> list[DeadLetter]:
    """The letters that are wanted and not overcome, in the order in which they were written.

    Of a record that failed more than once there is one letter, the last.

    Raises:
        TransientError: the brokers cannot be reached.
        ConfigurationError: the topics do not exist.
    """
    latest: dict[tuple[object, ...], DeadLetter] = {}
    async for record in read_topics([DEAD_LETTERS.stem], settings=settings):
        letter = _read(record)
        if letter is not None and wanted.fits(letter):
            content = (letter.partition, record.key, record.value, original_headers(record.headers))
            latest.pop(content, None)
            latest[content] = letter
    sealed = await _last_manifests(settings) if latest else {}
    return [letter for letter in latest.values() if not _is_overcome(letter, sealed)]


async def redrive_letters(
    settings: Settings, letters: Sequence[DeadLetter], *, done: Callable[[DeadLetter], None] = lambda _: None
) -> None:
    """Put letters through again, one by one; `done` is told of each that the brokers have acknowledged.

    Raises:
        TransientError: the brokers did not acknowledge; some may have been put through, repeating is safe.
    """
    producer = RecordProducer(settings)
    await producer.start()
    try:
        for letter in letters:
            headers = original_headers(letter.record.headers)
            record = Record(NEWS.stem, letter.record.key, letter.record.value, headers)
            sent = await producer.send(record, topic_name(settings, NEWS.stem), partition=letter.partition)
            await sent
            done(letter)
    finally:
        await producer.abandon()


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


async def _last_manifests(settings: Settings) -> dict[str, tuple[int, bool]]:
    """The last revision of each article, and whether it is sealed for good rather than dead-lettered."""
    found: dict[str, tuple[int, bool]] = {}
    async for record in read_topics([MANIFESTS.stem], settings=settings):
        manifest = ManifestSealed.model_validate_json(record.value or b"")
        found[manifest.article_id] = (manifest.revision, manifest.outcome != "dead-lettered")
    return found


def _is_overcome(letter: DeadLetter, sealed: dict[str, tuple[int, bool]]) -> bool:
    article = _article(letter.record)
    if article is None or article.article_id not in sealed:
        return False
    revision, for_good = sealed[article.article_id]
    return revision > article.revision or (revision == article.revision and for_good)
