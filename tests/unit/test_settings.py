"""Settings: read once, misspellings named, secrets hidden."""

import pytest

from readout.streams.errors import ConfigurationError
from readout.streams.settings import Settings, environment_of, read_settings


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
