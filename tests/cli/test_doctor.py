"""`readout doctor` finds what is wrong, and `readout topology` says what is so."""

import asyncio
import re
from pathlib import Path

import orjson
import pytest

from readout.streams.commands.topology import mermaid, parts_of
from readout.streams.log.topics import ensure_topics
from readout.streams.settings import Settings
from tests.brokers.topics import generated_article, publish_articles
from tests.cli.commands import readout
from tests.conftest import Broker, installation_on

ROOT = Path(__file__).parents[2]


def outcomes(*options: str, settings: Settings, status: int) -> dict[str, tuple[str, str]]:
    done = readout("doctor", "--json", *options, settings=settings)
    assert done.returncode == status, done.stdout + done.stderr
    return {one["name"]: (one["outcome"], one["text"]) for one in orjson.loads(done.stdout)}


def test_before_there_are_topics_it_says_how_to_make_them(embedded_broker: Broker) -> None:
    found = outcomes(settings=installation_on(embedded_broker), status=1)
    assert found["model"][0] == found["brokers"][0] == "ok"
    assert found["topics"][0] == "problem"
    assert "create them with `readout topics`" in found["topics"][1]


def test_articles_without_a_worker_are_a_problem(embedded_broker: Broker) -> None:
    settings = installation_on(embedded_broker)
    asyncio.run(ensure_topics(settings))
    found = outcomes(settings=settings, status=0)
    assert (found["topics"][0], found["rights"][0], found["writer"][0]) == ("ok", "ok", "ok")
    assert found["workers"][0] == "warning"
    asyncio.run(publish_articles(settings, [generated_article(1)]))
    outcome, text = outcomes(settings=settings, status=1)["workers"]
    assert outcome == "problem"
    assert "1 article to derive there: start `readout worker`" in text


def test_prefixes_that_begin_alike_are_named(embedded_broker: Broker) -> None:
    settings = installation_on(embedded_broker)
    inner = settings.model_copy(update={"topic_prefix": f"{settings.topic_prefix}inner."})
    for one in (settings, inner):
        asyncio.run(ensure_topics(one))
    done = readout("doctor", settings=inner)
    line = f"warning\tprefixes\tprefix '{settings.topic_prefix}' and '{inner.topic_prefix}' begin alike"
    assert line in done.stdout.decode()


def test_without_brokers_the_rest_is_looked_at_and_what_is_left_out_is_named() -> None:
    settings = Settings(bootstrap_servers="127.0.0.1:1")
    found = outcomes(settings=settings, status=1)
    assert found["disk"][0] == "ok"
    assert "READOUT_BOOTSTRAP_SERVERS" in found["brokers"][1]
    assert {found[name][0] for name in ("topics", "rights", "writer", "workers", "code")} == {"skipped"}


def test_a_password_that_others_can_read_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "readout.toml"
    file.write_text('bootstrap_servers = "127.0.0.1:1"\nsasl_password = "open sesame"\n', "utf-8")
    file.chmod(0o644)
    shown = readout("doctor", "--config", str(file)).stdout.decode()
    assert f"warning\tsettings\tothers can read {file}, and sasl_password is in it: chmod 600" in shown
    assert "sesame" not in shown
    file.chmod(0o600)
    assert "others can read" not in readout("doctor", "--config", str(file)).stdout.decode()


@pytest.mark.parametrize(
    ("part", "role"),
    [
        ("publish", "publisher"),
        ("worker", "worker"),
        ("redrive", "redriver"),
        ("consolidate", "consolidator"),
    ],
)
def test_the_topology_says_what_the_least_rights_say(part: str, role: str) -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    rows = re.findall(rf"^\| {role} \| topic \| `([a-z-]+)` \| ([A-Z, ]+) \|", page, re.MULTILINE)
    (told,) = (one for one in parts_of(Settings()) if one.name == part)
    assert {name for name, rights in rows if "WRITE" in rights} == set(told.writes)
    assert {name for name, rights in rows if "READ" in rights} == set(told.reads)


def test_the_topology_is_drawn_with_prefixes() -> None:
    lines = mermaid(parts_of(Settings(topic_prefix="prod.")))
    assert lines[0] == "flowchart LR"
    assert any('[("prod.contact-log")]' in line for line in lines)
    told = orjson.loads(readout("topology", "--json", "--prefix", "prod.").stdout)
    assert {one["name"] for one in told["topics"]} >= {"prod.news", "prod.manifests"}
    assert told["parts"][1]["group"] == "prod.:readout-derive"
