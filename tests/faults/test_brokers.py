"""Brokers that restart, and leaders that die: workers wait or start again, and nothing is lost or twice."""

import asyncio
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from readout.streams.kafka.connection import Partition
from readout.streams.kafka.reader import committed_offsets
from readout.streams.log.run_facts import SOURCE_OFFSET
from readout.streams.log.topics import ensure_topics, topic_name
from readout.streams.settings import Settings
from tests.brokers.kafka import KafkaCluster, KafkaNode, free_ports
from tests.brokers.topics import (
    all_records,
    assert_exactly_once,
    generated_article,
    header,
    publish_articles,
    until_sealed,
)
from tests.brokers.workers import until_all_sealed, worker
from tests.conftest import Broker, installation_on, real_kafka
from tests.faults.full_disk import Disk, limited_files, small_file_system
from tests.faults.harness import Crowd, survive
from tests.faults.proxy import Proxy
from tests.faults.watcher import watching

_LONGER = int(os.environ.get("READOUT_FAULT_ROUNDS", "1"))
_SEED = 20221025
_ARTICLES = 300


@pytest.fixture
def lonely_node(tmp_path: Path) -> Iterator[KafkaCluster]:
    """A broker that no other test uses."""
    yield from real_kafka(tmp_path / "kafka", 1)


async def test_a_broker_that_restarts_costs_nothing(lonely_node: KafkaCluster, tmp_path: Path) -> None:
    async def restart(_crowd: Crowd, draw: random.Random) -> None:
        (node,) = lonely_node.nodes
        await asyncio.sleep(draw.uniform(1, 4))
        await asyncio.to_thread(node.stop)
        await asyncio.sleep(draw.uniform(0, 2))
        node.start()
        await asyncio.to_thread(lonely_node.wait)

    settings = installation_on(Broker("kafka", lonely_node.bootstrap_servers, transactions=True))
    outcome = await survive(
        settings, tmp_path, restart, seed=_SEED, articles=300 * _LONGER, faults=2 * _LONGER
    )
    print(f"seed {_SEED}: {outcome}")


async def test_a_leader_that_is_killed_costs_nothing(kafka_nodes: KafkaCluster, tmp_path: Path) -> None:
    settings = installation_on(
        Broker("kafka cluster", kafka_nodes.bootstrap_servers, transactions=True, replicas=3)
    )
    recovered: list[float] = []

    async def kill_leader(_crowd: Crowd, draw: random.Random) -> None:
        await asyncio.sleep(draw.uniform(1, 4))
        leader = await asyncio.to_thread(_leader, kafka_nodes, topic_name(settings, "news"))
        leader.kill()
        started = time.monotonic()
        await asyncio.to_thread(_until_led_by_another, kafka_nodes, topic_name(settings, "news"), leader)
        recovered.append(round(time.monotonic() - started, 1))
        await asyncio.sleep(draw.uniform(2, 5))
        leader.start()
        await asyncio.to_thread(kafka_nodes.wait)

    outcome = await survive(
        settings, tmp_path, kill_leader, seed=_SEED, articles=300 * _LONGER, faults=2 * _LONGER
    )
    print(f"seed {_SEED}: {outcome}, new leaders after {recovered} s")


@pytest.mark.parametrize("damage", ["cut", "stalled"])
async def test_connections_that_fail_cost_nothing(tmp_path: Path, damage: str) -> None:
    (port,) = free_ports(1)
    for cluster in real_kafka(tmp_path / "kafka", 1, advertised_port=port):
        async with Proxy(port, cluster.nodes[0].port) as proxy:

            async def harm(_crowd: Crowd, draw: random.Random) -> None:
                await asyncio.sleep(draw.uniform(0.5, 3))
                if damage == "cut":
                    proxy.cut()
                else:
                    await proxy.stall(draw.uniform(1, 15))

            settings = installation_on(Broker("kafka", f"127.0.0.1:{port}", transactions=True))
            times = 4 * _LONGER
            outcome = await survive(
                settings, tmp_path, harm, seed=_SEED, articles=300 * _LONGER, faults=times
            )
            print(f"seed {_SEED}: {outcome}")


@pytest.mark.parametrize("disk_at", [small_file_system, limited_files])
async def test_a_full_disk_stops_the_worker_in_one_line_and_costs_nothing(
    tmp_path: Path, disk_at: Callable[[Path], AbstractContextManager[Disk]]
) -> None:
    with disk_at(tmp_path / "disk") as disk:
        for cluster in real_kafka(tmp_path / "disk" / "kafka", 1):
            settings = installation_on(Broker("kafka", cluster.bootstrap_servers, transactions=True))
            await ensure_topics(settings)
            await publish_articles(settings, [generated_article(number) for number in range(_ARTICLES)])
            async with watching(settings) as watcher:
                said = await _worker_on_a_full_disk(settings, tmp_path, disk, cluster.nodes[0])
                _assert_one_clear_line(said)
                disk.free()
                cluster.nodes[0].kill()
                cluster.nodes[0].start()
                await asyncio.to_thread(cluster.wait)
                assert await _acknowledged_beyond_the_log(settings) == {}
                with worker(settings, tmp_path / "successor.log") as successor:
                    await until_all_sealed(settings, _ARTICLES, [successor])
                    assert successor.stop() == 0
                await assert_exactly_once(settings, {(f"article-{n}", 1) for n in range(_ARTICLES)})
                await watcher.assert_that_it_stayed()


async def _worker_on_a_full_disk(settings: Settings, folder: Path, disk: Disk, node: KafkaNode) -> str:
    """Let a worker seal some articles, then fill the disk and wait for its end; what it has said."""
    impatient = settings.model_copy(update={"retry_seconds": 8})
    with worker(impatient, folder / "worker.log") as one:
        await until_sealed(settings, _ARTICLES // 10, within_seconds=60, still_hopeful=one.is_running)
        disk.fill(node)
        assert await asyncio.to_thread(one.wait) == 1
        return one.log_file.read_text()


def _assert_one_clear_line(said: str) -> None:
    """All else is the log, in JSON, and nothing in it is a crash."""
    (line,) = (line for line in said.splitlines() if not line.startswith("{"))
    assert line.startswith("readout worker: ")
    assert "Traceback" not in said


async def _acknowledged_beyond_the_log(settings: Settings) -> dict[Partition, int]:
    """Where the group has committed more than the manifests account for."""
    news = [Partition(topic_name(settings, "news"), number) for number in range(settings.partitions)]
    committed = await committed_offsets(settings, settings.group_id, news)
    sealed = dict.fromkeys(news, 0)
    for one in await all_records(settings, "manifests"):
        place = Partition(news[0].topic, one.partition)
        sealed[place] = max(sealed[place], int(header(one, SOURCE_OFFSET)) + 1)
    return {place: offset for place, offset in committed.items() if offset > sealed[place]}


def _until_led_by_another(cluster: KafkaCluster, topic: str, dead: KafkaNode) -> None:
    while _leader(cluster, topic) is dead:
        time.sleep(0.1)


def _leader(cluster: KafkaCluster, topic: str) -> KafkaNode:
    """The node that leads partition 0 of a topic, as those that run see it."""
    running = ",".join(f"127.0.0.1:{node.port}" for node in cluster.nodes if node.is_running())
    client = AdminClient({"bootstrap.servers": running, "log_level": 0})
    leader = client.list_topics(topic, timeout=20).topics[topic].partitions[0].leader
    return next((node for node in cluster.nodes if node.number == leader), cluster.nodes[0])
