"""The parties of a meeting, call or visit that a noun tells of: at the noun, and in the clauses on it.

Reads:  the frame of a noun, in a scene
Writes: who holds it, with whom, and who only hosts or attends it

"between A and B" names all; "A's meeting with B" names the two sides; "at which A pleaded with B and C" names those
who were there. What the sentence around the noun tells is read by nominal_clauses.
"""

from readout.schemas.contact_log import ContactMode
from readout.streams.text.contact_log.clauses import (
    agents_of,
    children,
    continued,
    direct_objects,
    is_passive,
    objects_of,
    own_subjects,
    possessors,
    subjects_of,
)
from readout.streams.text.contact_log.nominal_clauses import with_clause
from readout.streams.text.contact_log.nominal_frames import Frame
from readout.streams.text.contact_log.nominal_sides import Parties, Sides
from readout.streams.text.contact_log.party_named import country_party
from readout.streams.text.contact_log.party_offices import country_of
from readout.streams.text.contact_log.party_sets import parties_in
from readout.streams.text.contact_log.scene import Scene, lemma_of
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.contact_log.triggers import ATTENDING, LIGHT_VERBS

_TO = {"visit": ("to", "with"), "letter": ("to", "with", "for"), "call": ("to", "with")}


def sides_of(frame: Frame, mode: ContactMode, scene: Scene) -> Sides:
    """The parties of a noun, from the words nearest to it outwards until both sides are told."""
    noun = frame.noun
    between = parties_in(objects_of(noun, "between", "among"), scene)
    if len(between) > 1:
        return Sides(between, (), _hosts(noun, scene))
    owners = [] if _is_ones_own(frame) else possessors(noun)
    doers = parties_in([*owners, *_of(noun, mode), *objects_of(noun, "by", "from")], scene) + between
    ends = _ends_of(noun, mode)
    # "denied meeting the envoy": the tagger takes the verb for a noun
    others = parties_in(continued([*direct_objects(noun), *objects_of(noun, *ends)]), scene)
    doers = doers or _modifying_countries(noun, scene)
    if not doers and noun.dep_ == "appos":
        # "Tillerson's first stop, a visit to Egypt"
        doers = parties_in(possessors(noun.head), scene)
    agents, partners = _participle_parties(noun, scene)
    sides = Sides(doers + agents, others + partners, _hosts(noun, scene))
    if sides.count < 2:
        sides = _with_relative_clause(sides, noun, scene)
    return with_clause(frame, sides, scene)


def _ends_of(noun: Token, mode: ContactMode) -> tuple[str, ...]:
    """The prepositions that bring in the other side: "a letter to", "a tour of", "a courtesy call on"."""
    special = {"tour": ("of",), "call": ("with", "to", "on") if mode == "meeting" else ("with", "to")}
    return special.get(lemma_of(noun), _TO.get(mode, ("with",)))


def _is_ones_own(frame: Frame) -> bool:
    """As in "made his first trip to Oslo": whose trip it is the subject says better."""
    is_pronoun = any(owner.tag_ == "PRP$" for owner in children(frame.noun, "poss"))
    is_singular = any(owner.lower_ in ("his", "her", "its") for owner in children(frame.noun, "poss"))
    has_subject = frame.verb is not None and bool(subjects_of(frame.verb))
    return is_pronoun and is_singular and frame.is_lightly_held and frame.link == "dobj" and has_subject


def _of(noun: Token, mode: ContactMode) -> list[Token]:
    """As in "a meeting of the foreign ministers of A and B"; "a meeting of the council" is its own session."""
    if mode not in ("meeting", "talks", "call"):
        return []
    return [head for head in objects_of(noun, "of") if head.tag_ != "NN"]


def _modifying_countries(noun: Token, scene: Scene) -> Parties:
    """As in "US-Turkish talks", "the Macron-Merkel meeting": two names before the noun."""
    names = [
        part
        for child in children(noun, "compound", "nmod", "amod")
        for part in child.subtree
        if part.tag_ in ("NNP", "JJ", "NNPS")
        and (country_of(part, scene) or scene.member_at(part) in scene.persons)
    ]
    is_joined = any(token.text in ("-", "\u2013") for child in noun.lefts for token in child.subtree)
    found = [country_party(name, scene) or next(iter(parties_in([name], scene)), None) for name in names]
    parties = {party.identity: party for party in found if party is not None}
    return tuple(parties.values()) if is_joined and len(parties) > 1 else ()


def _hosts(noun: Token, scene: Scene) -> Parties:
    """As in "talks hosted by the king", "the meeting, attended by the envoy"."""
    clauses = (
        clause
        for clause in children(noun, "acl", "relcl")
        if lemma_of(clause) in ATTENDING | {"call", "sponsor"}
    )
    heads = [agent for clause in clauses for agent in _organisers(clause, noun)]
    return parties_in(heads, scene)


def _organisers(clause: Token, noun: Token) -> list[Token]:
    """As in "hosted by the king", "which the king hosts"."""
    if is_passive(clause):
        return agents_of(clause)
    return own_subjects(clause) if direct_objects(clause) == [noun] else []


def _participle_parties(noun: Token, scene: Scene) -> tuple[Parties, Parties]:
    """As in "the talks held by Lavrov on Sunday with the ministers of": who held them, and with whom."""
    clauses = [
        child for child in children(noun, "acl") if child.tag_ == "VBN" and lemma_of(child) in LIGHT_VERBS
    ]
    agents = [head for clause in clauses for head in agents_of(clause)]
    # "the talks that Holm had with Berg"
    had = [
        child for child in children(noun, "relcl") if lemma_of(child) in LIGHT_VERBS and not is_passive(child)
    ]
    had = [child for child in had if direct_objects(child) == [noun]]
    agents += [head for clause in had for head in own_subjects(clause)]
    clauses += had
    partners = [head for clause in clauses for head in objects_of(clause, "with", "between")]
    return parties_in(agents, scene), parties_in(partners, scene)


def _with_relative_clause(sides: Sides, noun: Token, scene: Scene) -> Sides:
    """As in "a summit at which Erdoğan pleaded with Russia and Iran": who is addressed there takes part."""
    for clause in children(noun, "relcl"):
        relatives = [token for token in clause.subtree if token.tag_ in ("WDT", "WRB") and token.i < clause.i]
        if relatives and relatives[0].dep_ in ("pobj", "advmod"):
            doers = parties_in(own_subjects(clause), scene)
            others = parties_in([*direct_objects(clause), *objects_of(clause, "with", "to")], scene)
            if doers and others:
                return Sides(doers, others, sides.hosts)
    return sides
