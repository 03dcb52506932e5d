"""What it costs to publish one article, and to read the last minute, where `news` is long.

    python -m benchmarks.publishing [--articles 1000000] [--rounds 5]

On one Apache Kafka broker: a log with so many articles in one partition, and an empty one beside it. Each command
is run as a person runs it, start of Python included, in both logs by turns. The ways before, which read all of
`news`, are kept here and run once. Medians of the rounds; one JSON object.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson

from benchmarks.articles import generated_articles
from benchmarks.long_logs import long_news
from benchmarks.runs import publish
from readout.streams.log.decoding import decode_event
from readout.streams.log.subscribe import read_topics
from readout.streams.log.topics import NEWS, ensure_topics
from readout.streams.settings import Settings, environment_of
from tests.brokers.kafka import kafka_cluster

_LAST = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill a log, run the commands, and print what was seen."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.publishing")
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch, kafka_cluster(Path(scratch) / "kafka", 1) as cluster:
        found = _measured(cluster.bootstrap_servers, asked.articles, asked.rounds)
    sys.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0


def _measured(servers: str, articles: int, rounds: int) -> dict[str, object]:
    empty, long = (
        Settings(bootstrap_servers=servers, topic_prefix=prefix, partitions=1)
        for prefix in ("empty.", "long.")
    )
    asyncio.run(ensure_topics(empty))
    long_news(long, articles)
    sys.stderr.write(f"{articles} articles written\n")
    since = datetime.now(UTC).isoformat(timespec="milliseconds")
    asyncio.run(publish(generated_articles(_LAST), long))
    found: dict[str, list[float]] = {"publish, empty": [], "publish, long": [], "tail --since, long": []}
    for number in range(rounds):
        line = orjson.dumps({"article_id": f"one-{number}", "body": f"The minister spoke {number} times."})
        found["publish, empty"].append(_seconds(empty, ["publish", "-"], line))
        found["publish, long"].append(_seconds(long, ["publish", "-"], line))
        found["tail --since, long"].append(_seconds(long, ["tail", "news", "--since", since, "--json"]))
    medians = {name: round(statistics.median(seconds), 2) for name, seconds in found.items()}
    return {
        "articles": articles,
        "seconds": medians,
        "long to empty": round(medians["publish, long"] / medians["publish, empty"], 2),
        "seconds, as before": {
            "publish": round(asyncio.run(_read_all(long, decoded=True)), 1),
            "tail --since": round(asyncio.run(_read_all(long, decoded=False)), 1),
        },
    }


def _seconds(settings: Settings, command: Sequence[str], stdin: bytes = b"") -> float:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("READOUT_")}
    started = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "readout", *command],
        input=stdin,
        env=environment | environment_of(settings),
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - started


async def _read_all(settings: Settings, *, decoded: bool) -> float:
    """What had to be read before anything could be said: every record, and for publishing every article."""
    started = time.perf_counter()
    async for record in read_topics([NEWS.stem], settings=settings):
        if decoded:
            decode_event(record.value, record.headers)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
