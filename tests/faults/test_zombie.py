"""The zombie: a worker that slept in the middle of a write until its partitions were somebody else's, and goes on."""

import asyncio
import signal
from collections.abc import Iterable
from pathlib import Path

from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.log.subscribe import partitions_of
from readout.streams.log.topics import DERIVED, MANIFESTS, ensure_topics
from readout.streams.settings import Settings
from tests.brokers.topics import assert_exactly_once, generated_article, publish_articles
from tests.brokers.workers import WorkerProcess, until_all_sealed, worker
from tests.conftest import Broker
from tests.faults.watcher import watching

_ARTICLES = 100
_SLEEPWALKER = ("tests.faults.sleepwalker",)
_WRITTEN = (*(topic.stem for topic in DERIVED), MANIFESTS.stem)
_WITHIN_SECONDS = 60
_LOOK_AGAIN_SECONDS = 0.1


async def test_what_a_zombie_writes_late_is_refused_or_never_sent(
    installation: Settings, broker: Broker, tmp_path: Path
) -> None:
    await ensure_topics(installation)
    await publish_articles(installation, [generated_article(number) for number in range(_ARTICLES)])
    async with watching(installation) as watcher:
        with (
            worker(installation, tmp_path / "zombie.log", _SLEEPWALKER) as zombie,
            worker(installation, tmp_path / "successor.log") as successor,
        ):
            await _until_asleep(zombie)
            await until_all_sealed(installation, _ARTICLES, [successor])
            written = await _all_places(installation)
            zombie.send(signal.SIGCONT)
            reason = await _why_it_was_fenced(zombie)
            assert (zombie.stop(), successor.stop()) == (0, 0)
        await assert_exactly_once(installation, {(f"article-{number}", 1) for number in range(_ARTICLES)})
        await watcher.assert_that_it_stayed()
    assert await _all_places(installation) == written, "the zombie has written after it was woken"
    if broker.transactions:
        assert "another writer has taken over" in reason
        assert written > await _all_places(installation, committed=True), "it had nothing to be refused"
    else:
        assert "did not run" in reason


async def _until_asleep(zombie: WorkerProcess) -> None:
    async with asyncio.timeout(_WITHIN_SECONDS):
        while not zombie.is_asleep():  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)


async def _why_it_was_fenced(zombie: WorkerProcess) -> str:
    async with asyncio.timeout(_WITHIN_SECONDS):
        while not (fenced := zombie.events("partition.fenced")):  # noqa: ASYNC110 - its log is all there is
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    return str(fenced[0]["reason"])


async def _all_places(settings: Settings, *, committed: bool = False) -> set[tuple[Partition, int]]:
    """Where there are records, committed or not."""
    places = await partitions_of(_WRITTEN, settings)
    async with Reader(settings, committed=committed) as reader:
        bounds = await reader.bounds(places)
        starts = {place: bound.first for place, bound in bounds.items()}
        stops = {place: bound.next for place, bound in bounds.items()}
        return _places([record async for record in reader.read(starts, stops)])


def _places(records: Iterable[StoredRecord]) -> set[tuple[Partition, int]]:
    return {(Partition(one.topic, one.partition), one.offset) for one in records}
