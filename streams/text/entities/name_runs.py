"""Runs of capitalised words that nobody has recognised: their last word, or their list, says what they are.

Reads:  the columns of a document and the names found so far
Writes: further names: "the Davis Strait", the third town of "Arlon, Virton, Messancy and Bastogne"
"""

from collections.abc import Iterator, Sequence

from readout.schemas.entities import EntityType
from readout.streams.text.entities.name_context import is_organisation_word
from readout.streams.text.entities.name_ranges import Name, tokens_of
from readout.streams.text.entities.name_words import PLACE_ENDS
from readout.streams.text.entities.title_words import is_title
from readout.streams.text.entities.words import Words

_LONGEST = 4
_LIST_MARKS = ([","], ["and"], ["or"], [",", "and"])
_LISTED: frozenset[EntityType] = frozenset(("person", "place", "organisation"))


def unrecognised_names(words: Words, names: Sequence[Name]) -> list[Name]:
    """The names among the runs, in reading order."""
    runs = list(_runs(words, tokens_of(list(names))))
    ended = [name for run in runs if (name := _by_ending(words, run)) is not None]
    taken = tokens_of(ended)
    rest = [run for run in runs if run[0] not in taken]
    return ended + list(_by_list(words, names, rest))


def _runs(words: Words, taken: set[int]) -> Iterator[tuple[int, int]]:
    parts = [index for index in words.proper if index not in taken and _is_part(words.text[index])]
    first = last = 0
    for index in (*parts, len(words) + 1):
        if index == last and words.sentence[index] == words.sentence[first]:
            last += 1
            continue
        if first < last <= first + _LONGEST:
            yield first, last
        first, last = index, index + 1


def _is_part(text: str) -> bool:
    return text[0].isupper() and text[-1].isalpha()


def _by_ending(words: Words, run: tuple[int, int]) -> Name | None:
    """“the Davis Strait” is a place and "the Harlan Commission" a body; "the Strait" alone is neither."""
    first, last = run
    if last - first < 2:
        return None
    end = words.text[last - 1]
    if end.lower() in PLACE_ENDS:
        return Name(first, last, "place")
    return Name(first, last, "organisation") if is_organisation_word(end) else None


def _by_list(words: Words, names: Sequence[Name], runs: Sequence[tuple[int, int]]) -> Iterator[Name]:
    """What two neighbours in a list are, a run between them or behind them is as well."""
    known = {name.first: name for name in names}
    ends = {name.last: name for name in names}
    for first, last in runs:
        if is_title(words.text[first]):
            continue
        kinds = [
            kind for kind in (_before(words, first, ends), _after(words, last, known)) if kind is not None
        ]
        if len(kinds) == 2 and kinds[0] == kinds[1] and kinds[0] in _LISTED:
            yield Name(first, last, kinds[0])


def _before(words: Words, first: int, ends: dict[int, Name]) -> EntityType | None:
    for marks in (1, 2):
        name = ends.get(first - marks)
        if name is not None and words.text[first - marks : first] in _LIST_MARKS:
            return name.type
    return None


def _after(words: Words, last: int, known: dict[int, Name]) -> EntityType | None:
    for marks in (1, 2):
        name = known.get(last + marks)
        if name is not None and words.text[last : last + marks] in _LIST_MARKS:
            return name.type
    return None
