"""What the consolidation reads: records of the contact log, each with the article revision that it is of.

Reads:  contact-log, and of news what its records point to
Writes: nothing
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from readout.schemas.contact_log import ContactLogged
from readout.schemas.ids import sha256_hex
from readout.schemas.news import ArticlePublished
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.reader import closing
from readout.streams.log.decoding import decode_article, decode_event
from readout.streams.log.origin import Position, is_at, is_before, offsets_of
from readout.streams.log.sources import source_of
from readout.streams.log.topics import CONTACT_LOG, NEWS
from readout.streams.processors.consolidation.reports import Input

# Articles without contacts between two with some are read and passed over, up to so many.
_PASSED_OVER = 256


class Source(Protocol):
    """Where records are read: live topics or an archive."""

    async def bounds(self, places: Sequence[Partition]) -> dict[Partition, Bounds]:
        """First and next offset of partitions."""
        ...

    def read(self, place: Partition, bounds: Bounds) -> AsyncIterator[StoredRecord]:
        """The records of a partition whose offsets lie in the bounds, in order."""
        ...


@dataclass(frozen=True, slots=True)
class ContactLog:
    """The contact log of an installation, by partition number."""

    source: Source
    prefix: str

    def place(self, number: int) -> Partition:
        """A partition of the contact log."""
        return Partition(self.prefix + CONTACT_LOG.stem, number)

    async def inputs(self, number: int, bounds: Bounds) -> dict[str, list[Input]]:
        """The readable records of a partition between two offsets, by article, in the order of the log."""
        records = [record async for record in self.source.read(self.place(number), bounds)]
        return await self.inputs_of(number, records)

    async def inputs_of(self, number: int, records: Sequence[StoredRecord]) -> dict[str, list[Input]]:
        """The same of records that are read already."""
        news = Partition(self.prefix + NEWS.stem, number)
        articles = await self._articles(news, [at for one in records if (at := source_of(one)) is not None])
        found: defaultdict[str, list[Input]] = defaultdict(list)
        for record in records:
            one = _input(record, articles)
            if one is not None:
                found[one.event.article_id].append(one)
        return dict(found)

    async def _articles(
        self, news: Partition, wanted: Iterable[Position]
    ) -> dict[Position, ArticlePublished]:
        """The articles at positions in `news` as it was when they were written down."""
        found: dict[Position, ArticlePublished] = {}
        for stretch in _stretches(sorted(set(wanted))):
            bounds = await self._reach(news, stretch)
            left = set(stretch)
            async with closing(self.source.read(news, bounds)) as records:
                async for record in records:
                    here = {position for position in left if is_at(position, offsets_of(record))}
                    article = _article(record) if here else None
                    found |= dict.fromkeys(here, article) if article else {}
                    left -= here
                    if not left:
                        break
        return found

    async def _reach(self, news: Partition, stretch: Sequence[Position]) -> Bounds:
        """Where a stretch lies now; what was restored has other offsets than it had."""
        if not stretch[0][0]:
            return Bounds(stretch[0][1], stretch[-1][1] + 1)
        bounds = (await self.source.bounds([news]))[news]
        restored, offset = stretch[0]
        return Bounds(await first_after(self.source, news, bounds, (restored, offset - 1)), bounds.next)


async def first_after(source: Source, place: Partition, bounds: Bounds, position: Position) -> int:
    """The offset of the first record that lies behind a position, which may be one from before a restoring."""
    low, high = bounds
    while low < high:
        middle = (low + high) // 2
        async with closing(source.read(place, Bounds(middle, high))) as records:
            record = await anext(records, None)
        if record is None or is_before(position, offsets_of(record)):
            high = middle
        else:
            low = record.offset + 1
    return low


def _stretches(positions: Sequence[Position]) -> Iterable[Sequence[Position]]:
    """Positions that lie so near each other that one read gives them all."""
    cuts = [
        index
        for index, (one, other) in enumerate(pairwise(positions), start=1)
        if one[0] != other[0] or other[1] - one[1] > _PASSED_OVER
    ]
    edges = [0, *cuts, len(positions)]
    return [positions[start:end] for start, end in pairwise(edges) if start < end]


def _input(record: StoredRecord, articles: Mapping[Position, ArticlePublished]) -> Input | None:
    """What a record says; None if nobody can read it, which an audit reports."""
    try:
        event = decode_event(record.value, record.headers)
    except InvalidRecord:
        return None
    if not isinstance(event, ContactLogged | RecordWithdrawn):
        return None
    position = source_of(record)
    article = articles.get(position) if position else None
    fits = article and (article.article_id, article.revision) == (event.article_id, event.revision)
    return Input(event, sha256_hex(record.value or b""), article if fits else None)


def _article(record: StoredRecord) -> ArticlePublished | None:
    try:
        return decode_article(record.key, record.value, record.headers)
    except InvalidRecord:
        return None
