"""Real Apache Kafka for tests: KRaft nodes on free loopback ports, from jars that Maven resolves.

Every node is a broker and a controller, writes under one folder, and is stopped by its process id. The folder
holds its log, `node-N/server.log`.
"""

import base64
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from tests.brokers.one_at_a_time import cache_folder, one_at_a_time

POM = Path(__file__).parents[1] / "pom.xml"
_HOST = "127.0.0.1"
_UP_WITHIN_SECONDS = 60
_STOPS_WITHIN_SECONDS = 20
_JAVA = ("java", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_LOG_LINES_SHOWN = 20


class KafkaUnavailable(Exception):
    """Kafka cannot run here; the text says what is missing."""


def kafka_jars(pom: Path = POM) -> Path:
    """The folder of Kafka's jars, or of another pom's, resolved once for each version of it.

    Raises:
        KafkaUnavailable: no Java, no Maven, or Maven cannot resolve them.
    """
    for command in ("java", "mvn"):
        if shutil.which(command) is None:
            raise KafkaUnavailable(f"{command} is not installed")
    version = hashlib.sha256(pom.read_bytes()).hexdigest()[:12]
    folder = cache_folder() / f"kafka-{version}"
    with one_at_a_time():
        if not (folder / "complete").exists():
            _resolve(pom, folder)
    return folder


def _resolve(pom: Path, folder: Path) -> None:
    command = ["mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies"]
    command += [f"-DoutputDirectory={folder}", "-DincludeScope=runtime"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise KafkaUnavailable(f"Maven cannot resolve {pom}: {done.stdout[-500:]}")
    (folder / "complete").touch()


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on at this moment."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind((_HOST, 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class KafkaNode:
    """One server process; can be stopped, killed and started again on its data."""

    def __init__(self, number: int, *, port: int, folder: Path, jars: Path) -> None:
        self.number = number
        self.port = port
        self.folder = folder
        self._classpath = f"{jars}/*"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the running node."""
        assert self._process is not None, "the node is not running"
        return self._process.pid

    def format(self, cluster_id: str, properties: dict[str, object]) -> None:
        """Write the configuration and format the log directories."""
        self.folder.mkdir(parents=True)
        lines = [f"{name}={value}\n" for name, value in properties.items()]
        (self.folder / "server.properties").write_text("".join(lines))
        tool = ["kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", self._configuration]
        done = subprocess.run(
            [*_JAVA, "-cp", self._classpath, *tool], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]

    def start(self) -> None:
        """Start the server; `KafkaCluster.wait` tells when it serves."""
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_JAVA, "-cp", self._classpath, "kafka.Kafka", self._configuration],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def send(self, name: signal.Signals) -> None:
        """Send the process a signal, such as SIGSTOP."""
        os.kill(self.pid, name)

    def kill(self) -> None:
        """End it without a word, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End it in order, and without a word if that takes too long."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def is_running(self) -> bool:
        """Has it not ended?"""
        return self._process is not None and self._process.poll() is None

    def log_tail(self) -> str:
        """The end of its log."""
        lines = (self.folder / "server.log").read_text(errors="replace").splitlines()
        return "\n".join(lines[-_LOG_LINES_SHOWN:])

    @property
    def _configuration(self) -> str:
        return str(self.folder / "server.properties")


class KafkaCluster:
    """Nodes that know each other."""

    def __init__(self, nodes: Sequence[KafkaNode]) -> None:
        self.nodes = nodes

    @property
    def bootstrap_servers(self) -> str:
        """All nodes, as clients want them."""
        return ",".join(f"{_HOST}:{node.port}" for node in self.nodes)

    def wait(self) -> None:
        """Until every running node answers and knows the others."""
        running = [node for node in self.nodes if node.is_running()]
        deadline = time.monotonic() + _UP_WITHIN_SECONDS
        while not self._all_answer(running):
            dead = [node for node in running if not node.is_running()]
            if dead or time.monotonic() > deadline:
                shown = (dead or running)[0]
                raise AssertionError(f"Kafka node {shown.number} did not come up:\n{shown.log_tail()}")

    def end(self) -> None:
        """End all nodes; nobody needs their data any more, and a last controller would wait for the others."""
        for node in self.nodes:
            node.kill()

    def _all_answer(self, nodes: Sequence[KafkaNode]) -> bool:
        for node in nodes:
            client = AdminClient({"bootstrap.servers": f"{_HOST}:{node.port}", "log_level": 0})
            with suppress(KafkaException):
                if len(client.list_topics(timeout=1).brokers) >= len(nodes):
                    continue
            return False
        return True


@contextmanager
def kafka_cluster(folder: Path, size: int, *, advertised_port: int | None = None) -> Iterator[KafkaCluster]:
    """Run a cluster of so many nodes for as long as the context lasts; its logs stay in the folder.

    Args:
        folder: where the nodes write.
        size: how many nodes.
        advertised_port: where clients of a single node are sent instead, for a proxy.

    Raises:
        KafkaUnavailable: Kafka cannot run here.
    """
    jars = kafka_jars()
    ports = free_ports(2 * size)
    places = [(number, ports[number - 1], ports[size + number - 1]) for number in range(1, size + 1)]
    voters = ",".join(f"{number}@{_HOST}:{controller}" for number, _, controller in places)
    # The tool that formats takes an id that begins with a hyphen for an option.
    cluster_id = "r" + base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")[1:]
    cluster = KafkaCluster(
        [
            KafkaNode(number, port=port, folder=folder / f"node-{number}", jars=jars)
            for number, port, _ in places
        ]
    )
    try:
        for node, (_, _, controller) in zip(cluster.nodes, places, strict=True):
            node.format(
                cluster_id, _properties(node, controller, voters, size) | _advertised(advertised_port)
            )
            node.start()
        cluster.wait()
        yield cluster
    finally:
        cluster.end()
        for node in cluster.nodes:
            shutil.rmtree(node.folder / "data", ignore_errors=True)


def _properties(node: KafkaNode, controller_port: int, voters: str, size: int) -> dict[str, object]:
    listeners = f"PLAINTEXT://{_HOST}:{node.port}"
    return {
        "process.roles": "broker,controller",
        "node.id": node.number,
        "controller.quorum.voters": voters,
        "listeners": f"{listeners},CONTROLLER://{_HOST}:{controller_port}",
        "advertised.listeners": listeners,
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "log.dirs": node.folder / "data",
        "default.replication.factor": size,
        "min.insync.replicas": 2 if size > 2 else 1,
        "offsets.topic.replication.factor": size,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": size,
        "transaction.state.log.min.isr": 2 if size > 2 else 1,
        "transaction.state.log.num.partitions": 4,
        "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 1000,
        "auto.create.topics.enable": "false",
        "broker.session.timeout.ms": 4000,
        "broker.heartbeat.interval.ms": 500,
    }


def _advertised(port: int | None) -> dict[str, object]:
    return {} if port is None else {"advertised.listeners": f"PLAINTEXT://{_HOST}:{port}"}
