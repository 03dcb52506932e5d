"""Run what is measured, each in a process of its own: alone, from the command line, and as workers on a broker.

Reads:  articles in a file, and brokers that are started here
Writes: nothing but scratch files
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.machine import Usage, pin, usage_of
from readout.schemas.envelope import encode_value
from readout.schemas.news import ArticlePublished
from readout.streams.errors import TransientError
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.subscribe import read_topics
from readout.streams.log.topics import MANIFESTS, NEWS, ensure_topics, topic_name
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings, environment_of

_STOPS_WITHIN_SECONDS = 40
_IN_FLIGHT = 200
_WARM_UP = 16
_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Rate:
    """So many articles in so many seconds, by the processor's clock (the broker's left out) and by the wall's."""

    articles: int
    cpu_seconds: float
    wall_seconds: float

    @property
    def per_cpu_second(self) -> float:
        """Articles a second of one busy core."""
        return self.articles / self.cpu_seconds

    @property
    def per_second(self) -> float:
        """Articles a second on the wall."""
        return self.articles / self.wall_seconds


@dataclass(frozen=True, slots=True)
class WorkerRun:
    """What workers did with a burst, how long they took from their start to a first manifest, and their memory."""

    rate: Rate
    start_seconds: float
    peak_mebibytes: float


def write_articles(articles: Sequence[ArticlePublished], file: Path) -> Path:
    """The articles as JSON lines, as every run reads them."""
    file.write_bytes(b"\n".join(encode_value(article) for article in articles))
    return file


def run_alone(kind: str, file: Path, *, core: int | None = None) -> dict[str, object]:
    """A run of `benchmarks.alone`; its figures.

    Raises:
        subprocess.CalledProcessError: it failed; what it said is on standard error.
    """
    environment = {name: text for name, text in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    process = subprocess.Popen(  # noqa: S603 - our own command, no shell
        [sys.executable, "-m", "benchmarks.alone", kind, str(file)],
        env=environment | {"PYTHONWARNINGS": "ignore"},
        stdout=subprocess.PIPE,
    )
    pin(process.pid, core)
    printed, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    figures: dict[str, object] = orjson.loads(printed)
    return figures


def run_derive(file: Path, *, core: int | None = None) -> tuple[float, float]:
    """`readout derive` over a file: its processor and wall seconds, start included."""
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own command, no shell
        [sys.executable, "-m", "readout", "derive", "--format", "jsonl", str(file)], stdout=subprocess.DEVNULL
    )
    pin(process.pid, core)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return used.ru_utime + used.ru_stime, time.perf_counter() - started


@contextmanager
def running_workers(settings: Settings, cores: Sequence[int | None], log: Path) -> Iterator[list[int]]:
    """A worker on each of the cores, stopped with the context; their process ids."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(_worker(settings, core, _log_of(log, number)))
            for number, core in enumerate(cores)
        ]


def _log_of(log: Path, number: int) -> Path:
    return log.with_suffix(f".{number}.log")


@contextmanager
def _worker(settings: Settings, core: int | None, log: Path) -> Iterator[int]:
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "readout", "worker"],
            env=os.environ | environment_of(settings),
            stdin=subprocess.DEVNULL,
            stderr=sink,
            start_new_session=True,
        )
    pin(process.pid, core)
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(_STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def work_off(
    articles: Sequence[ArticlePublished], settings: Settings, cores: Sequence[int | None], log: Path
) -> WorkerRun:
    """Start workers, let each warm up, and measure from the moment of a burst to its last manifest.

    Raises:
        TransientError: the workers did not seal all of it; their logs say why.
    """
    await ensure_topics(settings)
    warm_up = [_renamed(article, f"warm-up-{number}") for number, article in enumerate(articles[:_WARM_UP])]
    await publish(warm_up, settings)
    started = time.perf_counter()
    with running_workers(settings, cores, log) as pids:
        first = await _all_sealed(settings, len(warm_up)) - started
        logs = [_log_of(log, number) for number in range(len(cores))]
        await _until_shared(logs, settings.partitions)
        before, moment = _usage(pids), time.perf_counter()
        await publish(articles, settings)
        await _all_sealed(settings, len(warm_up) + len(articles))
        seconds, after = time.perf_counter() - moment, _usage(pids)
    rate = Rate(len(articles), after.cpu_seconds - before.cpu_seconds, seconds)
    return WorkerRun(rate, first, after.peak_mebibytes)


def _renamed(article: ArticlePublished, article_id: str) -> ArticlePublished:
    return article.model_copy(update={"article_id": article_id})


async def _until_shared(logs: Sequence[Path], partitions: int) -> None:
    """Wait until the workers have shared the partitions among them, each its part."""
    while sum(map(_assigned, logs)) != partitions or not all(map(_assigned, logs)):  # noqa: ASYNC110
        await asyncio.sleep(_LOOK_SECONDS)


def _assigned(log: Path) -> int:
    """How many partitions a worker was assigned the last time."""
    lines = log.read_bytes().splitlines() if log.exists() else []
    assignments = [line for line in lines if b"partitions.assigned" in line]
    return len(orjson.loads(assignments[-1])["starts"]) if assignments else 0


async def publish(articles: Sequence[ArticlePublished], settings: Settings) -> None:
    """Publish articles, all acknowledged."""
    producer = RecordProducer(settings)
    await producer.start()
    topic = topic_name(settings, NEWS.stem)
    try:
        for start in range(0, len(articles), _IN_FLIGHT):
            batch = articles[start : start + _IN_FLIGHT]
            await asyncio.gather(*[await producer.send(article_record(one), topic) for one in batch])
    finally:
        await producer.close()


async def _all_sealed(settings: Settings, expected: int) -> float:
    """Wait for so many manifests; when a reader saw the first one.

    Raises:
        TransientError: it ended before.
    """
    count, first = 0, 0.0
    async for _ in read_topics([MANIFESTS.stem], settings=settings, follow=True):
        count += 1
        first = first or time.perf_counter()
        if count >= expected:
            return first
    raise TransientError(f"{count} of {expected} articles sealed")


def _usage(pids: Sequence[int]) -> Usage:
    usages = [usage_of(pid) for pid in pids]
    return Usage(
        sum(one.cpu_seconds for one in usages),
        sum(one.peak_mebibytes for one in usages),
        sum(one.resident_mebibytes for one in usages),
    )
