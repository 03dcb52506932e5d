"""Clients that are not ours read every topic of real Kafka, and find in it what the contract says.

The consumers in `clients/node` and `clients/java` know the published schemas and nothing else of ours.
"""

import asyncio
import hashlib
import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from readout.schemas.envelope import Record
from readout.schemas.manifests import ManifestSealed
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.errors import InvalidRecord
from readout.streams.log.decoding import decode_event
from readout.streams.log.topics import DEAD_LETTERS, MANIFESTS, NEWS, TOPICS, ensure_topics
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings
from tests.brokers.topics import all_records, publish_records, value_of
from tests.brokers.workers import worker
from tests.conftest import Broker, installation_on
from tests.contract.made_log import ARTICLES, BROKEN, articles, derive, until_derived, write_log

SCHEMAS = Path(__file__).parents[2] / "schemas" / "json"
_READ_WITHIN_SECONDS = 120

Client = Callable[[Settings], "Findings"]


@dataclass(frozen=True)
class Findings:
    """What a client prints."""

    counts: dict[str, int]
    problems: list[str]


@pytest.fixture(params=["node", "java"])
def client(request: pytest.FixtureRequest) -> Client:
    """A consumer, ready to be run."""
    folder: Path = request.getfixturevalue(f"{request.param}_folder")(request.param)
    commands = {
        "node": ["node", str(folder / "consumer.mjs")],
        "java": ["java", "-cp", f"{folder}/target/classes:{folder}/target/libraries/*", "Consumer"],
    }
    return lambda settings: _run(commands[request.param], settings)


def _run(command: Sequence[str], settings: Settings) -> Findings:
    arguments = [settings.bootstrap_servers, str(SCHEMAS), settings.topic_prefix]
    done = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, timeout=_READ_WITHIN_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return Findings(**json.loads(done.stdout))


@pytest.fixture(scope="module", params=["made by hand", "derived by the worker"])
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Sixty articles with all that can happen to them, on Apache Kafka."""
    settings = installation_on(request.getfixturevalue("kafka_broker"))
    asyncio.run(ensure_topics(settings))
    if request.param == "made by hand":
        asyncio.run(write_log(settings, transactions=True))
        yield settings
        return
    records = [record for article in articles() for record in (article_record(article), BROKEN)]
    # What the rules find is enough here.
    settings = settings.model_copy(update={"attribution": "rules"})
    with worker(settings, tmp_path_factory.mktemp("worker") / "log") as running:
        asyncio.run(publish_records(settings, records))
        asyncio.run(until_derived(settings, running.is_running))
    yield settings


async def counts_of(settings: Settings) -> dict[str, int]:
    """What a client should count, from our own reader."""
    counts: Counter[str] = Counter()
    manifests: dict[str, ManifestSealed] = {}
    for topic in TOPICS:
        records = await all_records(settings, topic.stem)
        counts[f"records {topic.stem}"] = len(records)
        for record in records if topic.events else ():
            try:
                event = decode_event(record.value, record.headers)
            except InvalidRecord:
                counts["unreadable"] += 1
                continue
            counts[f"events {event.event_type}"] += 1
            counts["selectors"] += (record.value or b"").count(b'"exact":')
            if isinstance(event, ManifestSealed):
                manifests[event.article_id] = event
    for line in (line for manifest in manifests.values() for line in manifest.live):
        counts[f"sealed {line.type}"] += 1
        counts[f"live {line.type}"] += 1
    return {name: count for name, count in counts.items() if count}


def test_a_client_of_another_language_finds_what_the_manifests_say(client: Client, log: Settings) -> None:
    findings = client(log)
    assert findings.problems == []
    assert findings.counts == asyncio.run(counts_of(log))


async def test_the_log_holds_all_that_can_happen_to_an_article(log: Settings) -> None:
    counts = await counts_of(log)
    stored = await all_records(log, NEWS.stem)
    news = [value_of(record) for record in stored if record.key != BROKEN.key]
    assert len({article["article_id"] for article in news}) == ARTICLES >= 50
    assert {article["status"] for article in news} == {"usable", "withheld", "canceled"}
    assert {article["revision"] for article in news} >= {1, 2, 3, 4}
    assert all(max(str(article["body"]) or "😀") > "\uffff" for article in news)
    assert counts[f"events {RecordWithdrawn.event_type}"] > 30
    assert counts[f"records {DEAD_LETTERS.stem}"] > 10
    assert counts[f"records {MANIFESTS.stem}"] == len(news)


async def test_a_log_that_breaks_the_contract_is_found_out(client: Client, kafka_broker: Broker) -> None:
    """Words that stand elsewhere, a field that nobody declared, an id that is no digest, a foreign partition."""
    settings = installation_on(kafka_broker)
    await ensure_topics(settings)
    article = next(articles())
    contact = derive(article).records[-1]
    await publish_records(settings, [article_record(article)])
    await publish_records(settings, [edited(contact, b'"start":', b'"start":1')])
    await publish_records(settings, [edited(contact, b"{", b'{"certainty":1,', once=True)])
    await publish_records(settings, [edited(contact, b'"talks"', b'"message"')])
    await publish_records(settings, [replace(contact, value=(contact.value or b"") + b" ")])
    for number in range(settings.partitions):
        await publish_records(settings, [contact], partition=number)
    findings = await asyncio.to_thread(client, settings)
    shifted = len(json.loads(contact.value or b"")["participants"]) + 2
    assert len(findings.problems) == shifted + 3 + (settings.partitions - 1), findings.problems


def edited(record: Record, old: bytes, new: bytes, *, once: bool = False) -> Record:
    """The record with other words in its value, and an id that fits them."""
    value = (record.value or b"").replace(old, new, 1 if once else -1)
    digest = hashlib.sha256(value).hexdigest().encode()
    headers = tuple((name, digest if name == "ce_id" else text) for name, text in record.headers)
    return replace(record, value=value, headers=headers)
