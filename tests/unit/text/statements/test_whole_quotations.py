"""Quotations of several sentences belong to one source, and near misses where they are shared or untouched."""

from collections.abc import Callable
from pathlib import Path

import pytest
from spacy.language import Language as Pipeline
from spacy.tokens import Doc

from readout.streams.text.parser.annotate import annotate
from readout.streams.text.quotes import quotations
from readout.streams.text.statements import attributions as attributions_module
from readout.streams.text.statements.attributions import AttributionModel, find_attributions
from readout.streams.text.statements.drafts import Draft, to_spans
from readout.streams.text.statements.whole_quotations import with_whole_quotations

Row = tuple[str, str, str]
Arrange = Callable[[str, list[Row]], list[Row]]


def tokens_of(doc: Doc, words: str) -> tuple[int, ...]:
    start = doc.text.index(words)
    span = doc.char_span(start, start + len(words), alignment_mode="expand")
    return tuple(token.i for token in span) if span is not None and words else ()


@pytest.fixture(scope="session")
def arrange(pipeline: Pipeline) -> Arrange:
    """Gives drafts, told as words, to the rule and tells what it returns as words: source, cue and content."""

    def arranged(text: str, given: list[Row]) -> list[Row]:
        (doc,) = annotate(pipeline, [text])
        drafts = [
            Draft(
                tokens_of(doc, cue)[0], tokens_of(doc, cue), tokens_of(doc, source), tokens_of(doc, content)
            )
            for source, cue, content in given
        ]
        told = with_whole_quotations(doc, quotations(text), drafts)
        return [(words(doc, one.source), words(doc, one.cue), words(doc, one.content)) for one in told]

    return arranged


def words(doc: Doc, tokens: tuple[int, ...]) -> str:
    return " … ".join(doc.text[start:end] for start, end in to_spans(doc, tokens))


ROUTES = (
    "On Monday, the envoys spoke over the phone, where they “discussed new routes. The rest will be kept private,” "
    "Lena Holt said."
)
PLAN = "Omar Said called the plan “unsound. It will not last,” Lena Holt told the council."
FERRY = "“The ferry leaves at nine. Nobody will wait,” Lena Holt said."
TIRING = "Lena Holt called the talks “tiring. They take too long,” she said."
PUMPS = "On Monday, “the pumps failed twice. They will be replaced soon,” Lena Holt said."
BRIDGE = "The new bridge “will open in May. We have the people for it,” said Lena Holt."
RAIN = "Rain fell. “It will go on. Nobody should go out,” Lena Holt said."
OPEN = "“The ferry leaves at nine. Nobody will wait, Lena Holt said."
LATER = "They “discussed routes. The rest stays private.” It rained in Geneva, Lena Holt said."

CASES: list[tuple[str, str, list[Row], list[Row]]] = [
    (
        "what a verb of contact took of the quotation goes to the source that follows it",
        ROUTES,
        [
            ("the envoys", "spoke over", "the phone, where they “discussed new routes"),
            ("Lena Holt", "said", "The rest will be kept private,”"),
        ],
        [("Lena Holt", "said", ROUTES.removesuffix(" Lena Holt said."))],
    ),
    (
        "what somebody else said in it stays",
        PLAN,
        [("Omar Said", "called", "the plan “unsound"), ("Lena Holt", "told", "It will not last,”")],
        [
            ("Omar Said", "called", "the plan “unsound"),
            ("Lena Holt", "told", "Omar Said called the plan “unsound. It will not last,”"),
        ],
    ),
    (
        "a quotation that begins its sentence",
        FERRY,
        [("Lena Holt", "said", "Nobody will wait,”")],
        [("Lena Holt", "said", "“The ferry leaves at nine. Nobody will wait,”")],
    ),
    (
        "a date before it is no content",
        PUMPS,
        [("Lena Holt", "said", "They will be replaced soon,”")],
        [("Lena Holt", "said", "“the pumps failed twice. They will be replaced soon,”")],
    ),
    (
        "the words that begin its sentence",
        BRIDGE,
        [("Lena Holt", "said", "bridge “will open in May. We have the people for it,”")],
        [("Lena Holt", "said", BRIDGE.removesuffix(" said Lena Holt."))],
    ),
]
UNCHANGED: list[tuple[str, str, list[Row]]] = [
    (
        "the same speaker in two reports",
        TIRING,
        [("Lena Holt", "called", "the talks “tiring"), ("she", "said", "They take too long,”")],
    ),
    (
        "a sentence of its own before it",
        RAIN,
        [("Lena Holt", "said", "“It will go on. Nobody should go out,”")],
    ),
    ("a quotation left open", OPEN, [("Lena Holt", "said", "Nobody will wait")]),
    ("a source in the next sentence", LATER, [("Lena Holt", "said", "It rained in Geneva")]),
    (
        "talk of something",
        "Lena Holt spoke about the war over the phone.",
        [("Lena Holt", "spoke", "the war over the phone")],
    ),
]


@pytest.mark.parametrize(
    ("text", "given", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_a_quotation_belongs_whole_to_the_source_that_follows_it(
    text: str, given: list[Row], expected: list[Row], arrange: Arrange
) -> None:
    assert arrange(text, given) == expected


@pytest.mark.parametrize(("text", "given"), [case[1:] for case in UNCHANGED], ids=[c[0] for c in UNCHANGED])
def test_near_misses_stay_as_they_are(text: str, given: list[Row], arrange: Arrange) -> None:
    assert arrange(text, given) == given


def test_how_people_met_is_not_what_they_said(arrange: Arrange) -> None:
    text = "The two envoys spoke over the phone on Friday."
    assert arrange(text, [("The two envoys", "spoke over", "the phone on Friday")]) == []


def test_the_model_gives_a_quotation_of_two_sentences_to_one_source(pipeline: Pipeline) -> None:
    (weights,) = (Path(attributions_module.__file__).parent / "models").glob("attribution.[!m]*")
    text = ROUTES.replace("Lena Holt said.", "Lena Holt, the spokeswoman of the mission, said.")
    (doc,) = annotate(pipeline, [text])
    found = find_attributions(doc, AttributionModel.from_bytes(weights.read_bytes()))
    sources = {
        text[slice(*one.source[0])] for one in found if "discussed new routes" in text[slice(*one.content[0])]
    }
    assert sources == {"Lena Holt, the spokeswoman of the mission"}
