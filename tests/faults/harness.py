"""Worker crowds under faults: publish a load, do damage, and see whether every record is there once.

Bounded in rounds and articles, and seeded: the seed is in the name of each round that is printed. A watcher reads
along, as any subscriber would, and must never see anything that does not stay.
"""

import asyncio
import random
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from readout.schemas.news import ArticlePublished
from readout.streams.errors import TransientError
from readout.streams.log.topics import ensure_topics
from readout.streams.settings import Settings
from tests.brokers.topics import (
    assert_exactly_once,
    assert_pages_are_right,
    generated_article,
    publish_articles,
    until_sealed,
)
from tests.brokers.workers import READOUT_WORKER, WorkerProcess, worker
from tests.faults.watcher import watching

_PUBLISHED_AT_ONCE = 100
_AT_WORK_WITHIN_SECONDS = 5
_SEALED_WITHIN_SECONDS = 240
_SECONDS_PER_FAULT = 4
_SUPERVISED_EVERY_SECONDS = 0.5
_MOST_WORKERS = 200


@dataclass
class Crowd:
    """Workers of one installation; all of them end with the stack."""

    settings: Settings
    folder: Path
    stack: ExitStack
    command: Sequence[str] = READOUT_WORKER
    size: int = 2
    workers: list[WorkerProcess] = field(default_factory=list)
    zombies: int = 0

    def join(self) -> WorkerProcess:
        """Another worker joins."""
        log_file = self.folder / f"worker-{len(self.workers)}.log"
        self.workers.append(self.stack.enter_context(worker(self.settings, log_file, self.command)))
        return self.workers[-1]

    def running(self) -> list[WorkerProcess]:
        """Those that have not ended."""
        return [one for one in self.workers if one.is_running()]

    async def supervise(self) -> None:
        """Start another worker whenever one has given up, until cancelled: what a container engine does."""
        while True:
            if len(self.running()) < self.size:
                self.join()
            await asyncio.sleep(_SUPERVISED_EVERY_SECONDS)


@dataclass(frozen=True)
class Outcome:
    """What a round came to; a round that loses or doubles anything raises instead."""

    articles: int
    faults: int
    seconds: float
    workers: int
    zombies: int


Fault = Callable[[Crowd, random.Random], Awaitable[None]]


async def survive(  # noqa: PLR0913 - what a round is made of, each by its name
    settings: Settings,
    folder: Path,
    fault: Fault,
    *,
    seed: int,
    articles: int,
    faults: int,
    command: Sequence[str] = READOUT_WORKER,
) -> Outcome:
    """Derive articles with two workers while a fault strikes again and again; then check every record.

    Raises:
        AssertionError: something is lost, twice, out of order, or was seen and did not stay.
    """
    await ensure_topics(settings)
    settings = settings.model_copy(update={"index_folder": folder / "indexes", "manifests_per_page": 20})
    with ExitStack() as stack:
        crowd = Crowd(settings, folder, stack, command)
        async with watching(settings) as watcher:
            outcome = await endure(crowd, fault, seed=seed, articles=articles, faults=faults)
            await assert_exactly_once(settings, {(f"article-{number}", 1) for number in range(articles)})
            if command == READOUT_WORKER:
                await assert_pages_are_right(settings)
            await watcher.assert_that_it_stayed()
        assert {one.stop() for one in crowd.running()} == {0}, _logs(crowd)
    return outcome


async def endure(crowd: Crowd, fault: Fault, *, seed: int, articles: int, faults: int) -> Outcome:
    """Let a crowd work under faults until every article has a manifest.

    Raises:
        AssertionError: some never got one.
    """
    draw = random.Random(seed)
    started = time.monotonic()
    settings = crowd.settings
    supervisor = asyncio.create_task(crowd.supervise())
    await publish_articles(settings, [generated_article(0)])
    await sealed(crowd, 1)
    # The load lasts about as long as the faults, so that they strike workers at work.
    pause = faults * _SECONDS_PER_FAULT * _PUBLISHED_AT_ONCE / articles
    load = asyncio.create_task(_publish(settings, articles, pause))
    for _ in range(faults):
        await fault(crowd, draw)
    await load
    await sealed(crowd, articles)
    supervisor.cancel()
    seconds = round(time.monotonic() - started, 1)
    return Outcome(articles, faults, seconds, len(crowd.workers), crowd.zombies)


async def kill_at_work(crowd: Crowd, draw: random.Random) -> None:
    """A worker dies without a word, in the middle of a batch: between records, before its manifests, in a commit."""
    await asyncio.sleep(draw.uniform(0, 3))
    at_work = await _one_at_work(crowd, draw)
    await asyncio.sleep(draw.choice((0, draw.uniform(0, 0.15))))
    at_work.kill()


async def kill_at_once(crowd: Crowd, draw: random.Random) -> None:
    """A worker dies just after it has written something."""
    (await _one_at_work(crowd, draw)).kill()


async def kill_while_starting(crowd: Crowd, draw: random.Random) -> None:
    """A worker joins and dies at some moment while partitions are being assigned to it."""
    joined = crowd.join()
    await asyncio.sleep(draw.uniform(1, 4))
    joined.kill()


async def stop_in_order(crowd: Crowd, draw: random.Random) -> None:
    """A worker is asked to end, as a deployment does, and another one starts."""
    await asyncio.sleep(draw.uniform(0.05, 4))
    status = draw.choice(crowd.running()).stop()
    # One that has only just been started does not listen to signals yet.
    assert status in (0, -signal.SIGTERM), _logs(crowd)


async def join_at_work(crowd: Crowd, draw: random.Random) -> None:
    """A worker joins while another is in the middle of a batch, and leaves in order: partitions are released twice."""
    await _one_at_work(crowd, draw)
    joined = crowd.join()
    await asyncio.sleep(draw.uniform(3, 8))
    assert joined.stop() in (0, -signal.SIGTERM), _logs(crowd)


async def sleep_through_the_session(crowd: Crowd, draw: random.Random) -> None:
    """The zombie: stopped in the middle of its work until its partitions are somebody else's, then awake again.

    Raises:
        AssertionError: it sealed something of a partition that another worker had taken over meanwhile.
    """
    zombie = await _one_at_work(crowd, draw)
    since = {one: one.log_file.stat().st_size for one in crowd.workers}
    zombie.send(signal.SIGSTOP)
    await asyncio.sleep(crowd.settings.session_timeout_seconds * draw.uniform(1.5, 2))
    zombie.send(signal.SIGCONT)
    crowd.zombies += 1
    await asyncio.sleep(draw.uniform(1, 3))
    others = [one for one in crowd.workers if one is not zombie]
    taken = [one.events("partitions.assigned", since=since.get(one, 0)) for one in others]
    late = _sealed_late(zombie, since[zombie], [event["starts"] for events in taken for event in events])
    assert not late, f"{zombie.log_file.name} sealed {late} after others had taken over"


def _sealed_late(zombie: WorkerProcess, since: int, taken: Sequence[dict[str, int]]) -> list[dict[str, Any]]:
    """The batches that it sealed, before it was assigned anything again, past where others had started."""
    sealed: list[dict[str, Any]] = []
    for event in zombie.events("batch.sealed", "partitions.assigned", since=since):
        if event["event"] == "partitions.assigned":
            break
        sealed.append(event)
    starts = [(number, start) for one in taken for number, start in one.items()]
    return [
        event
        for event in sealed
        if any(
            number == str(event["partition"]) and event["first_offset"] >= start for number, start in starts
        )
    ]


async def _one_at_work(crowd: Crowd, draw: random.Random) -> WorkerProcess:
    """A worker that has just sealed a batch and so is in the next one; any, if none does anything."""
    before = {one: one.batches_written() for one in crowd.running()}
    deadline = time.monotonic() + _AT_WORK_WITHIN_SECONDS
    while time.monotonic() < deadline:
        await asyncio.sleep(0.01)
        busy = [one for one, count in before.items() if one.is_running() and one.batches_written() > count]
        if busy:
            return draw.choice(busy)
    return draw.choice(crowd.running())


_DECK: tuple[Fault, ...] = (
    *(kill_at_work,) * 6,
    *(kill_while_starting,) * 2,
    stop_in_order,
    join_at_work,
    sleep_through_the_session,
)


def any_of_these() -> Fault:
    """One of the above each time, dealt from a deck: every eleven times hold one zombie, at a moment nobody knows."""
    deck: list[Fault] = []

    async def dealt(crowd: Crowd, draw: random.Random) -> None:
        if not deck:
            deck.extend(_DECK)
            draw.shuffle(deck)
        await deck.pop()(crowd, draw)

    return dealt


async def _publish(settings: Settings, articles: int, pause: float) -> None:
    for start in range(1, articles, _PUBLISHED_AT_ONCE):
        numbers = range(start, min(start + _PUBLISHED_AT_ONCE, articles))
        await _publish_whatever_happens(settings, [generated_article(number) for number in numbers])
        await asyncio.sleep(pause)


async def _publish_whatever_happens(settings: Settings, articles: list[ArticlePublished]) -> None:
    """After an error some may be there twice, which must change nothing."""
    while True:
        try:
            return await publish_articles(settings, articles)
        except TransientError:
            await asyncio.sleep(_SUPERVISED_EVERY_SECONDS)


async def sealed(crowd: Crowd, articles: int) -> None:
    """Wait until so many articles have a manifest.

    Raises:
        AssertionError: they never got one; with what the workers say.
    """
    try:
        await until_sealed(
            crowd.settings,
            articles,
            within_seconds=_SEALED_WITHIN_SECONDS,
            still_hopeful=lambda: len(crowd.workers) < _MOST_WORKERS,
        )
    except (TimeoutError, AssertionError):
        raise AssertionError(f"not all of {articles} articles were sealed:\n{_logs(crowd)}") from None


def _logs(crowd: Crowd) -> str:
    return "\n".join(f"--- {one.log_file.name}\n{one.log_tail()}" for one in crowd.workers)
