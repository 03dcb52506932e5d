"""Cues: words that report words, and the same words where they report nothing."""

import pytest
from spacy.language import Language as Pipeline

from readout.streams.text.parser.annotate import annotate
from readout.streams.text.statements.addressees import addressee
from readout.streams.text.statements.cues import is_according, is_noun_cue, is_speech_verb, is_telling_verb
from readout.streams.text.statements.drafts import Draft, to_spans
from readout.streams.text.statements.nesting import holders

CASES = [
    ("Shoigu said he was concerned.", "said", is_speech_verb, True),
    ("The ministers rejected the claims.", "rejected", is_speech_verb, True),
    ("The ministers rejected the claims.", "rejected", is_telling_verb, False),
    ("The minister has a say in it.", "say", is_speech_verb, False),
    ("Moscow's claims were rejected.", "claims", is_noun_cue, True),
    ("Moscow claims the island.", "claims", is_noun_cue, False),
    ("According to RIA, talks began.", "According", is_according, True),
    ("The work was done according plan.", "according", is_according, False),
]


@pytest.mark.parametrize(("text", "word", "asks", "expected"), CASES)
def test_a_cue_is_told_from_the_same_word_elsewhere(
    text: str, word: str, asks: object, expected: object, pipeline: Pipeline
) -> None:
    assert callable(asks)
    (doc,) = annotate(pipeline, [text])
    (token,) = [token for token in doc if token.text == word]
    assert asks(token) is expected


ADDRESSEES = [
    ("Butler told reporters the talks went on.", "told", "reporters"),
    ("Butler said to the reporters that the talks went on.", "said", "the reporters"),
    ("Butler told the story.", "told", "the story"),
    ("Butler said the talks went on.", "said", None),
    ("Butler was told that the talks went on.", "told", None),
]


@pytest.mark.parametrize(("text", "word", "expected"), ADDRESSEES)
def test_whom_the_cue_addresses(text: str, word: str, expected: str | None, pipeline: Pipeline) -> None:
    (doc,) = annotate(pipeline, [text])
    (cue,) = [token.i for token in doc if token.text == word]
    found = addressee(doc, Draft(cue, (cue,), (0,), ()))
    assert (text[slice(*found)] if found else None) == expected


def test_an_object_that_is_the_content_is_nobody(pipeline: Pipeline) -> None:
    (doc,) = annotate(pipeline, ["Butler told the story."])
    assert addressee(doc, Draft(1, (1,), (0,), (2, 3))) is None


def test_spans_are_trimmed_and_joined_over_a_comma(pipeline: Pipeline) -> None:
    text = "The talks, long and hard, ended."
    (doc,) = annotate(pipeline, [text])
    assert [text[slice(*span)] for span in to_spans(doc, [0, 1, 2, 3, 7])] == ["The talks, long", "ended"]
    assert to_spans(doc, [2, 6]) == ()


def test_the_smallest_content_around_a_cue_holds_it() -> None:
    outer = Draft(0, (0,), (), tuple(range(1, 10)))
    middle = Draft(2, (2,), (), tuple(range(3, 8)))
    inner = Draft(4, (4,), (), (5, 6))
    assert holders((outer, middle, inner)) == (None, 0, 1)


def test_two_that_hold_each_other_make_no_circle() -> None:
    assert holders((Draft(0, (0,), (), (1, 2)), Draft(1, (1,), (), (0, 2)))) == (None, None)
