"""The derive agent: order, gaps, dead letters in their place, and nothing for partitions of somebody else."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pytest
import structlog.testing

from readout.schemas.news import ArticlePublished
from readout.streams.deliver.assignment import Assignment
from readout.streams.deliver.batch_plan import NotDerived, Processed
from readout.streams.deliver.partition_writer import Check
from readout.streams.derive.pool import DerivationPool
from readout.streams.errors import ConsecutiveDeadLetters
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.dead_letters import PROCESSING, REFUSED, Reason, Stage
from readout.streams.processors.records import DerivationFailure, Derived
from readout.streams.settings import Settings
from readout.streams.worker.derive_agent import DeriveAgent
from readout.streams.worker.metrics import Metrics
from tests.agents.made import PRODUCER, article, derived, stored, stored_article


class _Pool:
    """Derives at once; an article that says so breaks."""

    def __init__(self) -> None:
        self.derived: list[str] = []

    async def derive(self, articles: Sequence[ArticlePublished]) -> list[Derived]:
        self.derived += [one.article_id for one in articles]
        return [
            DerivationFailure(one, "ValueError", "odd", "Traceback")
            if one.headline == "break"
            else derived(one)
            for one in articles
        ]


class _Log:
    """A partition of news and the writer of its derived records, in memory."""

    def __init__(self, news: Sequence[StoredRecord], next_offset: int = 0) -> None:
        self.news = news
        self.next_offset = next_offset
        self.batches: list[list[Processed]] = []
        self.refused: dict[int, Reason] = {}
        self.settled: dict[str, int] = {}
        self.mistaken: set[str] = set()

    def settles(self, article_id: str, revision: int) -> bool:
        return article_id in self.mistaken or revision <= self.settled.get(article_id, 0)

    async def read_source(self, start: int, stop: int) -> list[StoredRecord]:
        return [record for record in self.news if start <= record.offset < stop]

    def writer(self, number: int) -> "_Log | None":
        return self if number == 0 else None

    async def deliver(self, number: int, batch: Sequence[Processed], check: Check) -> Sequence[Processed]:
        assert number == 0
        for one in batch:
            if one.is_repeated and one.article and one.article.article_id in self.mistaken:
                raise NotDerived(one.article.article_id)
        planned = [replace(one, reason=self.refused.get(one.source.offset, one.reason)) for one in batch]
        check(planned)
        self.batches.append(planned)
        self.next_offset = batch[-1].source.offset + 1
        return planned

    @property
    def delivered(self) -> list[int]:
        return [one.source.offset for batch in self.batches for one in batch]


def _agent(log: _Log, settings: Settings | None = None, derives: _Pool | None = None) -> DeriveAgent:
    pool, assignment = cast(DerivationPool, derives or _Pool()), cast(Assignment, log)
    return DeriveAgent(settings or Settings(), pool, assignment, Metrics(PRODUCER))


def _news(count: int) -> list[StoredRecord]:
    return [stored_article(article(number), number) for number in range(count)]


async def test_what_is_sealed_is_not_derived_again_and_what_comes_twice_is_derived_once() -> None:
    once = article(3)
    news = [*_news(3), stored_article(once, 3), stored_article(once, 4)]
    log, pool = _Log(news), _Pool()
    log.settled["article-1"] = 1
    await _agent(log, derives=pool).process(news)
    assert pool.derived == ["article-0", "article-2", "article-3"]
    (batch,) = log.batches
    assert [one.is_repeated for one in batch] == [False, True, False, False, False]
    assert [one.derivation is not None for one in batch] == [True, False, True, True, True]
    assert batch[3].derivation is batch[4].derivation


async def test_what_was_taken_for_sealed_and_is_not_is_derived_after_all() -> None:
    news = _news(2)
    log, pool = _Log(news), _Pool()
    log.mistaken.add("article-1")
    await _agent(log, derives=pool).process(news)
    assert pool.derived == ["article-0", "article-0", "article-1"]
    assert [one.derivation is not None for one in log.batches[0]] == [True, True]


async def test_a_batch_is_delivered_in_the_order_of_offsets() -> None:
    news = _news(5)
    log = _Log(news)
    await _agent(log).process(news)
    assert log.delivered == [0, 1, 2, 3, 4]
    assert all(one.derivation for batch in log.batches for one in batch)


async def test_what_the_consumer_passed_over_is_read_and_derived_first() -> None:
    news = _news(8)
    log = _Log(news, next_offset=1)
    await _agent(log).process([news[3], news[6]])
    assert log.delivered == [1, 2, 3, 4, 5, 6]


async def test_what_is_sealed_is_passed_over() -> None:
    news = _news(5)
    log = _Log(news, next_offset=3)
    await _agent(log).process(news)
    assert log.delivered == [3, 4]


async def test_a_partition_of_somebody_else_is_left_alone() -> None:
    log = _Log([])
    foreign = StoredRecord("news", 1, 0, 0, 1, b"k", b"v", ())
    await _agent(log).process([foreign])
    assert log.batches == []


async def test_long_gaps_are_delivered_in_batches_of_the_usual_size() -> None:
    news = _news(10)
    log = _Log(news)
    await _agent(log, Settings(batch_size=4)).process([news[9]])
    assert [len(batch) for batch in log.batches] == [4, 4, 2]


async def test_bad_records_keep_their_place_among_good_ones() -> None:
    broken = article(2).model_copy(update={"headline": "break"})
    long = article(3).model_copy(update={"body": "x" * 200})
    withheld = article(4, status="withheld")
    news = [
        stored_article(article(1), 0),
        stored(b"k", b"junk", (), 1),
        stored_article(broken, 2),
        stored_article(long, 3),
        stored_article(withheld, 4),
        stored_article(article(5), 5),
    ]
    log = _Log(news)
    await _agent(log, Settings(max_article_characters=100)).process(news)
    (batch,) = log.batches
    assert [one.reason and one.reason.error for one in batch] == [
        None,
        "InvalidRecord",
        "ValueError",
        "ArticleTooLong",
        None,
        None,
    ]
    assert [one.derivation is not None for one in batch] == [True, False, False, False, False, True]


async def test_a_key_that_is_not_the_article_id_is_no_article() -> None:
    record = stored_article(article(1))
    moved = StoredRecord("news", 0, 0, 0, 1, b"other", record.value, record.headers)
    log = _Log([moved])
    await _agent(log).process([moved])
    assert log.batches[0][0].reason is not None


async def test_dead_letters_in_a_row_stop_the_worker_before_they_are_delivered() -> None:
    news = [stored(b"k", b"junk", (), offset) for offset in range(6)]
    log = _Log(news)
    agent = _agent(log, Settings(dead_letter_limit=4))
    await agent.process(news[:3])
    with pytest.raises(
        ConsecutiveDeadLetters, match="4 dead letters in a row, up to news partition 0 offset 3"
    ):
        await agent.process(news[3:])
    assert log.delivered == [0, 1, 2]


class _Partitions:
    """A log for each partition number."""

    def __init__(self, logs: Sequence[_Log]) -> None:
        self._logs = logs

    def writer(self, number: int) -> _Log:
        return self._logs[number]

    async def deliver(self, number: int, batch: Sequence[Processed], check: Check) -> Sequence[Processed]:
        return await self._logs[number].deliver(0, batch, check)


async def test_each_partition_counts_its_own_dead_letters() -> None:
    """Three in each of two partitions, one after the other, are not six in a row."""
    junk = [
        [replace(stored(b"k", b"junk", (), offset), partition=number) for offset in range(4)]
        for number in range(2)
    ]
    logs = [_Log(news) for news in junk]
    pool, assignment = cast(DerivationPool, _Pool()), cast(Assignment, _Partitions(logs))
    agent = DeriveAgent(Settings(dead_letter_limit=4), pool, assignment, Metrics(PRODUCER))
    for offset in range(3):
        for news in junk:
            await agent.process([news[offset]])
    assert [log.delivered for log in logs] == [[0, 1, 2]] * 2
    with pytest.raises(ConsecutiveDeadLetters, match="up to news partition 1 offset 3"):
        await agent.process([junk[1][3]])


async def test_a_good_record_between_them_starts_the_count_again() -> None:
    junk = [stored(b"k", b"junk", (), offset) for offset in range(6)]
    news = [*junk[:3], stored_article(article(1), 3), *junk[4:]]
    log = _Log(news)
    await _agent(log, Settings(dead_letter_limit=4)).process(news)
    assert log.delivered == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(("stage", "stops"), [(PROCESSING, True), (REFUSED, False)])
async def test_what_the_plan_refuses_counts_as_any_dead_letter_unless_its_publisher_is_to_blame(
    stage: Stage, *, stops: bool
) -> None:
    news = _news(6)
    log = _Log(news)
    log.refused = dict.fromkeys(range(6), Reason(stage, "RecordTooLarge", "large"))
    agent = _agent(log, Settings(dead_letter_limit=4, batch_size=1))
    if stops:
        with pytest.raises(ConsecutiveDeadLetters, match="4 dead letters in a row"):
            await agent.process(news)
    else:
        await agent.process(news)
    assert log.delivered == ([0, 1, 2] if stops else [0, 1, 2, 3, 4, 5])


async def test_what_the_plan_refuses_is_counted_and_logged() -> None:
    news = _news(3)
    log = _Log(news)
    log.refused = {1: Reason(PROCESSING, "RecordTooLarge", "large")}
    agent = _agent(log)
    with structlog.testing.capture_logs() as lines:
        await agent.process(news)
    assert [line["offset"] for line in lines if line["event"] == "record.dead_lettered"] == [1]
    metrics = agent._metrics.text().decode()
    assert 'readout_dead_letters_total{error="RecordTooLarge"} 1.0' in metrics
