"""A burst of articles at once: does memory stay flat, does the worker keep its partitions, is its loop awake?

    python -m benchmarks.burst [--articles 20000] [--large]

Publishes short articles (what waits is what counts here), starts a worker on the embedded broker, and looks at it
while it works them off. `--large` puts an article of 5 MB, which is refused, and one of 500,000 characters, which
is derived, in the middle. Prints one JSON object.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import orjson
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.articles import generated_articles
from benchmarks.machine import usage_of
from benchmarks.runs import publish, running_workers
from readout.schemas.news import ArticlePublished
from readout.streams.kafka.embedded import embedded_broker
from readout.streams.log.subscribe import read_topics
from readout.streams.log.topics import MANIFESTS, ensure_topics
from readout.streams.settings import Settings
from tests.brokers.kafka import free_ports

_SAMPLES = 20
_LARGE = {"large-refused": 5_000_000, "large-derived": 500_000}


def main() -> int:
    """Run the burst and print what was seen."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.burst")
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--large", action="store_true")
    asked = parser.parse_args()
    found = asyncio.run(_burst(_articles(asked.articles, large=asked.large)))
    sys.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0


def _articles(count: int, *, large: bool) -> list[ArticlePublished]:
    """Two sentences each, and no two alike: new names and numbers are what could make memory grow."""
    bodies = [article.body for article in generated_articles(200)]
    short = [
        ArticlePublished(
            article_id=f"burst-{number}",
            revision=1,
            status="usable",
            body=f"Report {number}x{number * 7919 % 99991}. " + bodies[number % len(bodies)][:250],
            published_at="2022-10-25",
        )
        for number in range(count)
    ]
    if large:
        middle = "\n\n".join(bodies)
        for name, characters in _LARGE.items():
            body = (middle * (characters // len(middle) + 1))[:characters]
            article = short[0].model_copy(update={"article_id": name, "body": body})
            short.insert(count // 2, article)
    return short


async def _burst(articles: Sequence[ArticlePublished]) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as scratch, embedded_broker() as broker:
        (port,) = free_ports(1)
        settings = Settings(
            bootstrap_servers=broker.bootstrap_servers,
            delivery="confirmed",
            derive_processes=1,
            metrics_port=port,
            log_level="info",
        )
        await ensure_topics(settings)
        await publish(articles, settings)
        log = Path(scratch) / "worker.log"
        with running_workers(settings, [None], log) as (pid,):
            resident = await _watch(settings, pid, len(articles))
            peak = usage_of(pid).peak_mebibytes
            delays = await _loop_delays(port)
        (written,) = log.parent.glob("*.log")
        assignments = sum(b"partitions.assigned" in line for line in written.read_bytes().splitlines())
    return {
        "articles": len(articles),
        "seconds": resident[-1]["seconds"],
        "peak_mebibytes": round(peak),
        "resident": resident,
        "times_assigned": assignments,
        "share_of_loop_delays_within_seconds": delays,
    }


async def _watch(settings: Settings, pid: int, expected: int) -> list[dict[str, float]]:
    """What the worker holds in memory, at the first manifest and then every twentieth of the burst."""
    seen: list[dict[str, float]] = []
    started, count = time.perf_counter(), 0
    async for _ in read_topics([MANIFESTS.stem], settings=settings, follow=True):
        count += 1
        if count in {1, expected} or count % max(1, expected // _SAMPLES) == 0:
            held = round(usage_of(pid).resident_mebibytes)
            seconds = round(time.perf_counter() - started, 1)
            seen.append({"articles": count, "mebibytes": held, "seconds": seconds})
        if count >= expected:
            break
    return seen


async def _loop_delays(port: int) -> dict[str, float]:
    """The share of timers that were late by no more than so many seconds."""
    async with ClientSession() as client, client.get(f"http://127.0.0.1:{port}/metrics") as answer:
        text = await answer.text()
    buckets = {
        sample.labels["le"]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "readout_loop_delay_seconds_bucket"
    }
    return {bound: round(value / buckets["+Inf"], 5) for bound, value in buckets.items()}


if __name__ == "__main__":
    sys.exit(main())
