"""The producer block names the model by its files, and a default model with other files is refused."""

import json
from pathlib import Path

import pytest

from readout.streams.derive import producer_block
from readout.streams.derive.producer_block import language_model, load_producer, pipeline_folder
from readout.streams.errors import ConfigurationError
from readout.streams.settings import Settings


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands in for an installed pipeline, with a meta file and weights."""
    folder = tmp_path / "en_core_web_md-3.7.1"
    folder.mkdir()
    meta = json.dumps({"lang": "en", "name": "core_web_md", "version": "3.7.1"})
    (folder / "meta.json").write_text(meta, "utf-8")
    (folder / "weights").write_bytes(b"1")
    monkeypatch.setattr(producer_block, "pipeline_folder", lambda _: folder)
    return folder


def test_the_installed_default_model_is_the_released_one() -> None:
    assert language_model(producer_block.DEFAULT_MODEL).name == "en_core_web_md"


@pytest.mark.usefixtures("pipeline")
def test_a_default_model_with_other_files_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"not as it was released .* READOUT_LANGUAGE_MODEL"):
        language_model(producer_block.DEFAULT_MODEL)


def test_another_model_is_named_by_its_files(pipeline: Path) -> None:
    before = language_model("my_pipeline")
    (pipeline / "weights").write_bytes(b"2")
    after = language_model("my_pipeline")
    assert (before.name, before.version) == (after.name, after.version) == ("en_core_web_md", "3.7.1")
    assert before.sha256 != after.sha256


def test_a_model_that_is_not_installed_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="READOUT_LANGUAGE_MODEL"):
        pipeline_folder("no_such_pipeline")


def test_rules_alone_name_no_attribution_model() -> None:
    trained, rules = (load_producer(Settings(attribution=how)) for how in ("trained", "rules"))
    assert {model.name for model in trained.models} - {model.name for model in rules.models} == {
        "attribution"
    }
    assert trained.configuration != rules.configuration
