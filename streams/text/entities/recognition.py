"""Recognise names: what the pipeline's recogniser says, put right by the gazetteer and by the article itself.

Reads:  the columns of an annotated document, the gazetteer
Writes: names as token ranges with a type, in reading order, none overlapping; no titles, articles or possessives

Absent on purpose: who is who. `identity` joins the names of one person.
"""

from collections.abc import Iterator

from readout.schemas.entities import EntityType
from readout.streams.text.entities.name_agreement import (
    alike_in_lists,
    one_sense,
    persons_win,
    settle_georgia,
)
from readout.streams.text.entities.name_context import is_team, stands_for_country, type_by_context
from readout.streams.text.entities.name_edges import trim
from readout.streams.text.entities.name_ranges import Name, tokens_of, without_overlaps
from readout.streams.text.entities.name_runs import unrecognised_names
from readout.streams.text.entities.name_supply import (
    from_gazetteer,
    repetitions,
    speaking_people,
    titled_people,
    unknown_places,
    with_tables,
)
from readout.streams.text.entities.words import Words
from readout.streams.text.gazetteer import Entry, Gazetteer

_TYPES: dict[str, EntityType] = {
    "PERSON": "person", "ORG": "organisation", "GPE": "place", "LOC": "place", "FAC": "place", "NORP": "group",
    "EVENT": "event", "PRODUCT": "product", "WORK_OF_ART": "other", "LAW": "other",
}  # fmt: skip


def recognise(words: Words, gazetteer: Gazetteer) -> list[Name]:
    """The names of a document, longest first where two would overlap, in reading order."""
    found = list(_from_pipeline(words, gazetteer))
    found += from_gazetteer(words, gazetteer, tokens_of(found))
    found += titled_people(words, tokens_of(found))
    found += speaking_people(words, tokens_of(found))
    found += unknown_places(words, tokens_of(found))
    found += unrecognised_names(words, found)
    found = alike_in_lists(without_overlaps(found), words)
    found = one_sense(persons_win(found, words), words, gazetteer)
    found = with_tables(found, words, gazetteer)
    found += repetitions(found, words, tokens_of(found))
    return settle_georgia(without_overlaps(found))


def _from_pipeline(words: Words, gazetteer: Gazetteer) -> Iterator[Name]:
    for start, end in words.recognised:
        kind = _TYPES.get(words.entity_type[start])
        if kind is None:
            continue
        first, last = trim(words, start, end, kind)
        text = words.slice(first, last) if first < last else ""
        if text[1:] and any(map(str.isupper, text)):
            proven = type_by_context(words, first, last, kind)
            name = _typed(Name(first, last, proven or kind, is_proven=proven is not None), words, gazetteer)
            if name is not None and not _is_office_of_state(words, name):
                yield _town_or_team(name, words)


def _typed(name: Name, words: Words, gazetteer: Gazetteer) -> Name | None:
    text = words.slice(name.first, name.last)
    if name.type == "group":
        return _people(name, text, words, gazetteer)
    if text in gazetteer.public_figures:
        return name._replace(type="person")
    entry = gazetteer.lookup(text)
    if entry is None or words.text[name.last : name.last + 1] == ["$"]:  # "US $58" is no country
        return None if entry is not None or text in gazetteer.adjectives else name
    return _with_entry(name, entry, text, words, gazetteer)


def _with_entry(name: Name, entry: Entry, text: str, words: Words, gazetteer: Gazetteer) -> Name:
    if entry.kind == "country" and name.type == "person" and stands_for_country(words, name.first, name.last):
        return name._replace(type="place", entry=entry)
    if name.type == entry.type or not _gazetteer_knows_better(name, entry, text, gazetteer):
        return name._replace(entry=entry if entry.type == name.type else None)
    return name._replace(type=entry.type, entry=entry)


def _gazetteer_knows_better(name: Name, entry: Entry, text: str, gazetteer: Gazetteer) -> bool:
    """A man called Jordan stays a man, and a club called Boston a club; Ankara is nobody's name."""
    if text in gazetteer.ambiguous or entry.kind in ("city", "outlet"):
        return name.type != "person" and entry.kind != "outlet"
    return True


def _people(name: Name, text: str, words: Words, gazetteer: Gazetteer) -> Name | None:
    """“Russians” and "the Kurds" are people; in "Russian forces" nobody is named."""
    entry = gazetteer.lookup(text)
    if entry is not None and text not in gazetteer.adjectives:
        return name._replace(type=entry.type, entry=entry)
    plural = text in gazetteer.peoples and text not in gazetteer.adjectives
    last = name.last - 1
    if plural or (words.tag[last] == "NNPS" and text not in gazetteer.adjectives):
        return name
    return None


def _is_office_of_state(words: Words, name: Name) -> bool:
    """“Secretary of State John Kerry” names no body called State."""
    return words.before(name.first) == "of" and words.before(name.first - 1) in ("secretary", "secretaries")


def _town_or_team(name: Name, words: Words) -> Name:
    country = name.entry is not None and name.entry.kind in ("country", "capital", "region")
    if name.type == "place" and not country and is_team(words, name.first, name.last):
        return name._replace(type="organisation", entry=None)
    return name
