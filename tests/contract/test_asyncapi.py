"""The AsyncAPI document: what the topics and schemas say, valid by the official tool, and readable YAML."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from readout.schemas.envelope import SALT
from readout.schemas.yaml_text import to_yaml
from readout.streams.contract.files import ASYNCAPI, published_files
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.dead_letters import PROCESSING, Reason, dead_letter
from readout.streams.log.topics import TOPICS, Topic, topic_config
from readout.streams.settings import Settings

FILE = Path(__file__).parents[2] / "schemas" / "json" / ASYNCAPI
DOCUMENT: dict[str, Any] = yaml.safe_load(published_files()[ASYNCAPI])
MESSAGES: dict[str, Any] = DOCUMENT["components"]["messages"]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.stem)
def test_every_topic_is_a_channel_with_its_settings(topic: Topic) -> None:
    defaults = Settings.model_validate({})
    kafka = DOCUMENT["channels"][topic.stem]["bindings"]["kafka"]
    config = {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in kafka["topicConfiguration"].items()
    }
    assert config == topic_config(defaults, topic)
    assert kafka["partitions"] == defaults.partitions
    names = [MESSAGES[name]["name"] for name in DOCUMENT["channels"][topic.stem]["messages"]]
    assert names == [event.event_type for event in topic.events] or not topic.events


def test_no_other_channel_or_operation_is_described() -> None:
    stems = [topic.stem for topic in TOPICS]
    assert list(DOCUMENT["channels"]) == stems
    assert list(DOCUMENT["operations"]) == [f"send-{stem}" for stem in stems]


@pytest.mark.parametrize("name", [name for name in MESSAGES if "examples" in MESSAGES[name]])
def test_the_example_of_a_message_validates_headers_included(name: str) -> None:
    message = MESSAGES[name]
    root = {"components": DOCUMENT["components"]}
    for part in ("headers", "payload"):
        jsonschema.Draft7Validator(root | message[part]).validate(message["examples"][0][part])


def test_a_record_of_another_event_does_not_pass_for_this_one() -> None:
    headers = MESSAGES["EntityMentioned"]["examples"][0]["headers"]
    with pytest.raises(jsonschema.ValidationError, match=r"contact\.logged"):
        jsonschema.Draft7Validator(MESSAGES["ContactLogged"]["headers"]).validate(headers)


def test_all_headers_of_dead_letters_are_described() -> None:
    record = StoredRecord("news", 0, 7, 0, 1, b"a", b"{", ())
    letter = dead_letter(
        record, Reason(PROCESSING, "ValueError", "broke", "Traceback"), application_id="derive"
    )
    assert {name for name, _ in letter.headers} | {SALT} == set(
        MESSAGES["DeadLetter"]["headers"]["properties"]
    )


def test_the_official_tool_finds_the_document_valid(
    node_folder: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = node_folder("asyncapi")
    analytics = tmp_path / "analytics.json"
    # The tool would tell its makers that it was run.
    analytics.write_text('{"analyticsEnabled": "false", "infoMessageShown": "true", "userID": "none"}')
    done = subprocess.run(
        ["node_modules/.bin/asyncapi", "validate", str(FILE), "--fail-severity=warn"],
        cwd=folder,
        env=os.environ | {"ASYNCAPI_METRICS_CONFIG_PATH": str(analytics), "SUPPRESS_NO_CONFIG_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
YAML = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=12,
)
LOOKS_LIKE_SOMETHING_ELSE = [
    "no",
    "Null",
    "1.0",
    "0x1f",
    "2022-10-25",
    "- a",
    "a: b",
    "#",
    "",
    "~",
    "=",
    "<<",
]


@given(YAML)
def test_any_data_comes_back_from_yaml(data: JsonValue) -> None:
    assert yaml.safe_load(to_yaml(data)) == data


@pytest.mark.parametrize(
    "text",
    [
        *LOOKS_LIKE_SOMETHING_ELSE,
        "two\nlines\n",
        "  indented\nlines\n",
        "\n\n",
        "a\n\n",
        "a \nb\n",
        "a\n\n\nb\n",
        "a\n b\n",
        "💬\u2028\x7f",
        "“Yes”\n“No”\n",
    ],
)
def test_a_string_stays_a_string_in_yaml(text: str) -> None:
    assert yaml.safe_load(to_yaml({text: [text, {"a": text}]})) == {text: [text, {"a": text}]}
