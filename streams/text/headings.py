"""Headings above an article: the short lines that end in no full stop, before its first sentence.

Reads:  paragraphs in order
Writes: how many of the first ones are headings
Deliberately absent: headings inside an article, and what a heading says; it is read like any other words.
"""

from collections.abc import Iterable

_CLOSING = "\"'’”»›“)]*_ "
_MOST_WORDS = 20
_MOST_WORDS_OF_A_CALL = 14
_MOST_HEADINGS = 5
"""More of them in a row are a table or a list."""


def is_heading(paragraph: str) -> bool:
    """Is a paragraph set as a heading is: short, without the mark that ends a sentence?"""
    last = paragraph.rstrip(_CLOSING)[-1:]
    most = _MOST_WORDS_OF_A_CALL if last in ("?", "!") else _MOST_WORDS
    return last not in ("", ".", "…", ":", ";", ",") and len(paragraph.split(None, most)) <= most


def headings(paragraphs: Iterable[str]) -> int:
    """How many paragraphs are headings, before the first that is none; 0 if there is nothing below them."""
    for number, paragraph in enumerate(paragraphs):
        if number > _MOST_HEADINGS:
            break
        if not is_heading(paragraph):
            return number
    return 0


def below_headings(text: str) -> int:
    """Where the text begins that stands below the headings, of a text whose paragraphs are lines."""
    lines = [line for line in text[:_FARTHEST].split("\n") if line.strip()]
    end = 0
    for line in lines[: headings(lines)]:
        end = text.index(line, end) + len(line)
    return end


_FARTHEST = 2_000
"""Headings end before; no line of an article is cut in half there that could be one."""
