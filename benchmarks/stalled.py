"""How long other partitions wait while an article of one never ends: `python -m benchmarks.stalled --help`.

A worker with two processes gets articles at a steady rate. In every second run the first article of partition 0 has
a planted sentence on which its derivation sleeps. Shown are the waits of the articles of all other partitions, from
their acknowledged publication to a reader who sees their manifest, with and without it, in turn, on one broker.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import orjson

from benchmarks.articles import generated_articles
from readout.schemas.news import ArticlePublished
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.subscribe import read_topics
from readout.streams.log.topics import MANIFESTS, NEWS, ensure_topics, topic_name
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings
from tests.agents.planted import HANGS
from tests.brokers.kafka import kafka_cluster
from tests.brokers.workers import worker

_PARTITIONS = 4
_WARM_UP = 12
_COMMAND = ("tests.brokers.planted_worker",)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rounds and print what they came to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stalled", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each kind (default: 3)")
    parser.add_argument("--articles", type=int, default=120, help="how many a run (default: 120)")
    parser.add_argument("--rate", type=float, default=4.0, help="articles a second (default: 4)")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch, kafka_cluster(Path(scratch) / "kafka", 1) as cluster:
        found = asyncio.run(compare(cluster.bootstrap_servers, asked, Path(scratch)))
    sys.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0


async def compare(servers: str, asked: argparse.Namespace, scratch: Path) -> dict[str, object]:
    """The waits with and without an article that does not end, in seconds: medians over the rounds."""
    waits: dict[bool, list[list[float]]] = {False: [], True: []}
    for number in range(asked.rounds):
        for stalls in (False, True) if number % 2 else (True, False):
            settings = _settings(servers, f"stalled-{number}-{int(stalls)}")
            log = scratch / f"{settings.application_id}.log"
            found = await run(settings, asked.articles, asked.rate, log, stalls=stalls)
            waits[stalls].append(found)
            sys.stderr.write(
                f"round {number + 1}, {'stalled' if stalls else 'free'}: p95 {_cut(found, 95):.2f} s\n"
            )
    figures = {
        name: {f"p{cut}": statistics.median(_cut(one, cut) for one in waits[stalls]) for cut in (50, 95)}
        for name, stalls in (("free", False), ("stalled", True))
    }
    ratio = figures["stalled"]["p95"] / figures["free"]["p95"]
    return {"rounds": asked.rounds, **figures, "p95_stalled_to_free": round(ratio, 2)}


def _settings(servers: str, name: str) -> Settings:
    return Settings(
        bootstrap_servers=servers,
        topic_prefix=f"{name}.",
        application_id=name,
        partitions=_PARTITIONS,
        derive_processes=2,
        derive_seconds=600,
    )


def _cut(waits: Sequence[float], percent: int) -> float:
    return statistics.quantiles(waits, n=100)[percent - 1]


async def run(settings: Settings, count: int, rate: float, log: Path, *, stalls: bool) -> list[float]:
    """The waits of the articles of all partitions but the first, in seconds."""
    await ensure_topics(settings)
    articles = generated_articles(count)
    producer = RecordProducer(settings)
    await producer.start()
    sealed: dict[str, float] = {}
    published: dict[str, float] = {}
    try:
        with worker(settings, log, _COMMAND) as one:
            reading = asyncio.create_task(_note_seals(settings, sealed, _WARM_UP + count))
            for number in range(_WARM_UP):
                await _send(producer, settings, articles[0], f"warm-{number}", number % _PARTITIONS)
            while len(sealed) < _WARM_UP:  # noqa: ASYNC110 - it is a worker's doing, seen by the reader
                await asyncio.sleep(0.1)
            if stalls:
                hanging = articles[0].model_copy(update={"body": f"{articles[0].body}\n{HANGS}"})
                await _send(producer, settings, hanging, "hanging", 0)
            for number, article in enumerate(articles):
                started = time.perf_counter()
                await _send(producer, settings, article, f"{number}", 1 + number % (_PARTITIONS - 1))
                published[f"{number}"] = time.perf_counter()
                await asyncio.sleep(max(0.0, started + 1 / rate - time.perf_counter()))
            await reading
            one.kill()
    finally:
        await producer.close()
    return [sealed[name] - moment for name, moment in published.items()]


async def _send(
    producer: RecordProducer, settings: Settings, article: ArticlePublished, name: str, partition: int
) -> None:
    record = article_record(article.model_copy(update={"article_id": name}))
    await (await producer.send(record, topic_name(settings, NEWS.stem), partition=partition))


async def _note_seals(settings: Settings, sealed: dict[str, float], expected: int) -> None:
    async for record in read_topics([MANIFESTS.stem], settings=settings, follow=True):
        sealed[(record.key or b"").decode()] = time.perf_counter()
        if len(sealed) >= expected:
            return


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    sys.exit(main())
