"""The parties of a meeting, call or visit that a noun tells of: at the noun, in its clauses, in the sentence.

Reads:  the frame of a noun, in a scene
Writes: who holds it, with whom, and who only hosts or attends it

"between A and B" names all; "A's meeting with B", "A held talks with B", "after talks with B, A said" name the two
sides; "at which A pleaded with B and C" and "attended by A" name those who were there.
"""

from dataclasses import dataclass

from spacy.tokens import Token

from schemas.contact_log import ContactMode
from streams.text.contact_log.clauses import (
    agents_of,
    children,
    conjuncts,
    continued,
    direct_objects,
    is_passive,
    is_verb,
    objects_of,
    own_subjects,
    subjects_of,
)
from streams.text.contact_log.nominal_frames import AFTER, Frame
from streams.text.contact_log.party import Party
from streams.text.contact_log.party_named import country_party
from streams.text.contact_log.party_offices import country_of
from streams.text.contact_log.party_sets import parties_in
from streams.text.contact_log.party_words import PRESS
from streams.text.contact_log.scene import Scene, lemma_of
from streams.text.contact_log.speakers import speaker_of
from streams.text.contact_log.triggers import LIGHT_VERBS

Parties = tuple[Party, ...]
_ATTENDING = frozenset(
    "host chair attend mediate convene broker organise organize include involve join".split()
)
_ADDRESSING = frozenset(
    """tell urge ask warn inform assure press remind thank congratulate implore beg promise say explain
    offer complain suggest reassure brief threaten propose""".split()
)
_SENDING = frozenset("pay send make hand deliver convey pass address".split())
_MEDIA = frozenset("phone telephone video peace trade bilateral".split())
_TO = {"visit": ("to", "with"), "letter": ("to", "with"), "call": ("to", "with")}


@dataclass(frozen=True)
class Sides:
    """Who holds it, with whom, who hosts it, and whether it tells further parties of a known contact."""

    doers: Parties = ()
    others: Parties = ()
    hosts: Parties = ()
    adds: bool = False

    @property
    def count(self) -> int:
        """How many parties there are."""
        return len({party.identity for party in (*self.doers, *self.others, *self.hosts)})

    def is_complete(self, mode: ContactMode) -> bool:
        """Are both sides told? "breakfast with A and B" and "their letters" leave one out."""
        if mode == "letter":
            return bool(self.doers and self.others)
        return self.count > 1 and bool(self.doers or self.hosts)


def sides_of(frame: Frame, mode: ContactMode, scene: Scene) -> Sides:
    """The parties of a noun, from the words nearest to it outwards until both sides are told."""
    noun = frame.noun
    between = parties_in(objects_of(noun, "between", "among"), scene)
    if len(between) > 1:
        return Sides(between, (), _hosts(noun, scene))
    doers = parties_in([*_owners(noun), *_of(noun, mode), *objects_of(noun, "by", "from")], scene) + between
    ends = _ends_of(noun, mode)
    others = parties_in(continued(objects_of(noun, *ends)), scene)
    doers = doers or _modifying_countries(noun, scene)
    if not doers and noun.dep_ == "appos":
        # "Tillerson's first stop, a visit to Egypt"
        doers = parties_in(_owners(noun.head), scene)
    agents, partners = _participle_parties(noun, scene)
    sides = Sides(doers + agents, others + partners, _hosts(noun, scene))
    if sides.count < 2:
        sides = _with_relative_clause(sides, noun, scene)
    return _with_clause(frame, sides, scene)


def _ends_of(noun: Token, mode: ContactMode) -> tuple[str, ...]:
    """The prepositions that bring in the other side: "a letter to", "a tour of", "a courtesy call on"."""
    special = {"tour": ("of",), "call": ("with", "to", "on") if mode == "meeting" else ("with", "to")}
    return special.get(lemma_of(noun), _TO.get(mode, ("with",)))


def _owners(noun: Token) -> list[Token]:
    return [part for child in children(noun, "poss") for part in conjuncts(child)]


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
        if lemma_of(clause) in _ATTENDING | {"call", "sponsor"}
    )
    return tuple(party for clause in clauses for party in parties_in(agents_of(clause), scene))


def _participle_parties(noun: Token, scene: Scene) -> tuple[Parties, Parties]:
    """As in "the talks held by Lavrov on Sunday with the ministers of": who held them, and with whom."""
    clauses = [
        child for child in children(noun, "acl") if child.tag_ == "VBN" and lemma_of(child) in LIGHT_VERBS
    ]
    agents = [head for clause in clauses for head in agents_of(clause)]
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


# In the clause ---------------------------------------------------------------------------------------------


def _with_clause(frame: Frame, sides: Sides, scene: Scene) -> Sides:
    """Add who holds the talks, or who spoke after them, where the noun names one side only."""
    verb = frame.verb
    if verb is None or len(sides.doers) > 1 or (sides.doers and sides.others):
        return sides
    found = None if sides.count else _without_own_parties(frame, verb, sides, scene)
    if found is not None:
        return found
    if frame.is_lightly_held:
        return _held(frame, verb, sides, scene)
    if frame.preposition and sides.others and not sides.doers and not _is_setting(frame):
        return Sides(_speakers(verb, scene), sides.others, sides.hosts)
    return sides


def _without_own_parties(frame: Frame, verb: Token, sides: Sides, scene: Scene) -> Sides | None:
    """As in "A and B are in talks", "the envoy attended the talks", "in a call A urged B"."""
    if lemma_of(verb) == "be" and frame.preposition == "in":
        return Sides(_speakers(verb, scene))
    for predicate in (verb, *(child for child in children(verb, "conj") if is_verb(child))):
        if lemma_of(predicate) in _ATTENDING | {"speak"}:
            return _attendance(frame, predicate, sides, scene)
    if frame.preposition in AFTER | {"during", "in", "at"} and _is_unowned(frame.noun):
        return _addressed(verb, scene) or _shared_by_speakers(verb, scene)
    return None


def _is_unowned(noun: Token) -> bool:
    """Is it nobody's session: "a telephone call", "talks in Geneva", not "a council meeting"?"""
    is_bodys = any(child.lower_ not in _MEDIA for child in children(noun, "compound", "poss", "nmod"))
    return (
        not is_bodys
        and not objects_of(noun, "of")
        and lemma_of(noun) not in ("visit", "trip", "letter", "message")
    )


def _addressed(verb: Token, scene: Scene) -> Sides | None:
    """As in "Merkel urged Erdogan in a telephone call": who is addressed was called."""
    if lemma_of(verb) not in _ADDRESSING:
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
    if frame.link == "nsubjpass":
        doers = sides.doers + parties_in(objects_of(verb, "by", "between"), scene)
        return Sides(doers, sides.others + parties_in(objects_of(verb, "with"), scene), sides.hosts)
    ends = ("with", "to") if word in _SENDING else ("with",)
    others = sides.others + parties_in(objects_of(verb, *ends), scene)
    if word in ("receive", "get"):
        others += parties_in(objects_of(verb, "from"), scene)
    return Sides(sides.doers or _speakers(verb, scene), others, sides.hosts)


def _speakers(verb: Token, scene: Scene) -> Parties:
    heads = subjects_of(verb) or _name_before(verb, scene)
    if heads and heads[0].lower_ == "i":
        return speaker_of(heads[0], scene)
    return parties_in([head for head in heads if lemma_of(head) not in PRESS], scene)


def _name_before(verb: Token, scene: Scene) -> list[Token]:
    """As in "After talks with Modi, the prime minister, Johnson, said", where the parser may see an apposition."""
    first = verb.sent.start
    before = [token for token in verb.doc[first : verb.i] if token.text != ","]
    return [before[-1]] if before and scene.member_at(before[-1]) in scene.persons else []


def _attendance(frame: Frame, verb: Token, sides: Sides, scene: Scene) -> Sides:
    """As in "The talks were attended by the envoy", "she spoke at the meeting", "the meeting also included A"."""
    if is_passive(verb) and frame.link in ("nsubj", "nsubjpass"):
        return Sides(hosts=sides.hosts + parties_in(agents_of(verb), scene), adds=True)
    if frame.link == "nsubj" and lemma_of(verb) in ("include", "involve"):
        return Sides(parties_in(direct_objects(verb), scene), adds=True)
    if frame.preposition in ("at", "of", "as", "in", "during") or frame.link == "dobj":
        is_there = lemma_of(verb) in ("attend", "speak", "join")
        return Sides(_speakers(verb, scene), (), sides.hosts, adds=True) if is_there else sides
    return sides
