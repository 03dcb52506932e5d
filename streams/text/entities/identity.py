"""Join the names of one person, country or body: "Milley" is Mark Milley, "US" is the United States.

Reads:  the names of a document in reading order
Writes: groups of names, one per real person or thing, in the order of their first names

Absent on purpose: pronouns and descriptions; `coreference` adds them to the groups.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from readout.schemas.entities import EntityType
from readout.streams.text.cast import Office
from readout.streams.text.entities.name_ranges import Name
from readout.streams.text.entities.words import Words, fold
from readout.streams.text.gazetteer import Entry, Gazetteer, Gender

_PARTICLES = frozenset(
    "al el ul bin ibn abu ben de da di du von van der den la le dos del mac st st. jr jr. sr sr. ii"
    " iii iv [ ] - \u2019 '".split()
)
_GENERIC = frozenset(
    "inc inc. corp corp. co co. ltd ltd. plc group company news agency party the of for and movement"
    " front network newspaper"
    " state-run television tv magazine militia group".split()
)


@dataclass
class Figure:
    """A member in the making: what `names`, `coreference` and `titles` have gathered so far."""

    type: EntityType
    names: list[Name]
    entry: Entry | None = None
    gender: Gender | None = None
    offices: list[Office] = field(default_factory=list)
    inferred: list[Office] = field(default_factory=list)
    """Offices that only a description gives ("the Turkish leader"); they identify, but are not published."""
    country: str | None = None
    described: str | None = None
    """The name of a body that the article only describes: "Syrian government"."""


def spelling(words: Words, name: Name) -> str:
    """A name on one line: white space collapsed, brackets of an editor and possessives left out."""
    text = " ".join(words.slice(name.first, name.last).split())
    return text.replace("[", "").replace("]", "").removeprefix("the ")


def parts_of(words: Words, name: Name) -> tuple[str, ...]:
    """The words of a name that tell people apart, lower case: "al-Assad" gives "assad"."""
    found = words.lower[name.first : name.last]
    return tuple(fold(part) for part in found if part not in _PARTICLES and part[0].isalpha())


class Registry:
    """Finds the figure of each name, in reading order, or makes a new one."""

    def __init__(
        self, words: Words, names: Sequence[Name], genders: dict[int, Gender | None], gazetteer: Gazetteer
    ) -> None:
        self.figures: list[Figure] = []
        self._words = words
        self._names = names
        self._genders = genders
        self._by_key: dict[tuple[EntityType, str], int] = {}
        self._people: dict[str, dict[int, None]] = {}
        self._spellings: dict[int, dict[tuple[str, ...], None]] = {}
        self._acronyms = _acronyms(words, names)
        self._gazetteer = gazetteer
        self._countries = _owners(words, names, gazetteer)

    def collect(self) -> list[Figure]:
        """The figures of all names, in the order of their first names."""
        for name in self._names:
            self._add(name)
        return self.figures

    def _add(self, name: Name) -> None:
        entry = name.entry or self._entry(name)
        key = _key(self._words, name, entry)
        parts = parts_of(self._words, name) if name.type == "person" else ()
        index = self._person(name, parts, key) if name.type == "person" else self._thing(name, key)
        if index is None:
            index = len(self.figures)
            self.figures.append(Figure(name.type, [], entry))
        figure = self.figures[index]
        figure.names.append(name)
        figure.gender = figure.gender or self._genders.get(name.first)
        self._spellings.setdefault(index, {})[parts] = None
        self._by_key.setdefault((name.type, key), index)
        self._remember(parts, index)

    def _entry(self, name: Name) -> Entry | None:
        """What the gazetteer knows of the name without its common noun: "RIA news agency" is RIA."""
        if name.type != "organisation":
            return None
        found = self._gazetteer.lookup(_without_noun(spelling(self._words, name)))
        return found if found is not None and found.type == "organisation" else None

    def _remember(self, parts: tuple[str, ...], index: int) -> None:
        """The person last named so comes first to mind."""
        for part in parts:
            people = self._people.setdefault(part, {})
            people.pop(index, None)
            people[index] = None

    def _person(self, name: Name, parts: tuple[str, ...], key: str) -> int | None:
        if not parts:
            return self._by_key.get(("person", key))
        known = self._people.get(parts[-1], self._people.get(parts[0], {}))
        return next((index for index in reversed(known) if self._may_be(parts, name, index)), None)

    def _may_be(self, parts: tuple[str, ...], name: Name, index: int) -> bool:
        gender, known = self._genders.get(name.first), self.figures[index].gender
        if gender is not None and known is not None and gender != known:
            return False
        return any(_compatible(parts, other) for other in self._spellings[index])

    def _thing(self, name: Name, key: str) -> int | None:
        found = self._by_key.get((name.type, key))
        if found is not None or name.type != "organisation":
            return found
        short = spelling(self._words, name).casefold()
        found = self._by_key.get((name.type, self._acronyms.get(key) or self._acronyms.get(short, "")))
        return self._owned(key) if found is None else found

    def _owned(self, key: str) -> int | None:
        """“the US Joint Chiefs of Staff” are the Joint Chiefs of Staff, if a country's name is all that differs."""
        country, _, rest = key.partition(" ")
        if country in self._countries and rest:
            return self._by_key.get(("organisation", rest))
        keys = (f"{word} {key}" for word in self._countries)
        return next(
            (self._by_key[("organisation", k)] for k in keys if ("organisation", k) in self._by_key), None
        )


def _acronyms(words: Words, names: Sequence[Name]) -> dict[str, str]:
    """Keys of long names by their initials: "Syrian Democratic Forces (SDF)", "SDF" alone as well."""
    found: dict[str, str] = {}
    for name in names:
        if name.type == "organisation" and name.last - name.first > 1:
            key = _key(words, name, name.entry)
            for initials in _initials(words, name):
                found.setdefault(initials, key)
    return found


def _initials(words: Words, name: Name) -> Iterator[str]:
    texts = [words.text[index] for index in range(name.first, name.last) if words.text[index][0].isalpha()]
    every = "".join(text[0] for text in texts).casefold()
    capitals = "".join(text[0] for text in texts if text[0].isupper()).casefold()
    yield from (initials for initials in (every, capitals) if len(initials) > 2)
    bracket = words.text[name.last : name.last + 3]
    if (
        bracket[:1] == ["("]
        and bracket[2:] == [")"]
        and (name.entry is None or bracket[1][:1].casefold() == every[:1])
    ):
        yield bracket[1].casefold()  # "Kurdistan Workers' party (PKK)", whose letters are Kurdish


def _owners(words: Words, names: Sequence[Name], gazetteer: Gazetteer) -> tuple[str, ...]:
    """The words in front of "army" that only say whose it is, as far as this article uses them."""
    firsts = (words.text[name.first] for name in names if name.type == "organisation")
    return tuple(dict.fromkeys(word.casefold() for word in firsts if _is_country(word, gazetteer)))


def _is_country(word: str, gazetteer: Gazetteer) -> bool:
    entry = gazetteer.lookup(word)
    return word in gazetteer.adjectives or (entry is not None and entry.kind == "country")


def _key(words: Words, name: Name, entry: Entry | None) -> str:
    """What names of one thing share: the country's code, the gazetteer's name, or the bare spelling."""
    if entry is not None and entry.kind == "country":
        return f"={entry.country}"
    text = (entry.name if entry is not None else spelling(words, name)).casefold().removeprefix("the ")
    return _without_noun(text).replace(".", "").replace("\u2019", "'")


def _without_noun(text: str) -> str:
    parts = text.split()
    while len(parts) > 1 and parts[-1].casefold() in _GENERIC:
        parts.pop()
    return " ".join(parts)


def _compatible(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """May two names be one person's? "J. Bolton" and "John Bolton" may, "Jill Biden" and "Joe Biden" may not."""
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return short[0] in (long[-1], long[0])
    if short[-1] != long[-1]:
        return short == long[: len(short)]
    if short == long[-len(short) :]:  # "Pena Nieto" is Enrique Pena Nieto
        return True
    return _same_first(short[0], long[0])


def _same_first(one: str, other: str) -> bool:
    if one[0] != other[0]:
        return False
    short, long = sorted((one.rstrip("."), other.rstrip(".")), key=len)
    return long.startswith(short) and (len(short) == 1 or len(short) >= 3)


def canonical(words: Words, figure: Figure) -> tuple[str, tuple[str, ...]]:
    """The fullest name of a figure and its other spellings, sorted."""
    if figure.described is not None:
        return figure.described, ()
    spellings = [spelling(words, name) for name in figure.names]
    counts = Counter(spellings) if len(spellings) > 1 else {spellings[0]: 1}
    entry = figure.entry
    if entry is not None and (entry.kind == "country" or all(text == entry.name.upper() for text in counts)):
        name = entry.name  # "MOSCOW" in a dateline is Moscow
    else:
        name = max(counts, key=lambda text: (len(text.split()), counts[text], len(text), text))
    return name, tuple(sorted(text for text in counts if text != name))
