"""The decoder sets exactly the entities that spaCy's own recognizer sets."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.pipeline import EntityRecognizer

from readout.streams.derive.language import load_language
from readout.streams.settings import Settings
from readout.streams.text.parser.entity_decoding import DECODER, EntityDecoder, can_decode

SEED = (Path(__file__).parents[4] / "seeds" / "2022-10-25-dirty-bomb-calls.txt").read_text("utf-8")
CASES = (
    SEED[17:],
    "",
    " ",
    "\n\n",
    "Paris",
    "Ann",
    "New York\n\nTimes Square",
    "On Monday, Oct. 24, 2022, Gen. Mark A. Milley spoke with Lt. Gen. Valerii Zaluzhny in Kyiv for $3 million.",
    "The United Nations General Assembly",
    "Ann Lee of the   World Health Organization\nand the European Union of",
)
WORDS = "Ann Lee the of United Nations in New York on Monday , . 1,200 $ Bank and \n\n   Russian Sea 5 percent Gen.".split(
    " "
)


@pytest.fixture(scope="module")
def pipeline() -> Language:
    return load_language(Settings()).pipeline


def annotations(
    pipeline: Language, text: str, component: EntityRecognizer | EntityDecoder
) -> npt.NDArray[np.uint64]:
    with pipeline.select_pipes(disable=[DECODER]):
        doc = pipeline(text)
    return np.asarray(component(doc).to_array(["ENT_IOB", "ENT_TYPE"]))


@pytest.mark.parametrize("text", CASES)
def test_known_texts_get_the_same_entities(pipeline: Language, text: str) -> None:
    recognizer = pipeline.get_pipe("ner")
    expected = annotations(pipeline, text, recognizer)
    assert (annotations(pipeline, text, EntityDecoder(recognizer)) == expected).all()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_any_text_gets_the_same_entities(pipeline: Language, text: str) -> None:
    recognizer = pipeline.get_pipe("ner")
    expected = annotations(pipeline, text, recognizer)
    assert (annotations(pipeline, text, EntityDecoder(recognizer)) == expected).all()


def test_the_decoder_has_the_recognizers_place(pipeline: Language) -> None:
    assert DECODER in pipeline.pipe_names
    assert "ner" not in pipeline.pipe_names


def test_another_kind_of_recognizer_is_left_to_itself(pipeline: Language) -> None:
    recognizer: Any = pipeline.get_pipe("ner")
    width = recognizer.cfg["beam_width"]
    pipeline.enable_pipe("ner")
    assert can_decode(pipeline)
    recognizer.cfg["beam_width"] = 4
    assert not can_decode(pipeline)
    recognizer.cfg["beam_width"] = width
    pipeline.disable_pipe("ner")
    assert not can_decode(Language())
