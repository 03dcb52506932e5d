"""Attributions: what rules, layout and the trained model find, and near misses that must give nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language as Pipeline

from readout.streams.text.parser.annotate import annotate
from readout.streams.text.statements import attributions as attributions_module
from readout.streams.text.statements.attributions import Attribution, AttributionModel, find_attributions

Row = tuple[str, str, str]
Find = Callable[[str, AttributionModel | None], tuple[Attribution, ...]]


@pytest.fixture(scope="session")
def model() -> AttributionModel:
    (weights,) = (Path(attributions_module.__file__).parent / "models").glob("attribution.[!m]*")
    return AttributionModel.from_bytes(weights.read_bytes())


@pytest.fixture(scope="session")
def find(pipeline: Pipeline) -> Find:
    def find_in(text: str, model: AttributionModel | None) -> tuple[Attribution, ...]:
        (doc,) = annotate(pipeline, [text])
        return find_attributions(doc, model)

    return find_in


def rows(text: str, found: tuple[Attribution, ...]) -> list[Row]:
    """Source, cue lemma and content of each attribution, as words."""
    return [
        (
            " ".join(text[a:b] for a, b in one.source),
            one.cue_lemma,
            " ".join(text[a:b] for a, b in one.content),
        )
        for one in found
    ]


SEED_STATEMENTS = [
    ("Moscow", "claim", 'that Kyiv might use a "dirty bomb"'),
    (
        "the spokesperson",
        "say",
        "Milley also held talks with Ukrainian Armed Forces Gen. Valery Zaluzhny about “the unprovoked and ongoing Russian invasion of Ukraine and exchanged perspectives and assessments,”",
    ),
    (
        "the readout",
        "read",
        "“The Chairman reaffirmed unwavering support for Ukraine’s sovereignty and territorial integrity,”",
    ),
    (
        "the Russia-based RIA news agency",
        "report",
        "that the talks pertained to the alleged use of ‘dirty bombs’ by Ukraine",
    ),
    (
        "Shoigu",
        "say",
        'he was "concerned about possible provocations by Kyiv involving the use of a dirty bomb"',
    ),
    (
        "the foreign ministers of France, the UK and the US",
        "reject",
        "“Russia's transparently false allegations that Ukraine is preparing to use a dirty bomb on its own territory\"",
    ),
    (
        "the foreign ministers of France, the UK and the US",
        "assert",
        'that they would continue supporting Ukraine in "the face of President [Vladimir] Putin\'s brutal war of aggression"',
    ),
]


@pytest.mark.parametrize("expected", SEED_STATEMENTS, ids=lambda row: row[0])
def test_the_statements_of_the_seed_are_found(
    expected: Row, find: Find, model: AttributionModel, seed_body: str
) -> None:
    assert expected in rows(seed_body, find(seed_body, model))


def test_moscows_claims_are_nested_in_the_report_of_ria(
    find: Find, model: AttributionModel, seed_body: str
) -> None:
    found = find(seed_body, model)
    (claim,) = [one for one in found if one.cue_lemma == "claim"]
    assert claim.nested_in is not None
    outer = found[claim.nested_in]
    assert (seed_body[slice(*outer.source[0])], outer.cue_lemma) == ("RIA news agency", "report")


RULED = [
    ("Anna Berg said the talks would go on.", ("Anna Berg", "say", "the talks would go on")),
    ("“The talks will go on,” said Anna Berg.", ("Anna Berg", "say", "“The talks will go on,”")),
    ("According to the ministry, the talks will go on.", ("the ministry", "accord", "the talks will go on")),
    (
        "The talks, according to two officials, will go on.",
        ("two officials", "accord", "The talks will go on"),
    ),
    ("The minister rejected the allegations.", ("The minister", "reject", "the allegations")),
    ("The minister who said the talks had failed has left Geneva.", ("who", "say", "the talks had failed")),
    ("The ministers vowed to continue the talks.", ("The ministers", "vow", "to continue the talks")),
    (
        "Berlin denied Moscow's claims that troops had crossed the border.",
        ("Moscow", "claim", "that troops had crossed the border"),
    ),
]


@pytest.mark.parametrize(("text", "expected"), RULED)
def test_rules_alone_find_the_plain_forms(text: str, expected: Row, find: Find) -> None:
    assert expected in rows(text, find(text, None))


NEAR_MISSES = [
    "The talks went on for two hours.",
    "The minister has a say in the matter.",
    "The report is on the table.",
    "The '90s were good years for the workers' unions.",
]


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_sentences_without_a_report_give_nothing(text: str, find: Find, model: AttributionModel) -> None:
    assert find(text, None) == ()
    assert find(text, model) == ()


def test_a_split_quotation_is_one_statement(find: Find, model: AttributionModel) -> None:
    text = "“We will not give up,” Anna Berg said. “The talks must go on.”"
    assert rows(text, find(text, model)) == [
        ("Anna Berg", "say", "“We will not give up,” “The talks must go on.”")
    ]


def test_the_addressee_is_kept_apart_from_the_content(find: Find, model: AttributionModel) -> None:
    text = "Anna Berg told reporters on Monday that the talks had failed."
    (found,) = find(text, model)
    assert found.addressee is not None
    assert text[slice(*found.addressee)] == "reporters"


TRANSCRIPT = """Two ministers met the press.

BERG: We have reached an agreement.

WOLF: I would not call it that."""


def test_speaker_labels_of_a_transcript_are_sources(find: Find) -> None:
    assert rows(TRANSCRIPT, find(TRANSCRIPT, None))[0] == ("BERG", ":", "We have reached an agreement")


def test_one_label_alone_is_no_transcript(find: Find) -> None:
    text = "Two ministers met the press.\n\nWARNING: Roads will be closed."
    assert find(text, None) == ()


def test_a_name_signed_below_a_quotation_is_its_source(find: Find) -> None:
    text = "Readers write.\n\n“Our town has lost its school.” — Anna Berg\n“We miss the bus.” — Emil Wolf"
    assert [row[0] for row in rows(text, find(text, None))] == ["Anna Berg", "Emil Wolf"]


def test_a_dash_that_goes_on_signs_nothing(find: Find) -> None:
    text = "Readers write.\n\n“Our town has lost its school” — and its bus."
    assert find(text, None) == ()


PIECES = st.sampled_from(
    ["“", "”", '"', "'", "‘", "’", "«", "»", "He said", " that ", "according to", "\n\n", "\n", " ", ".", ",", ":", "—",
     "BERG:", "THE MINISTRY SAID", "told", "Anna Berg", "claims", "\u200b", "é", "\ud7ff", "🙂", "...", "(", "\x00", "12"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=80))


@pytest.mark.parametrize("mode", ["trained", "rules"])
@given(text=TEXTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gives_spans_inside_it(text: str, mode: str, find: Find, model: AttributionModel) -> None:
    found = find(text, model if mode == "trained" else None)
    for number, one in enumerate(found):
        spans = (*one.source, *one.cue, *one.content, *([one.addressee] if one.addressee else []))
        assert all(0 <= span.start < span.end <= len(text) for span in spans)
        assert one.content
        assert one.cue
        assert one.nested_in is None or (0 <= one.nested_in < len(found) and one.nested_in != number)


def test_a_huge_paragraph_in_capitals_with_open_quotations_is_read(
    find: Find, model: AttributionModel
) -> None:
    text = '“WE ARE READY, THE MINISTER SAID, AND "THE TALKS GO ON. ' * 300
    assert all(span.end <= len(text) for one in find(text, model) for span in one.content)


def test_the_same_text_gives_the_same_attributions(
    find: Find, model: AttributionModel, seed_body: str
) -> None:
    assert find(seed_body, model) == find(seed_body, model)


def test_an_empty_body_has_no_attributions(find: Find, model: AttributionModel) -> None:
    assert find("", model) == find(" \n ", model) == ()


JOINT = (
    "In a joint statement, the ports ministers of Chile and Peru rejected “the absurd allegations” about the tunnel "
    "and its builders, saying that they would finish the work “before the winter”."
)


def test_a_joint_statement_in_two_parts_keeps_both_contents_whole(
    find: Find, model: AttributionModel
) -> None:
    source = "the ports ministers of Chile and Peru"
    assert rows(JOINT, find(JOINT, model)) == [
        (source, "reject", "“the absurd allegations” about the tunnel and its builders"),
        (source, "say", "that they would finish the work “before the winter”"),
    ]
