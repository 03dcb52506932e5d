"""Occasions told by a verb: "Modi met Merkel", "was received by the king", "the two spoke by phone".

Reads:  verbs of the trigger list, in a scene
Writes: one occasion a verb at most

Deliberately absent, as no contact: what is told to the press or in public ("told reporters", "called on both sides"),
names called ("called him a liar"), and meeting a deadline.
"""

from collections.abc import Callable
from datetime import date

from spacy.tokens import Token

from streams.text.clauses import (
    agents_of,
    chain_above,
    children,
    direct_objects,
    is_passive,
    is_verb,
    objects_of,
    own_subjects,
    subjects_of,
)
from streams.text.occasion_details import date_of, place_of
from streams.text.occasion_making import Sketch, make_occasion
from streams.text.occasion_status import outlook_of
from streams.text.occasions import Occasion
from streams.text.party import Party
from streams.text.party_sets import parties_in
from streams.text.party_words import PRESS
from streams.text.scene import Scene, lemma_of
from streams.text.triggers import JOURNEYS, NOUNS, VERBS, VerbFrame

Sides = tuple[tuple[Party, ...], tuple[Party, ...]]
_PEOPLE = ("person", "office")


def verbal_occasion(verb: Token, scene: Scene, published_on: date | None) -> Occasion | None:
    """The contact that a verb tells of, if it is a trigger and has its parties."""
    word = lemma_of(verb)
    if not verb.tag_.startswith("VB") or word not in VERBS:
        return None
    frame = VERBS[word]
    doers, others = _sides(verb, frame, scene)
    if not _fits(word, verb, (doers, others), scene):
        return None
    outlook = outlook_of(verb)
    if word == "invite" and outlook == "held":
        outlook = "planned"
    sketch = Sketch(core_of(verb), doers, others, frame.mode, outlook, "told" if word in _WEAK else "explicit")
    return make_occasion(sketch, scene, published_on)


def core_of(verb: Token) -> tuple[Token, ...]:
    """The verb and what shares its time and place: "is expected to meet", "flew to Oslo on Friday to meet"."""
    core = list(chain_above(verb))
    last = core[-1]
    if last.dep_ in ("advcl", "conj") and is_verb(last.head) and not own_subjects(last):
        if last.dep_ == "conj" or any(child.tag_ == "TO" for child in last.lefts):
            core.extend(chain_above(last.head))
    return tuple(core)


def _sides(verb: Token, frame: VerbFrame, scene: Scene) -> Sides:
    if is_passive(verb):
        patients = [verb.head] if verb.dep_ == "acl" else subjects_of(verb)
        return parties_in(agents_of(verb), scene), parties_in(patients, scene)
    doers = parties_in(subjects_of(verb), scene)
    heads = direct_objects(verb) if frame.has_object else []
    heads += objects_of(verb, *frame.prepositions)
    known = {party.identity for party in doers}
    return doers, tuple(party for party in parties_in(heads, scene) if party.identity not in known)


def _fits(word: str, verb: Token, sides: Sides, scene: Scene) -> bool:
    doers, others = sides
    if not doers or any(lemma_of(head) in PRESS for head in subjects_of(verb)):
        return False
    if not others:
        return VERBS[word].is_mutual and len(doers) > 1 and _is_mutual_here(word, verb, scene)
    check = _CHECKS.get(word)
    return check is None or check(verb, sides, scene)


def _is_mutual_here(word: str, verb: Token, scene: Scene) -> bool:
    """"the two met" but not "the two met the deadline"; "both spoke by phone" but not "both spoke at the rally"."""
    if is_passive(verb) or verb.tag_ == "VBN" and verb.dep_ == "acl":
        return False
    has_object = any(children(verb, "dobj", "dative", "ccomp", "oprd"))
    if word in ("discuss", "sign"):
        return has_object and (word == "discuss" or _is_placed_or_dated(verb, scene))
    if has_object:
        return False
    if word in ("speak", "talk", "chat"):
        return not objects_of(verb, "at", "of", "to", "in", "for", "out") or bool(objects_of(verb, "over", "by"))
    return True


def _is_placed_or_dated(verb: Token, scene: Scene) -> bool:
    """"signed a gas deal in Ashgabat on Monday"; not "signed an alliance in 2010"."""
    when = date_of([verb], scene)
    is_day = when is not None and when.kind not in ("year", "period", "month", "month_year")
    return is_day or place_of([verb], scene) is not None


# What a verb asks of its parties ------------------------------------------------------------------------------------


def _calls_nobody_names(verb: Token, sides: Sides, scene: Scene) -> bool:
    """Not "called the president a liar", "called Kalin “naive”", "called Rome's offer late"."""
    if any(children(verb, "oprd", "ccomp", "acomp", "attr", "prt")):
        return False
    after = scene.doc[min(len(scene.doc) - 1, max(token.i for token in direct_objects(verb)) + 1)] if direct_objects(verb) else verb
    return after.lower_ not in ("“", '"', "a", "an", "the", "``") and all(party.kind in _PEOPLE for party in sides[1])


def _is_private(verb: Token, sides: Sides, scene: Scene) -> bool:
    """"McGarry told the minister that"; not "told the council", nor "told the US to get out of the way"."""
    clauses = [child for child in verb.rights if child.dep_ in ("ccomp", "xcomp", "prep", "dobj")]
    commands = any(child.dep_ == "xcomp" and any(part.tag_ == "TO" for part in child.lefts) for child in verb.rights)
    return bool(clauses) and not commands and all(party.kind in (*_PEOPLE, "country") for party in sides[1])


def _has_people(verb: Token, sides: Sides, scene: Scene) -> bool:
    """"hosted the envoys", not "hosts 3 million refugees"; "received the prince", not "received aid"."""
    return all(party.kind in (*_PEOPLE, "group") for party in sides[1]) and not any(
        lemma_of(head) in ("refugee", "people", "troop", "soldier", "family", "force", "fighter") for head in direct_objects(verb)
    )


def _is_official_visit(verb: Token, sides: Sides, scene: Scene) -> bool:
    return all(party.kind in (*_PEOPLE, "group") for party in sides[0])


def _goes_to_see(verb: Token, sides: Sides, scene: Scene) -> bool:
    """"went to see the president", "will be seeing the king"; not "saw him as a rival"."""
    above = verb.head
    goes = verb.dep_ in ("advcl", "xcomp") and (lemma_of(above) in JOURNEYS or above.lower_ == "due")
    will_be = verb.tag_ == "VBG" and any(child.lower_ in ("will", "'ll") for child in verb.lefts)
    return (goes or will_be) and all(party.kind in _PEOPLE for party in sides[1])


def _sits_down(verb: Token, sides: Sides, scene: Scene) -> bool:
    return any(child.lower_ == "down" for child in verb.children)


def _is_informed(verb: Token, sides: Sides, scene: Scene) -> bool:
    return not (is_passive(verb) and not agents_of(verb))


_Check = Callable[[Token, Sides, Scene], bool]
_CHECKS: dict[str, _Check] = {
    "call": _calls_nobody_names,
    "phone": _calls_nobody_names,
    "tell": _is_private,
    "inform": _is_informed,
    "brief": _is_informed,
    "host": _has_people,
    "receive": _has_people,
    "welcome": _has_people,
    "greet": _has_people,
    "embrace": _has_people,
    "visit": _is_official_visit,
    "see": _goes_to_see,
    "sit": _sits_down,
}
_WEAK = frozenset(("tell", "inform", "discuss", "embrace"))


# Journeys -----------------------------------------------------------------------------------------------------------


def journey_occasion(verb: Token, scene: Scene, published_on: date | None) -> Occasion | None:
    """"will travel to Paris for talks", "arrived in Tripoli to discuss": an official's visit to a country."""
    if not verb.tag_.startswith("VB") or lemma_of(verb) not in JOURNEYS:
        return None
    doers = tuple(party for party in parties_in(subjects_of(verb), scene) if _travels_for_a_state(party, scene))
    hosts = parties_in(objects_of(verb, "to", "in", "for"), scene)
    hosts = tuple(party for party in hosts if party.kind == "country" and party.country not in {p.country for p in doers})
    if not doers or not hosts:
        return None
    purposes = [noun for noun in objects_of(verb, "for") if lemma_of(noun) in NOUNS]
    if lemma_of(verb) in ("go", "come", "head", "land") and not purposes:
        return None
    mode = "meeting" if any(lemma_of(noun) != "visit" for noun in purposes) else "visit"
    sketch = Sketch((*core_of(verb), *purposes), doers, hosts, mode, outlook_of(verb))  # type: ignore[arg-type]
    return make_occasion(sketch, scene, published_on)


def _travels_for_a_state(party: Party, scene: Scene) -> bool:
    if party.member is None:
        return party.kind in ("office", "group")
    return party.member in scene.persons and bool(scene.cast.members[party.member].offices)
