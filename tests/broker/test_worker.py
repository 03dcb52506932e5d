"""Workers on a broker: everything once and in order, bad records set aside, and a clean end."""

import asyncio
import re
import signal
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from confluent_kafka import Consumer, TopicPartition

from readout.schemas.envelope import Record
from readout.streams.log.partition_report import describe_topics
from readout.streams.log.topics import ensure_topics, topic_name
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings
from tests.agents.planted import HANGS
from tests.brokers.kafka import free_ports
from tests.brokers.topics import (
    all_records,
    assert_exactly_once,
    generated_article,
    header,
    publish_articles,
    publish_records,
)
from tests.brokers.workers import until_all_sealed, worker
from tests.conftest import Broker, installation_on

_ARTICLES = 200


async def test_two_workers_write_everything_exactly_once_and_in_order(
    installation: Settings, tmp_path: Path
) -> None:
    await ensure_topics(installation)
    await publish_articles(installation, [generated_article(number) for number in range(_ARTICLES)])
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(installation, tmp_path / f"{name}.log")) for name in "ab"]
        await until_all_sealed(installation, _ARTICLES, workers)
        await assert_exactly_once(installation, {(f"article-{number}", 1) for number in range(_ARTICLES)})
        assert [one.stop() for one in workers] == [0, 0]
    assert all("batch.sealed" in one.log_file.read_text() for one in workers), "one worker did all the work"
    assert {line.lag for line in await describe_topics(installation) if line.topic.endswith("news")} == {0}


async def test_an_unreadable_record_is_set_aside_byte_for_byte_and_the_stream_goes_on(
    installation: Settings, tmp_path: Path
) -> None:
    await ensure_topics(installation)
    junk = Record(
        "news", b"\x00key", b"\xff\xfe no json", (("twice", b"1"), ("twice", b"\xff"), ("null", None))
    )
    unknown = Record("news", b"k", b"{}", (("ce_type", b"readout.article.published.v9"),))
    empty = Record("news", None, None, (("ce_type", b"readout.article.published.v1"),))
    await publish_records(installation, [article_record(generated_article(1))], partition=2)
    await publish_records(installation, [junk, unknown, empty], partition=2)
    await publish_records(installation, [article_record(generated_article(2))], partition=2)
    with worker(installation, tmp_path / "worker.log") as one:
        await until_all_sealed(installation, 2, [one])
        assert one.stop() == 0
    letters = await all_records(installation, "dead-letters")
    assert [(letter.key, letter.value) for letter in letters] == [
        (r.key, r.value) for r in (junk, unknown, empty)
    ]
    for letter, original in zip(letters, (junk, unknown, empty), strict=True):
        assert letter.headers[: len(original.headers)] == original.headers
        assert header(letter, "__connect.errors.topic") == topic_name(installation, "news")
    reasons = [header(letter, "__connect.errors.exception.class.name") for letter in letters]
    assert reasons == ["InvalidRecord", "UnknownEventType", "InvalidRecord"]
    assert [header(letter, "__connect.errors.offset") for letter in letters] == ["1", "2", "3"]


async def test_a_restarted_worker_goes_on_where_the_log_ends_whatever_the_group_has_committed(
    installation: Settings, broker: Broker, tmp_path: Path
) -> None:
    await ensure_topics(installation)
    await publish_articles(installation, [generated_article(number) for number in range(20)])
    with worker(installation, tmp_path / "first.log") as one:
        await until_all_sealed(installation, 20, [one])
        assert one.stop() == 0
    await publish_articles(installation, [generated_article(number) for number in range(20, 40)])
    if broker.name != "embedded":  # which takes commits from members of the group only
        _commit_the_end(installation)
    with worker(installation, tmp_path / "second.log") as one:
        await until_all_sealed(installation, 40, [one])
        assert one.stop() == 0
    await assert_exactly_once(installation, {(f"article-{number}", 1) for number in range(40)})


async def test_repeated_and_older_revisions_write_nothing(installation: Settings, tmp_path: Path) -> None:
    await ensure_topics(installation)
    revisions = [
        generated_article(1, 1),
        generated_article(1, 3),
        generated_article(1, 2),
        generated_article(1, 3),
    ]
    await publish_articles(installation, [*revisions, generated_article(2)])
    with worker(installation, tmp_path / "worker.log") as one:
        await until_all_sealed(installation, 3, [one])
        await publish_articles(installation, [generated_article(1, 2), generated_article(3)])
        await until_all_sealed(installation, 4, [one])
        assert one.stop() == 0
    await assert_exactly_once(
        installation, {("article-1", 1), ("article-1", 3), ("article-2", 1), ("article-3", 1)}
    )


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_a_worker_in_order(
    installation: Settings, tmp_path: Path, name: signal.Signals
) -> None:
    await ensure_topics(installation)
    await publish_articles(installation, [generated_article(number) for number in range(5)])
    with worker(installation, tmp_path / "worker.log") as one:
        await until_all_sealed(installation, 5, [one])
        one.send(name)
        assert one.wait() == 0
        assert "Traceback" not in one.log_file.read_text()


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_a_worker_at_once_whatever_it_waits_for(
    embedded_broker: Broker, tmp_path: Path, name: signal.Signals
) -> None:
    (port,) = free_ports(1)
    asked = {"derive_processes": 1, "derive_seconds": 20, "metrics_port": port}
    settings = installation_on(embedded_broker).model_copy(update=asked)
    await ensure_topics(settings)
    hanging = generated_article(1)
    await publish_articles(settings, [hanging.model_copy(update={"body": f"{hanging.body}\n{HANGS}"})])
    with worker(settings, tmp_path / "worker.log", ("tests.brokers.planted_worker",)) as one:
        await _until(lambda: one.events("derivation.stalled"))
        assert _status(port) == 200
        one.send(name)
        await _until(lambda: _status(port) == 503)
        one.send(name)
        assert one.wait() == 0
        last = one.log_file.read_text().splitlines()[-1]
        assert last == "readout worker: stopped at once; what was not in the log is derived again"
        assert "Traceback" not in one.log_file.read_text()


async def test_a_worker_without_topics_ends_with_one_clear_line(
    installation: Settings, tmp_path: Path
) -> None:
    with worker(installation, tmp_path / "worker.log") as one:
        assert one.wait() == 1
        assert re.search(
            r"missing topics: .*; create them with `readout topics`\n$", one.log_file.read_text()
        )
        assert "Traceback" not in one.log_file.read_text()


async def test_a_transactional_worker_on_a_broker_without_transactions_ends_with_one_clear_line(
    embedded_broker: Broker, tmp_path: Path
) -> None:
    asked = installation_on(embedded_broker).model_copy(update={"delivery": "transactional"})
    await ensure_topics(asked)
    with worker(asked, tmp_path / "worker.log") as one:
        assert one.wait() == 1
        (line,) = (line for line in one.log_file.read_text().splitlines() if not line.startswith("{"))
    assert line.startswith("readout worker: the brokers at 127.0.0.1:")
    assert "refuse transactions" in line
    assert line.endswith("set READOUT_DELIVERY=confirmed")


async def test_many_dead_letters_in_a_row_stop_the_worker(installation: Settings, tmp_path: Path) -> None:
    await ensure_topics(installation)
    junk = [Record("news", b"k", b"junk", ())] * 10
    await publish_records(installation, junk, partition=0)
    limited = installation.model_copy(update={"dead_letter_limit": 10})
    with worker(limited, tmp_path / "worker.log") as one:
        assert one.wait() == 1
        assert "10 dead letters in a row" in one.log_tail()


async def test_a_client_of_another_library_reads_all_topics_with_their_headers(
    installation: Settings, tmp_path: Path
) -> None:
    await ensure_topics(installation)
    await publish_articles(installation, [generated_article(number) for number in range(8)])
    await publish_records(installation, [Record("news", b"k", b"junk", ())], partition=0)
    with worker(installation, tmp_path / "worker.log") as one:
        await until_all_sealed(installation, 8, [one])
        assert one.stop() == 0
    for stem in ("news", "entities", "statements", "contact-log", "manifests", "dead-letters"):
        ours = await all_records(installation, stem)
        theirs = _read_with_librdkafka(installation, stem, len(ours))
        assert theirs == {(r.partition, r.offset): (r.key, r.value, r.headers) for r in ours}, stem
        assert ours, f"{stem} is empty"


async def _until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - it is another process that makes it true
            await asyncio.sleep(0.05)


def _status(port: int) -> int:
    """What `/readyz` answers."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def _commit_the_end(settings: Settings) -> None:
    """As if somebody had moved the group past everything that is there."""
    consumer = Consumer({"bootstrap.servers": settings.bootstrap_servers, "group.id": settings.group_id})
    news = topic_name(settings, "news")
    places = [TopicPartition(news, number) for number in range(settings.partitions)]
    for place in places:
        place.offset = consumer.get_watermark_offsets(place)[1]
    consumer.commit(offsets=places, asynchronous=False)
    consumer.close()


def _read_with_librdkafka(
    settings: Settings, stem: str, count: int
) -> dict[tuple[int | None, int | None], tuple[object, ...]]:
    consumer = Consumer(
        {
            "bootstrap.servers": settings.bootstrap_servers,
            "group.id": "foreign",
            "auto.offset.reset": "earliest",
        }
    )
    topic = topic_name(settings, stem)
    consumer.assign([TopicPartition(topic, number, 0) for number in range(settings.partitions)])
    found: dict[tuple[int | None, int | None], tuple[object, ...]] = {}
    while len(found) < count:
        record = consumer.poll(10)
        assert record is not None, f"{len(found)} of {count} records of {stem}"
        assert record.error() is None, record.error()
        headers = tuple(record.headers() or ())
        found[record.partition(), record.offset()] = (record.key(), record.value(), headers)
    consumer.close()
    return found
