"""A worker on a restored log, whose records have other offsets than those that its manifests speak of."""

from pathlib import Path

from readout.schemas.envelope import Record
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.restore import restore
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.log import LiveLog
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.origin import own_headers
from readout.streams.log.topics import ensure_topics, topic_name
from readout.streams.publish.publisher import article_record
from readout.streams.publish.redrive import Wanted, redrive_letters, waiting_letters
from readout.streams.settings import Settings
from tests.brokers.topics import all_records, assert_exactly_once, generated_article, publish_articles
from tests.brokers.workers import until_all_sealed, worker
from tests.conftest import Broker, installation_on

_JUNK = Record("news", b"k", b"junk", (("a", b"1"),))
_BEFORE, _AFTER = 12, 40


async def test_a_worker_goes_on_where_a_restored_log_ends_and_loses_nothing(
    kafka_broker: Broker, tmp_path: Path
) -> None:
    first, second = installation_on(kafka_broker), installation_on(kafka_broker)
    await ensure_topics(first)
    await _publish_with_gaps(first, _BEFORE)
    with worker(first, tmp_path / "first.log") as one:
        await until_all_sealed(first, _BEFORE, [one])
        assert one.stop() == 0
    await write_archive(LiveLog(first), tmp_path / "archive")

    await restore(ArchiveLog(tmp_path / "archive"), second)
    assert len([one async for one in waiting_letters(second, Wanted())]) == 1
    await redrive_letters(second, waiting_letters(second, Wanted()))
    await publish_articles(second, [generated_article(number) for number in range(_BEFORE, _AFTER)])
    with worker(second, tmp_path / "second.log") as one:
        await until_all_sealed(second, _AFTER, [one])
        assert one.stop() == 0
    await assert_exactly_once(second, {(f"article-{number}", 1) for number in range(_AFTER)})
    again = [record for record in await all_records(second, "news") if record.value == _JUNK.value]
    assert own_headers(again[-1].headers) == _JUNK.headers
    assert len(await all_records(second, "dead-letters")) == 2


async def _publish_with_gaps(settings: Settings, articles: int) -> None:
    """Each in a transaction of its own, whose end takes an offset; junk among them."""
    producer = RecordProducer(settings, transactional_id=f"{settings.application_id}-publisher")
    await producer.start()
    try:
        records = [article_record(generated_article(number)) for number in range(articles)]
        for record in (_JUNK, *records):
            await producer.begin()
            await (await producer.send(record, topic_name(settings, "news")))
            await producer.commit()
    finally:
        await producer.abandon()
