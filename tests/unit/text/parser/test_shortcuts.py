"""Shortcuts change nothing but the time: with and without them a pipeline says the same of any text."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from readout.streams.derive.language import UNUSED_COMPONENTS, load_language
from readout.streams.derive.producer_block import pipeline_folder
from readout.streams.settings import Settings
from readout.streams.text.parser.annotate import prepare
from readout.streams.text.parser.entity_decoding import DECODER
from readout.streams.text.parser.parsing import can_step_together, parsed
from readout.streams.text.parser.shortcuts import leave_shortcuts, take_shortcuts

SEED = (Path(__file__).parents[4] / "seeds" / "2022-10-25-dirty-bomb-calls.txt").read_text("utf-8")
SAID: list[int | str] = ["ORTH", "TAG", "HEAD", "DEP", "ENT_IOB", "ENT_TYPE", "SENT_START"]
CASES = (
    SEED[17:],
    "",
    " ",
    "\n\n",
    "Paris",
    "Paris Paris Paris",
    "don't DON'T do not dont n't",
    "\u202e👍🏽 İstanbul",
)
WORDS = (
    "Ann ann ANN Lee don't do n't met in Paris , . “ ” said \n\n 12 % the U.S.-led U.S. 👍🏽 \u00a0".split(
        " "
    )
)


@pytest.fixture(scope="module")
def quick() -> Language:
    return load_language(Settings()).pipeline


@pytest.fixture(scope="module")
def plain() -> Language:
    return _load()


def assert_same(quick: Language, plain: Language, text: str) -> None:
    assert np.array_equal(quick(text).to_array(SAID), plain(text).to_array(SAID))


@pytest.mark.parametrize("text", CASES)
def test_known_texts_are_read_the_same(quick: Language, plain: Language, text: str) -> None:
    assert_same(quick, plain, text)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_any_text_is_read_the_same(quick: Language, plain: Language, text: str) -> None:
    assert_same(quick, plain, text)


@pytest.mark.parametrize("text", [text for text in CASES if text])
def test_the_vectors_of_tokens_differ_in_their_last_bits_at_most(
    quick: Language, plain: Language, text: str
) -> None:
    for quickly, plainly in zip(_networks(quick), _networks(plain), strict=True):
        (one,), (other,) = (
            network.predict([pipeline.make_doc(text)])
            for network, pipeline in ((quickly, quick), (plainly, plain))
        )
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join), max_size=20))
def test_texts_are_parsed_together_as_they_are_alone(
    quick: Language, plain: Language, texts: list[str]
) -> None:
    together = list(parsed(quick, map(quick.make_doc, texts)))
    assert len(together) == len(texts)
    for doc, text in zip(together, texts, strict=True):
        assert np.array_equal(doc.to_array(SAID), plain(text).to_array(SAID))


def test_a_machine_whose_small_products_differ_steps_through_each_text_alone(plain: Language) -> None:
    pipeline = _load()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("readout.streams.text.parser.parsing._rows_come_out_alike", lambda _: False)
        assert not can_step_together(pipeline)
        assert take_shortcuts(pipeline)
    assert "readout_documents_apart" not in _layers(pipeline)
    (doc,) = parsed(pipeline, [pipeline.make_doc(SEED[17:])])
    assert np.array_equal(doc.to_array(SAID), plain(SEED[17:]).to_array(SAID))


def test_loading_takes_the_shortcuts(quick: Language) -> None:
    layers = _layers(quick)
    assert DECODER in quick.pipe_names
    assert layers.count("readout_embed_words_once") == layers.count("readout_encode_windows") == 2
    assert "readout_documents_apart" in layers


def test_a_pipeline_that_would_say_something_else_keeps_to_its_own_ways(plain: Language) -> None:
    pipeline = _load()
    before = _layers(pipeline)
    says = iter([np.zeros(1), np.ones(1)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("readout.streams.text.parser.shortcuts._said", lambda _: next(says))
        assert not take_shortcuts(pipeline)
    assert _layers(pipeline) == before
    assert "ner" in pipeline.pipe_names
    assert_same(pipeline, plain, SEED[17:])


def test_products_are_numpys_only_where_shortcuts_are_taken() -> None:
    pipeline = _load()
    take_shortcuts(pipeline)
    assert not _component(pipeline, "parser").model.ops.use_blis
    leave_shortcuts(pipeline)
    assert _component(pipeline, "parser").model.ops.use_blis


def test_shortcuts_are_taken_once_and_left_whole() -> None:
    pipeline = _load()
    before = (_layers(pipeline), pipeline.pipe_names)
    assert take_shortcuts(pipeline)
    taken = _layers(pipeline)
    assert take_shortcuts(pipeline)
    assert _layers(pipeline) == taken
    leave_shortcuts(pipeline)
    assert (_layers(pipeline), pipeline.pipe_names) == before


def _layers(pipeline: Language) -> list[str]:
    models = [component.model for _, component in pipeline.components if hasattr(component, "model")]
    return [node.name for model in models if hasattr(model, "walk") for node in model.walk()]


def _networks(pipeline: Language) -> list[Any]:
    """What gives the tokens vectors: for tags and trees, and for names."""
    tagging, naming = (_component(pipeline, name).model for name in ("tok2vec", "ner"))
    return [tagging, naming.get_ref("tok2vec").layers[0]]


def _component(pipeline: Language, name: str) -> Any:
    return pipeline.get_pipe(name)


def _load() -> Language:
    return prepare(spacy.load(pipeline_folder(Settings().language_model), exclude=UNUSED_COMPONENTS))
