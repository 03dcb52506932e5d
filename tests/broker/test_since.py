"""Reading from a moment: the broker is asked where it knows, and what it does not know makes no difference."""

from datetime import UTC, datetime, timedelta

from readout.streams.audit.log import LiveLog
from readout.streams.audit.replay.select import Selection, replay
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.log.partition_times import narrowed
from readout.streams.log.subscribe import partitions_of, read_topics
from readout.streams.log.topics import ensure_topics
from readout.streams.settings import Settings
from tests.agents.made import article
from tests.brokers.topics import all_records, publish_articles
from tests.conftest import Broker


async def _written(settings: Settings, count: int = 20) -> list[StoredRecord]:
    """Records of news, in the order of their times; no two batches have the same."""
    await ensure_topics(settings)
    for number in range(count):
        await publish_articles(settings, [article(number)])
    return sorted(await all_records(settings, "news"), key=lambda record: record.timestamp)


def _places(records: list[StoredRecord]) -> set[tuple[int, int]]:
    return {(record.partition, record.offset) for record in records}


async def test_what_is_read_from_a_moment_on_is_what_was_written_since(installation: Settings) -> None:
    written = await _written(installation)
    for at in (0, 7, 19):
        moment = datetime.fromtimestamp(written[at].timestamp / 1000, UTC)
        found = [one async for one in read_topics(["news"], settings=installation, since=moment)]
        assert _places(found) == _places([one for one in written if one.timestamp >= written[at].timestamp])
    late = datetime.fromtimestamp(written[-1].timestamp / 1000, UTC) + timedelta(seconds=1)
    assert [one async for one in read_topics(["news"], settings=installation, since=late)] == []


async def test_a_replay_between_two_moments_holds_what_was_written_then(installation: Settings) -> None:
    written = await _written(installation)
    since, until = written[5].timestamp, written[15].timestamp
    selection = Selection(stems=("news",), since=since, until=until)
    found = [one async for one in replay(LiveLog(installation), selection)]
    assert _places(found) == _places([one for one in written if since <= one.timestamp < until])


async def test_a_broker_that_knows_spares_us_what_is_older(broker: Broker, installation: Settings) -> None:
    written = await _written(installation)
    places = await partitions_of(["news"], installation)
    async with Reader(installation) as reader:
        bounds = await reader.bounds(places)
        some = await narrowed(reader, bounds, since=written[10].timestamp)
    spared = sum(some[place].first - bounds[place].first for place in places)
    older = sum(one.timestamp < written[10].timestamp for one in written)
    # Where no record is so late the embedded broker says 0, and all of a partition is read.
    assert spared == older if broker.transactions else spared <= older
