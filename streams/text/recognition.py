"""Recognise names: what the pipeline's recogniser says, put right by the gazetteer and by the article itself.

Reads:  an annotated document, its columns, the gazetteer
Writes: names as token ranges with a type, in reading order, none overlapping; no titles, articles or possessives

Absent on purpose: who is who. `identity` joins the names of one person.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from schemas.entities import EntityType
from streams.text.gazetteer import Entry, Gazetteer
from streams.text.name_context import (
    is_organisation_word,
    is_team,
    is_unknown_place,
    stands_for_country,
    type_by_context,
)
from streams.text.spans import Span
from streams.text.tables import competitors, teams
from streams.text.title_words import is_title
from streams.text.words import Words, fold

_TYPES: dict[str, EntityType] = {
    "PERSON": "person", "ORG": "organisation", "GPE": "place", "LOC": "place", "FAC": "place", "NORP": "group",
    "EVENT": "event", "PRODUCT": "product", "WORK_OF_ART": "other", "LAW": "other",
}  # fmt: skip
_EDGE = frozenset("the a an \" ' “ ” ‘ ’ « » ( ) { } , ; : . - – — * 's ’s `` '' / & and of".split())
_PARTICLES = frozenset(
    "al el ul bin ibn abu ben de da di du von van der den la le dos del ad an ar as ash az".split()
)
_OPEN = frozenset("[ ]".split())


@dataclass(frozen=True, slots=True)
class Name:
    """A name at tokens `first` to `last` (exclusive); `entry` is what the gazetteer knows of it."""

    first: int
    last: int
    type: EntityType
    entry: Entry | None = None


def recognise(doc: Doc, words: Words, gazetteer: Gazetteer) -> list[Name]:
    """The names of a document, longest first where two would overlap, in reading order."""
    found = list(_from_pipeline(doc, words, gazetteer))
    found += _from_gazetteer(words, gazetteer, _taken(found))
    found += _unknown_places(words, _taken(found))
    found = _alike_in_lists(_without_overlaps(found), words)
    found = _one_sense(_persons_win(found, words), words, gazetteer)
    found = _with_tables(found, words, gazetteer)
    found += _repetitions(found, words, _taken(found))
    return _without_overlaps(found)


def _alike_in_lists(names: list[Name], words: Words) -> list[Name]:
    """ "the towns of Arlon, Virton and Bastogne": what most of a list are, all of it are."""
    result: list[Name] = []
    for chain in _lists(names, words):
        types = Counter(name.type for name in chain)
        kind, count = types.most_common(1)[0]
        sure = len(chain) > 2 and 2 * count > len(chain) and kind in ("person", "place", "organisation")
        result += [replace(name, type=kind) if sure and name.entry is None else name for name in chain]
    return result


def _lists(names: list[Name], words: Words) -> Iterator[list[Name]]:
    chain: list[Name] = []
    for name in names:
        if chain and not _joined(words.text[chain[-1].last : name.first]):
            yield chain
            chain = []
        chain.append(name)
    if chain:
        yield chain


def _joined(between: list[str]) -> bool:
    return between in ([","], ["and"], [",", "and"], ["or"])


def _with_tables(names: list[Name], words: Words, gazetteer: Gazetteer) -> list[Name]:
    """Names in tables of results stand in no sentence: what the table says of them counts."""
    listed = [name for span in teams(words.body) if (name := _listed(span, "organisation", words, gazetteer))]
    listed += [
        name for span in competitors(words.body) if (name := _listed(span, "person", words, gazetteer))
    ]
    if not listed:
        return names
    clubs = {words.slice(name.first, name.last).casefold() for name in listed if name.type == "organisation"}
    taken = _taken(listed)
    kept = [_as_club(name, clubs, words) for name in names if taken.isdisjoint(range(name.first, name.last))]
    return listed + kept


def _listed(span: Span, kind: EntityType, words: Words, gazetteer: Gazetteer) -> Name | None:
    first, last = words.index_at(span.start), words.index_at(span.end - 1) + 1
    entry = gazetteer.lookup(words.body[span.start : span.end])
    if kind == "organisation" and entry is not None and entry.kind == "country":
        return Name(first, last, "place", entry)
    if kind == "person" and (entry is not None or any(map(is_organisation_word, words.text[first:last]))):
        return None
    return Name(first, last, kind)


def _as_club(name: Name, clubs: set[str], words: Words) -> Name:
    """ "Texas's lead over Seattle": towns with a team in the table are teams unless somebody is there."""
    if name.type not in ("place", "person") or words.slice(name.first, name.last).casefold() not in clubs:
        return name
    there = words.before(name.first) in ("in", "at", "near", "(", ",") or words.text[
        name.last : name.last + 1
    ] in (["("], [","])
    return name if there else replace(name, type="organisation", entry=None)


def _from_pipeline(doc: Doc, words: Words, gazetteer: Gazetteer) -> Iterator[Name]:
    for entity in doc.ents:
        kind = _TYPES.get(entity.label_)
        if kind is None:
            continue
        first, last = _trim(words, entity.start, entity.end, kind)
        if first < last and any(map(str.isupper, words.slice(first, last))):
            name = _typed(
                Name(first, last, type_by_context(words, first, last, kind) or kind), words, gazetteer
            )
            if name is not None and not _is_office_of_state(words, name):
                yield _town_or_team(name, words)


def _is_office_of_state(words: Words, name: Name) -> bool:
    """ "Secretary of State John Kerry" names no body called State."""
    return words.before(name.first) == "of" and words.before(name.first - 1) in ("secretary", "secretaries")


def _town_or_team(name: Name, words: Words) -> Name:
    country = name.entry is not None and name.entry.kind in ("country", "capital", "region")
    if name.type == "place" and not country and is_team(words, name.first, name.last):
        return replace(name, type="organisation", entry=None)
    return name


def _trim(words: Words, first: int, last: int, kind: EntityType) -> tuple[int, int]:
    first, last = _within_line(words, first, last)
    if kind == "person":
        last = _with_surname(words, first, last)
    while first < last and words.text[first].lower() in _EDGE:
        first += 1
    while first < last and words.text[last - 1].lower() in _EDGE:
        last -= 1
    while last - first > 1 and _only_qualifies(words, first):
        first += 1
    while kind in ("person", "place") and last - first > 1 and words.text[last - 1][0].isdigit():
        last -= 1  # "Mushtaq Ahmed 46" in a table
    while kind == "person" and last - first > 1 and is_title(words.text[first]):
        first += 1
    return _join_brackets(words, first, last)


def _only_qualifies(words: Words, index: int) -> bool:
    """Words in front that belong to no name: "pro-Assad", "maverick senator"; but "al-Nusra", "de Mistura"."""
    text = words.text[index]
    return (text.islower() and len(text) > 1 and text not in _PARTICLES) or text in _EDGE


def _with_surname(words: Words, first: int, last: int) -> int:
    """ "Prime Minister Theresa May": the recogniser takes the surname for a month."""
    alone = last == first + 1 and words.text[last : last + 1] == ["May"] and words.same_sentence(first, last)
    return last + 1 if alone and not words.before(last + 1).isdigit() else last


def _within_line(words: Words, first: int, last: int) -> tuple[int, int]:
    breaks = [
        index for index in range(first, last) if words.text[index].isspace() and "\n" in words.text[index]
    ]
    return (first, breaks[0]) if breaks else (first, last)


def _join_brackets(words: Words, first: int, last: int) -> tuple[int, int]:
    """ "[Vladimir] Putin" is one name; a bracket that only opens or closes around it is none of it."""
    if first >= 2 and words.text[first - 1] == "]" and "[" in words.text[max(0, first - 4) : first - 1]:
        first = max(index for index in range(max(0, first - 4), first) if words.text[index] == "[")
    while first < last and words.text[first] in _OPEN and "]" not in words.text[first:last]:
        first += 1
    while first < last and words.text[last - 1] in _OPEN and words.text[first] != "[":
        last -= 1
    return first, last


def _typed(name: Name, words: Words, gazetteer: Gazetteer) -> Name | None:
    text = words.slice(name.first, name.last)
    if name.type == "group":
        return _people(name, text, words, gazetteer)
    if text in gazetteer.public_figures:
        return replace(name, type="person")
    entry = gazetteer.lookup(text)
    if words.text[name.last : name.last + 1] == ["$"]:  # "US $58"
        return None
    if entry is None:
        return None if text in gazetteer.adjectives else name
    if entry.kind == "country" and name.type == "person" and stands_for_country(words, name.first, name.last):
        return replace(name, type="place", entry=entry)
    if name.type == entry.type or not _gazetteer_knows_better(name, entry, text, gazetteer):
        return replace(name, entry=entry if entry.type == name.type else None)
    return replace(name, type=entry.type, entry=entry)


def _gazetteer_knows_better(name: Name, entry: Entry, text: str, gazetteer: Gazetteer) -> bool:
    """A man called Jordan stays a man, and a club called Boston a club; Ankara is nobody's name."""
    if text in gazetteer.ambiguous or entry.kind in ("city", "outlet"):
        return name.type != "person" and entry.kind != "outlet"
    return True


def _people(name: Name, text: str, words: Words, gazetteer: Gazetteer) -> Name | None:
    """ "Russians" and "the Kurds" are people; in "Russian forces" nobody is named."""
    entry = gazetteer.lookup(text)
    if entry is not None and text not in gazetteer.adjectives:
        return replace(name, type=entry.type, entry=entry)
    plural = text in gazetteer.peoples and text not in gazetteer.adjectives
    last = name.last - 1
    if plural or words.tag[last] == "NNPS" and text not in gazetteer.adjectives:
        return name
    return None


def _from_gazetteer(words: Words, gazetteer: Gazetteer, taken: set[int]) -> Iterator[Name]:
    """Names that the pipeline missed: "US" in a list, "Foggy Bottom", "the Syrian Democratic Forces"."""
    index = 0
    while index < len(words):
        longest = gazetteer.spellings_from(words.text[index]) if index not in taken else 0
        for last in range(min(len(words), index + longest), index, -1):
            entry = _known(words, gazetteer, index, last, taken)
            if entry is not None:
                yield Name(index, last, entry.type, entry)
                index = last - 1
                break
        index += 1


def _known(words: Words, gazetteer: Gazetteer, first: int, last: int, taken: set[int]) -> Entry | None:
    if (
        not taken.isdisjoint(range(first, last))
        or not words.is_proper(last - 1)
        or words.text[last - 1][-1] == "."
    ):
        return None
    entry = gazetteer.lookup(words.slice(first, last))
    if entry is None or words.slice(first, last) in gazetteer.ambiguous:
        return None
    single_word = last == first + 1
    if single_word and (
        entry.kind in ("city", "outlet", "part", "region")
        or words.is_noun(min(last, len(words) - 1))
        and entry.kind not in ("country", "capital", "force", "agency")
    ):
        return None
    return entry


def _unknown_places(words: Words, taken: set[int]) -> Iterator[Name]:
    for index in range(1, len(words)):
        if index not in taken and is_unknown_place(words, index):
            yield Name(index, index + 1, "place")


def _taken(names: list[Name]) -> set[int]:
    return {index for name in names for index in range(name.first, name.last)}


def _persons_win(names: list[Name], words: Words) -> list[Name]:
    """A surname takes the type of the full name: "Shoigu" is no firm once "Sergei Shoigu" has been named."""
    people = [name for name in names if name.type == "person"]
    surnames = {words.text[name.last - 1] for name in people if name.last - name.first > 1}
    alone = {fold(words.text[name.first]) for name in people if name.last - name.first == 1}
    return [
        replace(name, type="person", entry=None)
        if _is_surname(name, surnames, words) or _is_full_name(name, alone, words)
        else name
        for name in names
    ]


def _is_surname(name: Name, surnames: set[str], words: Words) -> bool:
    return name.last - name.first == 1 and words.text[name.first] in surnames and not _is_country(name)


def _is_full_name(name: Name, alone: set[str], words: Words) -> bool:
    """ "Recep Tayyip Erdoğan" is no firm if a man called Erdogan speaks further down."""
    texts = words.text[name.first : name.last]
    named = name.type == "organisation" and name.entry is None and len(texts) in (2, 3)
    return (
        named
        and fold(texts[-1]) in alone
        and not any(text.isupper() or is_organisation_word(text) for text in texts)
    )


def _is_country(name: Name) -> bool:
    return name.entry is not None and name.entry.kind == "country"


def _one_sense(names: list[Name], words: Words, gazetteer: Gazetteer) -> list[Name]:
    """One spelling, one type within an article: the one that most of its places have, the first on a tie."""
    votes: dict[str, Counter[EntityType]] = {}
    for name in names:
        votes.setdefault(words.slice(name.first, name.last), Counter())[name.type] += 1
    winners = {text: counts.most_common(1)[0][0] for text, counts in votes.items()}
    return [
        name
        if _is_country(name)
        else _with_type(name, winners[words.slice(name.first, name.last)], words, gazetteer)
        for name in names
    ]


def _with_type(name: Name, kind: EntityType, words: Words, gazetteer: Gazetteer) -> Name:
    if name.type == kind:
        return name
    entry = gazetteer.lookup(words.slice(name.first, name.last))
    return replace(name, type=kind, entry=entry if entry is not None and entry.type == kind else None)


def _repetitions(names: list[Name], words: Words, taken: set[int]) -> Iterator[Name]:
    """Places that say a known name, or a person's surname, and that nobody has marked."""
    patterns = _patterns(names, words)
    index = 0
    while index < len(words):
        for pattern, kind, entry in patterns.get(words.text[index], ()):
            last = index + len(pattern)
            if (
                words.text[index:last] == pattern
                and taken.isdisjoint(range(index, last))
                and words.is_proper(last - 1)
            ):
                yield Name(index, last, kind, entry)
                index = last - 1
                break
        index += 1


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
        if parts[0][0].isupper() and (len(parts) > 1 or len(parts[0]) > 2):
            patterns.setdefault(parts[0], []).append((list(parts), kind, entry))
    for found in patterns.values():
        found.sort(key=lambda pattern: -len(pattern[0]))
    return patterns


def _without_overlaps(names: list[Name]) -> list[Name]:
    kept: list[Name] = []
    for name in sorted(names, key=lambda name: (name.first, -name.last)):
        if not kept or name.first >= kept[-1].last:
            kept.append(name)
    return kept
