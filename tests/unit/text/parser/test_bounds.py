"""Bounds on words, documents and sentences hold for any text, and change nothing that is short."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from readout.streams.text.parser import bounds
from readout.streams.text.parser.annotate import annotate
from readout.streams.text.parser.bounds import LONGEST_SENTENCE, LONGEST_WORD, bounded_pieces, bounded_words

UNITS = ("(", "“", '"', "=", "\N{GRINNING FACE}", "a", "'s", "x-", "A, ", "Ann Lee and ", "a.b(")
ROOMY = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("unit", UNITS)
def test_no_text_has_longer_words_or_sentences(pipeline: Language, unit: str) -> None:
    (doc,) = annotate(pipeline, [unit * 2000])
    assert doc.text == unit * 2000
    assert max(len(token.text) for token in doc) <= LONGEST_WORD
    assert max(len(sentence) for sentence in doc.sents) <= LONGEST_SENTENCE


@pytest.mark.parametrize("unit", UNITS)
def test_every_sentence_is_one_tree(pipeline: Language, unit: str) -> None:
    (doc,) = annotate(pipeline, [unit * 1000])
    for sentence in doc.sents:
        assert sum(token.head == token for token in sentence) == 1
        assert all(sentence.start <= token.head.i < sentence.end for token in sentence)
        assert (sentence.root.left_edge.i, sentence.root.right_edge.i) == (sentence.start, sentence.end - 1)


@given(st.lists(st.text("ab('\"“.= \n", max_size=500), max_size=5).map("".join))
@ROOMY
def test_words_of_any_text_are_its_words(pipeline: Language, text: str) -> None:
    doc = bounded_words(pipeline.tokenizer, text)
    assert doc.text == text
    if not any(len(word) > LONGEST_WORD for word in text.split()):
        assert [token.text for token in doc] == [token.text for token in pipeline.make_doc(text)]


@given(st.lists(st.sampled_from(["a ", "b\n", "c. "]), max_size=60).map("".join))
@ROOMY
def test_pieces_are_the_document_again(pipeline: Language, text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "LONGEST_PIECE", 7)
        doc = pipeline.make_doc(text)
        pieces = bounded_pieces(doc)
    assert [token.text for piece in pieces for token in piece] == [token.text for token in doc]
    assert "".join(piece.text for piece in pieces) == text
    assert max((len(piece) for piece in pieces), default=0) <= 7


def test_a_piece_ends_behind_a_line_break_if_there_is_one(
    pipeline: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "LONGEST_PIECE", 6)
    pieces = bounded_pieces(pipeline.make_doc("a b c\nd e f g h i j k l m"))
    assert [piece.text for piece in pieces] == ["a b c\n", "d e f g h i ", "j k l m"]


def test_a_capitalised_body_in_pieces_keeps_its_words(
    pipeline: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "LONGEST_PIECE", 10)
    body = "RUSSIA'S SHOIGU CALLED MILLEY ON MONDAY, OFFICIALS SAID.\n" * 4
    (doc,) = annotate(pipeline, [body])
    assert doc.text == body
