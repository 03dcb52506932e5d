"""Names that the pipeline misses: well-known ones, small places, tables of results, and what was named before.

Reads:  the columns of a document, the gazetteer, the tokens and names that are taken
Writes: further names
"""

from collections.abc import Iterator

from readout.schemas.entities import EntityType
from readout.streams.text.entities.name_context import is_organisation_word, is_unknown_place
from readout.streams.text.entities.name_ranges import Name, tokens_of
from readout.streams.text.entities.tables import competitors, datelines, teams
from readout.streams.text.entities.title_words import COMMUNICATION, is_title
from readout.streams.text.entities.words import Words
from readout.streams.text.gazetteer import Entry, Gazetteer
from readout.streams.text.spans import Span

_TITLES = frozenset(
    "Mr Mr. Mrs Mrs. Ms Ms. Dr Dr. Sir Gen Gen. General Col Col. Colonel Lt. Maj. Capt. Captain Adm. Admiral"
    " President Chancellor Senator Sen. Rep. Gov. Ambassador King Queen Prince Princess Sheikh Ayatollah Pope"
    " Cardinal".split()
)
_Pattern = tuple[list[str], EntityType, Entry | None]


def from_gazetteer(words: Words, gazetteer: Gazetteer, taken: set[int]) -> Iterator[Name]:
    """Names that the pipeline missed: "US" in a list, "Foggy Bottom", "the Syrian Democratic Forces"."""
    begins = [(index, text) for index, text in enumerate(words.text) if text in gazetteer.longest]
    end = 0
    for index, text in begins:
        if index < end or index in taken:
            continue
        for last in range(min(len(words), index + gazetteer.longest[text]), index, -1):
            entry = _known(words, gazetteer, index, last, taken)
            if entry is not None:
                yield Name(index, last, entry.type, entry)
                end = last
                break


def _known(words: Words, gazetteer: Gazetteer, first: int, last: int, taken: set[int]) -> Entry | None:
    if not words.is_proper(last - 1) or not taken.isdisjoint(range(first, last)):
        return None
    if words.text[last : last + 1] == ["$"]:  # "US $58"
        return None
    text = words.slice(first, last)
    entry = gazetteer.lookup(text)
    if entry is None or text in gazetteer.ambiguous:
        return None
    return entry if last > first + 1 or _stands_alone(words, entry, last) else None


def _stands_alone(words: Words, entry: Entry, last: int) -> bool:
    """One word is enough for "Ankara" and "Hamas", not for "Time" and "Congress" before another noun."""
    if entry.kind == "outlet" or (entry.kind == "city" and _has_proper_neighbour(words, last)):
        return False
    modifies = last < len(words) and words.same_sentence(last - 1, last) and words.is_noun(last)
    return not modifies or entry.kind in ("country", "capital", "force", "agency")


def _has_proper_neighbour(words: Words, last: int) -> bool:
    """“Jackson Pollock”: a town's name may be part of an unknown one."""
    return any(words.same_sentence(last - 1, i) and words.is_proper(i) for i in (last - 2, last))


def _is_titled(words: Words, title: int) -> bool:
    """Known titles, and any other with a capital before two names: "Commissioner Thea Manning"."""
    text = words.text[title]
    if text in _TITLES:
        return True
    first, second = words.text[title + 1 : title + 2], words.text[title + 2 : title + 3]
    is_capital = text[:1].isupper() and not text.isupper() and is_title(text)
    return is_capital and all(
        one and _may_name_a_person(words, place) for place, one in ((title + 1, first), (title + 2, second))
    )


def titled_people(words: Words, taken: set[int]) -> Iterator[Name]:
    """“Gen. Zaluzhny” and "Mr Oduya": whoever has a title is a person, whatever the name looks like."""
    for title, text in enumerate(words.text):
        if text[:1].isupper() and _is_titled(words, title):
            first = last = title + 1
            limit = min(first + 3, len(words))
            while last < limit and last not in taken and _may_name_a_person(words, last):
                last += 1
            if last > first:
                yield Name(first, last, "person", is_proven=True)


def _may_name_a_person(words: Words, index: int) -> bool:
    text = words.text[index]
    plain = words.tag[index] == "NNP" and text[0].isupper() and not text.isupper() and not is_title(text)
    return (
        plain and not is_organisation_word(text) and (index == 0 or words.text[index - 1] not in (".", "\n"))
    )


def speaking_people(words: Words, taken: set[int]) -> Iterator[Name]:
    """“Benhaddou said he”: who is one word that nobody knows, and a man or woman."""
    for index in words.proper:
        following = words.lower[index + 1 : index + 4]
        speaks = (
            len(following) == 3
            and following[0] in COMMUNICATION
            and not {"he", "she"}.isdisjoint(following[1:])
        )
        if speaks and index not in taken and words.dep[index] == "nsubj" and _may_name_a_person(words, index):
            yield Name(index, index + 1, "person")


def unknown_places(words: Words, taken: set[int]) -> Iterator[Name]:
    """Places that only their context shows."""
    for index in words.proper:
        if index not in taken and is_unknown_place(words, index):
            yield Name(index, index + 1, "place")


def with_tables(names: list[Name], words: Words, gazetteer: Gazetteer) -> list[Name]:
    """Names in tables of results stand in no sentence: what the table says of them counts."""
    listed = [name for span in teams(words.body) if (name := _listed(span, "organisation", words, gazetteer))]
    listed += [
        name for span in competitors(words.body) if (name := _listed(span, "person", words, gazetteer))
    ]
    listed += [_filed(span, words, gazetteer) for span in datelines(words.body)]
    if not listed:
        return names
    clubs = {words.slice(name.first, name.last).casefold() for name in listed if name.type == "organisation"}
    taken = tokens_of(listed)
    kept = [_as_club(name, clubs, words) for name in names if taken.isdisjoint(range(name.first, name.last))]
    return listed + kept


def _listed(span: Span, kind: EntityType, words: Words, gazetteer: Gazetteer) -> Name | None:
    first, last = words.index_at(span.start), words.index_at(span.end - 1) + 1
    entry = gazetteer.lookup(words.body[span.start : span.end])
    while kind == "person" and first < last - 1 and is_title(words.text[first]):
        first += 1
    if kind == "organisation" and entry is not None and entry.kind == "country":
        return Name(first, last, "place", entry)
    if kind == "person" and (entry is not None or any(map(is_organisation_word, words.text[first:last]))):
        return None
    return Name(first, last, kind)


def _filed(span: Span, words: Words, gazetteer: Gazetteer) -> Name:
    first, last = words.index_at(span.start), words.index_at(span.end - 1) + 1
    entry = gazetteer.lookup(words.body[span.start : span.end])
    return Name(first, last, "place", entry if entry is not None and entry.type == "place" else None)


def _as_club(name: Name, clubs: set[str], words: Words) -> Name:
    """“Denver's lead over Tampa”: towns with a team in the table are teams unless somebody is there."""
    if name.type not in ("place", "person") or words.slice(name.first, name.last).casefold() not in clubs:
        return name
    there = words.before(name.first) in ("in", "at", "near", "(", ",") or words.text[
        name.last : name.last + 1
    ] in (["("], [","])
    return name if there else name._replace(type="organisation", entry=None)


def repetitions(names: list[Name], words: Words, taken: set[int]) -> Iterator[Name]:
    """Places that say a known name, or a person's surname, and that nobody has marked."""
    patterns = _patterns(names, words)
    end = 0
    for index in [index for index, text in enumerate(words.text) if text in patterns]:
        if index < end or index in taken:
            continue
        for pattern, kind, entry in patterns[words.text[index]]:
            last = index + len(pattern)
            if (
                words.text[index:last] == pattern
                and taken.isdisjoint(range(index, last))
                and (words.is_proper(last - 1) or _is_surname(words, index, last, kind))
            ):
                yield Name(index, last, kind, entry)
                end = last
                break


def _is_surname(words: Words, index: int, last: int, kind: EntityType) -> bool:
    """The tagger takes "Pence" for a plural; a capital inside a sentence shows that it is none."""
    inside = words.same_sentence(index - 1, index) and words.text[index - 1][-1].isalnum()
    return kind == "person" and last == index + 1 and words.is_noun(index) and inside


def _patterns(names: list[Name], words: Words) -> dict[str, list[tuple[list[str], EntityType, Entry | None]]]:
    known: dict[tuple[str, ...], tuple[EntityType, Entry | None]] = {}
    for name in names:
        if name.type in ("person", "organisation", "place"):
            text = words.text[name.first : name.last]
            known.setdefault(tuple(text), (name.type, name.entry))
            if name.type == "person" and len(text) > 1 and len(text[-1]) > 2:
                known.setdefault((text[-1],), (name.type, None))
    patterns: dict[str, list[tuple[list[str], EntityType, Entry | None]]] = {}
    for parts, (kind, entry) in known.items():
        if parts[0][:1].isupper() and (len(parts) > 1 or len(parts[0]) > 2):
            patterns.setdefault(parts[0], []).append((list(parts), kind, entry))
    for found in patterns.values():
        found.sort(key=lambda pattern: -len(pattern[0]))
    return patterns
