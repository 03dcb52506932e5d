"""Whom the sentence around a meeting, call or visit names as its parties, where the noun leaves a side out.

Reads:  the frame of a noun and the sides that the noun itself tells, in a scene
Writes: the sides, completed

"A held talks with B", "after talks with B, A said", "in a call A urged B", "the talks were attended by A".
"""

from dataclasses import replace

from readout.streams.text.contact_log.clauses import (
    agents_of,
    children,
    direct_objects,
    is_passive,
    is_verb,
    objects_of,
    possessors,
    subjects_of,
)
from readout.streams.text.contact_log.nominal_frames import AFTER, Frame
from readout.streams.text.contact_log.nominal_sides import Parties, Sides
from readout.streams.text.contact_log.party_sets import parties_in
from readout.streams.text.contact_log.party_words import PRESS
from readout.streams.text.contact_log.scene import Scene, lemma_of
from readout.streams.text.contact_log.speakers import speaker_of
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.contact_log.triggers import ADDRESSING, ATTENDING

_SENDING = frozenset("pay send make hand deliver convey pass address write submit pen dispatch".split())
# The subject of "got a call from Berg", "took a call", "declined an invitation" is the other side.
_GETTING = frozenset(
    "receive get take field return accept decline reject refuse turn reply respond answer".split()
)
_COMING = frozenset("gather meet convene assemble arrive travel come fly".split())
_NOBODYS = frozenset("phone telephone video peace trade bilateral their".split())


def with_clause(frame: Frame, sides: Sides, scene: Scene) -> Sides:
    """Add who holds the talks, or who spoke after them, where the noun names one side only."""
    verb = frame.verb
    if sides.doers == sides.hosts and not sides.others:
        sides = replace(sides, doers=())  # "will not attend a summit hosted by Berg": she is only the host
    if verb is None and not sides.doers:
        return replace(sides, doers=parties_in(_bearer(frame.noun), scene))
    if verb is None or len(sides.doers) > 1 or (sides.doers and sides.others):
        return sides
    found = None if sides.doers or sides.others else _without_own_parties(frame, verb, sides, scene)
    found = found or _between(frame, verb, sides, scene) or _delivered(frame, verb, sides, scene)
    if found is not None:
        return found
    if frame.is_lightly_held:
        return _held(frame, verb, sides, scene)
    if frame.preposition and sides.others and not sides.doers and not _is_setting(frame):
        return Sides(_speakers(verb, scene) or _deciders(verb, scene), sides.others, sides.hosts)
    return sides


def _between(frame: Frame, verb: Token, sides: Sides, scene: Scene) -> Sides | None:
    """As in "A phone call took place between Oslo and Rome"."""
    if frame.link not in ("nsubj", "nsubjpass") or sides.doers:
        return None
    parties = parties_in(objects_of(verb, "between", "among"), scene)
    return Sides(parties, (), sides.hosts) if len(parties) > 1 else None


def _delivered(frame: Frame, verb: Token, sides: Sides, scene: Scene) -> Sides | None:
    """As in "A letter from the chairwoman reached the auditor"."""
    is_delivery = frame.link == "nsubj" and lemma_of(verb) == "reach" and bool(sides.doers)
    others = parties_in(direct_objects(verb), scene) if is_delivery else ()
    return Sides(sides.doers, others, sides.hosts) if others else None


def _bearer(noun: Token) -> list[Token]:
    """As in "Ruth Cole, on an official visit to Peru, said", "Ruth Cole, fresh from talks with": whose it is."""
    token = noun
    while token.dep_ in ("pobj", "prep", "amod", "advcl", "pcomp", "acl") and token.head != token:
        token = token.head
        if token.tag_ == "NNP" and token.dep_ in ("nsubj", "nsubjpass", "appos", "conj"):
            return [token]
    return []


def _deciders(verb: Token, scene: Scene) -> Parties:
    """As in "Holm's decision to withdraw came after a call with Berg": whose decision it is."""
    return parties_in([owner for head in subjects_of(verb) for owner in possessors(head)], scene)


def _without_own_parties(frame: Frame, verb: Token, sides: Sides, scene: Scene) -> Sides | None:
    """As in "A and B are in talks", "the envoy attended the talks", "in a call A urged B"."""
    if lemma_of(verb) == "be" and frame.preposition == "in":
        return Sides(_speakers(verb, scene))
    if sides.hosts and frame.preposition in ("for", "at") and lemma_of(verb) in _COMING:
        return Sides(_speakers(verb, scene), (), sides.hosts)  # "will gather for a summit convened by Lund"
    for predicate in (verb, *(child for child in children(verb, "conj") if is_verb(child))):
        if lemma_of(predicate) in ATTENDING | {"speak"}:
            return _attendance(frame, predicate, sides, scene)
    if frame.preposition in AFTER | {"during", "in", "at", "over"} and _is_unowned(frame.noun):
        return addressed(verb, scene) or replace(_shared_by_speakers(verb, scene), hosts=sides.hosts)
    # not "in a message posted on Facebook", "in a message to the nation"
    is_sealed = not any(children(frame.noun, "acl", "relcl")) and not objects_of(frame.noun, "to")
    if is_sealed and lemma_of(frame.noun) in ("letter", "message", "telegram") and frame.preposition == "in":
        return addressed(verb, scene)
    return None


def _is_unowned(noun: Token) -> bool:
    """Is it nobody's session: "a telephone call", "talks in Geneva", not "a council meeting"?"""
    is_bodys = any(
        child.lower_ not in _NOBODYS and not any(children(child, "nummod"))  # "a four-hour summit"
        for child in children(noun, "compound", "poss", "nmod")
    )
    return (
        not is_bodys
        and not objects_of(noun, "of")
        and lemma_of(noun) not in ("visit", "trip", "letter", "message")
    )


def addressed(verb: Token, scene: Scene) -> Sides | None:
    """As in "Merkel urged Erdogan in a telephone call": who is addressed was called."""
    if lemma_of(verb) not in ADDRESSING:
        return None
    doers = _speakers(verb, scene)
    others = parties_in([*direct_objects(verb), *objects_of(verb, "to")], scene)
    return Sides(doers, others) if doers and others else None


def _shared_by_speakers(verb: Token, scene: Scene) -> Sides:
    """As in "During a telephone call on Friday, Merkel and Erdogan agreed"."""
    speakers = _speakers(verb, scene)
    are_known = all(party.kind in ("person", "office", "country") for party in speakers)
    return Sides(speakers) if len(speakers) > 1 and are_known else Sides()


def _is_setting(frame: Frame) -> bool:
    """As in "on a trip to Lima he said": a place as mere setting."""
    return lemma_of(frame.noun) in ("trip", "tour") and frame.preposition in ("on", "during", "in", "from")


def _held(frame: Frame, verb: Token, sides: Sides, scene: Scene) -> Sides:
    word = lemma_of(verb)
    ends = ("with", "to") if word in _SENDING else ("with",)
    if frame.link == "nsubjpass":
        doers = sides.doers + parties_in(objects_of(verb, "by", "between"), scene)
        return Sides(doers, sides.others + parties_in(objects_of(verb, *ends), scene), sides.hosts)
    if word in _GETTING and sides.doers and not sides.others:
        return Sides(sides.doers, _speakers(verb, scene), sides.hosts)
    others = sides.others + parties_in(objects_of(verb, *ends), scene)
    if word in _GETTING:
        others += parties_in(objects_of(verb, "from"), scene)
    return Sides(sides.doers or _speakers(verb, scene), others, sides.hosts)


def _speakers(verb: Token, scene: Scene) -> Parties:
    heads = subjects_of(verb) or _name_before(verb, scene)
    if heads and heads[0].lower_ == "i":
        return speaker_of(heads[0], scene)
    return parties_in([head for head in heads if lemma_of(head) not in PRESS], scene)


def _name_before(verb: Token, scene: Scene) -> list[Token]:
    """As in "After talks with Modi, the prime minister, Johnson, said", where the parser may see an apposition."""
    before = [token for token in verb.sent if token.i < verb.i and token.text != ","]
    return [before[-1]] if before and scene.member_at(before[-1]) in scene.persons else []


def _attendance(frame: Frame, verb: Token, sides: Sides, scene: Scene) -> Sides:
    """As in "The talks were attended by the envoy", "she spoke at the meeting", "the meeting also included A"."""
    if is_passive(verb) and frame.link in ("nsubj", "nsubjpass"):
        return Sides(hosts=sides.hosts + parties_in(agents_of(verb), scene), adds=True)
    if frame.link == "nsubj" and lemma_of(verb) in ("include", "involve"):
        return Sides(parties_in(direct_objects(verb), scene), adds=True)
    if frame.preposition in ("at", "of", "as", "in", "during") or frame.link == "dobj":
        is_there = lemma_of(verb) in ("attend", "speak", "join")
        if is_there and sides.hosts and lemma_of(verb) == "attend":
            return Sides(_speakers(verb, scene), (), sides.hosts)  # "attended a dinner hosted by the king"
        return Sides(_speakers(verb, scene), (), sides.hosts, adds=True) if is_there else sides
    return sides
