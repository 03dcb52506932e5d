"""Neighbours on one cluster: other prefixes, other applications, and producers who leave transactions open.

Each installation of the first tests has its own prefix and the same application id, as whoever takes the defaults has.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from confluent_kafka import Producer

from readout.schemas.envelope import Record
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.partition_report import PartitionReport, describe_topics
from readout.streams.log.topics import ensure_topics, topic_name
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings
from tests.brokers.topics import (
    assert_exactly_once,
    generated_article,
    manifests,
    publish_articles,
    publish_records,
    until_sealed,
)
from tests.brokers.workers import WorkerProcess, until_all_sealed, worker
from tests.conftest import Broker, installation_on
from tests.faults.harness import Fault, join_at_work, kill_at_work, survive

_ARTICLES = 500
_SEED = 20221025
_WITHIN_SECONDS = 240
_LOOK_AGAIN_SECONDS = 0.2


async def test_two_prefixes_and_a_foreign_open_transaction_leave_both_logs_complete(
    kafka_broker: Broker, tmp_path: Path
) -> None:
    """A worker of each starts, one is killed, and starts again while a foreign transaction hides what it has sealed."""
    first, second = _neighbours(kafka_broker)
    expected = {(f"article-{number}", 1) for number in range(_ARTICLES)}
    with ExitStack() as stack:
        for settings in (first, second):
            await ensure_topics(settings)
            await publish_articles(settings, [generated_article(number) for number in range(_ARTICLES)])
        killed = stack.enter_context(worker(first, tmp_path / "first.log"))
        beside = stack.enter_context(worker(second, tmp_path / "second.log"))
        await _sealed(first, 20, killed)
        foreign = stack.enter_context(_open_transaction(first, "manifests"))
        # Sealed after the foreign transaction has begun: hidden from whoever reads committed records.
        batches = killed.batches_written()
        async with asyncio.timeout(_WITHIN_SECONDS):
            while killed.batches_written() < batches + 6:  # noqa: ASYNC110 - its log is all there is
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        killed.kill()
        heir = stack.enter_context(worker(first, tmp_path / "heir.log"))
        async with asyncio.timeout(_WITHIN_SECONDS):
            while not (held := heir.events("partition.held_up")):  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        assert topic_name(first, "manifests") in held[0]["reason"]
        assert not heir.events("batch.sealed"), "it went on before it could see what is sealed"
        foreign.abort_transaction()
        await _sealed(first, _ARTICLES, heir)
        await _sealed(second, _ARTICLES, beside)
        await assert_exactly_once(first, expected)
        await assert_exactly_once(second, expected)
        for one in (heir, beside):
            assert not one.events("partition.fenced"), one.log_tail()
            assert one.stop() == 0


async def test_two_prefixes_do_not_disturb_each_other_while_workers_die_and_join(
    broker: Broker, tmp_path: Path
) -> None:
    faults = (kill_at_work, join_at_work)
    outcomes = await asyncio.gather(
        *[
            survive(settings, _folder(tmp_path, fault), fault, seed=_SEED, articles=200, faults=2)
            for settings, fault in zip(_neighbours(broker), faults, strict=True)
        ]
    )
    print(f"seed {_SEED}: {outcomes}")


async def test_revisions_are_sealed_behind_a_foreign_open_transaction(
    kafka_broker: Broker, tmp_path: Path
) -> None:
    """The last manifest of an article may be hidden from readers of committed records, and is known all the same."""
    settings = installation_on(kafka_broker)
    await ensure_topics(settings)
    await publish_articles(settings, [generated_article(number) for number in range(8)])
    with worker(settings, tmp_path / "worker.log") as one:
        await until_all_sealed(settings, 8, [one])
        with _open_transaction(settings, "manifests") as foreign:
            for revision in (2, 3):
                batches = one.batches_written()
                await publish_articles(settings, [generated_article(n, revision) for n in range(8)])
                async with asyncio.timeout(_WITHIN_SECONDS):
                    while _articles(one) < 8 * revision:  # noqa: ASYNC110 - its log is all there is
                        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
                assert one.batches_written() > batches
            assert len(await manifests(settings)) < 24, "nothing was hidden"
            foreign.abort_transaction()
        assert one.stop() == 0
    await assert_exactly_once(
        settings, {(f"article-{n}", revision) for n in range(8) for revision in (1, 2, 3)}
    )


async def test_a_second_application_on_a_log_is_refused_at_start_with_both_names(
    broker: Broker, tmp_path: Path
) -> None:
    first = installation_on(broker)
    second = first.model_copy(update={"application_id": "latecomer"})
    await ensure_topics(first)
    await publish_articles(first, [generated_article(number) for number in range(40)])
    with worker(first, tmp_path / "first.log") as owner:
        await until_all_sealed(first, 40, [owner])
        with worker(second, tmp_path / "second.log") as latecomer:
            assert latecomer.wait() == 1
            said = _lines_for_people(latecomer)
        assert len(said) == 1
        assert re.search(
            rf"sealed by the application '{first.application_id}', and this is 'latecomer'", said[0]
        )
        await publish_articles(first, [generated_article(number) for number in range(40, 60)])
        await until_all_sealed(first, 60, [owner])
        assert not owner.events("partition.fenced"), "whoever is refused has disturbed the owner"
        assert owner.stop() == 0
    await assert_exactly_once(first, {(f"article-{number}", 1) for number in range(60)})
    heir = second.model_copy(update={"take_over_from": first.application_id})
    await publish_articles(first, [generated_article(number) for number in range(60, 80)])
    with worker(heir, tmp_path / "heir.log") as one:
        await until_all_sealed(first, 80, [one])
        assert one.stop() == 0
    await assert_exactly_once(first, {(f"article-{number}", 1) for number in range(80)})


async def test_two_applications_that_start_at_once_on_a_new_log_double_nothing(
    kafka_broker: Broker, tmp_path: Path
) -> None:
    """Neither finds the other's name there; the transactional ids are the log's, and so one of them ends."""
    first = installation_on(kafka_broker)
    second = first.model_copy(update={"application_id": "twin"})
    await ensure_topics(first)
    await publish_articles(first, [generated_article(number) for number in range(200)])
    with worker(first, tmp_path / "first.log") as one, worker(second, tmp_path / "second.log") as other:
        await until_sealed(
            first,
            200,
            within_seconds=_WITHIN_SECONDS,
            still_hopeful=lambda: one.is_running() or other.is_running(),
        )
        twins = (one, other)
        for twin in twins:
            if twin.is_running():
                twin.stop()
    await assert_exactly_once(first, {(f"article-{number}", 1) for number in range(200)})


async def test_topics_show_who_has_what_and_the_lag_behind_an_open_transaction(
    kafka_broker: Broker, tmp_path: Path
) -> None:
    settings = installation_on(kafka_broker)
    await ensure_topics(settings)
    articles = [article_record(generated_article(number)) for number in range(10)]
    await publish_records(settings, articles, partition=1)
    before = await _news(settings)
    assert [one.is_orphan for one in before] == [True] * settings.partitions
    assert [one.lag for one in before] == [0, 10, 0, 0]
    with worker(settings, tmp_path / "worker.log") as one:
        await until_all_sealed(settings, 10, [one])
        async with _open_publication(settings, articles):
            behind = await _news(settings)
            assert [one.hidden for one in behind] == [0, 10, 0, 0]
            assert [one.lag for one in behind] == [0, 10, 0, 0]
            assert [one.is_orphan for one in behind] == [False] * settings.partitions
            assert all(one.owner for one in behind)
        async with asyncio.timeout(_WITHIN_SECONDS):
            while sum(one.lag or 0 for one in await _news(settings)):  # noqa: ASYNC110 - the group commits
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        assert one.stop() == 0


def _folder(parent: Path, fault: Fault) -> Path:
    folder = parent / fault.__name__
    folder.mkdir()
    return folder


def _neighbours(broker: Broker) -> tuple[Settings, Settings]:
    """Two installations that differ in their prefix only."""
    settings = installation_on(broker)
    same = {"application_id": "readout-derive"}
    return settings.model_copy(update=same), installation_on(broker).model_copy(update=same)


async def _news(settings: Settings) -> list[PartitionReport]:
    return [one for one in await describe_topics(settings) if one.topic == topic_name(settings, "news")]


async def _sealed(settings: Settings, articles: int, by: WorkerProcess) -> None:
    await until_sealed(settings, articles, within_seconds=_WITHIN_SECONDS, still_hopeful=by.is_running)


def _articles(one: WorkerProcess) -> int:
    """How many records of news it says that it has gone through."""
    return sum(event["articles"] for event in one.events("batch.sealed"))


def _lines_for_people(one: WorkerProcess) -> list[str]:
    """What a worker says beside its log."""
    return [line for line in one.log_file.read_text().splitlines() if not line.startswith("{")]


@contextmanager
def _open_transaction(settings: Settings, stem: str) -> Iterator[Producer]:
    """A foreign producer that has written to every partition of a topic, and neither commits nor aborts."""
    producer = Producer(
        {
            "bootstrap.servers": settings.bootstrap_servers,
            "transactional.id": f"{settings.topic_prefix}foreign",
            "transaction.timeout.ms": 600_000,
        }
    )
    producer.init_transactions()
    producer.begin_transaction()
    for number in range(settings.partitions):
        producer.produce(topic_name(settings, stem), b"never committed", key=b"foreign", partition=number)
    producer.flush()
    yield producer


@asynccontextmanager
async def _open_publication(settings: Settings, records: Sequence[Record]) -> AsyncIterator[None]:
    """Somebody publishes in a transaction, which is open until the context ends."""
    producer = RecordProducer(settings, transactional_id=f"{settings.topic_prefix}publisher")
    await producer.start()
    await producer.begin()
    for record in records:
        await (await producer.send(record, topic_name(settings, "news"), partition=1))
    yield
    await producer.commit()
    await producer.close()
