"""Copy a log of 20,000 articles from 4 to 12 partitions on Apache Kafka, killed twice on the way.

    python -m benchmarks.repartition [--articles 20000] [--kills 2]

Articles (with revisions and withdrawals) are derived by the tests' stand-in and delivered as a worker delivers
them, about eight records each. The copy is the command, in a process that is ended without a word whenever another
part of the articles is there, then run to its end with a key. Whether all is there is asked twice: of the command,
which verifies and compares, and here, where every live record is looked for in both logs. Prints one JSON object.
"""

import argparse
import asyncio
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import orjson

from readout.schemas.ids import sha256_hex
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.streams.audit.log import LiveLog, snapshot
from readout.streams.audit.proof.key_files import create_key
from readout.streams.deliver.batch_plan import BatchPlanner, Processed
from readout.streams.deliver.partition_writer import Delivery, PartitionWriter
from readout.streams.deliver.sleep_guard import SleepGuard
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.kafka.reader import Reader
from readout.streams.log.decoding import decode_article
from readout.streams.log.subscribe import read_topics
from readout.streams.log.topics import DERIVED, MANIFESTS, NEWS, ensure_topics, topic_name
from readout.streams.processors.records import Derivation
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings, environment_of
from tests.audit.ledger import PRODUCER, article, body_of, stand_in
from tests.brokers.kafka import kafka_cluster

_FROM, _TO, _PREFIX = 4, 12, "v2."
_PIECE, _BATCH = 500, 64
_RECORDED = "2022-10-25T00:00:00.000Z"


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill, copy, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.repartition")
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=2)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch, kafka_cluster(Path(scratch) / "kafka", 1) as cluster:
        old = Settings(bootstrap_servers=cluster.bootstrap_servers, partitions=_FROM)
        new = old.model_copy(update={"topic_prefix": _PREFIX, "partitions": _TO})
        revisions = asyncio.run(_fill(old, chosen.articles))
        seconds = [
            _run(old, new, revisions * (kill + 1) // (chosen.kills + 1)) for kill in range(chosen.kills)
        ]
        create_key(Path(scratch) / "key", "benchmark.example")
        seconds.append(_run(old, new, None, "--key", f"{scratch}/key", "--out", f"{scratch}/notes"))
        live = asyncio.run(_live(old))
        same = live == asyncio.run(_live(new))
    found = {
        "articles": chosen.articles,
        "revisions": revisions,
        "live_records": live.total(),
        "every_live_record_equal": same,
        "killed": chosen.kills,
        "seconds_of_each_run": seconds,
    }
    sys.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0 if same else 1


def _run(old: Settings, new: Settings, until: int | None, *options: str) -> float:
    """The command, killed when so many articles are there, or to its end; how many seconds it ran."""
    command = [sys.executable, "-m", "readout", "repartition", "--to", str(_TO), "--topic-prefix", _PREFIX]
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own command, no shell
        [*command, *options], env=os.environ | environment_of(old), start_new_session=True
    )
    if until is not None:
        asyncio.run(_until_copied(new, until))
        os.killpg(process.pid, signal.SIGKILL)
    if process.wait() != (0 if until is None else -signal.SIGKILL):
        raise subprocess.CalledProcessError(process.returncode, command)
    return round(time.perf_counter() - started, 1)


async def _until_copied(new: Settings, count: int) -> None:
    """Wait until about so many records of `news` are there; each transaction takes an offset more."""
    await ensure_topics(new)
    places = [Partition(topic_name(new, NEWS.stem), number) for number in range(_TO)]
    async with Reader(new) as reader:
        while sum(reach.next for reach in (await reader.bounds(places)).values()) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def _live(settings: Settings) -> Counter[tuple[bytes, str]]:
    """Every record that holds, by key and digest, as often as it is in the log."""
    last: dict[bytes | None, ManifestSealed] = {}
    async for record in read_topics([MANIFESTS.stem], settings=settings):
        last[record.key] = ManifestSealed.model_validate_json(record.value or b"")
    holds = {(key, line.sha256) for key, manifest in last.items() for line in manifest.live}
    found: Counter[tuple[bytes, str]] = Counter()
    async for record in read_topics([topic.stem for topic in DERIVED], settings=settings):
        digest = sha256_hex(record.value or b"")
        if (record.key, digest) in holds:
            found[record.key or b"", digest] += 1
    if len(found) != len(holds):
        raise RuntimeError(f"{len(holds) - len(found)} live records are missing")
    return found


async def _fill(settings: Settings, count: int) -> int:
    """Publish and derive; how many revisions there are."""
    await ensure_topics(settings)
    revisions = [one for number in range(count) for one in _revisions(number)]
    producer = RecordProducer(settings)
    await producer.start()
    for start in range(0, len(revisions), _PIECE):
        news = topic_name(settings, NEWS.stem)
        await asyncio.gather(
            *[await producer.send(article_record(one), news) for one in revisions[start : start + _PIECE]]
        )
    await producer.close()
    delivery = Delivery(
        settings=settings,
        planner=BatchPlanner(settings, PRODUCER),
        recorded_time=lambda: _RECORDED,
        guard=SleepGuard(time.monotonic, math.inf),
    )
    await asyncio.gather(*(_derive(settings, delivery, number) for number in range(_FROM)))
    return len(revisions)


def _revisions(number: int) -> list[ArticlePublished]:
    found = [article(f"article-{number}", body_of(number))]
    if number % 20 == 7:
        found.append(article(f"article-{number}", body_of(number + 1), revision=2))
    if number % 50 == 9:
        found.append(article(f"article-{number}", "", revision=3, status="withheld"))
    return found


async def _derive(settings: Settings, delivery: Delivery, number: int) -> None:
    log, place = LiveLog(settings), Partition(topic_name(settings, NEWS.stem), number)
    writer = PartitionWriter(delivery, number)
    await writer.open()
    batch: list[Processed] = []
    async for record in log.read(place, (await snapshot(log, [number]))[place]):
        batch.append(_processed(record))
        if len(batch) == _BATCH:
            await writer.deliver(batch)
            batch = []
    await writer.deliver(batch)
    await writer.release()


def _processed(record: StoredRecord) -> Processed:
    one = decode_article(record.key, record.value, record.headers)
    if one.status != "usable":
        return Processed(record, one)
    (derived,) = stand_in([one])
    return Processed(record, one, derived if isinstance(derived, Derivation) else None)


if __name__ == "__main__":
    sys.exit(main())
