"""Cut a text where marks begin and end, so that a page can show overlapping marks without counting characters.

Pure. Selectors count Unicode code points, as Python does; JavaScript counts UTF-16 units, and so never counts here:
it is handed pieces of text in order, each with the marks that cover it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

Segment = tuple[str, tuple[int, ...]]
"""A piece of a text, and the numbers of the marks that cover it, ascending."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text, half-open, in code points; `number` says whose it is."""

    start: int
    end: int
    number: int


def segments_of(text: str, marks: Iterable[Mark]) -> list[Segment]:
    """The pieces of a text; joined they are the text.

    Marks that leave the text are cut to it: what a record says wrongly is not for the page to hide.
    """
    inside = [(max(one.start, 0), min(one.end, len(text)), one.number) for one in marks]
    inside = sorted(one for one in inside if one[0] < one[1])
    edges = sorted({0, len(text), *(edge for start, end, _ in inside for edge in (start, end))})
    found: list[Segment] = []
    open_marks: list[tuple[int, int]] = []
    waiting = iter([*inside, (len(text) + 1, 0, 0)])
    following = next(waiting)
    for start, end in pairwise(edges):
        while following[0] <= start:
            open_marks.append((following[1], following[2]))
            following = next(waiting)
        open_marks = [one for one in open_marks if one[0] > start]
        found.append((text[start:end], tuple(sorted({number for _, number in open_marks}))))
    return found
