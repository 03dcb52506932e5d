"""Verbs whose plural subject is all the parties: "the two met", "Putin and Xi spoke by phone".

Reads:  a verb with a subject of several parties, in a scene
Writes: yes or no

"both spoke at the rally" spoke to the crowd, "the two met the deadline" met nobody, "they still speak frequently"
tells of no occasion.
"""

from readout.streams.text.contact_log.clauses import children, is_passive, objects_of
from readout.streams.text.contact_log.scene import Scene, lemma_of
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.contact_log.verbal_checks import exchanges_words, is_placed_or_dated, shakes_hands

_HABITS = frozenset("frequently often regularly always usually sometimes occasionally rarely seldom".split())
_SPEAKING = frozenset(("speak", "talk", "chat"))
_AWAY = ("of", "to", "in", "for", "out")


def is_mutual(word: str, verb: Token, scene: Scene) -> bool:
    """As in "the two met", not "the two met the deadline"; "both spoke by phone", not "both spoke at the rally"."""
    if word == "sign" and is_passive(verb):
        return is_placed_or_dated(verb, scene)
    if is_passive(verb) or any(children(verb, "prt")) or _is_habit(verb):
        return False
    if word in ("exchange", "shake"):
        return exchanges_words(verb) if word == "exchange" else shakes_hands(verb)
    # "met face to face"
    has_object = any(child.lower_ != "face" for child in children(verb, "dobj", "dative", "ccomp", "oprd"))
    if word in ("discuss", "sign"):
        return has_object and (word == "discuss" or is_placed_or_dated(verb, scene))
    if word == "appear":
        return any(child.lower_ == "together" for child in verb.children)
    return not has_object and (word not in _SPEAKING or _is_to_each_other(verb))


def _is_to_each_other(verb: Token) -> bool:
    """As in "spoke by phone", "spoke for an hour"; not "spoke at the rally", "spoke to the crowd"."""
    away = _AWAY if _is_told_of_two(verb) else (*_AWAY, "at")
    heard = [noun for noun in objects_of(verb, *away) if noun.ent_type_ not in ("TIME", "DATE")]
    return not heard or bool(objects_of(verb, "over", "by"))


def _is_told_of_two(verb: Token) -> bool:
    """As in "the two men talked at a ball": with each other."""
    numbers = [part.lower_ for head in children(verb, "nsubj") for part in head.lefts]
    return "two" in numbers and lemma_of(verb) != "speak"


def _is_habit(verb: Token) -> bool:
    """As in "they still speak frequently", "they are talking about the weather": no occasion."""
    if any(child.lower_ in _HABITS for child in verb.children):
        return True
    has_future = any(child.lower_ in ("will", "\u2019ll", "'ll", "to") for child in verb.lefts)
    return (
        lemma_of(verb) in ("speak", "talk", "chat", "discuss")
        and verb.tag_ in ("VBP", "VBZ", "VBG")
        and verb.dep_ != "pcomp"  # "after speaking by phone"
        and not has_future
    )
