"""Whom "the spokesperson", "the Turkish leader" and "the group" mean.

Reads:  the antecedents before a description, the offices of people
Writes: the tokens of the description and the index of a figure, or None

A description without an article ("spokesmen said") and one that goes on ("the chairman of the board") is none.
"""

from functools import lru_cache

from readout.streams.text.cast import Office
from readout.streams.text.entities.antecedents import Antecedents, Reference
from readout.streams.text.entities.identity import Figure
from readout.streams.text.entities.title_words import (
    FEMALE,
    LEADERS,
    MALE,
    MODIFIERS,
    OFFICES,
    ORGANISATION_NOUNS,
    PERSON_NOUNS,
    RANKS,
    STYLES,
)
from readout.streams.text.entities.titles import TitleReader

DESCRIBING = PERSON_NOUNS | ORGANISATION_NOUNS
"""The nouns, in lower case, of descriptions that may mean a figure."""
_OTHERS = frozenset("next other another future last previous first second third new only".split())
_FAR = 100
_NEAR = 2
_ARMED = frozenset("group militia movement faction force".split())
_PRESS = frozenset("agency newspaper paper network broadcaster channel".split())
_UNIONS = frozenset("organisation organization alliance bloc coalition union".split())
_SAME_OFFICE = {
    "defense": "defence", "advisor": "adviser", "spokesman": "spokesperson", "spokeswoman": "spokesperson",
    "sen.": "senator", "sen": "senator", "rep.": "representative", "congressman": "representative",
    "congresswoman": "representative", "gov.": "governor", "chairwoman": "chairman", "chair": "chairman",
    "premier": "minister", "nominee": "candidate",
}  # fmt: skip
_RANK_NOUNS = frozenset("general commander officer soldier colonel admiral".split())


class NominalReader:
    """Reads the descriptions of one document."""

    def __init__(self, scene: Antecedents, titles: TitleReader) -> None:
        self._scene = scene
        self._words = scene.words
        self._titles = titles

    def read(self, head: int) -> Reference | None:
        """The description whose noun is token `head`, if it means somebody."""
        word = self._words.lower[head]
        if word not in DESCRIBING:
            return None
        if self._words.tag[head] not in ("NN", "NNP") or self._goes_on(head):
            return None
        first = self._titles.left_edge(head)
        if self._words.before(first) not in ("the", "this", "that") or self._is_another(first, head):
            return None
        figure = self._person(first, head) if word in PERSON_NOUNS else self._body(first, head, word)
        return None if figure is None else Reference(first - 1, head + 1, figure, "nominal")

    def _is_another(self, first: int, head: int) -> bool:
        """“the next president” and "the other minister" are nobody whom the article has named."""
        return any(self._words.lower[index] in _OTHERS for index in range(first, head))

    def _goes_on(self, head: int) -> bool:
        """“the president Barack Obama”, "the group leader", "the chairman of the board"."""
        after = head + 1
        if not self._words.same_sentence(head, after):
            return False
        if self._words.text[after] == ",":  # "the Turkish president, Tayyip Erdogan"
            return self._words.same_sentence(head, after + 1) and self._words.is_proper(after + 1)
        return (
            self._words.is_noun(after) or self._words.tag[after] == "HYPH" or self._words.lower[after] == "of"
        )

    def _person(self, first: int, head: int) -> int | None:
        wanted = self._titles.phrase(first, head, head + 1).office
        if wanted is None:
            return None
        word = self._words.lower[head]
        holders: dict[int, int] = {}
        for place, figure, distance in self._scene.recent(head, _FAR):
            if holders and distance > _NEAR:
                break
            if figure.type != "person" or not _gender_fits(word, figure):
                continue
            if _holds(figure, wanted) and self._modifiers_fit(figure, first, head):
                holders.setdefault(place.figure, 2 * self._scene.is_subject(place) - distance)
        if not holders:
            return self._unnamed_office(head, word, wanted)
        return max(holders, key=lambda figure: holders[figure])

    def _modifiers_fit(self, figure: Figure, first: int, head: int) -> bool:
        """“the band leader” is no prime minister: a noun in front of the office must belong to the known one."""
        known = " ".join(f"{office.title} {office.organisation or ''}" for office in figure.offices).lower()
        nouns = (self._words.text[i] for i in range(first, head) if self._words.is_noun(i))
        return all(
            noun.lower() in known or noun.lower() in MODIFIERS or self._titles.country_of(noun)
            for noun in nouns
        )

    def _unnamed_office(self, head: int, word: str, wanted: Office) -> int | None:
        """“Peter Novak said … The foreign secretary added”: one man near by without any office holds this one."""
        if word not in OFFICES or word in ("spokesperson", "spokesman", "spokeswoman", "reporter", "author"):
            return None
        near = {
            place.figure
            for place, figure, _ in self._scene.recent(head, _NEAR)
            if figure.type == "person"
            and not figure.offices
            and not figure.inferred
            and _gender_fits(word, figure)
            and _agree(figure.country, wanted.country)
        }
        if len(near) != 1 or not self._may_hold(next(iter(near)), wanted, head):
            return None
        found = near.pop()
        self._scene.figures[found].inferred.append(wanted)
        return found

    def _may_hold(self, figure: int, wanted: Office, head: int) -> bool:
        """“The German chancellor” after a speech of Bolton's about Trump is neither of them."""
        known = self._scene.figures[figure].country
        return (known is not None and known == wanted.country) or not self._others_speak(head)

    def _others_speak(self, head: int) -> bool:
        """Did somebody who has an office already speak in the sentence before?"""
        for place, figure, distance in self._scene.recent(head, 1):
            if figure.type == "person" and distance == 1 and self._scene.is_subject(place):
                return bool(figure.offices)
        return False

    def _body(self, first: int, head: int, word: str) -> int | None:
        """“the group” is no news agency and "the ministry" only what is called one."""
        if first < head:
            return None
        for place, figure, _ in self._scene.recent(head, 8):
            if figure.type == "organisation" and _is_called(figure, word, self._text(place)):
                return place.figure
        return None

    def _text(self, place: Reference) -> list[str]:
        return self._words.lower[place.first : place.last]


def _is_called(figure: Figure, word: str, texts: list[str]) -> bool:
    kind = figure.entry.kind if figure.entry is not None else None
    if word in texts or (figure.described is not None and word == figure.described.split()[-1]):
        return True
    if word in _ARMED:
        return kind in ("force", None) and figure.described is None
    if word in _PRESS:
        return kind in ("agency", "outlet")
    if word in _UNIONS:
        return kind == "organisation"
    return word in ("company", "firm") and kind is None and figure.described is None


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _gender_fits(word: str, figure: Figure) -> bool:
    return not ((word in FEMALE and figure.gender == "m") or (word in MALE and figure.gender == "f"))


def _holds(figure: Figure, wanted: Office) -> bool:
    return any(_same_office(known, wanted) for known in (*figure.offices, *figure.inferred))


def _same_office(known: Office, wanted: Office) -> bool:
    if not _agree(known.country, wanted.country):
        return False
    have, want = _content(known.title), _content(wanted.title)
    if not want:
        return False
    noun = want[-1]
    if (noun == "leader" and LEADERS.isdisjoint(have)) or (
        noun in _RANK_NOUNS and have[-1:] and _is_rank(have[-1])
    ):
        return noun != "leader"
    if noun not in have and noun != "leader" and noun not in ("official", "politician"):
        return False
    if noun in ("official", "politician"):
        return not _is_rank(have[-1]) if have else False
    return all(word in have for word in want[:-1] if word in MODIFIERS)


@lru_cache(maxsize=1 << 12)
def _content(title: str) -> tuple[str, ...]:
    words = [_SAME_OFFICE.get(word, word) for word in title.lower().split()]
    return tuple(word for word in words if word not in ("former", "the", "of", "then", "ex"))


def _is_rank(word: str) -> bool:
    return word in RANKS or word in STYLES
