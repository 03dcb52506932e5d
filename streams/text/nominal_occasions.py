"""Occasions told by a noun: "a call between A and B", "A's visit to B", "after talks with B, A said".

Reads:  nouns of the trigger list, in a scene
Writes: one occasion a noun at most; "that call" and "the meeting" without parties of their own are anaphors

Deliberately absent, as no contact: calls for something, open letters, a body's own meeting, talks of which only one
party is told.
"""

from datetime import date

from spacy.tokens import Token

from schemas.contact_log import ContactMode
from streams.text.clauses import agents_of, chain_above, children, conjuncts, is_verb, objects_of, own_subjects, subjects_of
from streams.text.occasion_making import Sketch, make_occasion
from streams.text.occasion_status import outlook_of
from streams.text.occasions import Occasion, Outlook, Strength
from streams.text.party import Party, country_of
from streams.text.party_sets import parties_in
from streams.text.party_words import PRESS
from streams.text.scene import Scene, lemma_of
from streams.text.triggers import LIGHT_VERBS, NOUNS, REFUSALS

# "at the end of a meeting", "a series of meetings": the noun above only says which part or how many.
_CARRIERS = frozenset(
    """end start beginning series round course sideline eve wake result margin part set string number day close
    opening conclusion middle halfway first second latest ahead midst kind hour minute week stop readout account""".split()
)
_DURING = frozenset("in during at on over through throughout by".split())
_AFTER = frozenset("after following since".split())
_BEFORE = frozenset("before of".split())
_DEFINITE = frozenset("the this that these those its".split())
_UPCOMING = frozenset("planned upcoming next scheduled forthcoming proposed future coming".split())
_NEVER = frozenset("no any".split())


def nominal_occasion(noun: Token, scene: Scene, published_on: date | None) -> Occasion | None:
    """The contact that a noun tells of, if it is a trigger and its parties, or what it refers to, are told."""
    mode = _mode(noun)
    if mode is None or any(child.lower_ in _NEVER for child in noun.lefts):
        return None
    doers, others = _own_parties(noun, mode, scene)
    frame = _Frame(noun)
    doers, others = _with_clause(frame, doers, others, scene)
    hosts = _hosts(noun, scene)
    outlook = _outlook(frame)
    strength: Strength = "explicit"
    if len({party.identity for party in (*doers, *others, *hosts)}) < 2:
        if not _is_definite(noun):
            return None
        strength = "anaphor"
    sketch = Sketch(frame.core, doers, others, mode, outlook, strength, hosts)
    return make_occasion(sketch, scene, published_on)


def _mode(noun: Token) -> ContactMode | None:
    """The mode that the noun tells; None where it tells of no contact."""
    word = lemma_of(noun)
    if not noun.tag_.startswith("NN") or word not in NOUNS or noun.dep_ in ("compound", "nmod"):
        return None
    modifiers = {child.lower_ for child in noun.lefts}
    if word == "call" and not _is_phone_call(noun, modifiers):
        return None
    if word == "conference" and not ({"press", "news"} <= modifiers | {"news", "press"} and "joint" in modifiers) and not objects_of(noun, "between"):
        return None
    if word == "letter" and "open" in modifiers:
        return None
    return NOUNS[word]


def _is_phone_call(noun: Token, modifiers: set[str]) -> bool:
    """"the Friday call between", "that call"; not "calls for a ceasefire", "a call to arms", "the call on Rome"."""
    if modifiers & {"phone", "telephone", "video", "conference"} or objects_of(noun, "with", "between"):
        return True
    singular = noun.tag_ == "NN" and bool(modifiers & _DEFINITE)
    return singular and not any(children(noun, "prep", "acl", "relcl"))


def _is_definite(noun: Token) -> bool:
    return any(child.lower_ in _DEFINITE or child.lower_ == "their" for child in noun.lefts)


# Parties at the noun itself -----------------------------------------------------------------------------------------


def _own_parties(noun: Token, mode: ContactMode, scene: Scene) -> tuple[tuple[Party, ...], tuple[Party, ...]]:
    between = parties_in(objects_of(noun, "between", "among"), scene)
    if len(between) > 1:
        return between, ()
    owners = [part for child in children(noun, "poss") for part in conjuncts(child)]
    doers = parties_in([*owners, *_of(noun, mode), *objects_of(noun, "by", "from")], scene) + between
    to = ("to", "with") if mode in ("visit", "letter", "call") else ("with",)
    others = parties_in(objects_of(noun, *to), scene)
    return doers or _modifying_countries(noun, scene), others


def _of(noun: Token, mode: ContactMode) -> list[Token]:
    """"a meeting of the foreign ministers of A and B"; "a meeting of the council" is its own session."""
    return objects_of(noun, "of") if mode in ("meeting", "talks", "call") else []


def _modifying_countries(noun: Token, scene: Scene) -> tuple[Party, ...]:
    """"US-Turkish talks", "the Macron-Merkel meeting": two names before the noun."""
    names = [
        part
        for child in noun.lefts
        if child.dep_ in ("compound", "nmod", "amod")
        for part in (*child.lefts, child, *child.rights)
        if part.tag_ in ("NNP", "JJ", "NNPS") and (country_of(part, scene) or _is_person(part, scene))
    ]
    hyphen = any(token.text in ("-", "–") for child in noun.lefts for token in child.subtree)
    parties = parties_in(names, scene) if hyphen and len(names) > 1 else ()
    return parties if len(parties) > 1 else ()


def _is_person(token: Token, scene: Scene) -> bool:
    return scene.member_at(token) in scene.persons


def _hosts(noun: Token, scene: Scene) -> tuple[Party, ...]:
    """"talks hosted by the king", "the meeting, attended by the envoy"."""
    found: tuple[Party, ...] = ()
    for clause in children(noun, "acl", "relcl"):
        if lemma_of(clause) in ("host", "chair", "attend", "mediate", "convene", "broker"):
            found += parties_in(agents_of(clause), scene)
    return found


# Parties in the clause ----------------------------------------------------------------------------------------------


class _Frame:
    """How a noun hangs in its clause: the verb above it, and by what."""

    def __init__(self, noun: Token) -> None:
        self.noun = noun
        self.verb: Token | None = None
        self.preposition = ""
        self._climb(noun)

    def _climb(self, token: Token) -> None:
        for _ in range(8):
            above = token.head
            if above is token:
                return
            if is_verb(above):
                self.verb, self.link = above, token.dep_
                return
            if above.dep_ in ("prep", "pcomp") or above.tag_ == "IN":
                self.preposition = self.preposition or above.lower_
            elif lemma_of(above) not in _CARRIERS:
                return
            elif lemma_of(above) == "ahead":
                self.preposition = "before"
            token = above

    @property
    def is_object(self) -> bool:
        """Is the noun, or what carries it, the direct object or the passive subject of the verb?"""
        return self.verb is not None and self.preposition in ("", "of") and self.link in ("dobj", "nsubjpass", "attr")

    @property
    def core(self) -> tuple[Token, ...]:
        if self.verb is None:
            return (self.noun,)
        word = lemma_of(self.verb)
        if self.is_object and word in LIGHT_VERBS | REFUSALS:
            return (self.noun, *chain_above(self.verb))
        if self.link == "nsubj" and not self.preposition or self.preposition in _DURING:
            return (self.noun, self.verb)
        return (self.noun,)


def _with_clause(
    frame: _Frame, doers: tuple[Party, ...], others: tuple[Party, ...], scene: Scene
) -> tuple[tuple[Party, ...], tuple[Party, ...]]:
    """Add who holds the talks, or who spoke after them, where the noun names one side only."""
    verb = frame.verb
    agents = _participle_parties(frame.noun, scene)
    doers += agents
    if verb is None or len(doers) > 1:
        return doers, others
    word = lemma_of(verb)
    if frame.is_object and word in LIGHT_VERBS | REFUSALS:
        if frame.link == "nsubjpass":
            return doers + parties_in(objects_of(verb, "by", "between"), scene), others + parties_in(objects_of(verb, "with"), scene)
        with_others = parties_in(objects_of(verb, "with", *(("to",) if word in ("pay", "send", "make") else ())), scene)
        senders = parties_in(objects_of(verb, "from"), scene) if word in ("receive", "get") else ()
        return doers or _subjects(verb, scene), others + with_others + senders
    if frame.preposition and others and not doers:
        return _subjects(verb, scene), others
    if frame.preposition and doers and not others and frame.noun.dep_ == "pobj":
        return doers, others
    return doers, others


def _subjects(verb: Token, scene: Scene) -> tuple[Party, ...]:
    heads = [head for head in subjects_of(verb) if lemma_of(head) not in PRESS]
    return parties_in(heads, scene)


def _participle_parties(noun: Token, scene: Scene) -> tuple[Party, ...]:
    """"the talks held by Lavrov on Sunday with the ministers of"."""
    found: tuple[Party, ...] = ()
    for clause in children(noun, "acl"):
        if lemma_of(clause) in LIGHT_VERBS and clause.tag_ == "VBN":
            found += parties_in(agents_of(clause), scene) + parties_in(objects_of(clause, "with", "between"), scene)
    return found


# Status -------------------------------------------------------------------------------------------------------------


def _outlook(frame: _Frame) -> Outlook:
    if any(child.lower_ in _UPCOMING for child in frame.noun.lefts) or frame.preposition == "before":
        return "planned"
    verb = frame.verb
    if verb is None or frame.preposition in _AFTER:
        return "held"
    word = lemma_of(verb)
    if frame.is_object and word in REFUSALS:
        return "refused"
    if frame.is_object and word in LIGHT_VERBS or frame.preposition in _DURING or frame.link in ("nsubj", "nsubjpass"):
        return outlook_of(verb)
    return "held" if not frame.is_object else _as_object_of(verb)


_UNREAL = frozenset("want seek propose request demand urge suggest offer need hope expect await plan".split())


def _as_object_of(verb: Token) -> Outlook:
    """"seeks a meeting with the king" tells of none; "confirmed the meeting with the king" does."""
    word = lemma_of(verb)
    if word in ("plan", "expect", "await"):
        return "planned"
    return "possible" if word in _UNREAL else "held"
