"""TLS, SASL and ACLs on Apache Kafka: each role can do its work and no more, and no secret is ever shown."""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from pydantic import SecretStr

from readout.streams.contract.files import ASYNCAPI, published_files
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.dead_letters import UNREADABLE, Reason, dead_letter
from readout.streams.log.topics import CHECKPOINTS, TOPICS, topic_name
from readout.streams.settings import Settings, environment_of
from tests.brokers.kafka import KafkaUnavailable
from tests.brokers.topics import (
    all_records,
    generated_article,
    publish_articles,
    publish_records,
    until_sealed,
)
from tests.brokers.workers import WorkerProcess
from tests.security.rights import DOCUMENT, acls, documented_rights
from tests.security.secured_kafka import MECHANISMS, PASSWORDS, SecuredKafka, secured_kafka

ROOT = Path(__file__).parents[2]
PREFIX = "safe."
ARTICLES = 12
_ENDS_WITHIN_SECONDS = 60
_DERIVED_WITHIN_SECONDS = 60


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    """A broker that grants what `docs/security.md` says, with topics that the operator has made."""
    try:
        with secured_kafka(tmp_path_factory.mktemp("secured")) as running:
            running.grant(acls(documented_rights(), prefix=PREFIX, application_id=f"{PREFIX}derive"))
            made = readout(running.settings("operator", PREFIX), "topics")
            assert made.returncode == 0, made.stderr
            yield running
    except KafkaUnavailable as reason:
        if os.environ.get("READOUT_REQUIRE_KAFKA") == "1":
            pytest.fail(f"READOUT_REQUIRE_KAFKA=1, but {reason}")
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def derived(kafka: SecuredKafka, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the publisher published is derived by the worker, at its most talkative; returns its log."""
    articles = [generated_article(number) for number in range(ARTICLES)]
    asyncio.run(publish_articles(kafka.settings("publisher", PREFIX), articles))
    log_file = tmp_path_factory.mktemp("worker") / "log"
    settings = kafka.settings("worker", PREFIX, log_level="debug")
    with log_file.open("wb") as log:
        worker = subprocess.Popen(
            command("worker"), env=environment(settings), stdout=log, stderr=log, cwd=ROOT
        )
    try:
        reader = kafka.settings("reader", PREFIX)
        asyncio.run(
            until_sealed(
                reader,
                ARTICLES,
                within_seconds=_DERIVED_WITHIN_SECONDS,
                still_hopeful=lambda: worker.poll() is None,
            )
        )
        worker.terminate()
        assert worker.wait(_ENDS_WITHIN_SECONDS) == 0
    finally:
        worker.kill()
        worker.wait()
    return log_file


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "readout", *arguments]


def environment(settings: Settings) -> dict[str, str]:
    others = {name: text for name, text in os.environ.items() if not name.startswith("READOUT_")}
    return others | environment_of(settings)


def readout(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a person does; whatever it is about, it shows no password."""
    done = subprocess.run(
        command(*arguments),
        env=environment(settings),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=_ENDS_WITHIN_SECONDS,
        check=False,
    )
    assert not [name for name in secrets(settings) if name in done.stdout + done.stderr]
    return done


def secrets(settings: Settings) -> list[str]:
    own = [settings.sasl_password.get_secret_value()] if settings.sasl_password else []
    return [*PASSWORDS.values(), *own]


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a command ended with."""
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.usefixtures("derived")
async def test_each_role_can_do_its_work_with_the_documented_rights(kafka: SecuredKafka) -> None:
    reader = kafka.settings("reader", PREFIX)
    counts = {topic.stem: len(await all_records(reader, topic.stem)) for topic in TOPICS}
    assert counts["news"] == counts["manifests"] == ARTICLES
    assert counts["entities"] > ARTICLES


@pytest.mark.usefixtures("derived")
@pytest.mark.parametrize("stem", [topic.stem for topic in TOPICS])
def test_the_reader_reads_everything(kafka: SecuredKafka, stem: str) -> None:
    done = readout(kafka.settings("reader", PREFIX), "tail", stem, "--json")
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("derived")
def test_the_consolidator_consolidates(kafka: SecuredKafka, tmp_path: Path) -> None:
    reader = kafka.settings("reader", PREFIX)
    running = WorkerProcess(
        kafka.settings("consolidator", PREFIX), tmp_path / "log", ("readout", "consolidate")
    )
    deadline = time.monotonic() + _DERIVED_WITHIN_SECONDS
    while not asyncio.run(all_records(reader, "contacts-current")):
        assert running.is_running(), running.log_tail()
        assert time.monotonic() < deadline, running.log_tail()
    assert running.stop() == 0


def test_the_reader_cannot_write(kafka: SecuredKafka) -> None:
    line = refusal(readout(kafka.settings("reader", PREFIX), "publish", "seeds"))
    assert line == (
        "readout: writing to safe.news: the broker refuses: [Error 29] TopicAuthorizationFailedError: safe.news"
    )


@pytest.mark.usefixtures("derived")
def test_the_auditor_signs_verifies_and_archives(kafka: SecuredKafka, tmp_path: Path) -> None:
    auditor = kafka.settings("auditor", PREFIX)
    key, kept = str(tmp_path / "key"), str(tmp_path / "kept")
    for arguments in (
        ("audit", "keygen", key, "--name", "audit.example/log"),
        ("audit", "checkpoint", "--key", key, "--out", kept),
        ("audit", "verify", "--public-key", f"{key}.pub"),
        ("archive", "--out", str(tmp_path / "archive")),
    ):
        done = readout(auditor, *arguments)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    assert "refuses" in refusal(readout(auditor, "publish", "seeds"))
    signed = asyncio.run(all_records(auditor, CHECKPOINTS.stem))
    described = yaml.safe_load(published_files()[ASYNCAPI])["components"]["messages"]["Checkpoint"]["headers"]
    assert {name for record in signed for name, _ in record.headers} == set(described["properties"])


_LOOKED_UP = ("news", "seals", "manifests")


@pytest.mark.parametrize("stem", [topic.stem for topic in TOPICS if topic.stem not in _LOOKED_UP])
def test_the_publisher_reads_nothing_but_what_it_looks_articles_up_in(kafka: SecuredKafka, stem: str) -> None:
    assert f"'safe.{stem}' does not exist" in refusal(
        readout(kafka.settings("publisher", PREFIX), "tail", stem)
    )


def test_the_publisher_cannot_derive(kafka: SecuredKafka) -> None:
    assert "missing topics" in refusal(readout(kafka.settings("publisher", PREFIX), "worker"))


@pytest.mark.parametrize("stem", ["entities", "manifests"])
def test_a_worker_that_may_not_write_a_topic_says_so_in_one_line(kafka: SecuredKafka, stem: str) -> None:
    prefix = f"without-{stem}."
    rights = [
        replace(right, operations=("READ",)) if (right.role, right.name) == ("worker", stem) else right
        for right in documented_rights()
    ]
    kafka.grant(acls(rights, prefix=prefix, application_id=f"{prefix}derive"))
    assert readout(kafka.settings("operator", prefix), "topics").returncode == 0
    asyncio.run(publish_articles(kafka.settings("publisher", prefix), [generated_article(1)]))
    done = readout(kafka.settings("worker", prefix), "worker")
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert "the broker refuses: [Error 29] TopicAuthorizationFailedError" in last
    assert f"{prefix}{stem}" in last


@pytest.mark.parametrize("operations", [(), ("DESCRIBE",)], ids=["nothing", "DESCRIBE only"])
def test_a_worker_that_may_not_join_its_group_names_the_right_that_it_needs(
    kafka: SecuredKafka, operations: tuple[str, ...]
) -> None:
    prefix = f"without-group-{len(operations)}."
    rights = [
        replace(right, operations=operations) if (right.role, right.kind) == ("worker", "group") else right
        for right in documented_rights()
    ]
    kafka.grant(acls(rights, prefix=prefix, application_id=f"{prefix}derive"))
    assert readout(kafka.settings("operator", prefix), "topics").returncode == 0
    done = readout(kafka.settings("worker", prefix), "worker")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1] == (
        f"readout worker: joining the group '{prefix}:{prefix}derive': the broker refuses; the user needs READ on that "
        "consumer group (READOUT_APPLICATION_ID)"
    )


def test_the_operator_shows_the_topics_and_writes_none(kafka: SecuredKafka) -> None:
    operator = kafka.settings("operator", PREFIX)
    done = readout(operator, "topics")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(TOPICS) * operator.partitions
    assert "refuses" in refusal(readout(operator, "publish", "seeds"))


async def test_the_redriver_puts_dead_letters_through_again(kafka: SecuredKafka) -> None:
    news = topic_name(kafka.settings("reader", PREFIX), "news")
    source = StoredRecord(news, 0, 0, 0, 1, b"k", b"junk", ())
    letter = dead_letter(
        source, Reason(UNREADABLE, "InvalidRecord", "no event"), application_id=f"{PREFIX}derive"
    )
    await publish_records(kafka.settings("worker", PREFIX), [letter], partition=0)
    redriver = kafka.settings("redriver", PREFIX)
    done = readout(redriver, "redrive", "--dry-run")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1), done.stderr
    # Who may not see a topic is told that there is none.
    assert "does not exist" in refusal(readout(redriver, "tail", "entities"))


@pytest.mark.parametrize("user", ["reader", "worker"], ids=MECHANISMS.get)
@pytest.mark.parametrize("arguments", [["tail", "news"], ["publish", "seeds"], ["worker"]], ids=" ".join)
def test_a_wrong_password_gives_one_clear_line(kafka: SecuredKafka, user: str, arguments: list[str]) -> None:
    settings = kafka.settings(user, PREFIX, sasl_password=SecretStr("guessed wrong"))
    line = refusal(readout(settings, *arguments))
    assert f"{kafka.outside} refuses the user" in line
    assert line.endswith("check READOUT_SASL_…")


@pytest.mark.parametrize("arguments", [["tail", "news"], ["worker"]])
def test_an_unknown_certificate_gives_one_clear_line(kafka: SecuredKafka, arguments: list[str]) -> None:
    for trusted in (kafka.untrusted, None):
        line = refusal(readout(kafka.settings("reader", PREFIX, ssl_cafile=trusted), *arguments))
        assert "has a certificate not to be trusted" in line
        assert line.endswith("check READOUT_SSL_CAFILE")


PROTOCOLS = [
    ("PLAINTEXT", "check READOUT_SECURITY_PROTOCOL"),
    ("SSL", "check READOUT_SECURITY_PROTOCOL"),
    ("SASL_PLAINTEXT", "check READOUT_SECURITY_PROTOCOL"),
]


@pytest.mark.parametrize(("protocol", "remedy"), PROTOCOLS)
def test_a_wrong_protocol_gives_one_clear_line(kafka: SecuredKafka, protocol: str, remedy: str) -> None:
    line = refusal(readout(kafka.settings("reader", PREFIX, security_protocol=protocol), "tail", "news"))
    assert line.endswith(remedy)


def test_a_user_without_a_password_gives_one_clear_line(kafka: SecuredKafka) -> None:
    line = refusal(readout(kafka.settings("reader", PREFIX, sasl_password=None), "tail", "news"))
    assert "needs READOUT_SASL_USERNAME and READOUT_SASL_PASSWORD" in line


def test_a_certificate_file_that_is_none_gives_one_clear_line(kafka: SecuredKafka, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for file in (tmp_path / "ca.pem", tmp_path / "missing.pem"):
        line = refusal(readout(kafka.settings("reader", PREFIX, ssl_cafile=file), "tail", "news"))
        assert "TLS files cannot be read" in line


@pytest.mark.parametrize(
    "arguments", [["config", "show"], ["--help"], ["tail", "--help"], ["tail", "nowhere"]]
)
def test_no_command_shows_a_password(kafka: SecuredKafka, arguments: list[str]) -> None:
    readout(kafka.settings("worker", PREFIX, log_level="debug"), *arguments)


def test_not_even_the_most_talkative_log_or_a_traceback_has_a_password(
    kafka: SecuredKafka, derived: Path
) -> None:
    log = derived.read_text()
    assert '"level": "debug"' in log
    assert not [password for password in PASSWORDS.values() if password in log]
    wrong = kafka.settings("publisher", PREFIX, sasl_password=SecretStr("guessed wrong"), log_level="debug")
    assert readout(wrong, "tail", "news").returncode == 1


def test_every_role_of_the_table_is_tested() -> None:
    assert {right.role for right in documented_rights()} == set(MECHANISMS)


def test_the_settings_that_the_page_names_are_settings() -> None:
    named = set(re.findall(r"READOUT_([A-Z_]+)", DOCUMENT.read_text(encoding="utf-8")))
    assert named >= {"SASL_PASSWORD", "SSL_CAFILE", "SECURITY_PROTOCOL"}
    assert named <= {name.upper() for name in Settings.model_fields}
