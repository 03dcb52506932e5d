"""Whom "he", "her", "they" and "it" mean: the likeliest antecedent, or nobody where two are as likely.

Reads:  the antecedents before a pronoun
Writes: the index of a figure, or None

Weights follow what centering theory says of English news: subjects before objects, near before far, and a
sentence that has once said "his" means the same man by "he". Absent on purpose: "I", "we", "you".
"""

from readout.streams.text.entities.antecedents import Antecedents, Reference
from readout.streams.text.entities.identity import Figure
from readout.streams.text.entities.title_words import COMMUNICATION
from readout.streams.text.gazetteer import Gender

_GENDERS: dict[str, Gender] = {
    "he": "m", "him": "m", "his": "m", "himself": "m", "she": "f", "her": "f", "hers": "f", "herself": "f",
}  # fmt: skip
_PLURAL = frozenset(("they", "them", "their", "theirs", "themselves"))
PRONOUNS = _GENDERS.keys() | _PLURAL | {"it", "its"}
"""In lower case, those that may mean a figure."""
_PLURAL_BODIES = frozenset(
    "forces guards rebels militants houthis taliban states democrats republicans emirates".split()
)
_REACH = 3


def antecedent(scene: Antecedents, index: int) -> int | None:
    """The figure that the pronoun at token `index` means."""
    word = scene.words.lower[index]
    if word in _GENDERS:
        return _person(scene, index, _GENDERS[word])
    if word in _PLURAL:
        return _subject_of(scene, index, is_plural=True)
    if word == "its" or _speaks(scene, index):
        return _subject_of(scene, index, is_plural=False)
    return None


def _person(scene: Antecedents, index: int, gender: Gender) -> int | None:
    weights: dict[int, float] = {}
    barred = _subjects_of_clause(scene, index)
    for place, figure, distance in scene.recent(index, _REACH):
        if figure.type != "person" or figure.gender not in (None, gender) or _excluded(scene, index, place):
            continue
        if place.figure in barred:
            continue
        weight = _weight(scene, index, place, distance) + (figure.gender == gender)
        weights[place.figure] = max(weight, weights.get(place.figure, weight))
    if not weights:
        return None
    best = max(weights, key=lambda figure: weights[figure])
    if len(weights) == 1:  # only then does the pronoun prove anything
        scene.figures[best].gender = gender
    return best


def _excluded(scene: Antecedents, index: int, place: Reference) -> bool:
    """“He met Putin” is not about Putin twice, and in “he lied”, Butler said, Butler is not he."""
    words, head = scene.words, place.last - 1
    same_verb = words.head[head] == words.head[index] and words.tag[index] != "PRP$"
    if same_verb and not (words.dep[index] == "conj" or words.dep[head] == "conj"):
        return True
    return words.quoted[index] and place.figure in scene.speakers(words.sentence[index])


def _subjects_of_clause(scene: Antecedents, index: int) -> set[int]:
    """“Torun phoned Baidoo, but refused to meet him”: he is not Torun, who would meet himself."""
    words = scene.words
    verb = words.head[index]
    if words.tag[index] != "PRP" or words.lower[index].endswith("self"):
        return set()
    if words.dep[index] == "pobj":
        verb = words.head[verb]
    elif words.dep[index] not in ("dobj", "dative"):
        return set()
    for _ in range(4):
        has_subject = any(words.dep[child] in ("nsubj", "nsubjpass") for child in words.children(verb))
        if has_subject or words.dep[verb] not in ("xcomp", "conj"):
            break
        verb = words.head[verb]
    return {
        place.figure
        for place, _, distance in scene.recent(index, 0)
        if distance == 0
        and words.head[place.last - 1] == verb
        and words.dep[place.last - 1] in ("nsubj", "nsubjpass")
    }


def _weight(scene: Antecedents, index: int, place: Reference, distance: int) -> float:
    words = scene.words
    weight = (
        2.0
        if scene.is_subject(place)
        else 0.5
        if words.dep[place.last - 1] in ("dobj", "pobj", "dative")
        else 0.0
    )
    if place.kind == "pronoun" and distance == 0:
        weight += 1.5
    elif words.dep[place.last - 1] == "poss" and words.tag[index] != "PRP$":
        weight -= 0.5
    if words.quoted[place.first] and not words.quoted[index]:
        weight -= 1.0
    return weight - 1.5 * distance - 0.01 * (index - place.first)


def _subject_of(scene: Antecedents, index: int, *, is_plural: bool) -> int | None:
    """The body that is the subject of this sentence or the one before: "The group said it had lost its men"."""
    for place, figure, distance in scene.recent(index, 1):
        if not scene.is_subject(place) or scene.words.head[place.last - 1] == index:
            continue
        if figure.type == "person" and distance == 0 and is_plural:
            return None  # "Shoigu said they would": who they are, nobody has said
        if _fits_number(scene, place, figure, is_plural=is_plural):
            return place.figure
        if figure.type != "person":
            return None
    return None


def _fits_number(scene: Antecedents, place: Reference, figure: Figure, *, is_plural: bool) -> bool:
    last = scene.words.lower[place.last - 1]
    plural = figure.type == "group" or last in _PLURAL_BODIES
    if figure.type not in ("group", "organisation", "place") or plural != is_plural:
        return False
    return all(scene.words.dep[child] != "conj" for child in scene.words.children(place.last - 1))


def _speaks(scene: Antecedents, index: int) -> bool:
    """“It said in a statement” is said of a body; "it was raining" is not."""
    words = scene.words
    return words.dep[index] == "nsubj" and words.lower[words.head[index]] in COMMUNICATION
