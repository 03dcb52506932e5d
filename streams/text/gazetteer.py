"""The gazetteer: what a well-known name stands for, and to which country it belongs.

Reads:  the bytes of `gazetteer.json`, which `training.gazetteer_build` makes
Writes: look-ups of names, adjectives ("Turkish"), peoples ("Turks") and seats of government ("the Kremlin")

The places come from GeoNames (https://www.geonames.org, CC BY 4.0). Absent on purpose: any guess from context;
Jordan is a country here, and `recognition` decides when he is a man.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, Self

import orjson

from readout.schemas.entities import EntityType

Kind = Literal[
    "country", "capital", "city", "part", "region", "seat", "agency", "outlet", "organisation", "force"
]
Gender = Literal["m", "f"]

_TYPES: dict[Kind, EntityType] = {
    "country": "place", "capital": "place", "city": "place", "part": "place", "region": "place",
    "seat": "organisation", "agency": "organisation", "outlet": "organisation",
    "organisation": "organisation", "force": "organisation",
}  # fmt: skip
_TOKEN = re.compile(r"\w+|[^\w\s]")
_BREAK = re.compile(r"(?<=[^\W\d_])-|,")
_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)


class Entry(NamedTuple):
    """What a name stands for; `country` is ISO 3166-1 alpha-2, None where it is nobody's."""

    name: str
    kind: Kind
    country: str | None

    @property
    def type(self) -> EntityType:
        """The type of an entity with this name."""
        return _TYPES[self.kind]

    @property
    def governs(self) -> bool:
        """Do news mean a government by it ("Moscow rejected the claim")?"""
        return self.kind in ("country", "capital", "seat")


@dataclass(frozen=True)
class Gazetteer:
    """Names of the world, immutable once read.

    `entries` is keyed by the exact spelling without a leading article; `adjectives` and `peoples` give a
    country, None for people without one (Kurds, Democrats).
    """

    entries: Mapping[str, Entry]
    adjectives: Mapping[str, str]
    peoples: Mapping[str, str | None]
    genders: Mapping[str, Gender]
    public_figures: Mapping[str, str]
    ambiguous: frozenset[str]

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read the data file.

        Raises:
            ValueError: the bytes are not a gazetteer; the installation is broken.
        """
        raw = orjson.loads(data)
        entries = {entry.name: entry for entry in _entries(raw)} | _aliases(raw)
        same = {alias: entries[name] for alias, name in raw["same_as"].items()}
        return cls(
            entries=entries | same,
            adjectives=raw["adjectives"],
            peoples=raw["peoples"],
            genders={name: gender for gender in ("m", "f") for name in raw["first_names"][gender].split()},
            public_figures=raw["public_figures"],
            ambiguous=frozenset(raw["ambiguous"]),
        )

    def lookup(self, name: str) -> Entry | None:
        """The entry of a name; articles and runs of white space do not matter, all-capitals match any case."""
        bare = name if name.isalpha() else _bare(name)
        found = self.entries.get(bare) or self.entries.get(name)
        if found is None and " " in bare:  # "Kurdistan Workers' party"
            found = self._folded.get(bare.casefold())
        if found is None and len(bare) > 3 and bare.isupper():
            return self._capitals.get(bare)
        return found

    def country_name(self, code: str) -> str:
        """The English name of a country, its code if it has none here."""
        return self._country_names.get(code, code)

    def country_of(self, words: str) -> str | None:
        """The country that a name, an adjective or a people belongs to."""
        entry = self.lookup(words)
        if entry is not None:
            return entry.country
        return self.adjectives.get(words) or self.peoples.get(words)

    def adjective_of(self, code: str) -> str:
        """The adjective of a country ("French"), its name where the language has none at hand."""
        return self._adjective_of.get(code) or self.country_name(code)

    def gender_of_surname(self, surname: str) -> Gender | None:
        """The gender of the public figures with that surname, if they all have one: Obama, but not Clinton."""
        return self._genders_of_surnames.get(surname)

    @cached_property
    def _capitals(self) -> dict[str, Entry]:
        return {name.upper(): entry for name, entry in reversed(list(self.entries.items()))}

    @cached_property
    def _folded(self) -> dict[str, Entry]:
        return {name.casefold(): entry for name, entry in reversed(list(self.entries.items())) if " " in name}

    @cached_property
    def _country_names(self) -> dict[str, str]:
        return {e.country: e.name for e in self.entries.values() if e.kind == "country" and e.country}

    @cached_property
    def _adjective_of(self) -> dict[str, str]:
        common = {
            "US": "US",
            "GB": "British",
            "RU": "Russian",
            "PS": "Palestinian",
            "ES": "Spanish",
            "SA": "Saudi",
        }
        return {code: word for word, code in reversed(list(self.adjectives.items()))} | common

    @cached_property
    def _genders_of_surnames(self) -> dict[str, Gender]:
        known: dict[str, set[Gender | None]] = {}
        for name in self.public_figures:
            first, *_, last = name.split()
            known.setdefault(last, set()).add(self.genders.get(first))
        single = {last: genders.pop() for last, genders in known.items() if len(genders) == 1}
        return {last: gender for last, gender in single.items() if gender is not None}

    @cached_property
    def longest(self) -> Mapping[str, int]:
        """How many tokens the longest name that begins with a word may have, by that word."""
        longest: dict[str, int] = {}
        for name in self.entries:
            count = 1 if name.isalnum() else len(_TOKEN.findall(name))
            for spelling in (name, name.upper()):
                word = first_word(spelling)
                longest[word] = max(longest.get(word, 0), count)
        return longest


def _bare(name: str) -> str:
    return _ARTICLE.sub("", " ".join(name.split())).replace("\u2019", "'")


def first_word(name: str) -> str:
    """The first token of a name as the parser cuts it: "al" of "al-Qaida", "Washington" of "Washington, DC"."""
    word = name.split(maxsplit=1)[0]
    return word if word.isalnum() else _BREAK.split(word)[0]


def _entries(raw: dict[str, dict[str, str | None]]) -> Iterator[Entry]:
    # Later kinds win over earlier ones: "Georgia" is a state as well as a country.
    order: tuple[Kind, ...] = (
        "city",
        "region",
        "part",
        "outlet",
        "agency",
        "organisation",
        "force",
        "seat",
        "capital",
        "country",
    )
    for kind in order:
        for name, country in raw[kind].items():
            yield Entry(name, kind, country)


def _aliases(raw: dict[str, dict[str, str]]) -> dict[str, Entry]:
    names = {code: name for name, code in raw["country"].items()}
    return {alias: Entry(names[code], "country", code) for alias, code in raw["aliases"].items()}
