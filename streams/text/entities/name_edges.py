"""Where a name begins and ends: no article, title, possessive, bracket or number, but all initials and particles.

Reads:  the range that the recogniser gives, the columns of the document
Writes: the range of the name proper; empty if nothing is left
"""

import re

from readout.schemas.entities import EntityType
from readout.streams.text.entities.title_words import is_title
from readout.streams.text.entities.words import Words

_EDGE = frozenset(
    "the a an and of & / ( ) { } , ; : . * \u2015 - \u2013 \u2014"
    " \" ' “ ” \u2018 \u2019 « » `` '' 's \u2019s".split()
)
_PARTICLES = frozenset(
    "al el ul bin ibn abu ben de da di du von van der den la le dos del ad an ar as ash az".split()
)
_SMALL = frozenset("van von der den de di da bin ibn".split())
_INITIALS = re.compile(r"(?:[A-Z]\.){1,3}")
_OPEN = frozenset("[ ]".split())


def trim(words: Words, first: int, last: int, kind: EntityType) -> tuple[int, int]:
    """The tokens of the name proper in what the recogniser marks; `first == last` if it marks no name."""
    first, last = _within_line(words, first, last)
    if kind == "person":
        last = _with_surname(words, first, last)
        last = _with_head(words, first, last)
    while first < last and words.lower[first] in _EDGE:
        first += 1
    while first < last and words.lower[last - 1] in _EDGE:
        last -= 1
    while last - first > 1 and _only_qualifies(words, first):
        first += 1
    while kind in ("person", "place") and last - first > 1 and words.text[last - 1][0].isdigit():
        last -= 1  # "Ivar Holm 46" in a table
    while kind == "person" and last - first > 1 and is_title(words.text[first]):
        first += 1
    if kind == "person":
        first = _with_first_names(words, first)
    return _join_brackets(words, first, last)


def _only_qualifies(words: Words, index: int) -> bool:
    """Words in front that belong to no name: "pro-Assad", "maverick senator"; but "al-Nusra", "de Mistura"."""
    text = words.text[index]
    return (text.islower() and len(text) > 1 and text not in _PARTICLES) or text in _EDGE


def _with_first_names(words: Words, first: int) -> int:
    """The recogniser loses initials and what stands before particles: "D. Holm", "Joost van der Berg"."""
    start = first
    while words.same_sentence(start - 1, first) and words.text[start - 1] in _SMALL:
        start -= 1
    if start < first:
        return start - 1 if words.same_sentence(start - 1, first) and words.is_proper(start - 1) else first
    while words.same_sentence(start - 1, first) and _INITIALS.fullmatch(words.text[start - 1]):
        start -= 1
    return start


def _with_surname(words: Words, first: int, last: int) -> int:
    """“Prime Minister Theresa May”: the recogniser takes the surname for a month."""
    alone = last == first + 1 and words.text[last : last + 1] == ["May"] and words.same_sentence(first, last)
    return last + 1 if alone and not words.before(last + 1).isdigit() else last


def _with_head(words: Words, first: int, last: int) -> int:
    """“Colonel Anders Frisk”: the recogniser leaves out a surname that is a common word as well."""
    is_part = last == first + 1 and words.dep[last - 1] == "compound" and words.head[last - 1] == last
    is_name = last < len(words) and words.tag[last] == "NNP" and words.text[last][:1].isupper()
    is_plain = is_name and words.text[last][1:].islower() and not is_title(words.text[last])
    return last + 1 if is_part and is_plain and not words.entity_type[last] else last


def _within_line(words: Words, first: int, last: int) -> tuple[int, int]:
    breaks = [
        index for index in range(first, last) if words.text[index].isspace() and "\n" in words.text[index]
    ]
    return (first, breaks[0]) if breaks else (first, last)


def _join_brackets(words: Words, first: int, last: int) -> tuple[int, int]:
    """“[Vladimir] Putin” is one name; a bracket that only opens or closes around it is none of it."""
    if first >= 2 and words.text[first - 1] == "]" and "[" in words.text[max(0, first - 4) : first - 1]:
        first = max(index for index in range(max(0, first - 4), first) if words.text[index] == "[")
    while first < last and words.text[first] in _OPEN and "]" not in words.text[first:last]:
        first += 1
    while first < last and words.text[last - 1] in _OPEN and words.text[first] != "[":
        last -= 1
    return first, last
