"""Settings: read once, misspellings named, secrets hidden."""

import os
from pathlib import Path

import pytest

from readout.streams.errors import ConfigurationError
from readout.streams.settings import Settings, environment_of, read_origins, read_settings
from readout.streams.settings_file import usual_paths


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"READOUT_{name.upper()}", raising=False)


def test_a_misspelt_setting_is_named_with_what_was_meant() -> None:
    with pytest.raises(
        ConfigurationError, match=r"READOUT_BATCHSIZE is no setting: did you mean READOUT_BATCH_SIZE\?"
    ):
        read_settings({"READOUT_BATCHSIZE": "3"})


def test_a_value_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READOUT_PARTITIONS", "many")
    with pytest.raises(ConfigurationError, match=r"READOUT_PARTITIONS: .* found 'many'"):
        read_settings({"READOUT_PARTITIONS": "many"})


def test_a_password_never_shows() -> None:
    settings = Settings(sasl_password="open sesame")
    assert "sesame" not in repr(settings)
    assert "sesame" not in str(settings.model_dump())


def test_another_process_gets_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(partitions=7, sasl_password="open sesame", batch_size=3)
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)
    assert read_settings({}) == settings


def test_only_settings_that_decide_output_change_its_digest() -> None:
    digest = Settings().derivation_digest()
    assert Settings(partitions=9, bootstrap_servers="b:1", batch_size=1).derivation_digest() == digest
    assert Settings(attribution="rules").derivation_digest() != digest


FILE = """
bootstrap_servers = "one:9092"
partitions = 3

[profile.far]
bootstrap_servers = "far:9092"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "readout").mkdir()
    path = tmp_path / "readout" / "readout.toml"
    path.write_text(FILE, "utf-8")
    return path


def test_a_profile_goes_before_its_file_the_environment_before_both_and_what_was_typed_before_all(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = read_origins(os.environ)
    assert (found.settings.bootstrap_servers, found.settings.partitions) == ("one:9092", 3)
    assert found.origins == {"bootstrap_servers": str(file), "partitions": str(file)}
    monkeypatch.setenv("READOUT_PROFILE", "far")
    found = read_origins(os.environ)
    assert (found.settings.bootstrap_servers, found.settings.partitions) == ("far:9092", 3)
    assert found.origins["bootstrap_servers"] == f"{file} [profile.far]"
    monkeypatch.setenv("READOUT_BOOTSTRAP_SERVERS", "here:9092")
    assert read_settings(os.environ).bootstrap_servers == "here:9092"
    found = read_origins(os.environ, {"bootstrap_servers": "typed:9092"})
    assert found.settings.bootstrap_servers == "typed:9092"
    assert found.origins["bootstrap_servers"] == "the command line"


def test_an_empty_name_of_a_file_means_none(file: Path) -> None:
    assert file.exists()
    assert read_settings({**os.environ, "READOUT_CONFIG": ""}).partitions == Settings().partitions


def test_the_folders_of_xdg_are_looked_at_in_their_order(tmp_path: Path) -> None:
    environment = {"HOME": "/home/a", "XDG_CONFIG_DIRS": f"relative:{tmp_path}"}
    assert usual_paths(environment) == [
        Path("/home/a/.config/readout/readout.toml"),
        tmp_path / "readout" / "readout.toml",
    ]


WRONG_FILES = {
    "partition = 3": r"readout\.toml: partition is no setting: did you mean partitions\?",
    "[profile.far]\nbatchsize = 3": r"\[profile\.far\] batchsize is no setting: did you mean batch_size\?",
    "partitions = 'many'": r"READOUT_PARTITIONS \(from .*readout\.toml\): .* found 'many'",
    "partitions = ": r"are no TOML: ",
    "profile = 3": r"write profiles as \[profile\.NAME\]",
}


@pytest.mark.parametrize("content", WRONG_FILES)
def test_what_is_wrong_with_a_file_is_named(content: str, file: Path) -> None:
    file.write_text(content, "utf-8")
    with pytest.raises(ConfigurationError, match=WRONG_FILES[content]):
        read_settings(os.environ)


def test_a_profile_that_is_not_there_is_named_with_those_that_are(file: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"has no profile 'near'; it has: far"):
        read_settings({**os.environ, "READOUT_PROFILE": "near"})
    file.unlink()
    with pytest.raises(ConfigurationError, match=r"there is no readout\.toml"):
        read_settings({**os.environ, "READOUT_PROFILE": "near"})
