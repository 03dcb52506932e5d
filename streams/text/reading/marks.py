"""One spelling of quotation marks and apostrophes, whatever the house writes: “speech ‘inside’ speech”, it's.

Reads:  a text of joined paragraphs
Writes: edits for marks that are written with two characters; then a text of the same length with one spelling

For the parser's eyes only: what is shown of the article keeps its own marks.
"""

import re
from collections.abc import Iterator

from readout.streams.text.quotes import Mark, is_single_house, marks
from readout.streams.text.reading.offsets import Edit

_DOUBLED = re.compile("``|''|‘‘|’’|,,(?=[^\\W\\d])|[«‹“„] | [»›”]")
_SPACED = frozenset("«»‹›“”„")
_DOUBLE = {"opens": "“", "closes": "”", "idle": '"', "apostrophe": '"'}


def doubled_marks(text: str) -> Iterator[Edit]:
    """Two single marks side by side are one double mark; the spaces inside « such marks » are none of the words."""
    if _DOUBLED.search(text) is None:
        return
    for mark in marks(text):
        start, end = mark.span
        words = text[start:end]
        if mark.is_double and end - start == 2:
            yield Edit(start, end, _DOUBLE[mark.role])
        elif words in _SPACED and mark.role == "opens" and text[end : end + 1] == " ":
            yield Edit(start, end + 1, words)
        elif words in _SPACED and mark.role == "closes" and text[start - 1 : start] == " ":
            yield Edit(start - 1, end, words)


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
    if mark.role in ("apostrophe", "idle"):
        return '"' if mark.is_double else "'"
    outer = mark.depth % 2 == 0 and (mark.is_double or mark.depth > 0 or outer_is_single)
    pair = "“”" if outer else "‘’"
    return pair[mark.role == "closes"]
