"""Journeys: "will travel to Paris for talks", "arrived in Tripoli", "are in Turkey", told of officials.

Reads:  verbs of motion and forms of be, in a scene
Writes: one visit a verb at most, the host country being the other party

Deliberately absent: places as mere setting ("on a trip to Lima he said"), journeys of private persons and journeys
home.
"""

from datetime import date

from readout.schemas.contact_log import ContactMode
from readout.streams.text.contact_log.clauses import (
    children,
    direct_objects,
    is_passive,
    objects_of,
    subjects_of,
)
from readout.streams.text.contact_log.occasion_making import Sketch, make_occasion
from readout.streams.text.contact_log.occasion_status import outlook_of
from readout.streams.text.contact_log.occasions import Occasion
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.party_sets import parties_in
from readout.streams.text.contact_log.scene import Scene, lemma_of
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.contact_log.triggers import JOURNEYS, NOUNS
from readout.streams.text.contact_log.verbal_occasions import core_of

# These say too little by themselves: "went to Spain", "came to France as a child".
_WEAK = frozenset("go come head land".split())


def journey_occasion(verb: Token, scene: Scene, published_on: date | None) -> Occasion | None:
    """The official visit that a verb of motion, or "is in Turkey", tells of."""
    word = lemma_of(verb)
    ends = _ends(word, verb)
    if not verb.tag_.startswith("VB") or not ends:
        return None
    heads = objects_of(verb, *ends)
    heads += [head for noun in direct_objects(verb) if word == "lead" for head in objects_of(noun, "to")]
    hosts = tuple(party for party in parties_in(heads, scene) if party.kind == "country")
    if not hosts:
        return None
    guests = _guests(verb, hosts, scene)
    purposes = [noun for noun in objects_of(verb, "for") if lemma_of(noun) in NOUNS]
    if not guests or (word in _WEAK and not purposes):
        return None
    mode: ContactMode = "meeting" if any(lemma_of(noun) != "visit" for noun in purposes) else "visit"
    outlook = "planned" if word == "expect" else outlook_of(verb)
    sketch = Sketch((*core_of(verb), *purposes), guests, hosts, mode, outlook)
    return make_occasion(sketch, scene, published_on)


def _ends(word: str, verb: Token) -> tuple[str, ...]:
    """The prepositions that bring in the place; none if the verb tells of no journey."""
    if word in JOURNEYS:
        return ("to", "in", "for")
    if word == "expect" and is_passive(verb):
        return ("in",)
    if word == "lead" and any(head.lower_ in ("delegation", "mission") for head in direct_objects(verb)):
        return ("to",)
    return ("in",) if word == "be" and _is_presence(verb) else ()


def _is_presence(verb: Token) -> bool:
    """As in "Bolton and Dunford are in Turkey": present tense, nothing else predicated."""
    return verb.tag_ in ("VBP", "VBZ") and not any(children(verb, "attr", "acomp", "neg", "expl", "xcomp"))


def _guests(verb: Token, hosts: tuple[Party, ...], scene: Scene) -> tuple[Party, ...]:
    at_home = {party.country for party in hosts}
    guests = parties_in(subjects_of(verb), scene)
    return tuple(
        party for party in guests if _travels_for_a_state(party, scene) and party.country not in at_home
    )


def _travels_for_a_state(party: Party, scene: Scene) -> bool:
    if party.member is None:
        return party.kind == "office" or (party.kind == "group" and "delegation" in party.name)
    return party.member in scene.persons and bool(scene.cast.members[party.member].offices)
