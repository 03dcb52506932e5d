"""What the log itself says of one partition: how far it is sealed, and what each article last came to.

Reads:  manifests, dead-letters and news of one partition
Writes: nothing
The log is the checkpoint: no committed offset of the consumer group and nothing in memory is trusted instead. In
memory is only an index, 16 bytes of hash and an offset for each article; the manifests stay in the log. Where that
log was restored its records have new offsets, and are found by those that they had.
"""

import hashlib
from collections.abc import Iterable

from readout.schemas.envelope import Header
from readout.schemas.manifests import ManifestSealed
from readout.streams.deliver.ownership import application_of, refuse_another_application
from readout.streams.errors import ConfigurationError, InvalidRecord
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.log.dead_letters import dead_letter_facts, seals
from readout.streams.log.origin import Position, is_before, offsets_of, origin_of
from readout.streams.log.run_facts import SOURCE_OFFSET
from readout.streams.log.topics import DEAD_LETTERS, MANIFESTS, NEWS, topic_name
from readout.streams.settings import Settings


class SealedPartition:
    """The sealed state of one partition number; `catch_up` before use and whenever another may have written."""

    def __init__(self, settings: Settings, number: int) -> None:
        self.news = Partition(topic_name(settings, NEWS.stem), number)
        self.next_offset = 0
        """The first offset of news that nothing in the log accounts for."""
        self._settings = settings
        self._manifests = Partition(topic_name(settings, MANIFESTS.stem), number)
        self._dead_letters = Partition(topic_name(settings, DEAD_LETTERS.stem), number)
        self.seals = (self._manifests, self._dead_letters)
        """Where that is written which accounts for records of news."""
        self._last_sealed: Position | None = None
        self._newest: StoredRecord | None = None
        self._last_manifests: dict[bytes, int] = {}
        self._read_up_to: dict[Partition, int] = {}

    async def catch_up(self, reader: Reader) -> None:
        """Read what manifests and dead letters have been added since the last time.

        Raises:
            ConfigurationError: more is sealed than `news` holds: it was deleted or restored; or another application
                seals this log.
        """
        bounds = await reader.bounds((*self.seals, self.news))
        ends = {place: bounds[place].next for place in self.seals}
        starts = {place: self._read_up_to.get(place, bounds[place].first) for place in ends}
        async for record in reader.read(starts, ends):
            self._take_in(record)
        self._read_up_to = ends
        first_unsealed = await self._first_unsealed(reader, bounds[self.news])
        self.next_offset = max(self.next_offset, first_unsealed, bounds[self.news].first)
        self._check_against(bounds[self.news])
        if self._newest is not None:
            refuse_another_application(self._settings, self._manifests, application_of(self._newest))

    async def last_manifest(self, reader: Reader, article_id: str) -> ManifestSealed | None:
        """The manifest of the article's last sealed revision; None if it has none."""
        offset = self._last_manifests.get(_hash(article_id.encode()))
        if offset is None:
            return None
        async for record in reader.read({self._manifests: offset}, {self._manifests: offset + 1}):
            return ManifestSealed.model_validate_json(record.value or b"")
        raise InvalidRecord(f"manifest {offset} of {self._manifests.topic} has gone; retention must be -1")

    def accounts_for(self, letter: StoredRecord) -> bool:
        """Is the record of news that this dead letter is of sealed?"""
        source = _source(letter)
        return source is not None and source[1] < self.next_offset

    def note(self, record: StoredRecord) -> None:
        """Take note of a manifest in the log; other records say nothing about articles."""
        if record.topic == self._manifests.topic:
            self._last_manifests[_hash(record.key or b"")] = record.offset

    def _take_in(self, record: StoredRecord) -> None:
        self.note(record)
        if record.topic == self._manifests.topic:
            self._newest = record
        position = _source(record)
        if position is None or not (record.topic == self._manifests.topic or seals(record)):
            return
        if self._last_sealed is None or _is_later(position, self._last_sealed):
            self._last_sealed = position

    async def _first_unsealed(self, reader: Reader, news: Bounds) -> int:
        """After the last sealed record of news; in a restored log, after the one that was there then."""
        if self._last_sealed is None:
            return 0
        if not self._last_sealed[0]:
            return self._last_sealed[1] + 1
        low, high = news.first, news.next
        while low < high:
            middle = (low + high) // 2
            record = await anext(reader.read({self.news: middle}, {self.news: high}), None)
            if record is None or is_before(self._last_sealed, offsets_of(record)):
                high = middle
            else:
                low = record.offset + 1
        return low

    def _check_against(self, news: Bounds) -> None:
        if self.next_offset > news.next:
            raise ConfigurationError(
                f"{self._manifests.topic} partition {self.news.number} has sealed offset {self.next_offset - 1} of "
                f"{self.news.topic}, which ends at {news.next}: it was deleted or restored without its manifests"
            )


def _source(record: StoredRecord) -> Position | None:
    """Where in `news` a record comes from, in the log as it was when it was written; None if it does not say."""
    text = dead_letter_facts(record.headers).get("offset") or _header(record.headers, SOURCE_OFFSET).decode()
    return (origin_of(record).restored, int(text)) if text.isdecimal() else None


def _is_later(position: Position, other: Position) -> bool:
    """What was restored less often was written later."""
    return (-position[0], position[1]) > (-other[0], other[1])


def _header(headers: Iterable[Header], name: str) -> bytes:
    return next((text for key, text in headers if key == name and text is not None), b"")


def _hash(key: bytes) -> bytes:
    return hashlib.blake2b(key, digest_size=16).digest()
