"""Write one partition of the new log: first an article's record of `news`, then all that came of it, each once.

Reads:  the partition's own manifests, by way of the delivery's writer, which knows from them what is sealed
Writes: news, in transactions of their own, and everything else by way of the delivery's writer
Opening fences whoever wrote here before. So what was read of the partition since then is all there is.
"""

from collections.abc import Sequence
from dataclasses import replace

from readout.schemas.envelope import SALT, Record
from readout.streams.audit.facts import source_position
from readout.streams.deliver.confirmed import ConfirmedWriter
from readout.streams.deliver.partition_writer import Delivery, PartitionWriter
from readout.streams.deliver.unit_writer import TransactionalWriter, UnitWriter, no_pages
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.log.origin import moved_header, own_headers
from readout.streams.log.topics import MANIFESTS, NEWS, topic_name
from readout.streams.repartition.carrying import carried
from readout.streams.repartition.old_partition import Step
from readout.streams.repartition.places import Places

_NEWS_PURPOSE = "-news"
_FETCH_BYTES = 1024 * 1024


def news_writer(delivery: Delivery, number: int) -> UnitWriter:
    """Who writes `news`: another one than writes the rest, which may not be fenced by it."""
    if delivery.settings.delivery == "confirmed":
        return ConfirmedWriter(delivery.settings, number, delivery.guard.check)
    return TransactionalWriter(delivery.settings, number, _NEWS_PURPOSE)


class NewPartition:
    """One partition of the new log; `open` before use, `close` in the end."""

    def __init__(self, delivery: Delivery, number: int, news: UnitWriter, places: Places) -> None:
        """A partition; `news` is open already, so that `places` knows of all that is there."""
        self.number = number
        self._delivery = delivery
        self._settings = delivery.settings
        self._news = news
        self._places = places
        self._writer = PartitionWriter(delivery, number)
        self._knows_sealed = False

    async def open(self) -> None:
        """Fence older writers.

        Raises:
            Fenced: somebody else writes here.
            TransientError: the brokers do not answer.
        """
        await self._writer.open()

    async def close(self) -> None:
        """Disconnect."""
        await self._writer.release()

    async def write(self, steps: Sequence[Step]) -> None:
        """Write what is not there yet, in the order of the steps.

        Raises:
            Fenced: somebody else writes here.
            TransientError: the brokers do not acknowledge.
            ReplayMismatch: a manifest does not come out as it was.
        """
        await self._write_news([one for one in steps if not one.is_again and self._offset(one) is None])
        batch: list[Step] = []
        for step in steps:
            if batch and batch[0].is_again != step.is_again:
                await self._deliver(batch)
                batch = []
            batch.append(step)
        await self._deliver(batch)

    async def _write_news(self, steps: Sequence[Step]) -> None:
        written = await self._news.write([_copy(one.source) for one in steps], no_pages) if steps else []
        for step, record in zip(steps, written, strict=True):
            self._places.add(step.source.partition, step.source.offset, record.offset)

    async def _deliver(self, steps: Sequence[Step]) -> None:
        accounted = [step for step in steps if step.seal is not None or step.reason is not None]
        if not accounted:
            return
        if not accounted[0].is_again:
            await self._writer.deliver([carried(step, self._source(step)) for step in accounted])
            return
        await self._note_sealed()
        missing = [step for step in accounted if self._is_missing(step)]
        await self._writer.deliver_again([carried(step, self._source(step)) for step in missing])

    def _is_missing(self, step: Step) -> bool:
        """Was an article not yet sealed as often as it is by this step?"""
        ordinal = self._places.next_step(step.source.partition, step.source.offset)
        return ordinal >= self._places.times_sealed(self.number, self._source(step).offset)

    async def _note_sealed(self) -> None:
        """Count once how often each article is sealed: an older run may have come some of the way."""
        if self._knows_sealed:
            return
        self._knows_sealed = True
        place = Partition(topic_name(self._settings, MANIFESTS.stem), self.number)
        async with Reader(self._settings, fetch_bytes=_FETCH_BYTES) as reader:
            bounds = (await reader.bounds([place]))[place]
            async for record in reader.read({place: bounds.first}, {place: bounds.next}):
                position = source_position(record)
                if position is not None:
                    self._places.note_sealed(self.number, [position[1]])

    def _offset(self, step: Step) -> int | None:
        return self._places.find(step.source.partition, step.source.offset)

    def _source(self, step: Step) -> StoredRecord:
        """The record of `news` of a step, where it lies now."""
        topic, copy = topic_name(self._settings, NEWS.stem), _copy(step.source)
        offset = self._offset(step) or 0
        return replace(step.source, topic=topic, partition=self.number, offset=offset, headers=copy.headers)


def _copy(source: StoredRecord) -> Record:
    """A record of `news` for the new log: it says where it was, and keeps its salt."""
    salt = tuple(header for header in source.headers if header[0] == SALT)[:1]
    return Record(
        NEWS.stem, source.key, source.value, (*own_headers(source.headers), moved_header(source), *salt)
    )
