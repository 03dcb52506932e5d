"""The zombie: a worker that slept in the middle of a write until its partitions were somebody else's, and goes on.

It may sleep for less than a request may take, or for more: then its own clock ends the request when it wakes, it
cannot know what has become of it, and must not open again, because that would fence the rightful owner. It may even
sleep for longer than errors are retried: that is no reason to end, because nobody has tried anything.
"""

import asyncio
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

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
_REASONS = ("another writer has taken over", "this process did not run")
# What a zombie may do: hear that it was fenced, that its partition was released, or that it was given some again.
_ENDS = ("partition.fenced", "partition.released", "partitions.assigned")


@pytest.mark.parametrize("longer_than", [None, "request_timeout_seconds", "retry_seconds"])
async def test_what_a_zombie_writes_late_is_refused_or_never_sent(
    installation: Settings, broker: Broker, tmp_path: Path, longer_than: str | None
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
            if longer_than:
                await asyncio.sleep(getattr(installation, longer_than) + 1)
            written = await _all_places(installation)
            woken = zombie.log_file.stat().st_size
            zombie.send(signal.SIGCONT)
            did = await _what_it_did(zombie, since=woken)
            assert (zombie.stop(), successor.stop()) == (0, 0)
        await assert_exactly_once(installation, {(f"article-{number}", 1) for number in range(_ARTICLES)})
        await watcher.assert_that_it_stayed()
    assert await _all_places(installation) == written, f"the zombie has written after it was woken: {did}"
    assert not successor.events("partition.fenced"), f"the zombie has fenced its successor: {did}"
    if did["event"] == "partition.fenced":
        assert any(reason in did["reason"] for reason in _REASONS), did
    if broker.transactions:
        assert written > await _all_places(installation, committed=True), "it had nothing to be refused"


async def _until_asleep(zombie: WorkerProcess) -> None:
    async with asyncio.timeout(_WITHIN_SECONDS):
        while not zombie.is_asleep():  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)


async def _what_it_did(zombie: WorkerProcess, *, since: int) -> dict[str, Any]:
    """The first thing that a zombie says about its partitions when it was woken."""
    try:
        async with asyncio.timeout(_WITHIN_SECONDS):
            while not (found := zombie.events(*_ENDS, since=since)):  # noqa: ASYNC110 - its log is all there is
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    except TimeoutError:
        raise AssertionError(f"the zombie went on as if nothing was:\n{zombie.log_tail()}") from None
    return found[0]


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
