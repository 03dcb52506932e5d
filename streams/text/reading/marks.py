"""One spelling of quotation marks and apostrophes, whatever the house writes: “speech ‘inside’ speech”, it's.

Reads:  a text of joined paragraphs
Writes: edits for marks that are written with two characters; then a text of the same length with one spelling

For the parser's eyes only: what is shown of the article keeps its own marks.
"""

import re
from collections.abc import Iterator

from readout.streams.text.quotes import Mark, is_single_house, marks
from readout.streams.text.reading.offsets import Edit

_DOUBLED = re.compile("``|''|‘‘|’’|,,(?=[^\\W\\d])")
_APOSTROPHES = "’‘`‛´"


def doubled_marks(text: str) -> Iterator[Edit]:
    """Two single marks side by side are one double mark."""
    if _DOUBLED.search(text) is None:
        return
    for mark in marks(text):
        if mark.is_double and mark.span.end - mark.span.start == 2:
            yield Edit(*mark.span, "“" if mark.role == "opens" else "”")


def one_spelling(text: str) -> str:
    """The text with every mark that does something spelled the same way; the same length."""
    found = [mark for mark in marks(text) if mark.span.end - mark.span.start == 1]
    if not found:
        return text
    outer_is_single = any(not mark.is_double and mark.role == "opens" for mark in found) and is_single_house(
        text
    )
    letters = list(text)
    for mark in found:
        letters[mark.span.start] = _spelled(mark, outer_is_single=outer_is_single)
    return "".join(letters)


def _spelled(mark: Mark, *, outer_is_single: bool) -> str:
    if mark.role == "apostrophe":
        return "'"
    outer = mark.depth % 2 == 0 and (mark.is_double or mark.depth > 0 or outer_is_single)
    pair = "“”" if outer else "‘’"
    return pair[mark.role == "closes"]
