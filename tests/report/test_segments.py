"""Pieces of a text, joined, are the text, and each is covered by exactly the marks that cover it."""

from hypothesis import given
from hypothesis import strategies as st

from readout.streams.report.segments import Mark, segments_of

TEXTS = st.text(alphabet=st.sampled_from("ab 🗞\U0001d49c\u0301\n"), max_size=40)
MARKS = st.lists(st.builds(Mark, st.integers(-3, 45), st.integers(-3, 45), st.integers(0, 5)), max_size=12)


@given(TEXTS, MARKS)
def test_pieces_are_the_text_and_know_who_covers_them(text: str, marks: list[Mark]) -> None:
    pieces = segments_of(text, marks)
    assert "".join(piece for piece, _ in pieces) == text
    covered = [numbers for piece, numbers in pieces for _ in piece]
    for place, numbers in enumerate(covered):
        assert set(numbers) == {one.number for one in marks if one.start <= place < one.end}


def test_marks_beyond_the_basic_plane_are_cut_by_code_points() -> None:
    assert segments_of("🗞 called 𝒜", [Mark(2, 8, 0), Mark(9, 10, 1)]) == [
        ("🗞 ", ()),
        ("called", (0,)),
        (" ", ()),
        ("𝒜", (1,)),
    ]
