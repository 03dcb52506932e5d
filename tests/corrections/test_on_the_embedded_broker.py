"""A few of the same stories on a broker: revisions of one partition, and crashes between any two writes."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readout.schemas.envelope import Record
from readout.schemas.news import ArticlePublished, ArticleStatus
from readout.streams.deliver import confirmed
from readout.streams.deliver.assignment import Assignment
from readout.streams.deliver.batch_plan import BatchPlanner
from readout.streams.deliver.partition_writer import Delivery
from readout.streams.deliver.sleep_guard import SleepGuard
from readout.streams.derive.pool import DerivationPool
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.topics import ensure_topics
from readout.streams.processors.records import Derived
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings
from readout.streams.worker.derive_agent import DeriveAgent
from readout.streams.worker.metrics import Metrics
from tests.agents.made import PRODUCER, derived
from tests.brokers.topics import all_records, assert_exactly_once, publish_records
from tests.conftest import Broker, installation_on

_NAMES = ("Anna Weber", "Luis Ortega")
_STATUSES: tuple[ArticleStatus, ...] = ("usable", "usable", "usable", "withheld", "canceled")
_REVISIONS = st.tuples(st.integers(0, 1), st.sampled_from(_STATUSES), st.sets(st.sampled_from(_NAMES)))


class _Crashed(BaseException):
    """The process has died here."""


@dataclass
class _Fuse:
    left: int

    def burn(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise _Crashed


class _Pool:
    async def derive(self, articles: Sequence[ArticlePublished]) -> list[Derived]:
        return [derived(one, tuple(name for name in _NAMES if name in one.body)) for one in articles]


def _crashing(fuse: _Fuse) -> type[RecordProducer]:
    class Crashing(RecordProducer):
        async def send(
            self, record: Record, topic: str, *, partition: int | None = None
        ) -> Coroutine[Any, Any, StoredRecord]:
            fuse.burn()
            sent = await super().send(record, topic, partition=partition)
            # What was queued before a crash has left the process or not; here it has.
            await asyncio.sleep(0)
            return sent

    return Crashing


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    revisions=st.lists(_REVISIONS, min_size=2, max_size=8),
    fuses=st.lists(st.integers(1, 12), max_size=3),
)
def test_crashes_between_any_writes_leave_each_revision_once(
    embedded_broker: Broker,
    revisions: list[tuple[int, ArticleStatus, set[str]]],
    fuses: list[int],
) -> None:
    asyncio.run(_story(installation_on(embedded_broker), _articles(revisions), fuses))


async def _story(installation: Settings, articles: list[ArticlePublished], fuses: list[int]) -> None:
    await ensure_topics(installation)
    await publish_records(installation, [article_record(one) for one in articles], partition=0)
    news = await all_records(installation, "news")
    for fuse in (*fuses, -1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(confirmed, "RecordProducer", _crashing(_Fuse(fuse)))
            await _work(installation, news)
    await assert_exactly_once(installation, _sealed(articles))


async def _work(installation: Settings, news: Sequence[StoredRecord]) -> None:
    """From the first offset, until done or dead."""
    planner = BatchPlanner(installation, PRODUCER)
    shared = Delivery(installation, planner, lambda: "2022-10-25T00:00:00Z", SleepGuard(lambda: 0, 1))
    assignment = Assignment(shared, seek=_never, fail=_never_fail, reclaim_seconds=1000)
    agent = DeriveAgent(installation, cast(DerivationPool, _Pool()), assignment, Metrics(PRODUCER))
    try:
        await assignment.assign([0])
        await agent.process(news)
    except _Crashed:
        pass
    finally:
        await assignment.close()


def _articles(revisions: list[tuple[int, ArticleStatus, set[str]]]) -> list[ArticlePublished]:
    last = [0, 0]
    made = []
    for number, status, names in revisions:
        last[number] += 1
        body = f"Present: {', '.join(sorted(names))}."
        made.append(
            ArticlePublished(article_id=f"article-{number}", revision=last[number], status=status, body=body)
        )
    return made


def _sealed(articles: Sequence[ArticlePublished]) -> set[tuple[str, int]]:
    """All revisions up to the one that takes the article back for good."""
    canceled: set[str] = set()
    found = set()
    for one in articles:
        if one.article_id not in canceled:
            found.add((one.article_id, one.revision))
        if one.status == "canceled":
            canceled.add(one.article_id)
    return found


async def _never(number: int, offset: int) -> None:
    raise AssertionError(f"nothing is reclaimed here: {number}, {offset}")


def _never_fail(error: BaseException) -> None:
    raise error
