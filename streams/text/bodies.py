"""Bodies that news describe instead of naming: "the Syrian government", "Russia's defence ministry".

Reads:  the columns of a document and its names
Writes: figures without names, and the places that describe them
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from streams.text.gazetteer import Gazetteer
from streams.text.title_words import BODY_NOUNS, MODIFIERS
from streams.text.words import Words


class Body(NamedTuple):
    """A description at tokens `first` to `last` (exclusive) of a body of one country."""

    first: int
    last: int
    name: str
    country: str


def described_bodies(words: Words, gazetteer: Gazetteer, covered: set[int]) -> Iterator[Body]:
    """The bodies of a document in reading order; "the government" alone has no country and is none."""
    for head, text in enumerate(words.text):
        if text.lower() in BODY_NOUNS and words.tag[head] in ("NN", "NNP") and head not in covered:
            body = _body(words, gazetteer, head)
            if body is not None:
                yield body


def _body(words: Words, gazetteer: Gazetteer, head: int) -> Body | None:
    first = head
    while words.before(first) in MODIFIERS:
        first -= 1
    owner = first - 2 if words.before(first) in ("'s", "\u2019s") else first - 1
    if owner < 0 or not words.same_sentence(owner, head) or _is_modifier_of_noun(words, head):
        return None
    country = gazetteer.country_of(words.text[owner])
    if country is None:
        return None
    name = f"{gazetteer.adjective_of(country)} {words.slice(first, head + 1).lower()}"
    return Body(owner, head + 1, name, country)


def _is_modifier_of_noun(words: Words, head: int) -> bool:
    """“a Syrian government official”, "the Turkish military campaign" are no bodies."""
    after = head + 1
    return words.same_sentence(head, after) and (words.is_noun(after) or words.tag[after] in ("HYPH", "JJ"))


def owners_of(bodies: Sequence[Body]) -> dict[str, list[Body]]:
    """The descriptions of each body, by its name, in the order of the first."""
    found: dict[str, list[Body]] = {}
    for body in bodies:
        found.setdefault(body.name, []).append(body)
    return found
