"""Schemas are registered once, with their mode, and nothing else in the registry is touched."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from readout.schemas.contract import example_records
from readout.streams.cli import app
from readout.streams.contract.registry import COMPATIBILITY, Registry, subjects
from readout.streams.errors import ConfigurationError, IncompatibleSchemas, ReadoutError, TransientError
from readout.streams.log.topics import TOPICS
from readout.streams.settings import Settings
from tests.contract.registry_fake import FakeRegistry, fake_registry

NAMES = [f"{topic.stem}-value" for topic in TOPICS if topic.events]
SECRET = "correct horse battery"


@pytest.fixture
def registry() -> Iterator[FakeRegistry]:
    with fake_registry() as running:
        yield running


def register(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["schemas", "register", *arguments])
    if result.exception:
        raise result.exception
    return result.stdout


def test_every_topic_of_events_gets_its_subject_and_mode(registry: FakeRegistry) -> None:
    said = register("--url", registry.url)
    assert list(registry.subjects) == list(registry.modes) == NAMES
    assert set(registry.modes.values()) == {COMPATIBILITY}
    assert said.count("registered compatibility BACKWARD_TRANSITIVE and schema (version 1)") == len(NAMES)


def test_a_second_time_changes_nothing(registry: FakeRegistry) -> None:
    register("--url", registry.url)
    asked = len(registry.log)
    said = register("--url", f"{registry.url}/")
    assert said.count("already there (version 1)") == len(NAMES)
    assert not [
        (method, path) for method, path in registry.log[asked:] if method == "PUT" or "versions" in path
    ]


def test_a_dry_run_says_what_would_change_and_changes_nothing(registry: FakeRegistry) -> None:
    said = register("--url", registry.url, "--dry-run")
    assert said.count("would register compatibility BACKWARD_TRANSITIVE and schema\n") == len(NAMES)
    assert (registry.subjects, registry.modes) == ({}, {})


def test_an_older_schema_is_followed_by_the_present_one(registry: FakeRegistry) -> None:
    registry.answer(
        "POST", "/subjects/news-value/versions", {"schemaType": "JSON", "schema": '{"type":"object"}'}
    )
    said = register("--url", registry.url)
    assert "news-value: registered compatibility BACKWARD_TRANSITIVE and schema (version 2)" in said


def test_what_the_registry_finds_incompatible_is_refused_before_anything_is_added(
    registry: FakeRegistry,
) -> None:
    other = json.dumps({"$defs": {"Telegram": {"type": "object"}}})
    registry.answer("POST", "/subjects/news-value/versions", {"schemaType": "JSON", "schema": other})
    with pytest.raises(IncompatibleSchemas, match="news-value: TYPE_REMOVED: Telegram"):
        register("--url", registry.url, "--dry-run")
    with pytest.raises(IncompatibleSchemas, match="news-value"):
        register("--url", registry.url)
    assert registry.subjects == {"news-value": [0]}


def test_subjects_carry_the_installations_prefix() -> None:
    settings = Settings.model_validate({"topic_prefix": "blue."})
    assert [subject.name for subject in subjects(settings)] == [f"blue.{name}" for name in NAMES]


@pytest.mark.parametrize("event_type", example_records())
def test_a_topics_schema_takes_its_events_and_no_others(event_type: str) -> None:
    record: dict[str, Any] = example_records()[event_type]
    fits = {
        subject.name
        for subject in subjects(Settings.model_validate({}))
        if jsonschema.Draft202012Validator(json.loads(subject.schema)).is_valid(record["value"])
    }
    assert fits == {
        f"{topic.stem}-value" for topic in TOPICS if event_type in [one.event_type for one in topic.events]
    }


def test_credentials_are_sent_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READOUT_REGISTRY_USERNAME", "ada")
    monkeypatch.setenv("READOUT_REGISTRY_PASSWORD", SECRET)
    with fake_registry(f"ada:{SECRET}") as registry:
        assert SECRET not in register("--url", registry.url)
        assert list(registry.subjects) == NAMES
    shown = CliRunner().invoke(app, ["config", "show"])
    assert "READOUT_REGISTRY_USERNAME=ada" in shown.stdout
    assert SECRET not in shown.stdout


URLS = ["ftp://127.0.0.1", "127.0.0.1:8081", "http://", f"http://ada:{SECRET}@127.0.0.1:8081", "file:///etc"]


@pytest.mark.parametrize("url", URLS)
def test_a_url_that_is_none_or_holds_credentials_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError, match="READOUT_REGISTRY_PASSWORD") as refused:
        Registry(url, Settings.model_validate({}))
    assert SECRET not in str(refused.value)


def one_line(error: ReadoutError) -> str:
    assert "\n" not in str(error)
    return str(error)


def test_wrong_credentials_give_one_clear_line() -> None:
    with fake_registry("ada:other") as registry, pytest.raises(ConfigurationError) as refused:
        register("--url", registry.url)
    assert one_line(refused.value) == "the schema registry at 127.0.0.1 answers 401: Unauthorized"


def test_a_registry_that_is_broken_or_gone_gives_one_clear_line(registry: FakeRegistry) -> None:
    registry.broken = True
    with pytest.raises(TransientError) as refused:
        register("--url", registry.url)
    assert "answers 500: Error in the backend" in one_line(refused.value)
    with fake_registry() as gone:
        url = gone.url
    with pytest.raises(TransientError) as refused:
        register("--url", url)
    assert "does not answer" in one_line(refused.value)


def test_a_registry_that_refuses_on_second_thoughts_gives_one_clear_line(
    registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else registers between our question and our request."""
    conflict = 409, {"error_code": 409, "message": "Schema being registered is incompatible"}
    monkeypatch.setattr(FakeRegistry, "_register", lambda *_: conflict)
    with pytest.raises(IncompatibleSchemas) as refused:
        register("--url", registry.url)
    assert "refuses the schema: Schema being registered is incompatible" in one_line(refused.value)


def test_a_certificate_file_that_is_missing_gives_one_clear_line(tmp_path: Path) -> None:
    settings = Settings.model_validate({"ssl_cafile": tmp_path / "missing.pem"})
    with pytest.raises(ConfigurationError) as refused:
        Registry("https://registry.example", settings)
    assert "READOUT_SSL_CAFILE cannot be read" in one_line(refused.value)


def test_an_answer_that_is_no_json_or_no_tls_gives_one_clear_line(registry: FakeRegistry) -> None:
    with pytest.raises(TransientError) as refused:
        register("--url", registry.url.replace("http:", "https:"))
    assert "does not answer" in one_line(refused.value)


def test_something_else_that_speaks_http_is_noticed(registry: FakeRegistry) -> None:
    with pytest.raises(ConfigurationError) as refused:
        register("--url", f"{registry.url}/elsewhere")
    assert "is it a schema registry?" in one_line(refused.value)
