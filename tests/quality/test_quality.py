"""How right the derivation is, on development data outside this repository: no figure may fall below its floor.

READOUT_DEV_DATA names the folder that holds `statements/`, `contacts/` and `entities/`, each with documents, gold
annotation and a `score.py`. Floors (percent) are in `floors.json` and only rise; `pytest tests/quality -s` prints
the whole table.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from tests.quality.contacts_to_predictions import predictions as contact_predictions
from tests.quality.entities_to_predictions import predictions as entity_predictions
from tests.quality.statements_to_predictions import predictions as statement_predictions

HERE = Path(__file__).parent
FLOORS: dict[str, dict[str, float]] = json.loads((HERE / "floors.json").read_bytes())
Convert = Callable[[Iterable[dict[str, Any]]], Iterator[dict[str, Any]]]


@dataclass(frozen=True)
class Corpus:
    """Documents, gold annotation and scorer, as paths below the development data."""

    docs: str
    gold: str
    score: str
    convert: Convert


CORPORA = {
    "statements": Corpus(
        "statements/dev/docs.jsonl",
        "statements/dev/gold.jsonl",
        "statements/score.py",
        statement_predictions,
    ),
    "contacts": Corpus(
        "contacts/dev/docs.jsonl",
        "contacts/dev/gold.jsonl",
        "contacts/score.py",
        contact_predictions,
    ),
    "conll03": Corpus(
        "entities/conll03.docs.jsonl",
        "entities/conll03.gold.jsonl",
        "entities/score.py",
        entity_predictions,
    ),
    "wikineural": Corpus(
        "entities/wikineural.docs.jsonl",
        "entities/wikineural.gold.jsonl",
        "entities/score.py",
        entity_predictions,
    ),
}


@pytest.fixture(scope="module")
def data() -> Path:
    folder = os.environ.get("READOUT_DEV_DATA")
    if not folder:
        pytest.skip("READOUT_DEV_DATA names no folder of development data")
    return Path(folder)


@pytest.mark.parametrize("name", CORPORA)
def test_no_figure_falls_below_its_floor(name: str, data: Path, tmp_path: Path) -> None:
    corpus = CORPORA[name]
    predictions = tmp_path / "predictions.jsonl"
    with predictions.open("w", encoding="utf-8") as lines:
        for prediction in corpus.convert(derived(data / corpus.docs, tmp_path)):
            lines.write(json.dumps(prediction) + "\n")
    report = scored(data / corpus.score, data / corpus.gold, predictions)
    figures = {figure: find(report, figure) for figure in FLOORS[name]}
    print(f"\n{name}: {figures}")
    assert {figure: value for figure, value in figures.items() if value < FLOORS[name][figure]} == {}


def derived(docs: Path, folder: Path) -> Iterator[dict[str, Any]]:
    """The events of all documents, by the command that a user would type."""
    articles = folder / "articles.jsonl"
    with docs.open(encoding="utf-8") as lines, articles.open("w", encoding="utf-8") as out:
        for line in lines:
            doc = json.loads(line)
            article = {"article_id": doc["id"], "published_at": doc["published"], "body": doc["text"]}
            out.write(json.dumps(article | {"headline": doc["title"] or None}) + "\n")
    command = [sys.executable, "-m", "readout", "derive", "--jobs", "2", str(articles)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return map(json.loads, output.splitlines())


def scored(script: Path, gold: Path, predictions: Path) -> dict[str, Any]:
    """The scorer's last line, which repeats its table as JSON; the table is printed."""
    output = subprocess.run(
        [sys.executable, str(script), str(gold), str(predictions)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    print("\n" + output[: output.rstrip().rfind("\n")])
    report: dict[str, Any] = json.loads(output.splitlines()[-1])
    return report


def find(report: dict[str, Any], figure: str) -> float:
    """A figure by its path, such as `attribution/f1`."""
    found: Any = reduce(lambda part, name: part[name], figure.split("/"), report)
    return float(found)
