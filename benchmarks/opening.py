"""What it costs to open a partition whose log is long: how fast manifests are read, and what is kept of each.

    python -m benchmarks.opening [--manifests 50000]

Writes manifests of generated articles, each under an id of its own, to a partition on one Apache Kafka broker, and
reads how far it is sealed, as a worker does that is assigned the partition. Prints one JSON object.
"""

import argparse
import asyncio
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from benchmarks.articles import generated_articles
from readout.schemas.envelope import Record
from readout.streams.deliver.sealed_partition import SealedPartition
from readout.streams.derive.environment import environment_text
from readout.streams.derive.language import load_language
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.kafka.reader import Reader
from readout.streams.log.run_facts import with_run_facts
from readout.streams.log.topics import MANIFESTS, NEWS, ensure_topics, topic_name
from readout.streams.processors.derivation import derive_batch
from readout.streams.processors.records import Derivation
from readout.streams.processors.sealing import plan
from readout.streams.settings import Settings
from tests.brokers.kafka import kafka_cluster

_PATTERNS = 8
_IN_FLIGHT = 500
_PARTITION = 0
_RECORDED = "2022-10-25T00:00:00.000Z"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write, open, and print what was seen."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.opening")
    parser.add_argument("--manifests", type=int, default=50_000)
    count = parser.parse_args(arguments).manifests
    with tempfile.TemporaryDirectory() as scratch, kafka_cluster(Path(scratch) / "kafka", 1) as cluster:
        settings = Settings(bootstrap_servers=cluster.bootstrap_servers, partitions=1, replication_factor=1)
        found = asyncio.run(_measured(settings, count))
    sys.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0


async def _measured(settings: Settings, count: int) -> dict[str, object]:
    await ensure_topics(settings)
    await _write(settings, count)
    started = time.perf_counter()
    partition = await _opened(settings)
    seconds = time.perf_counter() - started
    if partition.next_offset != count:
        raise RuntimeError(f"sealed up to {partition.next_offset} of {count}")
    return {
        "manifests": count,
        "seconds": round(seconds, 1),
        "manifests_a_second": round(count / seconds),
        "bytes_held_an_article": round(await _held(settings) / count),
    }


async def _held(settings: Settings) -> int:
    """The bytes that are free again when an open partition has been forgotten."""
    tracemalloc.start()
    partition = await _opened(settings)
    held = tracemalloc.get_traced_memory()[0]
    del partition
    held -= tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return held


async def _opened(settings: Settings) -> SealedPartition:
    partition = SealedPartition(settings, _PARTITION)
    async with Reader(settings) as reader:
        await partition.catch_up(reader)
    return partition


async def _write(settings: Settings, count: int) -> None:
    """As many records of news, whose bodies nobody reads here, and their manifests."""
    news, manifests = (topic_name(settings, topic.stem) for topic in (NEWS, MANIFESTS))
    patterns = _patterns(settings)
    producer = RecordProducer(settings)
    await producer.start()
    for start in range(0, count, _IN_FLIGHT):
        sent = []
        for offset in range(start, min(count, start + _IN_FLIGHT)):
            key = f"article-{offset}".encode()
            manifest = replace(_sealed(patterns[offset % len(patterns)], offset), key=key)
            sent.append(await producer.send(manifest, manifests, partition=_PARTITION))
            sent.append(await producer.send(Record(news, key, b"{}", ()), news, partition=_PARTITION))
        await asyncio.gather(*sent)
    await producer.close()


def _sealed(manifest: Record, offset: int) -> Record:
    source = StoredRecord(NEWS.stem, _PARTITION, offset, 0, 1, b"", b"", ())
    return with_run_facts(manifest, source, _RECORDED, environment_text())


def _patterns(settings: Settings) -> list[Record]:
    """The manifests of a few articles."""
    language = load_language(settings)
    derived = derive_batch(generated_articles(_PATTERNS), language)
    found = [one for one in derived if isinstance(one, Derivation)]
    return [plan(one.article, one, None, language.producer)[-1] for one in found]


if __name__ == "__main__":
    sys.exit(main())
