"""The benchmark runs and counts rightly; how fast anything is, no test says."""

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from benchmarks.__main__ import main
from benchmarks.articles import generated_articles, read_folder, words_of
from benchmarks.machine import usage_of
from benchmarks.report import ratios
from benchmarks.storage import _weights
from readout.streams.errors import ConfigurationError


def test_generated_articles_are_the_same_for_a_seed_and_differ_within_it() -> None:
    articles = generated_articles(20)
    assert articles == generated_articles(20)
    assert articles != generated_articles(20, seed=2)
    assert len({article.body for article in articles}) == 20


def test_generated_articles_have_the_lengths_that_are_stated() -> None:
    words = sorted(words_of([article]) for article in generated_articles(400))
    assert 380 < words[200] < 450
    assert 230 < words[400 // 6] < 300
    assert 620 < words[-400 // 6] < 760


def test_a_folder_without_articles_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no articles"):
        read_folder(tmp_path, 5)


def test_a_folder_gives_its_articles(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(
            f"date 2022-10-25 Ann Lee met Bob Ray in Paris {number} times."
        )
    assert len(read_folder(tmp_path, 2)) == 2


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_what_a_process_uses_is_found() -> None:
    used = usage_of(os.getpid())
    assert used.cpu_seconds > 0
    assert used.peak_mebibytes >= used.resident_mebibytes > 10


def test_ratios_are_to_default_spacy() -> None:
    rates = {"default spaCy": {"a": 2.0}, "readout derive": {"a": 3.0}}
    assert ratios({"rates": rates}, "a") == {"default spaCy": 1.0, "readout derive": 1.5}
    assert ratios({"rates": {}}, "a") == {}


def test_storage_is_counted_by_topic() -> None:
    found: dict[str, Any] = _weights(generated_articles(4))
    assert found["topics"]["news"]["records_an_article"] == 1
    assert found["topics"]["manifests"]["records_an_article"] == 1
    assert found["topics"]["news"]["bytes_an_article_byte"] > 1
    assert found["altogether"]["zstd"] < found["altogether"]["plain"]


def test_one_command_measures_everything_and_keeps_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "figures.json"
    suites = ("alone", "derive", "embedded", "stages", "identity")
    command = ["--articles", "8", "--rounds", "1", "--output", str(output), "--suites", *suites]
    assert main(command) == 0
    figures: dict[str, Any] = orjson.loads(output.read_bytes())
    assert figures["articles"]["count"] == 8
    assert list(figures["rates"]) == [
        "default spaCy",
        "tuned spaCy",
        "readout derive",
        "worker on embedded",
        "2 workers on embedded",
    ]
    alone = ["reading", "parse", "entities", "records", "statements", "contacts", "encoding"]
    assert list(figures["stages"]) == [*alone, "delivery to embedded"]
    assert list(figures["stages_mebibytes"]) == alone
    assert figures["stages_mebibytes"]["parse"] > figures["stages_mebibytes"]["encoding"] > 0
    assert figures["identity"] == {"articles": 8, "identical": 8}
    assert "default spaCy" in capsys.readouterr().out
