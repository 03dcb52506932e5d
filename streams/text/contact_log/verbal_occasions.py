"""Occasions told by a verb: "Modi met Merkel", "was received by the king", "the two spoke by phone".

Reads:  verbs of the trigger list, in a scene
Writes: one occasion a verb at most

Deliberately absent, as no contact: what verbal_checks refuses, and what is told to the press.
"""

from datetime import date

from readout.schemas.contact_log import ContactMode
from readout.streams.text.calling import is_phone_call, object_of, reaches_by_phone
from readout.streams.text.contact_log.clauses import (
    agents_of,
    chain_above,
    children,
    continued,
    direct_objects,
    is_passive,
    is_verb,
    objects_of,
    own_subjects,
    subjects_of,
)
from readout.streams.text.contact_log.mutual_verbs import is_mutual
from readout.streams.text.contact_log.occasion_making import Sketch, make_occasion
from readout.streams.text.contact_log.occasion_status import outlook_of
from readout.streams.text.contact_log.occasions import Occasion, Outlook, Strength
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.party_sets import parties_in
from readout.streams.text.contact_log.party_words import ENVOYS, PRESS
from readout.streams.text.contact_log.scene import Scene, lemma_of
from readout.streams.text.contact_log.speakers import client_of, is_client, speaker_of
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.contact_log.triggers import ADDRESSING, JOURNEYS, NOUNS, VERBS, VerbFrame
from readout.streams.text.contact_log.verbal_checks import Clause, beside, is_contact

# Verbs that tell of a contact by themselves only if no other words do.
_WEAK = frozenset(("tell", "inform", "discuss", "embrace", "exchange", "raise", "relay", "convey"))


# What one has with somebody without speaking to him.
_TIES = frozenset(
    """relation relationship tie war conflict dispute row border deal agreement pact treaty cooperation peace
    ceasefire trade problem alliance friendship rivalry partnership link issue""".split()
)


def verbal_occasion(verb: Token, scene: Scene, published_on: date | None) -> Occasion | None:
    """The contact that a verb tells of, if it is a trigger and has its parties."""
    word = lemma_of(verb)
    frame = VERBS.get(word) or _errand(word, verb)
    if frame is None or any(lemma_of(head) in PRESS for head in subjects_of(verb)):
        return None
    clause = _clause(verb, frame, scene)
    if not _has_its_parties(word, clause, scene):
        return None
    mode = _mode(word, verb, frame)
    sketch = Sketch(
        core_of(verb), clause.doers, clause.others, mode, _outlook(word, verb), _strength(word, clause)
    )
    return make_occasion(sketch, scene, published_on)


def _errand(word: str, verb: Token) -> VerbFrame | None:
    """As in "flew to Moscow to ask the president for help": who is asked there is met."""
    has_purpose = verb.dep_ in ("advcl", "xcomp") and any(child.tag_ == "TO" for child in verb.lefts)
    is_journey = has_purpose and lemma_of(verb.head) in JOURNEYS and bool(objects_of(verb.head, "to", "in"))
    return VerbFrame("meeting", has_object=True) if is_journey and word in ADDRESSING else None


def _mode(word: str, verb: Token, frame: VerbFrame) -> ContactMode:
    """An envoy who is "called in" or "called to the ministry" is met there; "exchanged letters" is no talk."""
    heads = direct_objects(verb)
    if (
        word == "call"
        and not is_phone_call(verb)
        and (is_passive(verb) or not heads)
        and objects_of(verb, "in", "on", "to")
    ):
        return "meeting"
    if word == "reach" and reaches_by_phone(verb):
        return "call"
    is_written = word == "exchange" and any(NOUNS.get(lemma_of(head)) == "letter" for head in heads)
    return "letter" if is_written else frame.mode


def _strength(word: str, clause: Clause) -> Strength:
    """As in "they discussed the law" only adds to what is known."""
    if (
        word == "discuss"
        and not clause.others
        and any(head.lower_ == "they" for head in subjects_of(clause.verb))
    ):
        return "anaphor"
    return "told" if word in _WEAK else "explicit"


def core_of(verb: Token) -> tuple[Token, ...]:
    """The verb and what shares its time and place: "is expected to meet", "flew to Oslo on Friday to meet"."""
    core = list(chain_above(verb))
    last = core[-1]
    if last.dep_ == "relcl" and lemma_of(last.head) in NOUNS and _is_there(last):
        core.append(last.head)  # "a dinner on Saturday at which Holm sat next to Berg"
    is_for = last.dep_ == "advcl" and any(child.tag_ == "TO" for child in last.lefts)
    if (is_for or last.dep_ == "conj") and is_verb(last.head) and not own_subjects(last):
        core.extend(chain_above(last.head))
    return tuple(core)


def _is_there(clause: Token) -> bool:
    """Is it a clause such as "at which they met", "where they met"?"""
    return any(token.tag_ in ("WDT", "WRB") and token.dep_ in ("pobj", "advmod") for token in clause.subtree)


def _clause(verb: Token, frame: VerbFrame, scene: Scene) -> Clause:
    if is_passive(verb):
        patients = [verb.head] if verb.dep_ == "acl" else subjects_of(verb)
        if not frame.has_object:
            patients = objects_of(verb, *frame.prepositions)
        if lemma_of(verb) in ("summon", "call") and not agents_of(verb):
            return Clause(verb, parties_in(_summoning(verb), scene), parties_in(patients, scene))
        # "briefed on the exchange by Novak": the parser hangs him on the exchange
        hidden = [agent for noun in objects_of(verb, "on", "about") for agent in objects_of(noun, "by")]
        agents = parties_in(agents_of(verb) or hidden, scene)
        # "the deal was signed by A and B"
        return Clause(verb, agents, () if lemma_of(verb) == "sign" else parties_in(patients, scene))
    if lemma_of(verb) in ("send", "dispatch"):
        envoys = [head for head in direct_objects(verb) if lemma_of(head) in ENVOYS]
        return Clause(verb, parties_in(envoys, scene), parties_in(objects_of(verb, "to"), scene))
    heads = direct_objects(verb) if frame.has_object else []
    if lemma_of(verb) in ("call", "phone", "telephone", "ring") and not heads:
        # "called in the Dutch ambassador", "called on the king at his palace"
        heads = objects_of(verb, "in", "on") or _congratulated(verb)
    if lemma_of(verb) == "call" and is_phone_call(verb):
        heads = _called(verb)
    heads = continued([*heads, *objects_of(verb, *frame.prepositions)])
    if frame.mode == "meeting" or lemma_of(verb) == "speak":
        heads += beside(verb)
    others = parties_in(heads, scene) or _with_on_object(verb, frame, scene)
    if not others and not frame.is_mutual:
        return Clause(verb, (), ())  # who does it does not matter then
    doers = _doers(verb, scene)
    known = {party.identity for party in doers}
    return Clause(verb, doers, tuple(party for party in others if party.identity not in known))


def _with_on_object(verb: Token, frame: VerbFrame, scene: Scene) -> tuple[Party, ...]:
    """As in "discussed the crisis with the minister"; not "discussed relations with the premier"."""
    if frame.has_object or "with" not in frame.prepositions:
        return ()
    things = [head for head in direct_objects(verb) if lemma_of(head) not in _TIES | NOUNS.keys()]
    found = parties_in([head for thing in things for head in objects_of(thing, "with")], scene)
    return found if all(party.kind in ("person", "office") for party in found) else ()


def _called(verb: Token) -> list[Token]:
    """Who is called, in the order of the words: the parser takes a name behind the verb for a likeness."""
    phrase = [verb.doc[place] for place in object_of(verb)]
    inside = {token.i for token in phrase}
    return [token for token in phrase if token.head.i not in inside and token.tag_.startswith(("NN", "PRP"))][
        -1:
    ]


def _congratulated(verb: Token) -> list[Token]:
    """As in "phoned to congratulate the king": the king was phoned."""
    purposes = [child for child in children(verb, "xcomp", "advcl") if lemma_of(child) in ADDRESSING]
    return [head for purpose in purposes for head in direct_objects(purpose)]


def _summoning(verb: Token) -> list[Token]:
    """As in "was summoned to the Foreign Office": the body that has summoned."""
    return [head for head in objects_of(verb, "to") if head.tag_.startswith("NN")]


def _doers(verb: Token, scene: Scene) -> tuple[Party, ...]:
    """The subject; "I spoke with Kagame" in a quotation is whoever is quoted."""
    heads = subjects_of(verb)
    if heads and heads[0].lower_ == "i":
        return speaker_of(heads[0], scene)
    if heads and is_client(heads[0]):
        return client_of(heads[0], scene)
    return parties_in(heads, scene)


def _has_its_parties(word: str, clause: Clause, scene: Scene) -> bool:
    if not clause.doers:
        return False
    if clause.others:
        return is_contact(word, clause, scene)
    frame = VERBS.get(word)
    return (
        frame is not None
        and frame.is_mutual
        and len(clause.doers) > 1
        and is_mutual(word, clause.verb, scene)
    )


def _outlook(word: str, verb: Token) -> Outlook:
    """An invitation is a plan; "Sochi, where Putin will play host" and "plays host" are told with their clause."""
    outlook = outlook_of(verb)
    if outlook == "held" and word == "invite":
        return "planned"
    if outlook == "held" and verb.tag_ == "VBZ" and verb.dep_ == "relcl" and is_verb(verb.head.head.head):
        above = outlook_of(verb.head.head.head)
        return "planned" if above == "possible" else above
    return outlook
