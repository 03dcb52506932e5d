"""docker-compose.yml and the Dockerfile, checked as far as that goes without an engine."""

import asyncio
import re
import sys
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from readout.streams.settings import Settings, read_settings
from readout.streams.worker.health import health_port
from readout.streams.worker.metrics import Metrics
from tests.agents.made import PRODUCER
from tests.brokers.kafka import free_ports

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = cast(dict[str, dict[str, Any]], COMPOSE["services"])
OURS = [name for name, service in SERVICES.items() if "build" in service]


@pytest.mark.parametrize("name", OURS)
def test_every_setting_of_a_container_is_one_of_ours(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {key: str(value) for key, value in SERVICES[name]["environment"].items()}
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    settings = read_settings(environment)
    assert settings.bootstrap_servers == "kafka:19092"
    assert settings.delivery == "transactional"


@pytest.mark.parametrize("name", OURS)
def test_containers_are_set_as_the_host_is_by_default(name: str) -> None:
    """Else `readout topics` on the host would refuse what the container has created."""
    environment = SERVICES[name]["environment"]
    assert int(environment["READOUT_PARTITIONS"]) == Settings().partitions
    assert int(environment["READOUT_REPLICATION_FACTOR"]) == Settings().replication_factor


def test_the_broker_is_advertised_where_host_and_containers_look_for_it() -> None:
    kafka = SERVICES["kafka"]["environment"]
    advertised = dict(part.split("://") for part in kafka["KAFKA_ADVERTISED_LISTENERS"].split(","))
    assert advertised["HOST"] == Settings().bootstrap_servers
    assert advertised["INSIDE"] == SERVICES["worker"]["environment"]["READOUT_BOOTSTRAP_SERVERS"]
    listening = dict(part.split("://") for part in kafka["KAFKA_LISTENERS"].split(","))
    protocols = dict(part.split(":") for part in kafka["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))
    assert set(listening) == set(protocols) == {"HOST", "INSIDE", "CONTROLLER"}
    assert SERVICES["kafka"]["ports"] == ["127.0.0.1:9092:9092"]


def test_the_broker_keeps_its_data_in_the_named_volume_and_creates_no_topics_by_itself() -> None:
    kafka = SERVICES["kafka"]
    (volume,) = COMPOSE["volumes"]
    assert kafka["volumes"] == [f"{volume}:{kafka['environment']['KAFKA_LOG_DIRS']}"]
    assert kafka["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_each_service_waits_for_the_one_before_it() -> None:
    assert SERVICES["topics"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}
    assert SERVICES["worker"]["depends_on"] == {"topics": {"condition": "service_completed_successfully"}}
    assert all("healthcheck" in SERVICES[name] for name in ("kafka", "worker"))


def test_the_broker_is_the_release_that_the_tests_run_on() -> None:
    pom = (ROOT / "tests" / "pom.xml").read_text()
    tested = re.search(r"<artifactId>kafka_2.13</artifactId>\s*<version>([\d.]+)</version>", pom)
    assert tested is not None
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{tested[1]}"


def test_the_image_is_built_from_files_that_exist_and_reach_the_builder() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    sources = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    sent = (ROOT / ".dockerignore").read_text().splitlines()
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in sent, source


def test_the_image_runs_as_nobody_special_and_hands_signals_on() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "\nUSER readout\n" in text
    assert 'ENTRYPOINT ["readout"]' in text


def test_a_worker_is_healthy_when_it_is_ready_and_not_before() -> None:
    worker = SERVICES["worker"]
    port = worker["environment"]["READOUT_METRICS_PORT"]
    assert f"http://127.0.0.1:{port}/readyz" in worker["healthcheck"]["test"][-1]
    assert worker["healthcheck"]["test"][:2] == ["CMD", "python"]
    assert Settings().metrics_host == "127.0.0.1"


async def test_the_check_tells_a_ready_worker_from_one_that_is_not() -> None:
    command = SERVICES["worker"]["healthcheck"]["test"][-1]
    (port,) = free_ports(1)
    for is_ready in (True, False):
        settings = Settings(metrics_port=port)
        ask = command.replace("9464", str(port))
        async with health_port(settings, Metrics(PRODUCER), is_alive=bool, is_ready=lambda: is_ready):  # noqa: B023
            checking = await asyncio.create_subprocess_exec(
                sys.executable, "-c", ask, stderr=asyncio.subprocess.DEVNULL
            )
            assert (await checking.wait() == 0) is is_ready
