"""The gate: edits that break readers are refused with a sentence, harmless ones pass."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from readout.schemas.compatibility import compare, next_version
from readout.schemas.contract import contract_files, json_schema
from readout.schemas.fields import fields
from readout.schemas.registry import EVENT_CLASSES
from readout.streams.cli import app
from readout.streams.contract.released import released_schemas
from readout.streams.errors import ConfigurationError, IncompatibleSchemas

CONTACT = "readout.contact.logged.v1"
STATEMENT = "readout.statement.attributed.v1"
RELEASED = Path(__file__).parent / "released"
PROGRAMS, REPLAYS = "programs written against the released schema", "already stored"

Contract = dict[str, dict[str, Any]]
Edit = Callable[[Contract], object]


def contract() -> Contract:
    """Today's contract, as data that a test may edit."""
    return copy.deepcopy({one.event_type: dict(json_schema(one)) for one in EVENT_CLASSES})


def properties(schemas: Contract, part: str = "") -> dict[str, Any]:
    schema = schemas[CONTACT]
    found: dict[str, Any] = (schema["$defs"][part] if part else schema)["properties"]
    return found


def rename(schemas: Contract, part: str, old: str, new: str) -> None:
    holder = schemas[CONTACT]["$defs"][part]
    holder["properties"] = {new if name == old else name: one for name, one in holder["properties"].items()}
    holder["required"] = [new if name == old else name for name in holder["required"]]


def require(schemas: Contract, name: str) -> None:
    properties(schemas)[name] = {"type": "string"}
    schemas[CONTACT]["required"].append(name)


BREAKING: list[tuple[str, Edit, str, str]] = [
    ("removed", lambda s: properties(s).pop("place"), "field `place` was removed", PROGRAMS),
    (
        "renamed",
        lambda s: rename(s, "Participant", "title", "office"),
        "`participants[].title` was renamed to `participants[].office`",
        PROGRAMS,
    ),
    (
        "widened",
        lambda s: properties(s)["mode"]["enum"].append("message"),
        "`mode` may now also hold message",
        PROGRAMS,
    ),
    (
        "narrowed",
        lambda s: properties(s)["status"]["enum"].remove("denied"),
        "may no longer hold denied",
        REPLAYS,
    ),
    (
        "retyped",
        lambda s: properties(s, "Occurrence").update(anchor={"type": "integer"}),
        "`occurred_on.anchor` changed its type: was string, is integer",
        PROGRAMS,
    ),
    (
        "nullable",
        lambda s: properties(s).update(mode={"anyOf": [properties(s)["mode"], {"type": "null"}]}),
        "`mode` may now be null",
        PROGRAMS,
    ),
    (
        "never null",
        lambda s: properties(s).update(place=properties(s)["place"]["anyOf"][0]),
        "`place` may no longer be null",
        REPLAYS,
    ),
    ("optional", lambda s: s[CONTACT]["required"].remove("mode"), "`mode` may now be absent", PROGRAMS),
    (
        "required from now on",
        lambda s: s[CONTACT]["$defs"]["Model"]["required"].append("licence"),
        "`producer.models[].licence` is now required",
        REPLAYS,
    ),
    (
        "no closed set any more",
        lambda s: properties(s)["mode"].pop("enum"),
        "`mode` is no longer a closed set",
        PROGRAMS,
    ),
    ("required", lambda s: require(s, "channel"), "`channel` is new and required", REPLAYS),
    (
        "other unit",
        lambda s: properties(s, "Selector")["start"].update({"x-unit": "UTF-16 code unit"}),
        "meaning (unit): was Unicode code point, is UTF-16 code unit",
        PROGRAMS,
    ),
    (
        "other limits",
        lambda s: properties(s)["participants"].update(minItems=1),
        "`participants` changed its limits (minItems): was 2, is 1",
        PROGRAMS,
    ),
    ("gone", lambda s: s.pop(CONTACT), f"{CONTACT} is gone", REPLAYS),
]

HARMLESS: list[tuple[str, Edit, tuple[str, ...]]] = [
    ("nothing", lambda _: None, ()),
    (
        "added optional field",
        lambda s: properties(s).update(channel={"type": "string"}),
        (f"{CONTACT}: channel",),
    ),
    ("reworded", lambda s: properties(s)["mode"].update(description="The way they spoke."), ()),
    ("said what always was", lambda s: properties(s)["evidence"].update({"x-order": "reading order"}), ()),
    (
        "added event",
        lambda s: s.update({"readout.article.read.v1": s[CONTACT]}),
        ("readout.article.read.v1",),
    ),
    (
        "fields in another order",
        lambda s: s[CONTACT].update(properties=dict(reversed(properties(s).items()))),
        (),
    ),
]


@pytest.mark.parametrize(
    ("edit", "sentence", "breaks"), [case[1:] for case in BREAKING], ids=[case[0] for case in BREAKING]
)
def test_a_breaking_edit_is_refused_in_a_sentence(edit: Edit, sentence: str, breaks: str) -> None:
    released, edited = contract(), contract()
    for schemas in (released, edited):
        properties(schemas, "Model")["licence"] = {"type": "string"}
    edit(edited)
    breaches = [str(breach) for breach in compare(released, edited).breaches]
    assert [breach for breach in breaches if sentence in breach and breaks in breach], breaches
    assert all("publish readout.contact.logged.v2 with an upcaster" in breach for breach in breaches)


@pytest.mark.parametrize(
    ("edit", "additions"), [case[1:] for case in HARMLESS], ids=[case[0] for case in HARMLESS]
)
def test_a_harmless_edit_passes(edit: Edit, additions: tuple[str, ...]) -> None:
    edited = contract()
    edit(edited)
    comparison = compare(contract(), edited)
    assert comparison.breaches == ()
    assert comparison.additions == additions


def test_a_removed_object_is_one_breach_and_not_one_for_each_field_in_it() -> None:
    edited = contract()
    properties(edited).pop("occurred_on")
    assert [breach.fields for breach in compare(contract(), edited).breaches] == [("occurred_on",)]


def test_a_change_in_a_part_that_many_fields_share_is_one_breach() -> None:
    edited = contract()
    properties(edited, "Selector")["prefix"]["maxLength"] = 8
    (breach,) = compare(contract(), edited).breaches
    assert "`evidence[].prefix`" in str(breach)
    assert "more changed its limits" in str(breach)


def test_an_event_that_an_upcaster_reads_may_leave_the_contract() -> None:
    edited = contract()
    del edited[CONTACT]
    assert compare(contract(), edited, lifted=(CONTACT,)).breaches == ()


def test_a_schema_that_holds_itself_is_none_of_ours() -> None:
    endless: dict[str, Any] = {
        "$defs": {"A": {"properties": {"a": {"$ref": "#/$defs/A"}}}},
        "$ref": "#/$defs/A",
    }
    with pytest.raises(ValueError, match="holds itself"):
        fields(endless)


def test_the_next_version_counts_up() -> None:
    assert next_version("readout.contact.logged.v9") == "readout.contact.logged.v10"


def test_nothing_since_any_release_breaks_its_readers() -> None:
    """`readout schemas export --to tests/contract/released/VERSION` is part of making a release."""
    for release in sorted(RELEASED.glob("*/")):
        breaches = compare(released_schemas(str(release), RELEASED), contract()).breaches
        assert breaches == (), release.name


def write(folder: Path, schemas: Contract) -> None:
    for event_type, schema in schemas.items():
        (folder / f"{event_type}.schema.json").write_text(json.dumps(schema))


def test_the_command_compares_with_a_folder(tmp_path: Path) -> None:
    edited = contract()
    properties(edited)["mode"]["enum"].append("message")
    write(tmp_path, edited)
    result = CliRunner().invoke(app, ["schemas", "check", "--against", str(tmp_path)])
    assert isinstance(result.exception, IncompatibleSchemas)
    assert "`mode` may no longer hold message" in result.stderr


def test_the_command_passes_what_breaks_nobody(tmp_path: Path) -> None:
    edited = contract()
    properties(edited).pop("place")
    edited[CONTACT]["required"].remove("place")
    properties(edited, "Participant")["title"]["description"] = "Title."
    write(tmp_path, {STATEMENT: edited[STATEMENT]})
    result = CliRunner().invoke(app, ["schemas", "check", "--against", str(tmp_path)])
    assert result.exit_code == 0, result.stderr
    assert f"added: {CONTACT}" in result.stdout
    assert "breaks a reader" in result.stdout


def test_a_release_is_read_from_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path("schemas/json")
    folder.mkdir(parents=True)
    write(folder, contract())
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "Release"], ["tag", "v0.1.0"]):
        subprocess.run(["git", *command], check=True)
    assert released_schemas("v0.1.0", folder) == contract()
    with pytest.raises(ConfigurationError, match="v9"):
        released_schemas("v9", folder)


def test_without_git_a_folder_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match="git is not installed"):
        released_schemas("v0.1.0", tmp_path)


def test_a_folder_without_schemas_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="name a folder, or a git ref"):
        released_schemas(str(tmp_path), tmp_path)


def test_an_export_is_fresh_until_a_byte_changes(tmp_path: Path) -> None:
    run = CliRunner()
    assert run.invoke(app, ["schemas", "export", "--to", str(tmp_path)]).exit_code == 0
    assert run.invoke(app, ["schemas", "check", "--to", str(tmp_path)]).exit_code == 0
    name = next(name for name, _ in contract_files())
    (tmp_path / name).write_bytes(b"{}")
    result = run.invoke(app, ["schemas", "check", "--to", str(tmp_path)])
    assert isinstance(result.exception, ConfigurationError)
    assert name in str(result.exception)
