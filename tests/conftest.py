"""Fixtures that several levels share: brokers to run against, and settings for an installation of one's own."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from readout.streams.kafka.embedded import embedded_broker as running_embedded_broker
from readout.streams.settings import Settings
from tests.brokers.kafka import KafkaCluster, KafkaUnavailable
from tests.brokers.kafka import kafka_cluster as running_cluster

_installations = count(1)


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker to test against; `transactions` tells whether our client can use them there."""

    name: str
    bootstrap_servers: str
    transactions: bool
    replicas: int = 1


def real_kafka(folder: Path, size: int, *, advertised_port: int | None = None) -> Iterator[KafkaCluster]:
    """A cluster for a fixture, skipped with the reason where it cannot run."""
    try:
        with running_cluster(folder, size, advertised_port=advertised_port) as cluster:
            yield cluster
    except KafkaUnavailable as reason:
        if os.environ.get("READOUT_REQUIRE_KAFKA") == "1":
            pytest.fail(f"READOUT_REQUIRE_KAFKA=1, but {reason}")
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def embedded_broker() -> Iterator[Broker]:
    with running_embedded_broker() as broker:
        yield Broker("embedded", broker.bootstrap_servers, transactions=False)


@pytest.fixture(scope="session")
def kafka_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    yield from real_kafka(tmp_path_factory.mktemp("kafka"), 1)


@pytest.fixture(scope="session")
def kafka_broker(kafka_node: KafkaCluster) -> Broker:
    return Broker("kafka", kafka_node.bootstrap_servers, transactions=True)


@pytest.fixture(scope="session")
def kafka_nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    yield from real_kafka(tmp_path_factory.mktemp("kafka-cluster"), 3)


@pytest.fixture(scope="session")
def kafka_cluster(kafka_nodes: KafkaCluster) -> Broker:
    return Broker("kafka cluster", kafka_nodes.bootstrap_servers, transactions=True, replicas=3)


@pytest.fixture(params=["embedded_broker", "kafka_broker"])
def broker(request: pytest.FixtureRequest) -> Broker:
    """Whatever is tested with this runs on the embedded broker and on Apache Kafka."""
    found: Broker = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def installation(broker: Broker) -> Settings:
    """Settings of an installation that no other test sees."""
    return installation_on(broker)


def installation_on(broker: Broker) -> Settings:
    """Topics and group of their own on a shared broker; timeouts short, as everything is on this machine."""
    name = f"test{next(_installations)}"
    return Settings(
        bootstrap_servers=broker.bootstrap_servers,
        topic_prefix=f"{name}.",
        application_id=name,
        replication_factor=broker.replicas,
        delivery="transactional" if broker.transactions else "confirmed",
        derive_processes=1,
        session_timeout_seconds=6,
        rebalance_timeout_seconds=4,
        request_timeout_seconds=10,
        retry_seconds=30,
    )
