"""What the log itself says of one partition: how far it is sealed, and what each article last came to.

Reads:  manifests, seals, dead-letters and news of one partition
Writes: pages of seals that are missing, by way of whoever asks
The log is the checkpoint: no committed offset of the consumer group and nothing in memory is trusted instead. Where
that log was restored its records have new offsets, and are found by those that they had.
"""

from collections.abc import Sequence

from readout.schemas.envelope import Record
from readout.schemas.manifests import ManifestSealed
from readout.streams.deliver.ownership import application_of, refuse_another_application
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.log.dead_letters import seals
from readout.streams.log.origin import Position
from readout.streams.log.seal_pages import page_record
from readout.streams.log.sealed_articles import SealedArticles, WritePage
from readout.streams.log.sources import first_after, later, source_of
from readout.streams.log.topics import DEAD_LETTERS, NEWS, SEALS, topic_name
from readout.streams.settings import Settings


class SealedPartition:
    """The sealed state of one partition number; `catch_up` before use and whenever another may have written."""

    def __init__(self, settings: Settings, number: int) -> None:
        self.news = Partition(topic_name(settings, NEWS.stem), number)
        self.next_offset = 0
        """The first offset of news that nothing in the log accounts for."""
        self._settings = settings
        self._articles = SealedArticles(settings, number, folder=settings.index_folder)
        self._dead_letters = Partition(topic_name(settings, DEAD_LETTERS.stem), number)
        self.seals = (self._articles.manifests, self._dead_letters)
        """Where that is written which accounts for records of news."""

    async def catch_up(self, reader: Reader, write: WritePage | None = None) -> None:
        """Read what manifests and dead letters were added since the last time; write pages that are missing.

        Raises:
            ConfigurationError: more is sealed than `news` holds: it was deleted or restored; or another application
                seals this log.
            TransientError: the brokers did not answer, or no index can be kept.
        """
        articles = self._articles
        bounds = await reader.bounds((*self.seals, articles.pages, self.news))
        await articles.catch_up(reader, bounds[articles.manifests], bounds[articles.pages], write)
        await self._read_letters(reader, bounds[self._dead_letters])
        first_unsealed = await first_after(articles.position, reader, self.news, bounds[self.news])
        self.next_offset = max(self.next_offset, first_unsealed, bounds[self.news].first)
        self._check_against(bounds[self.news])
        if articles.newest is not None:
            refuse_another_application(self._settings, articles.manifests, application_of(articles.newest))

    async def last_manifest(self, reader: Reader, article_id: str) -> ManifestSealed | None:
        """The manifest of the article's last sealed revision; None if it has none.

        Raises:
            TransientError: what was known of the log was in doubt and is forgotten; catch up again.
        """
        return await self._articles.manifest(reader, article_id)

    def settles(self, article_id: str, revision: int) -> bool:
        """Is this revision of the article, or a newer one, sealed for good? No manifest is looked at.

        Raises:
            TransientError: as `last_manifest`.
        """
        seal = self._articles.find(article_id)
        return seal is not None and seal.settles(revision)

    def accounts_for(self, letter: StoredRecord) -> bool:
        """Is the record of news that this dead letter is of sealed?"""
        source = source_of(letter)
        return source is not None and source[1] < self.next_offset

    def due_pages(self, written: Sequence[StoredRecord]) -> list[Record]:
        """The pages of seals that are to be written with these records, which are not noted yet."""
        return [page_record(page, SEALS.stem) for page in self._articles.due_pages(written)]

    def note(self, written: Sequence[StoredRecord]) -> None:
        """Take note of what was written; derived records say nothing about articles.

        Raises:
            TransientError: as `last_manifest`; all of it is in the log.
        """
        for record in written:
            if record.topic == self._articles.manifests.topic:
                self._articles.note(record)
        for record in written:
            if record.topic == self._articles.pages.topic:
                self._articles.note_page(record)

    def close(self) -> None:
        """Let go of the local index."""
        self._articles.close()

    async def _read_letters(self, reader: Reader, reach: Bounds) -> None:
        start = max(self._articles.letters, reach.first)
        latest: Position | None = None
        async for record in reader.read({self._dead_letters: start}, {self._dead_letters: reach.next}):
            if seals(record):
                latest = later(latest, source_of(record))
        self._articles.account(latest, reach.next)

    def _check_against(self, news: Bounds) -> None:
        if self.next_offset > news.next:
            manifests = f"{self._articles.manifests.topic} partition {self.news.number}"
            raise ConfigurationError(
                f"{manifests} has sealed offset {self.next_offset - 1} of {self.news.topic}, which ends at "
                f"{news.next}: it was deleted or restored without its manifests"
            )
