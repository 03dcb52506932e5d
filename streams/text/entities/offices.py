"""What the words of a title say: the title proper, the organisation and the country.

Reads:  the tokens of a title and its noun, the gazetteer, the organisations recognised so far
Writes: an `Office`

"former senior US State Department official" is a former senior official of the State Department, country US.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from readout.streams.text.cast import Office
from readout.streams.text.entities.title_words import MODIFIERS, STYLES
from readout.streams.text.entities.words import Words
from readout.streams.text.gazetteer import Entry, Gazetteer

LINKS = frozenset(("of", "for", "to", "at", "in", "from", "with"))
_QUALIFIERS = frozenset(
    "former then ex acting interim outgoing incoming late senior top veteran current longtime new"
    " newly elected chief"
    " deputy assistant vice".split()
)
_STYLE_ONLY = STYLES - frozenset(
    "king queen prince princess emir sultan pope emperor bishop archbishop cardinal ayatollah imam"
    " rabbi".split()
)
_BODY_ENDS = frozenset("ministry department party committee council office".split())
_ARTICLES = frozenset(("DT", "PRP$", "PDT", "CD"))


class _Owner(NamedTuple):
    """Whose office it is, and the token behind the words that say so."""

    country: str | None
    organisation: str | None
    last: int


class OfficeReader:
    """Reads the offices of one document; `organisations` maps the first token of each to the one past its end."""

    def __init__(
        self, words: Words, gazetteer: Gazetteer, organisations: Mapping[int, int], people: frozenset[int]
    ) -> None:
        self._words = words
        self._gazetteer = gazetteer
        self._organisations = organisations
        self._people = people

    def office(self, first: int, head: int, last: int) -> Office | None:
        """The office that tokens `first` to `last` say around the title noun `head`; None for a mere style."""
        while first < head and self._words.tag[first] in _ARTICLES:
            first += 1
        if first == head and self._words.lower[head] in _STYLE_ONLY:
            return None
        start = self._past_qualifiers(first, head)
        before = self._owner_before(start, head)
        after, end = self._owner_after(head, last)
        kept = [word for word in self._words.text[first:start] if word.lower() in MODIFIERS]
        title = " ".join((*kept, self._words.slice(min(before.last, head), end)))
        return Office(
            _tidy(title),
            before.organisation or after.organisation,
            before.country or after.country,
        )

    def _past_qualifiers(self, first: int, head: int) -> int:
        """The first token that may name a country or a body: "the restless US president"."""
        start = first
        while start < head and self._qualifies(start):
            start += 1
        return (
            start
            if any(self._country_at(index) or index in self._organisations for index in range(start, head))
            else first
        )

    def _qualifies(self, index: int) -> bool:
        word = self._words.text[index]
        if word in self._gazetteer.adjectives or index in self._organisations:
            return False
        if self._words.tag[index] == "HYPH":  # "then-Russian president"
            return True
        return word.lower() in _QUALIFIERS or (
            self._words.tag[index] in ("JJ", "VBN", "RB") and word.lower() not in MODIFIERS
        )

    def _owner_before(self, first: int, head: int) -> _Owner:
        country = next(
            (c for last in range(head, first, -1) if (c := self._country_of(first, last)) is not None), None
        )
        if country is None:
            return self._body_before(_Owner(None, None, first), head)
        return self._body_before(country, head)

    def _country_of(self, first: int, last: int) -> _Owner | None:
        text = self._words.slice(first, last)
        entry = self._gazetteer.lookup(text)
        if entry is not None and entry.type == "organisation":
            return _Owner(entry.country, text, self._skip_possessive(last))
        country = self._gazetteer.country_of(text)
        return None if country is None else _Owner(country, None, self._skip_possessive(last))

    def _body_before(self, owner: _Owner, head: int) -> _Owner:
        """“Russian Foreign Ministry spokeswoman Maria Zakharova”, "Ukrainian Armed Forces Gen. Valery Zaluzhny"."""
        if owner.organisation is not None:
            return owner
        for first in (*self._names_over(owner.last), owner.last):
            for last in range(head, max(first, owner.last), -1):
                if self._is_body(first, last):
                    entry = self._gazetteer.lookup(self._words.slice(first, last))
                    country = (
                        owner.country
                        or (entry.country if entry else None)
                        or self._country_inside(first, last)
                    )
                    return _Owner(country, self._words.slice(first, last), self._skip_possessive(last))
        return owner

    def _names_over(self, start: int) -> list[int]:
        """Organisations that began before the country's name ended: the "Ukrainian" of "Ukrainian Armed Forces"."""
        return [first for first, last in self._organisations.items() if first < start < last]

    def _is_body(self, first: int, last: int) -> bool:
        if self._organisations.get(first) == last:
            return True
        entry = self._gazetteer.lookup(self._words.slice(first, last))
        known = entry is not None and entry.type == "organisation"
        return known or self._words.lower[last - 1] in _BODY_ENDS

    def _owner_after(self, head: int, last: int) -> tuple[_Owner, int]:
        """Country and organisation in "president of France", and where the title proper ends."""
        words, link = self._words, head + 1
        nobody = _Owner(None, None, head + 1)
        if link + 1 >= last or words.lower[link] not in LINKS:
            return nobody, head + 1
        first = min(link + 1 + (words.tag[link + 1] in ("DT", "PRP$")), last - 1)
        if first in self._people:  # "a spokesman for Peter Novak" works for a person
            return nobody, head + 1
        owner, entry = words.slice(first, last), self._gazetteer.lookup(words.slice(first, last))
        if entry is not None and entry.type == "place":
            return _Owner(entry.country, None, last), head + 1
        named = self._is_named(first, last, link, entry)
        country = self._country_inside(first, last)
        if owner.lower() in ("general staff", "staff"):  # "Chief of General Staff" is one title
            return _Owner(None, owner if named else None, last), last
        if named or words.lower[link] != "of":
            return _Owner(country, owner, last), head + 1
        return _Owner(country, None, last), last

    def _is_named(self, first: int, last: int, link: int, entry: Entry | None) -> bool:
        if entry is not None or first in self._organisations:
            return True
        return first > link + 1 and self._words.is_proper(last - 1)

    def _country_inside(self, first: int, last: int) -> str | None:
        entry = self._gazetteer.lookup(self._words.slice(first, last))
        if entry is not None:
            return entry.country
        single = (self._country_at(index) for index in range(first, last))
        ending = (
            self._gazetteer.country_of(self._words.slice(index, last)) for index in range(first + 1, last)
        )
        return next((country for country in (*single, *ending) if country), None)

    def _country_at(self, index: int) -> str | None:
        return self._gazetteer.country_of(self._words.text[index])

    def _skip_possessive(self, index: int) -> int:
        return index + 1 if self._words.tag[index : index + 1] == ["POS"] else index


def _tidy(title: str) -> str:
    """On one line, without what punctuation and "own" leave at its edges."""
    return re.sub(
        r"^(?:own )|\s+", lambda match: " " if match[0].isspace() else "", title.lstrip(" .,-").rstrip(" ,-")
    )
