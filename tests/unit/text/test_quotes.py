"""Quotations: every kind of mark, and none where an apostrophe only looks like one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readout.streams.text.quotes import double_quotations, quotations, statement_kind
from readout.streams.text.spans import Span

CASES = [
    ('He said "we are ready" and left.', ['"we are ready"']),
    ("“We are ready,” he said. “Today.”", ["“We are ready,”", "“Today.”"]),
    ("«Nous sommes prêts», he said.", ["«Nous sommes prêts»"]),
    ("''We are ready,'' he said.", ["''We are ready,''"]),
    ("``We are ready,'' he said.", ["``We are ready,''"]),
    ("‘We are ready,’ she said.", ["‘We are ready,’"]),
    ("'We are ready,' she said. 'It's time.'", ["'We are ready,'", "'It's time.'"]),
    ("the alleged use of ‘dirty bombs’ by Ukraine", ["‘dirty bombs’"]),
    ("“It’s ‘in their heads’ now”", ["“It’s ‘in their heads’ now”"]),
    (
        "“The first paragraph stays open.\n\n“The second closes.”",
        ["“The first paragraph stays open.", "“The second closes.”"],
    ),
    ('"Open to the end of the line\nand no further', ['"Open to the end of the line']),
    ("the '90s and the workers' pay in '98", []),
    ("It's the ministers' turn, isn't it?", []),
    ("a closing mark alone” and nothing more", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_quotations_are_found_with_their_marks(text: str, expected: list[str]) -> None:
    assert [text[found.span.start : found.span.end] for found in quotations(text)] == expected


KINDS = [
    ("“We are ready,” he said.", "“We are ready,”", "direct"),
    ('He said he was "concerned about provocations".', 'he was "concerned about provocations"', "mixed"),
    ("He said the talks went on.", "the talks went on", "indirect"),
    ("He spoke of the use of ‘dirty bombs’.", "the use of ‘dirty bombs’", "indirect"),
]


@pytest.mark.parametrize(("text", "content", "kind"), KINDS)
def test_the_share_of_quoted_words_decides_the_kind(text: str, content: str, kind: str) -> None:
    start = text.index(content)
    assert statement_kind(text, [Span(start, start + len(content))], double_quotations(text)) == kind


def test_content_in_two_parts_has_one_kind() -> None:
    text = "“No,” he said. “Never.”"
    parts = [Span(0, 5), Span(15, 23)]
    assert statement_kind(text, parts, double_quotations(text)) == "direct"


MARKS = st.text(alphabet="ab1 “”\"'‘’«»`,.\n-(é", max_size=80)


@given(MARKS)
def test_any_marks_give_ordered_ranges_inside_the_text(text: str) -> None:
    found = quotations(text)
    assert all(0 <= one.span.start < one.span.end <= len(text) for one in found)
    assert all(a.span.end <= b.span.start for a, b in pairwise(found) if a.is_double and b.is_double)
    assert all("\n" not in text[one.span.start : one.span.end] for one in found)


@given(st.text(max_size=60))
def test_any_text_raises_nothing(text: str) -> None:
    quotations(text)
    if text:
        assert statement_kind(text, [Span(0, len(text))], double_quotations(text)) in (
            "direct",
            "mixed",
            "indirect",
        )
