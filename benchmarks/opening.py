"""What it costs to open a partition whose log is long, as a worker does that is assigned it.

    python -m benchmarks.opening [--millions 1 5] [--manifests 100000] [--rounds 3]

On one Apache Kafka broker, with the simulated logs of `long_logs`. Four ways, each in a process of its own: all
manifests, as before there were pages (kept here; on real manifests, and fewer of them, as its time grows with their
number); pages of seals, on a machine without an index; the same, killed in the middle and started again; and with
the index that the last opening has left. Medians of the rounds; one JSON object.
"""

import argparse
import asyncio
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import orjson

from benchmarks.long_logs import PARTITION, long_partition, manifests_of_articles
from benchmarks.machine import usage_of
from readout.streams.deliver.sealed_partition import SealedPartition
from readout.streams.kafka.connection import Partition
from readout.streams.kafka.reader import Reader
from readout.streams.log.topics import MANIFESTS, topic_name
from readout.streams.settings import Settings
from tests.brokers.kafka import kafka_cluster

_KILLED_AFTER = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the logs, open them, and print what was seen; or, as a child, open one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.opening")
    parser.add_argument("--millions", type=int, nargs="+", default=[1, 5])
    parser.add_argument("--manifests", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--open", nargs=4, metavar=("SERVERS", "PREFIX", "WAY", "FOLDER"), help=argparse.SUPPRESS
    )
    asked = parser.parse_args(arguments)
    if asked.open:
        return _open(*asked.open)
    with tempfile.TemporaryDirectory() as scratch, kafka_cluster(Path(scratch) / "kafka", 1) as cluster:
        found = _measured(cluster.bootstrap_servers, Path(scratch), asked)
    sys.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0


def _measured(servers: str, scratch: Path, asked: argparse.Namespace) -> dict[str, object]:
    manifests_of_articles(_settings(servers, "old."), asked.manifests)
    for millions in asked.millions:
        long_partition(_settings(servers, f"m{millions}."), millions * 1_000_000)
        sys.stderr.write(f"{millions} million written\n")
    found: dict[str, list[dict[str, float]]] = {}
    for number in range(asked.rounds):
        ways: list[tuple[str, str, Path | None]] = [("manifests", "old.", None)]
        for millions in asked.millions:
            kept = scratch / f"index-{millions}-{number}"
            ways += [(f"pages, {millions} million", f"m{millions}.", kept)]
            ways += [(f"index, {millions} million", f"m{millions}.", kept)]
        for name, prefix, folder in ways:
            found.setdefault(name, []).append(_opened(servers, prefix, name, folder))
            sys.stderr.write(f"round {number + 1}, {name}: {found[name][-1]}\n")
    medians = {name: _median(rounds) for name, rounds in found.items()}
    return {**medians, "killed": _killed(servers, scratch, max(asked.millions), medians)}


def _killed(
    servers: str, scratch: Path, millions: int, medians: dict[str, dict[str, float]]
) -> dict[str, float]:
    """Killed when half of an opening is done: what the next one takes."""
    after = _KILLED_AFTER * medians[f"pages, {millions} million"]["seconds"]
    with subprocess.Popen(_command(servers, f"m{millions}.", "pages", scratch / "killed")) as child:  # noqa: S603
        time.sleep(after)
        child.kill()
    again = _opened(servers, f"m{millions}.", "pages", scratch / "killed")
    return {"killed_after_seconds": round(after, 2), "then_seconds": again["seconds"]}


def _median(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(one[name] for one in rounds), 3) for name in rounds[0]}


def _opened(servers: str, prefix: str, way: str, folder: Path | None) -> dict[str, float]:
    done = subprocess.run(_command(servers, prefix, way, folder), check=True, stdout=subprocess.PIPE)  # noqa: S603
    found: dict[str, float] = orjson.loads(done.stdout)
    return found


def _command(servers: str, prefix: str, way: str, folder: Path | None) -> list[str]:
    return [sys.executable, "-m", "benchmarks.opening", "--open", servers, prefix, way, str(folder or "")]


def _open(servers: str, prefix: str, way: str, folder: str) -> int:
    """In a process of its own: seconds, articles a second, and by how much the peak of memory grew."""
    settings = _settings(servers, prefix).model_copy(
        update={"index_folder": Path(folder) if folder else None}
    )
    before, started, used = _peak_mebibytes(), time.perf_counter(), time.process_time()
    count = asyncio.run(_as_before(settings) if way == "manifests" else _sealed(settings))
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    found = {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "articles_a_second": count / seconds,
        "articles_a_cpu_second": count / cpu,
        "more_mebibytes": _peak_mebibytes() - before,
    }
    sys.stdout.buffer.write(orjson.dumps(found))
    return 0


def _peak_mebibytes() -> float:
    # The kernel's account of a process begins with the peak of the one that started it; this does not.
    return usage_of(os.getpid()).peak_mebibytes


async def _sealed(settings: Settings) -> int:
    partition = SealedPartition(settings, PARTITION)
    async with Reader(settings) as reader:
        await partition.catch_up(reader)
    partition.close()
    return partition.next_offset


async def _as_before(settings: Settings) -> int:
    """A hash and an offset of every manifest, in memory."""
    place = Partition(topic_name(settings, MANIFESTS.stem), PARTITION)
    offsets: dict[bytes, int] = {}
    async with Reader(settings) as reader:
        reach = (await reader.bounds([place]))[place]
        async for record in reader.read({place: reach.first}, {place: reach.next}):
            offsets[hashlib.blake2b(record.key or b"", digest_size=16).digest()] = record.offset
    return len(offsets)


def _settings(servers: str, prefix: str) -> Settings:
    return Settings(bootstrap_servers=servers, topic_prefix=prefix, partitions=1, replication_factor=1)


if __name__ == "__main__":
    sys.exit(main())
