"""The derive agent: take a batch from `news`, derive it, deliver it, acknowledge it.

Reads:  news, in batches that may hold several partitions
Writes: through `assignment`, a batch of each partition at a time
Order:  offsets within a partition; where the consumer has passed over some, they are read and derived first
Nothing is acknowledged before it is in the log. A record that cannot be read or derived becomes a dead letter in
its place; many of them in a row stop the worker, because then we are broken and not the data.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from readout.schemas.envelope import encode_value
from readout.schemas.news import ArticlePublished
from readout.streams.deliver.assignment import Assignment
from readout.streams.deliver.batch_plan import NotDerived, Processed
from readout.streams.deliver.partition_writer import Check, PartitionWriter
from readout.streams.derive.pool import DerivationPool
from readout.streams.errors import ConsecutiveDeadLetters, Fenced, InvalidRecord
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.dead_letters import PROCESSING, REFUSED, UNREADABLE, Reason
from readout.streams.log.decoding import decode_article
from readout.streams.logs import EventLogger
from readout.streams.processors.records import Derivation, DerivationFailure, Derived
from readout.streams.settings import Settings
from readout.streams.worker.metrics import Metrics

log = EventLogger(__name__)
Settles = Callable[[str, int], bool]


class DeriveAgent:
    """Derives and delivers what a worker is given."""

    def __init__(
        self, settings: Settings, pool: DerivationPool, assignment: Assignment, metrics: Metrics
    ) -> None:
        self._settings = settings
        self._pool = pool
        self._assignment = assignment
        self._metrics = metrics
        self._dead_letters_in_a_row: defaultdict[int, int] = defaultdict(int)

    async def process(self, records: Sequence[StoredRecord]) -> None:
        """Derive and deliver records of `news`; when this returns they may be acknowledged.

        Raises:
            ConsecutiveDeadLetters: too many in a row; nothing that is not in the log may be acknowledged.
            TransientError: the brokers failed for too long; the same holds.
        """
        by_partition: dict[int, list[StoredRecord]] = defaultdict(list)
        for record in records:
            by_partition[record.partition].append(record)
        work = (self._process_partition(number, part) for number, part in sorted(by_partition.items()))
        await asyncio.gather(*work)

    async def _process_partition(self, number: int, records: Sequence[StoredRecord]) -> None:
        writer = self._assignment.writer(number)
        if writer is None:
            return
        try:
            await self._process_batches(number, writer, records)
        except Fenced as fenced:
            self._assignment.set_aside(number, writer, fenced)

    async def _process_batches(
        self, number: int, writer: PartitionWriter, records: Sequence[StoredRecord]
    ) -> None:
        in_a_row_after = partial(self._in_a_row_after, number)
        async for batch in self._batches(writer, records):
            try:
                delivered = await self._derive_and_deliver(batch, writer.settles, in_a_row_after)
            except NotDerived as mistaken:
                log.warning("batch.derived_after_all", partition=number, reason=str(mistaken))
                delivered = await self._derive_and_deliver(batch, _settles_nothing, in_a_row_after)
            if delivered is None:
                return
            self._dead_letters_in_a_row[number] = in_a_row_after(delivered)
            self._metrics.delivered(delivered, time.time())
            _log_batch(number, delivered)

    async def _derive_and_deliver(
        self, batch: Sequence[StoredRecord], settles: Settles, check: Check
    ) -> Sequence[Processed] | None:
        with self._metrics.timed("derive"):
            processed = await self._derive(batch, settles)
        with self._metrics.timed("deliver"):
            return await self._assignment.deliver(batch[0].partition, processed, check)

    async def _batches(
        self, writer: PartitionWriter, records: Sequence[StoredRecord]
    ) -> AsyncIterator[list[StoredRecord]]:
        """The records that are not sealed yet, and those before and between them that never reached us.

        After a rebalance a consumer may still hold records from before it; nothing is taken on trust here.
        """
        size = self._settings.batch_size
        batch: list[StoredRecord] = []
        expected = writer.next_offset
        for record in sorted(records, key=lambda record: record.offset):
            while expected < record.offset:
                stop = min(record.offset, expected + size)
                batch += await writer.read_source(expected, stop)
                expected = stop
                if len(batch) >= size:
                    yield batch[:size]
                    batch = batch[size:]
            if record.offset == expected:
                batch.append(record)
                expected += 1
        for start in range(0, len(batch), size):
            yield batch[start : start + size]

    async def _derive(self, records: Sequence[StoredRecord], settles: Settles) -> list[Processed]:
        """Derive what is new, each content once; what is sealed by now is passed over, and judged by the plan."""
        read = [_unless_sealed(self._read(record), settles) for record in records]
        contents = {
            encode_value(one.article): one.article for one in read if one.article and _is_to_derive(one)
        }
        derived = dict(zip(contents, await self._pool.derive(list(contents.values())), strict=True))
        return [_with_derivation(one, derived) for one in read]

    def _read(self, record: StoredRecord) -> Processed:
        try:
            article = decode_article(record.key, record.value, record.headers)
        except InvalidRecord as error:
            return Processed(record, None, reason=Reason(UNREADABLE, type(error).__qualname__, str(error)))
        return Processed(record, article, reason=self._refusal(article))

    def _refusal(self, article: ArticlePublished) -> Reason | None:
        longest = self._settings.max_article_characters
        if len(article.body) <= longest:
            return None
        message = f"the body has {len(article.body)} characters, more than {longest}"
        return Reason(PROCESSING, "ArticleTooLong", message)

    def _in_a_row_after(self, number: int, batch: Sequence[Processed]) -> int:
        """How many dead letters in a row a partition has at the end of a batch, as it is planned.

        A contradictory revision is its publisher's mistake and says nothing about us: it does not count.
        """
        in_a_row = self._dead_letters_in_a_row[number]
        for one in batch:
            if one.reason and one.reason.stage == REFUSED:
                continue
            in_a_row = in_a_row + 1 if one.reason else 0
            if in_a_row >= self._settings.dead_letter_limit:
                reason = one.reason and one.reason.error
                raise ConsecutiveDeadLetters(
                    f"{in_a_row} dead letters in a row, up to {one.source.topic} partition "
                    f"{one.source.partition} offset {one.source.offset} ({reason}): stopping, because then not "
                    f"the articles are broken; raise READOUT_DEAD_LETTER_LIMIT if they are"
                )
        return in_a_row


def _settles_nothing(_article_id: str, _revision: int) -> bool:
    return False


def _unless_sealed(one: Processed, settles: Settles) -> Processed:
    if one.article is None or not settles(one.article.article_id, one.article.revision):
        return one
    return replace(one, is_repeated=True)


def _is_to_derive(one: Processed) -> bool:
    return bool(one.article and one.article.status == "usable" and not (one.reason or one.is_repeated))


def _with_derivation(one: Processed, derived: Mapping[bytes, Derived]) -> Processed:
    if one.article is None or not _is_to_derive(one):
        return one
    match derived[encode_value(one.article)]:
        case Derivation() as derivation:
            return replace(one, derivation=derivation)
        case DerivationFailure() as failure:
            reason = Reason(PROCESSING, failure.error, failure.message, failure.stacktrace)
            return replace(one, reason=reason)


def _log_batch(number: int, batch: Sequence[Processed]) -> None:
    """One line a batch; one more for each record that was set aside, and for each article when somebody debugs."""
    if not batch:
        return
    for one in batch:
        place = {"partition": number, "offset": one.source.offset}
        if one.reason:
            log.warning("record.dead_lettered", **place, error=one.reason.error)
        elif one.article:
            log.debug("article.sealed", **place, article_id=one.article.article_id, records=_records(one))
    log.info(
        "batch.sealed",
        partition=number,
        first_offset=batch[0].source.offset,
        last_offset=batch[-1].source.offset,
        articles=len(batch),
        records=sum(map(_records, batch)),
        repeated=sum(one.is_repeated for one in batch),
        dead_letters=sum(one.reason is not None for one in batch),
    )


def _records(one: Processed) -> int:
    return len(one.derivation.records) if one.derivation else 0
