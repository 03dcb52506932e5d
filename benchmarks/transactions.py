"""What transactions cost: a worker on one Apache Kafka broker, with transactional and with confirmed delivery.

    python -m benchmarks.transactions [--rounds 5] [--articles 300]

Each round does the same articles both ways, and the next round the other way round. Medians are shown; what counts
are the ratios of transactional to confirmed. The processor's time is the worker's alone, without the broker's.
Prints one JSON object.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import orjson

from benchmarks.articles import generated_articles
from benchmarks.runs import Rate, work_off
from readout.schemas.news import ArticlePublished
from readout.streams.settings import DeliveryMode, Settings
from tests.brokers.kafka import kafka_cluster

_MODES: tuple[DeliveryMode, ...] = get_args(DeliveryMode)
_CORE = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rounds and print what they came to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.transactions")
    parser.add_argument("--rounds", type=int, default=5, help="medians of so many are shown (default: 5)")
    parser.add_argument("--articles", type=int, default=300, help="how many a run (default: 300)")
    asked = parser.parse_args(arguments)
    articles = generated_articles(asked.articles)
    with tempfile.TemporaryDirectory() as scratch, kafka_cluster(Path(scratch) / "kafka", 1) as cluster:
        found = asyncio.run(compare(articles, cluster.bootstrap_servers, asked.rounds, Path(scratch)))
    sys.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0


async def compare(
    articles: Sequence[ArticlePublished], servers: str, rounds: int, scratch: Path
) -> dict[str, object]:
    """The medians of both ways to deliver, and their ratios.

    Raises:
        TransientError: a worker did not seal all articles.
    """
    rates: dict[DeliveryMode, list[Rate]] = defaultdict(list)
    for number in range(rounds):
        for mode in _MODES if number % 2 else reversed(_MODES):
            settings = _settings(servers, mode, number)
            done = await work_off(articles, settings, (_CORE,), scratch / f"{settings.application_id}.log")
            rates[mode].append(done.rate)
            sys.stderr.write(f"round {number + 1}, {mode}: {done.rate.per_second:.1f} articles/s\n")
    medians: dict[str, dict[str, float]] = {mode: _medians(found) for mode, found in rates.items()}
    ratios = {
        name: round(medians["transactional"][name] / of, 3) for name, of in medians["confirmed"].items()
    }
    measured = sum(rate.articles for rate in rates["confirmed"])
    return {
        "rounds": rounds,
        "articles_measured": measured,
        "transactional": medians["transactional"],
        "confirmed": medians["confirmed"],
        "transactional_to_confirmed": ratios,
    }


def _medians(rates: Sequence[Rate]) -> dict[str, float]:
    cpu = statistics.median(rate.cpu_seconds / rate.articles for rate in rates)
    return {
        "articles_per_second": round(statistics.median(rate.per_second for rate in rates), 2),
        "cpu_milliseconds_an_article": round(1000 * cpu, 3),
    }


def _settings(servers: str, mode: DeliveryMode, number: int) -> Settings:
    """Topics and a group that no other run sees; all else is equal."""
    name = f"{mode}{number}"
    return Settings(
        bootstrap_servers=servers,
        topic_prefix=f"{name}.",
        application_id=name,
        delivery=mode,
        derive_processes=1,
        session_timeout_seconds=10,
        rebalance_timeout_seconds=6,
        log_level="info",
    )


if __name__ == "__main__":
    sys.exit(main())
