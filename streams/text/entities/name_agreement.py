"""Names of one article agree: surnames with full names, repetitions with each other, lists in themselves.

Reads:  names in reading order
Writes: the same names with the types that the rest of the article gives them
"""

from collections import Counter
from collections.abc import Iterator

from readout.schemas.entities import EntityType
from readout.streams.text.entities.name_context import is_organisation_word
from readout.streams.text.entities.name_ranges import Name, is_known_place
from readout.streams.text.entities.words import Words, fold
from readout.streams.text.gazetteer import Entry, Gazetteer

_AROUND_GEORGIA = frozenset(("GE", "RU", "AM", "AZ", "TR", "UA"))
_PROOF = 5  # votes of a place that proves its type


def alike_in_lists(names: list[Name], words: Words) -> list[Name]:
    """“the towns of Arlon, Virton and Bastogne”: what most of a list are, all of it are."""
    result: list[Name] = []
    for chain in _lists(names, words):
        if len(chain) < 3:
            result += chain
            continue
        types = Counter(name.type for name in chain)
        kind, count = types.most_common(1)[0]
        sure = 2 * count > len(chain) and kind in ("person", "place", "organisation")
        result += [name._replace(type=kind) if sure and name.entry is None else name for name in chain]
    return result


def _lists(names: list[Name], words: Words) -> Iterator[list[Name]]:
    chain: list[Name] = []
    for name in names:
        if chain and not _joined(words, chain[-1].last, name.first):
            yield chain
            chain = []
        chain.append(name)
    if chain:
        yield chain


def _joined(words: Words, first: int, last: int) -> bool:
    return last - first < 3 and words.text[first:last] in ([","], ["and"], [",", "and"], ["or"])


def persons_win(names: list[Name], words: Words) -> list[Name]:
    """A surname takes the type of the full name: "Shoigu" is no firm once "Sergei Shoigu" has been named."""
    people = [name for name in names if name.type == "person"]
    surnames = {words.text[name.last - 1] for name in people if name.last - name.first > 1}
    alone = {fold(words.text[name.first]) for name in people if name.last - name.first == 1}
    return [
        name._replace(type="person", entry=None)
        if _is_surname(name, surnames, words) or _is_full_name(name, alone, words)
        else name
        for name in names
    ]


def _is_surname(name: Name, surnames: set[str], words: Words) -> bool:
    return name.last - name.first == 1 and words.text[name.first] in surnames and not is_known_place(name)


def _is_full_name(name: Name, alone: set[str], words: Words) -> bool:
    """“Recep Tayyip Erdoğan” is no firm if a man called Erdogan speaks further down."""
    texts = words.text[name.first : name.last]
    named = name.type == "organisation" and name.entry is None and len(texts) in (2, 3)
    return (
        named
        and fold(texts[-1]) in alone
        and not any(text.isupper() or is_organisation_word(text) for text in texts)
    )


def one_sense(names: list[Name], words: Words, gazetteer: Gazetteer) -> list[Name]:
    """One spelling, one type within an article: the one that most of its places have, the first on a tie."""
    texts = [words.slice(name.first, name.last) for name in names]
    alike: dict[str, list[Name]] = {}
    for text, name in zip(texts, names, strict=True):
        alike.setdefault(text, []).append(name)
    winners = {text: _winner(same) for text, same in alike.items()}
    return [
        name if is_known_place(name) else _with_type(name, winners[text], text, gazetteer)
        for text, name in zip(texts, names, strict=True)
    ]


def _winner(names: list[Name]) -> EntityType:
    if all(name.type == names[0].type for name in names):
        return names[0].type
    votes: Counter[EntityType] = Counter()
    for name in names:
        votes[name.type] += _PROOF if name.is_proven else 1
    return votes.most_common(1)[0][0]


def _with_type(name: Name, kind: EntityType, text: str, gazetteer: Gazetteer) -> Name:
    if name.type == kind:
        return name
    entry = gazetteer.lookup(text)
    return name._replace(type=kind, entry=entry if entry is not None and entry.type == kind else None)


def settle_georgia(names: list[Name]) -> list[Name]:
    """“Polls opened in Ohio and Georgia” means the American state, "Georgia and Armenia agreed" the country.

    The only name that a country shares with a state; the company it keeps in the article decides.
    """
    known = [name.entry for name in names if name.entry is not None and name.entry.name != "Georgia"]
    abroad = any(entry.country in _AROUND_GEORGIA for entry in known)
    at_home = any(entry.country == "US" and entry.kind in ("part", "city", "country") for entry in known)
    if abroad or not at_home:
        return names
    state = Entry("Georgia", "part", "US")
    is_georgia = (name.entry is not None and name.entry.name == "Georgia" for name in names)
    return [
        name._replace(entry=state) if found else name for name, found in zip(names, is_georgia, strict=True)
    ]
