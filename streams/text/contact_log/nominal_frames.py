"""How a noun hangs in its clause: the verb above it, and by what preposition.

Reads:  a noun of the trigger list
Writes: its frame: verb, link, preposition, and the tokens that share its time and place
"""

from dataclasses import dataclass

from readout.streams.text.contact_log.clauses import chain_above, children, is_negated, is_passive, is_verb
from readout.streams.text.contact_log.occasion_status import PLANS, outlook_of, particle_verb
from readout.streams.text.contact_log.occasions import Outlook
from readout.streams.text.contact_log.scene import lemma_of
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.contact_log.triggers import DENIALS, LIGHT_VERBS, REFUSALS
from readout.streams.text.modality.reading import modality_of

# "at the end of a meeting", "a series of meetings": the noun above only says which part or how many.
_CARRIERS = frozenset(
    """end start beginning series round course sideline eve wake result margin part set string number day
    close stop opening conclusion middle halfway first second latest ahead midst kind hour minute week
    month readout account one sort pair couple margins half report rumour rumor claim leg phase""".split()
)
# "failed to reach an agreement in talks": the talks are held by who reaches it.
_OUTCOMES = frozenset("agreement deal breakthrough progress consensus compromise".split())
DURING = frozenset("in during at on over through throughout by for".split())
_SAYING = frozenset("say tell announce declare warn agree add".split())
AFTER = frozenset("after following since".split())
BEFORE = frozenset(("before", "ahead"))
_UPCOMING = frozenset("planned upcoming next scheduled forthcoming future coming".split())
_THOUGHTS = frozenset(
    "unlikely impossible possible likely necessary pointless conceivable question needed".split()
)
_UNREAL = frozenset("want seek propose request demand urge suggest offer need hope call".split())
# "opposed talks between", "favours a meeting": not of "the talks", which may well have been held.
_STANCES = frozenset(
    """oppose favour favor back support advocate consider contemplate envisage weigh mull discuss debate recommend
    promote forbid ban""".split()
)
_TAKING_PLACE = frozenset(
    "take hold schedule expect plan set due begin start continue open resume be happen".split()
)


_PROPOSED = frozenset("proposed possible potential hypothetical rumoured rumored".split())
# "replied to an e-mail from"
_ANSWERING = frozenset("reply respond answer".split())
_ARRANGING = frozenset("arrange schedule plan announce".split())
# "rumours of a meeting", "called for talks", "the prospect of a summit"
_TALK = frozenset(
    """rumour rumor speculation gossip prospect possibility idea chance likelihood hope proposal call appeal request
    demand offer suggestion talk""".split()
)
# "called for talks", "objected to a meeting", "warned against talks"
_TALKED_OF = {
    "for": frozenset("call appeal ask press push plead urge hope wait argue aim".split()),
    "to": frozenset("object objection opposition".split()),
    "against": frozenset("warn argue speak advise vote campaign lobby".split()),
}


@dataclass(frozen=True)
class Frame:
    """A noun in its clause.

    Attributes:
        verb: the verb above it, if one is reached.
        link: the dependency by which the noun, or what carries it, hangs on that verb.
        preposition: the outermost one on the way up; empty if there is none.
    """

    noun: Token
    verb: Token | None
    link: str
    preposition: str

    @property
    def is_object(self) -> bool:
        """Is the noun, or what carries it, the object or the passive subject of the verb?"""
        return self.verb is not None and not self.preposition and self.link in ("dobj", "nsubjpass", "attr")

    @property
    def is_refused(self) -> bool:
        """As in "cancelled the meeting", "the visit has been called off"."""
        if self.verb is None or not self.is_object:
            return False
        return lemma_of(self.verb) in REFUSALS or particle_verb(self.verb) in REFUSALS

    @property
    def is_said_to_be(self) -> bool:
        """As in "there were no talks between"."""
        return self.verb is not None and lemma_of(self.verb) == "be" and any(children(self.verb, "expl"))

    @property
    def is_lightly_held(self) -> bool:
        """As in "held talks", "cancelled the meeting": does the verb say of its subject that it took part?"""
        is_light = self.verb is not None and lemma_of(self.verb) in LIGHT_VERBS
        is_begun = self.verb is not None and lemma_of(self.verb) == "embark" and self.preposition == "on"
        is_begun |= self.verb is not None and lemma_of(self.verb) in _ANSWERING and self.preposition == "to"
        is_denied = self.is_object and self.verb is not None and lemma_of(self.verb) in DENIALS
        return self.is_refused or is_begun or is_denied or (self.is_object and is_light)

    @property
    def core(self) -> tuple[Token, ...]:
        """The tokens whose dates and places are the contact's; the noun is the first."""
        clauses = [clause for clause in children(self.noun, "acl") if clause.tag_ == "VBN"]
        core = [self.noun, *clauses]
        if self.verb is not None and (self.is_lightly_held or self._is_subject or self.preposition in DURING):
            core.extend(chain_above(self.verb))
        elif self.verb is not None and self.preposition in AFTER and lemma_of(self.verb) in _SAYING:
            core.append(self.verb)  # "said on Thursday after a meeting with": on the same day
        return tuple(core)

    @property
    def _is_subject(self) -> bool:
        return self.link in ("nsubj", "nsubjpass") and not self.preposition

    @property
    def outlook(self) -> Outlook:
        """Does the clause tell of a contact held, planned, refused, or only wished for?"""
        modifiers = {child.lower_ for child in self.noun.lefts}
        is_invitation = lemma_of(self.noun) == "invitation"
        is_declined = is_invitation and self.verb is not None and is_negated(self.verb)
        if is_declined:
            return "refused"
        if self.is_refused and self.verb is not None:
            return _outlook_of_refusal(self.verb)
        if is_invitation or modifiers & _UPCOMING or self.preposition in BEFORE:
            return "planned"
        if modifiers & _PROPOSED or self._is_only_talked_of:
            return "possible"
        if self.verb is None or self.preposition in AFTER:
            return "held"
        return self._outlook_of_verb(self.verb)

    @property
    def _is_only_talked_of(self) -> bool:
        """As in "rumours of a meeting between", "called for talks with"."""
        link = self.noun.head
        if link.dep_ not in ("prep", "pcomp"):
            return False
        word = lemma_of(link.head)
        if word in _TALKED_OF.get(link.lower_, ()):
            return True
        is_noun = link.head.tag_.startswith("NN")
        return link.lower_ in ("of", "for", "about") and is_noun and word in _TALK

    def _outlook_of_verb(self, verb: Token) -> Outlook:
        word = lemma_of(verb)
        if self._is_announced(verb):
            return "planned"
        if self.is_lightly_held:
            outlook = "denied" if word in DENIALS else outlook_of(verb)
            return "planned" if outlook == "held" and word in _ARRANGING else outlook
        if self.preposition in DURING:
            # "failed to reach an agreement in talks": what failed is not the talks
            outlook = outlook_of(verb)
            return outlook if outlook in ("planned", "possible") else "held"
        if self._is_subject:
            return _outlook_as_subject(verb)
        if self.is_object and word in ("plan", "expect", "await"):
            return "planned"
        is_unreal = word in _UNREAL or (word in _STANCES and not self._is_definite)
        return "possible" if self.is_object and is_unreal else "held"

    @property
    def _is_definite(self) -> bool:
        return any(child.lower_ in ("the", "this", "that", "those", "these") for child in self.noun.lefts)

    def _is_announced(self, verb: Token) -> bool:
        """As in "the meeting is scheduled for Friday", "is expected in Rome for talks"."""
        is_subject = self.link == "nsubjpass" and not self.preposition
        return lemma_of(verb) in PLANS and (is_subject or (self.preposition == "for" and is_passive(verb)))


def _outlook_of_refusal(verb: Token) -> Outlook:
    """As in "cancelled the meeting"; what one only threatens to cancel, or did not cancel, is still planned."""
    kind = modality_of(verb).kind
    return "refused" if kind in ("fact", "planned", "refused") else "planned"


def _outlook_as_subject(verb: Token) -> Outlook:
    """As in "the talks will begin", "the talks angered Rome", "a meeting is unlikely"."""
    word = lemma_of(verb)
    if word == "be" and _is_only_thought_of(verb):
        return "possible"
    return outlook_of(verb) if word in _TAKING_PLACE else "held"


def _is_only_thought_of(verb: Token) -> bool:
    """As in "a meeting is unlikely", "is out of the question"."""
    said = {
        child.lower_ for predicate in children(verb, "acomp", "attr", "prep") for child in predicate.subtree
    }
    return bool(said & _THOUGHTS)


def frame_of(noun: Token) -> Frame:
    """Climb from a noun to the verb of its clause."""
    token, preposition, is_outcome = noun, "", False
    for _ in range(8):
        above = token.head
        if above == token:
            break
        if is_verb(above) and above.dep_ != "prep":  # "Following his talks with Karam, Dunn flew to Oslo"
            outer = preposition if is_outcome else _outer(token, preposition)
            return Frame(noun, above, "prep" if is_outcome else token.dep_, outer)
        if above.dep_ in ("prep", "pcomp") or above.tag_ in ("IN", "TO"):
            preposition = above.lower_
        elif lemma_of(above) in ("ahead", "hours", "days") or lemma_of(above) in _CARRIERS:
            preposition = "ahead" if above.lower_ == "ahead" else ("" if preposition == "of" else preposition)
        elif lemma_of(above) in _OUTCOMES and preposition in DURING:
            is_outcome = True
        elif token.dep_ != "conj":
            break
        token = above
    return Frame(noun, None, "", preposition)


def _outer(token: Token, preposition: str) -> str:
    return preposition if token.dep_ in ("prep", "advmod", "pcomp", "agent") else ""
