"""A worker for an hour, killed every few minutes, with most of the load that it can take.

    python -m benchmarks.soak --minutes 60 --kill-every 180 --load 0.7

One Apache Kafka broker and one worker. A burst shows what the worker can do; then articles come at a part of that
rate, every tenth the second revision of an earlier one, and the worker is killed without a word and started again.
`--quota 0.35` lets the worker have so much of a core and no more, whatever else the machine does; what it can do is
measured within it. In the end, when nothing waits any more, every article revision and every record that a manifest
names is counted.
Prints one JSON object: what was lost and doubled, the lag, and how the memory of the worker's processes went, as a
slope over each life after its first minute, over the lives put one on another, and from the first life to the last.
Exits 1 if anything was lost, doubled or left over.
"""

import argparse
import asyncio
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from benchmarks.articles import generated_articles
from benchmarks.machine import family_of, usage_of
from benchmarks.quota import processor_quota
from benchmarks.runs import publish
from benchmarks.soak_account import Sample, count_all, slopes
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.streams.log.partition_report import describe_topics
from readout.streams.log.subscribe import read_topics
from readout.streams.log.topics import MANIFESTS, ensure_topics
from readout.streams.settings import Settings
from tests.brokers.kafka import kafka_cluster
from tests.brokers.workers import WorkerProcess

_SAMPLE_SECONDS = 5.0
_LOOK_SECONDS = 0.2
_WARM_UP = 20
_WORKED_OFF_WITHIN_SECONDS = 900
_BASES = 300
_SECOND_REVISION_EVERY = 10
_TOLD_EVERY_SAMPLES = 12


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and print what it came to."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.soak", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60, help="how long articles come (default: 60)")
    parser.add_argument("--kill-every", type=float, default=180, help="seconds of a life (default: 180)")
    parser.add_argument(
        "--load", type=float, default=0.7, help="part of what the worker can do (default: 0.7)"
    )
    parser.add_argument(
        "--burst", type=int, default=200, help="articles that show what it can do (default: 200)"
    )
    parser.add_argument("--processes", type=int, default=1, help="processes of its pool (default: 1)")
    parser.add_argument("--quota", type=float, help="cores that the worker may use (default: no quota)")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch, kafka_cluster(Path(scratch) / "kafka", 1) as cluster:
        found = asyncio.run(measure(cluster.bootstrap_servers, asked, Path(scratch)))
    sys.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0 if found["is_well"] else 1


async def measure(servers: str, asked: argparse.Namespace, scratch: Path) -> dict[str, object]:
    """The capacity of a worker, then the soak, then the account."""
    bases = generated_articles(_BASES)
    settings = _settings(servers, asked.processes, scratch / "indexes")
    with processor_quota(asked.quota) as confine:
        soak = Soak(settings, scratch / "worker.log", confine)
        try:
            most = await soak.capacity(bases[: asked.burst])
            _tell(f"{most:.2f} articles/s at most, {asked.load * most:.2f} from now on")
            await soak.run(bases, asked.load * most, asked.minutes * 60, asked.kill_every)
            left = await soak.work_off()
        finally:
            status = soak.end()
    account = await count_all(soak.settings, soak.published)
    return {
        "quota_cores": asked.quota,
        "capacity_per_second": round(most, 2),
        "load_per_second": round(asked.load * most, 2),
        "minutes": asked.minutes,
        "kills": soak.kills,
        "ended_by_itself": soak.ended,
        "exit_status": status,
        "processes_left_alive": sum(_is_alive(pid) for pid in soak.killed),
        "lag": {"most": max(one.lag for one in soak.samples), "left": left},
        **account.figures(),
        "memory": slopes(soak.samples, min(60.0, asked.kill_every / 2)),
        "is_well": account.is_well() and not left and status == 0,
    }


def _settings(servers: str, processes: int, indexes: Path) -> Settings:
    return Settings(
        bootstrap_servers=servers,
        derive_processes=processes,
        session_timeout_seconds=10,
        index_folder=indexes,
    )


@dataclass
class Soak:
    """A worker that somebody starts again whenever it has ended, and what was seen of it."""

    settings: Settings
    log: Path
    confine: Callable[[int], None]
    published: list[tuple[str, int]] = field(default_factory=list)
    sealed: set[tuple[str, int]] = field(default_factory=set)
    samples: list[Sample] = field(default_factory=list)
    killed: list[int] = field(default_factory=list)
    kills: int = 0
    ended: int = 0
    _worker: WorkerProcess | None = None
    _started: float = 0.0

    async def capacity(self, articles: Sequence[ArticlePublished]) -> float:
        """Start the worker and see how many articles a second of a burst it seals, once it is warm."""
        await ensure_topics(self.settings)
        self._watching = asyncio.create_task(self._note_seals())
        self._start()
        await self._publish_all(articles[:_WARM_UP])
        await self._until_sealed()
        begun = time.monotonic()
        await self._publish_all(articles[_WARM_UP:])
        await self._until_sealed()
        return (len(articles) - _WARM_UP) / (time.monotonic() - begun)

    async def run(self, bases: Sequence[ArticlePublished], rate: float, seconds: float, life: float) -> None:
        """Publish at a steady rate for so long, and kill the worker after each life."""
        publishing = asyncio.create_task(self._publish(bases, rate, seconds))
        begun = time.monotonic()
        while not publishing.done():
            await asyncio.sleep(_SAMPLE_SECONDS)
            self._sample(begun)
            self._supervise(life)
        await publishing

    async def work_off(self) -> int:
        """Wait until nothing waits any more; what still does when that takes too long, in articles."""
        left = len(self.published)
        with suppress(TimeoutError):
            async with asyncio.timeout(_WORKED_OFF_WITHIN_SECONDS):
                while left:
                    await asyncio.sleep(_LOOK_SECONDS)
                    self._supervise(float("inf"))
                    left = len(self.published) - len(self.sealed) or await self._acknowledged_lag()
        return left

    def end(self) -> int | None:
        """Ask the worker to end; its exit status."""
        self._watching.cancel()
        return self._worker.stop() if self._worker else None

    async def _acknowledged_lag(self) -> int:
        return sum(one.lag or 0 for one in await describe_topics(self.settings))

    async def _until_sealed(self) -> None:
        while len(self.sealed) < len(self.published):  # noqa: ASYNC110 - it is a worker's doing, seen by the reader
            await asyncio.sleep(_LOOK_SECONDS)

    def _start(self) -> None:
        self._worker = WorkerProcess(self.settings, self.log)
        self.confine(self._worker.pid)
        self._started = time.monotonic()

    def _sample(self, begun: float) -> None:
        now = time.monotonic()
        assert self._worker is not None  # noqa: S101 - `run` has started it
        resident = usage_of(self._worker.pid).resident_mebibytes
        lag = len(self.published) - len(self.sealed)
        sample = Sample(self.kills + self.ended, now - self._started, now - begun, resident, lag)
        self.samples.append(sample)
        if len(self.samples) % _TOLD_EVERY_SAMPLES == 0:
            _tell(f"{sample.at / 60:.0f} min: {resident:.0f} MiB, {lag} of {len(self.published)} wait")

    def _supervise(self, life: float) -> None:
        assert self._worker is not None  # noqa: S101 - `run` has started it
        if not self._worker.is_running():
            self.ended += 1
        elif time.monotonic() - self._started >= life:
            self.killed += family_of(self._worker.pid)
            self._worker.kill()
            self.kills += 1
        else:
            return
        self._start()

    async def _publish(self, bases: Sequence[ArticlePublished], rate: float, seconds: float) -> None:
        begun = time.monotonic()
        for number in itertools.count():
            wait = begun + number / rate - time.monotonic()
            if number / rate >= seconds:
                return
            await asyncio.sleep(max(0.0, wait))
            await self._publish_all([_article(bases, number)])

    async def _publish_all(self, articles: Sequence[ArticlePublished]) -> None:
        await publish(articles, self.settings)
        self.published += [(one.article_id, one.revision) for one in articles]

    async def _note_seals(self) -> None:
        async for record in read_topics([MANIFESTS.stem], settings=self.settings, follow=True):
            event = ManifestSealed.model_validate_json(record.value or b"")
            self.sealed.add((event.article_id, event.revision))


def _article(bases: Sequence[ArticlePublished], number: int) -> ArticlePublished:
    """The article that comes at this place: every tenth is a new text of the one nine before."""
    again = number % _SECOND_REVISION_EVERY == _SECOND_REVISION_EVERY - 1
    first = number - _SECOND_REVISION_EVERY + 1 if again else number
    changes = {"article_id": f"soak-{first}", "revision": 2 if again else 1}
    return bases[number % len(bases)].model_copy(update=changes)


def _is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    sys.exit(main())
