"""The edges of sources: days and occasions go, what only looks like them stays."""

import pytest
from spacy.language import Language as Pipeline

from readout.streams.text.parser.annotate import annotate
from readout.streams.text.statements.source_edges import without_circumstances

CASES = [
    ("Foreign Minister Lena Holt on Sunday with two envoys", "Foreign Minister Lena Holt"),
    ("The ministers of Kenya and Uganda, in a joint statement", "The ministers of Kenya and Uganda"),
    ("Omar Said, during a briefing", "Omar Said"),
]
UNCHANGED = [
    "a study that was published on Sunday",
    "the authors of the letter",
    "Omar Said, in exile since May",
    "the anger in the statement",
    "on Sunday",
    "Lena Holt",
    "",
]


def told(pipeline: Pipeline, source: str) -> str:
    (doc,) = annotate(pipeline, [f"{source} rejected the plan." if source else "It failed."])
    span = doc.char_span(0, len(source), alignment_mode="expand") if source else None
    kept = without_circumstances(doc, [token.i for token in span] if span is not None else [])
    return doc[kept[0] : kept[-1] + 1].text if kept else ""


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_the_day_and_the_occasion_are_no_part_of_a_source(
    source: str, expected: str, pipeline: Pipeline
) -> None:
    assert told(pipeline, source) == expected


@pytest.mark.parametrize("source", UNCHANGED)
def test_other_sources_stay_whole(source: str, pipeline: Pipeline) -> None:
    assert told(pipeline, source) == source
