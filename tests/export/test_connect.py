"""Kafka Connect itself, with the file sink that comes with it, reads what `export connect --to-topic` writes."""

import asyncio
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen

import pytest

from readout.streams.errors import ConfigurationError
from readout.streams.export.connect import CONTACT_PARTICIPANTS
from readout.streams.export.export_format import FORMATS
from readout.streams.export.run import Wanted, export_to_topic
from readout.streams.export.to_topic import TopicTable
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.log.topics import TOPICS_BY_STEM
from readout.streams.settings import Settings
from tests.audit.ledger import Ledger
from tests.brokers.kafka import KafkaUnavailable, free_ports, kafka_jars
from tests.conftest import Broker, installation_on
from tests.export.made import log_to_export, published, store_of

POM = Path(__file__).parent / "connect" / "pom.xml"
PAGE = Path(__file__).parents[2] / "docs" / "connect.md"
TOPIC = "contact-participants"
WITHIN_SECONDS = 60


async def brought_up_to_date(ledger: Ledger, settings: Settings, topic: str) -> int:
    return await export_to_topic(ledger.log, Wanted(FORMATS["connect"]), settings, topic, every_seconds=None)


async def records_of(settings: Settings, topic: str) -> list[StoredRecord]:
    async with Reader(settings) as reader:
        bounds = await reader.bounds([Partition(topic, number) for number in range(settings.partitions)])
        starts = {place: bound.first for place, bound in bounds.items()}
        stops = {place: bound.next for place, bound in bounds.items()}
        return [record async for record in reader.read(starts, stops)]


async def rows_in(settings: Settings, topic: str) -> set[tuple[object, ...]]:
    """What a sink that upserts and deletes by key has in its table."""
    table: dict[bytes | None, tuple[object, ...]] = {}
    for record in await records_of(settings, topic):
        if record.value is None:
            del table[record.key]
        else:
            table[record.key] = tuple(json.loads(record.value)["payload"].values())
    return set(table.values())


async def rows_of(ledger: Ledger) -> set[tuple[object, ...]]:
    with await store_of(ledger.log) as store:
        return set(store.flat(CONTACT_PARTICIPANTS))


async def test_the_topic_holds_the_rows_and_takes_back_those_that_are_gone(embedded_broker: Broker) -> None:
    settings = installation_on(embedded_broker)
    topic = f"{settings.topic_prefix}{TOPIC}"
    ledger = await log_to_export()
    first = await brought_up_to_date(ledger, settings, topic)
    assert await rows_in(settings, topic) == await rows_of(ledger)
    assert first == len(await rows_of(ledger)) > 20
    assert await brought_up_to_date(ledger, settings, topic) == 0
    for number in (1, 2):
        ledger.publish(published(number, "", revision=9, status="withheld"))
    await ledger.derive()
    assert await brought_up_to_date(ledger, settings, topic) > 0
    assert await rows_in(settings, topic) == await rows_of(ledger)
    assert any(record.value is None for record in await records_of(settings, topic))


async def test_a_topic_of_the_installation_is_never_written(embedded_broker: Broker) -> None:
    settings = installation_on(embedded_broker)
    with pytest.raises(ConfigurationError, match="of this installation"):
        TopicTable(settings, f"{settings.topic_prefix}contact-log")


@pytest.fixture(scope="session")
def connect_jars() -> Path:
    try:
        return kafka_jars(POM)
    except KafkaUnavailable as reason:
        if os.environ.get("READOUT_REQUIRE_KAFKA") == "1":
            pytest.fail(f"READOUT_REQUIRE_KAFKA=1, but {reason}")
        pytest.skip(str(reason))


@contextmanager
def connect_worker(jars: Path, servers: str, sink: dict[str, str], folder: Path) -> Iterator[Popen[bytes]]:
    """A standalone worker of Kafka Connect with one connector; its log is `connect.log`."""
    (port,) = free_ports(1)
    worker = {
        "bootstrap.servers": servers,
        "key.converter": "org.apache.kafka.connect.storage.StringConverter",
        "value.converter": "org.apache.kafka.connect.storage.StringConverter",
        "offset.storage.file.filename": str(folder / "offsets"),
        "listeners": f"http://127.0.0.1:{port}",
    }
    files = [_properties(folder, "worker", worker), _properties(folder, "sink", sink)]
    command = ["java", "-Xmx256m", "-XX:+UseSerialGC", "-cp", f"{jars}/*"]
    command += ["org.apache.kafka.connect.cli.ConnectStandalone", *files]
    with (folder / "connect.log").open("wb") as log:
        process = Popen(command, stdin=DEVNULL, stdout=log, stderr=STDOUT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _properties(folder: Path, name: str, values: dict[str, str]) -> str:
    file = folder / f"{name}.properties"
    file.write_text("".join(f"{key}={value}\n" for key, value in values.items()))
    return str(file)


def configurations() -> dict[str, dict[str, str]]:
    """The connectors in the page, by name."""
    blocks = re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return {one["name"]: one["config"] for one in map(json.loads, blocks)}


def test_the_configurations_in_the_page_name_topics_that_there_are_and_read_what_is_committed() -> None:
    assert len(configurations()) >= 5
    for config in configurations().values():
        assert set(config["topics"].split(",")) <= {*TOPICS_BY_STEM, TOPIC}
        assert config["consumer.override.isolation.level"] == "read_committed"
    keys = configurations()["contacts-to-postgres"]["pk.fields"].split(",")
    assert keys == ["contact_id", "ordinal"]


async def test_kafka_connect_reads_every_row_with_its_schema(
    kafka_broker: Broker, connect_jars: Path, tmp_path: Path
) -> None:
    settings = installation_on(kafka_broker)
    topic = f"{settings.topic_prefix}{TOPIC}"
    ledger = await log_to_export(6)
    wanted = await brought_up_to_date(ledger, settings, topic)
    file = tmp_path / "sink.txt"
    sink = configurations()["to-file"] | {"name": "to-file", "topics": topic, "file": str(file)}
    with connect_worker(connect_jars, settings.bootstrap_servers, sink, tmp_path) as worker:
        lines = await until_lines(file, wanted, worker, tmp_path / "connect.log")
    expected = {f"contact_id={row[0]},ordinal={row[1]}," for row in await rows_of(ledger)}
    assert len(lines) == len(expected)
    assert all(any(line.startswith(f"Struct{{{start}") for line in lines) for start in expected)


async def until_lines(file: Path, count: int, worker: Popen[bytes], log: Path) -> list[str]:
    """The lines of a file, once it has so many."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while len(lines := lines_of(file)) < count:
            assert worker.poll() is None, "\n".join(lines_of(log)[-40:])
            await asyncio.sleep(0.2)
    return lines


def lines_of(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines() if file.exists() else []
