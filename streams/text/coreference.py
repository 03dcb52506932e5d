"""Who is meant by "he", "the spokesperson", "the group": references back to figures that the article has named.

Reads:  the columns of a document and its figures with their offices
Writes: references as token ranges with the figure they mean; what stays doubtful gets none

Absent on purpose: "I" and "we" in quotations; who speaks is the business of `statements`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.entities import MentionKind
from streams.text.gazetteer import Gender
from streams.text.identity import Figure
from streams.text.title_words import FEMALE, MALE, ORGANISATION_NOUNS, PERSON_NOUNS
from streams.text.titles import TitleReader
from streams.text.words import Words

_GENDERS: dict[str, Gender] = {
    "he": "m", "him": "m", "his": "m", "himself": "m", "she": "f", "her": "f", "hers": "f", "herself": "f",
}  # fmt: skip
_PRONOUN_REACH = 3
_NOMINAL_REACH = 40


@dataclass(frozen=True, slots=True)
class Reference:
    """A description or pronoun at tokens `first` to `last` (exclusive) that means a figure."""

    first: int
    last: int
    figure: int
    kind: MentionKind


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a figure was mentioned last, to weigh it as an antecedent."""

    first: int
    last: int
    figure: int


def refer(words: Words, figures: Sequence[Figure], reader: TitleReader) -> list[Reference]:
    """The references of a document, in reading order; none overlaps a name."""
    return _Reader(words, figures, reader).read()


class _Reader:
    def __init__(self, words: Words, figures: Sequence[Figure], titles: TitleReader) -> None:
        self._words = words
        self._figures = figures
        self._titles = titles
        self._names = {
            name.first: (name.last, index) for index, figure in enumerate(figures) for name in figure.names
        }
        self._covered = {i for first, (last, _) in self._names.items() for i in range(first, last)}
        self._seen: list[_Place] = []
        self._found: list[Reference] = []

    def read(self) -> list[Reference]:
        for index, text in enumerate(self._words.text):
            if index in self._names:
                last, figure = self._names[index]
                self._seen.append(_Place(index, last, figure))
            elif index not in self._covered:
                self._try(index, text.lower())
        return self._found

    def _try(self, index: int, lower: str) -> None:
        if lower in _GENDERS:
            self._take(index, index + 1, self._person_for(index, _GENDERS[lower]), "pronoun")
        elif (lower in PERSON_NOUNS or lower in ORGANISATION_NOUNS) and self._words.tag[index] in (
            "NN",
            "NNP",
        ):
            self._nominal(index, lower)

    def _take(self, first: int, last: int, figure: int | None, kind: MentionKind) -> None:
        if figure is None:
            return
        self._found.append(Reference(first, last, figure, kind))
        self._seen.append(_Place(first, last, figure))

    def _person_for(self, index: int, gender: Gender) -> int | None:
        """The likeliest person for a pronoun: near, of the right gender, rather a subject."""
        best: tuple[float, int] | None = None
        for place in reversed(self._seen):
            distance = self._words.sentence[index] - self._words.sentence[place.first]
            if distance > _PRONOUN_REACH:
                break
            figure = self._figures[place.figure]
            if figure.type != "person" or figure.gender not in (None, gender) or self._bound(index, place):
                continue
            weight = self._weight(index, place, distance) + (figure.gender == gender)
            if best is None or weight > best[0]:
                best = (weight, place.figure)
        if best is None:
            return None
        figure = self._figures[best[1]]
        figure.gender = figure.gender or gender
        return best[1]

    def _bound(self, index: int, place: _Place) -> bool:
        """ "He met Putin": an object is not the subject of its own verb."""
        words = self._words
        head = place.last - 1
        return words.head[head] == words.head[index] and words.tag[index] != "PRP$" and head > index

    def _weight(self, index: int, place: _Place, distance: int) -> float:
        words = self._words
        role = words.dep[place.last - 1]
        subject = (
            2.0 if role in ("nsubj", "nsubjpass") else 0.5 if role in ("dobj", "pobj", "dative") else 0.0
        )
        possessed = -1.0 if role == "poss" and words.dep[index] != "poss" else 0.0
        return subject + possessed - 1.5 * distance - 0.01 * (index - place.first)

    def _nominal(self, head: int, lower: str) -> None:
        words = self._words
        first = self._titles.left_edge(head)
        if first == 0 or words.before(first) not in ("the", "this", "that") or self._names_somebody(head):
            return
        start = first - 1
        if any(i in self._covered for i in range(first, head)) and lower not in PERSON_NOUNS:
            return
        figure = self._described(head, lower)
        self._take(start, head + 1, figure, "nominal")

    def _names_somebody(self, head: int) -> bool:
        """ "the president Barack Obama" and "the chairman of the board" are no references back."""
        words = self._words
        return (
            head + 1 in self._covered
            and words.same_sentence(head, head + 1)
            and words.is_noun(head + 1)
            or words.after(head + 1) == "of"
        )

    def _described(self, head: int, lower: str) -> int | None:
        office = self._titles.phrase(self._titles.left_edge(head), head, head + 1).office
        for place in reversed(self._seen[-_NOMINAL_REACH:]):
            figure = self._figures[place.figure]
            if figure.type == "organisation" and lower in ORGANISATION_NOUNS:
                return place.figure
            if figure.type != "person" or lower not in PERSON_NOUNS:
                continue
            if lower in FEMALE and figure.gender == "m" or lower in MALE and figure.gender == "f":
                continue
            if any(
                _last_word(known.title) == lower and _agree(known.country, office.country if office else None)
                for known in figure.offices
            ):
                return place.figure
        return None


def _last_word(title: str) -> str:
    return title.lower().split(" of ")[0].split()[-1]


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other
