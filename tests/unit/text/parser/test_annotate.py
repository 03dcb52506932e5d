"""Annotation keeps the body code point for code point, starts sentences at paragraphs and reads capitals."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from readout.streams.text.parser import bounds
from readout.streams.text.parser.annotate import annotate, prepare
from readout.streams.text.parser.casing import ordinary_case

RANKS = {"shoigu": 90_000, "Shoigu": 40_000, "Hasina": 30_000, "says": 40, "Says": 900, "NATO": 800, "Nato": 20_000, "nato": 50_000,
         "not": 10, "Not": 200, "NOT": 300, "talks": 500, "Talks": 5_000, "Russia": 700, "russia": 9_000}  # fmt: skip

CAPITALS = [
    ("RUSSIA'S SHOIGU SAYS NOT", "Russia's Shoigu says not"),
    ("NATO SAYS", "NATO says"),
    ("Sheikh HASINA came", "Sheikh Hasina came"),
    ("It said NOT now", "It said NOT now"),
    ("Shoigu says Russia", "Shoigu says Russia"),
    ("TALKS\nRussia says", "Talks\nRussia says"),
]
AWKWARD = [
    "",
    " ",
    "\n\n",
    "\x00",
    "👍🏽 said",
    "İSTANBUL SAYS",
    "STRASSE ßßß",
    "\u202eabc",
    "a" * 5000,
    "[" * 300,
    "“\u2018«" * 50,
]


@pytest.mark.parametrize(("text", "expected"), CAPITALS)
def test_capitals_are_read_in_ordinary_case(text: str, expected: str) -> None:
    assert ordinary_case(text, RANKS.get) == expected


HEADLINES = [
    ("Russia Says Talks Will Wait.\n\nThe talks will wait, it said.", "Russia says talks will wait."),
    (
        "Half of the Ministers Say U.S. Will Wait\nThe ministers will wait.",
        "Half of the ministers say U.S. will wait",
    ),
    ("Russia said the talks will wait.\n\nTalks", "Russia said the talks will wait."),
    ("Russia Says", "Russia Says"),
]


@pytest.mark.parametrize(("body", "expected"), HEADLINES)
def test_a_headline_in_title_case_is_read_as_a_sentence(body: str, expected: str) -> None:
    ranks = RANKS | {
        "will": 5,
        "Will": 90,
        "wait": 300,
        "Wait": 3000,
        "say": 50,
        "Say": 700,
        "half": 90,
        "Half": 900,
    }
    assert ordinary_case(body, ranks.get).split("\n")[0] == expected


@given(st.text())
def test_reading_capitals_never_moves_a_code_point(text: str) -> None:
    assert len(ordinary_case(text, RANKS.get)) == len(text)


@pytest.mark.parametrize("body", AWKWARD)
def test_no_text_raises_and_the_body_stays_as_published(pipeline: Language, body: str) -> None:
    (doc,) = annotate(pipeline, [body])
    assert doc.text == body


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.text(max_size=200))
def test_any_text_comes_back_as_published(pipeline: Language, body: str) -> None:
    (doc,) = annotate(pipeline, [body])
    assert doc.text == body


def test_a_paragraph_starts_a_sentence_and_a_wrapped_line_does_not(pipeline: Language) -> None:
    (doc,) = annotate(pipeline, ["The readout was short\n\nMilley spoke to him over\nthe phone on Monday."])
    starts = [sentence.text.split()[0] for sentence in doc.sents]
    assert starts[:2] == ["The", "Milley"]
    assert "the" not in starts


def test_ranks_and_abbreviations_are_tokens_of_their_own(pipeline: Language) -> None:
    (doc,) = annotate(pipeline, ["Col. Ann Lee met the U.S.-led coalition."])
    words = [token.text for token in doc]
    assert words[0] == "Col."
    assert "U.S." in words


def test_a_headline_in_capitals_has_names(pipeline: Language) -> None:
    (doc,) = annotate(pipeline, ["FRANCE SAYS IRAN MUST ANSWER\nParis is waiting."])
    assert {"FRANCE", "IRAN"} <= {entity.text for entity in doc.ents}


def test_neighbours_do_not_decide_how_a_body_is_parsed(pipeline: Language, seed_body: str) -> None:
    alone = next(annotate(pipeline, [seed_body])).to_bytes(exclude=["user_data", "tensor"])
    among = list(annotate(pipeline, ["Short.", seed_body, "Another one."]))[1].to_bytes(
        exclude=["user_data", "tensor"]
    )
    assert alone == among


def test_a_long_body_is_parsed_in_pieces_that_fit_together(
    pipeline: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "\n\n".join(["Ann Lee met Bo Berg in Oslo on Monday."] * 40 + ["", "FRANCE SAYS NO", "x " * 300])
    (whole,) = annotate(pipeline, [body])
    monkeypatch.setattr(bounds, "LONGEST_PIECE", 100)
    (pieces,) = annotate(pipeline, [body])
    assert pieces.text == body
    assert [token.text for token in pieces] == [token.text for token in whole]
    assert len(list(pieces.sents)) >= 42


def test_preparing_twice_changes_nothing(pipeline: Language) -> None:
    before = list(pipeline.pipe_names)
    assert prepare(pipeline).pipe_names == before
