"""Brokers that restart, and leaders that die: workers wait or start again, and nothing is lost or twice."""

import asyncio
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from streams.topics import topic_name
from tests.brokers.kafka import KafkaCluster, KafkaNode, free_ports
from tests.conftest import Broker, installation_on, real_kafka
from tests.faults.harness import Crowd, survive
from tests.faults.proxy import Proxy

_LONGER = int(os.environ.get("READOUT_FAULT_ROUNDS", "1"))
_SEED = 20221025


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


def _until_led_by_another(cluster: KafkaCluster, topic: str, dead: KafkaNode) -> None:
    while _leader(cluster, topic) is dead:
        time.sleep(0.1)


def _leader(cluster: KafkaCluster, topic: str) -> KafkaNode:
    """The node that leads partition 0 of a topic, as those that run see it."""
    running = ",".join(f"127.0.0.1:{node.port}" for node in cluster.nodes if node.is_running())
    client = AdminClient({"bootstrap.servers": running, "log_level": 0})
    leader = client.list_topics(topic, timeout=20).topics[topic].partitions[0].leader
    return next((node for node in cluster.nodes if node.number == leader), cluster.nodes[0])
