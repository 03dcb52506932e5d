"""Bodies that news describe instead of naming: "the Syrian government", "Russia's defence ministry".

Reads:  the columns of a document and its names
Writes: figures without names, and the places that describe them
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from readout.streams.text.entities.title_words import BODY_NOUNS, FOLLOWINGS, MODIFIERS
from readout.streams.text.entities.words import Words
from readout.streams.text.gazetteer import Gazetteer

_NOUNS = BODY_NOUNS | FOLLOWINGS


class Body(NamedTuple):
    """A description at tokens `first` to `last` (exclusive) of a body; its country, if it belongs to one."""

    first: int
    last: int
    name: str
    country: str | None


def described_bodies(
    words: Words, gazetteer: Gazetteer, covered: set[int], people: Mapping[int, str]
) -> Iterator[Body]:
    """The bodies of a document in reading order; "the government" alone has no owner and is none.

    `people` gives the surname of everybody named, by the last token of the name.
    """
    for head in words.places_of(_NOUNS):
        lower = words.lower[head]
        if words.tag[head] not in ("NN", "NNP") or head in covered or _is_modifier_of_noun(words, head):
            continue
        body = _of_country(words, gazetteer, head) if lower in BODY_NOUNS else None
        if body is None and lower in FOLLOWINGS:
            body = _of_person(words, people, head)
        if body is not None:
            yield body


def _of_country(words: Words, gazetteer: Gazetteer, head: int) -> Body | None:
    first = head
    while words.before(first) in MODIFIERS:
        first -= 1
    owner = _owner(words, first)
    country = gazetteer.country_of(words.text[owner]) if words.same_sentence(owner, head) else None
    if country is None:
        return None
    name = f"{gazetteer.adjective_of(country)} {words.slice(first, head + 1).lower()}"
    return Body(owner, head + 1, name, country)


def _of_person(words: Words, people: Mapping[int, str], head: int) -> Body | None:
    """“the Clinton campaign”, "Assad's regime", "the Obama administration"."""
    owner = _owner(words, head)
    if not words.same_sentence(owner, head) or owner not in people:
        return None
    return Body(owner, head + 1, f"{people[owner]} {words.lower[head]}", None)


def _owner(words: Words, first: int) -> int:
    return first - 2 if words.before(first) in ("'s", "\u2019s") else first - 1


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
