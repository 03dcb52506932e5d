"""What a verb asks of its parties before it tells of a contact: the near misses of each verb.

Reads:  a verb with its two sides, in a scene
Writes: yes or no

"McGarry told the minister that" is a private word, "told reporters", "told the council" and "told them to leave"
are none; "called the premier" is a call, "called the premier a liar" is none; one hosts envoys, but refugees too.
"""

from collections.abc import Callable
from dataclasses import dataclass

from spacy.tokens import Token

from streams.text.contact_log.clauses import agents_of, children, direct_objects, is_passive, objects_of
from streams.text.contact_log.occasion_details import date_of, place_of
from streams.text.contact_log.party import Party
from streams.text.contact_log.scene import Scene, lemma_of
from streams.text.contact_log.triggers import JOURNEYS, VERBS

_PEOPLE = frozenset(("person", "office"))
_DETERMINERS = frozenset(("“", '"', "``", "\u2018", "a", "an", "the"))
_CROWDS = frozenset(
    "refugee people troop soldier family force fighter member worker supporter seeker migrant".split()
)
_PLURAL_PRONOUNS = frozenset(("them", "us", "they", "we", "you"))
_OCCASIONS = VERBS.keys() | JOURNEYS | {"attend", "join", "hold", "participate", "take", "mediate", "address"}
_HABITS = frozenset("frequently often regularly always usually sometimes occasionally rarely seldom".split())
_VAGUE_DATES = frozenset(("year", "period", "month", "month_year"))


@dataclass(frozen=True)
class Clause:
    """A verb with the parties on its two sides."""

    verb: Token
    doers: tuple[Party, ...]
    others: tuple[Party, ...]

    @property
    def names_people(self) -> bool:
        """Are all the others people, named or by their office?"""
        return all(party.kind in _PEOPLE for party in self.others)

    @property
    def addresses_many(self) -> bool:
        """Is the object "them", who may be anybody?"""
        return any(head.lower_ in _PLURAL_PRONOUNS for head in direct_objects(self.verb))


def is_contact(word: str, clause: Clause, scene: Scene) -> bool:
    """Does the verb, given these parties on both sides, tell of a contact?"""
    if word == "sign":
        return _is_placed_or_dated(clause.verb, scene)
    check = _CHECKS.get(word)
    return check is None or check(clause)


def _calls(clause: Clause) -> bool:
    """Not "called the president a liar", "called Kalin “naive”", "called Rome's offer late"."""
    verb, heads = clause.verb, direct_objects(clause.verb)
    named = [child for child in children(verb, "oprd", "ccomp", "acomp", "attr", "prt") if child not in heads]
    if clause.addresses_many or named:
        return False
    last = max((token.i for head in heads for token in head.subtree), default=verb.i)
    after = verb.doc[min(last + 1, len(verb.doc) - 1)]
    is_any = any(child.lower_ in ("a", "an") for head in heads for child in head.lefts)
    renamed = any(
        child.dep_ == "appos" and any(part.lower_ in ("a", "an") for part in child.lefts)
        for child in verb.subtree
    )
    return not (is_any or renamed) and after.lower_ not in _DETERMINERS and clause.names_people


def _speaks(clause: Clause) -> bool:
    """Not "spoke to the Republican Jewish Coalition", "will speak to CNN": a speech or an interview."""
    to_bodies = any(party.kind == "organisation" for party in clause.others)
    return not (to_bodies and objects_of(clause.verb, "to"))


def _tells(clause: Clause) -> bool:
    """As in "told the minister that"; not "told the council", nor "told the US to get out of the way"."""
    told = [
        child for child in clause.verb.rights if child.dep_ in ("ccomp", "xcomp", "prep", "dobj", "advcl")
    ]
    orders = any(child.dep_ == "xcomp" and any(part.tag_ == "TO" for part in child.lefts) for child in told)
    is_private = all(party.kind in (*_PEOPLE, "country") for party in clause.others)
    return bool(told) and not orders and is_private and not clause.addresses_many


def _receives(clause: Clause) -> bool:
    """As in "hosted the envoys", not "hosts 3 million refugees"; "received the prince", not "received aid"."""
    if any(lemma_of(head) in _CROWDS for head in direct_objects(clause.verb)):
        return False
    return all(party.kind in (*_PEOPLE, "group") for party in clause.others)


def _summons(clause: Clause) -> bool:
    """A ministry summons an envoy; a court summons witnesses."""
    return clause.names_people and all(party.title != "court" for party in clause.doers)


def _embraces(clause: Clause) -> bool:
    """In the flesh: "he embraced the Syrian president"; not "who has also embraced Mr. Trump"."""
    has_perfect = any(lemma_of(child) == "have" for child in clause.verb.lefts)
    return not has_perfect and clause.verb.tag_ == "VBD" and _receives(clause)


def _visits(clause: Clause) -> bool:
    """Countries and bodies do not visit; tourists and the press do, but not as parties."""
    return all(party.kind in (*_PEOPLE, "group") for party in clause.doers)


def _goes_to_see(clause: Clause) -> bool:
    """As in "went to see the president", "will be seeing the king"; not "saw him as a rival"."""
    verb, above = clause.verb, clause.verb.head
    goes = verb.dep_ in ("advcl", "xcomp") and (lemma_of(above) in JOURNEYS or above.lower_ == "due")
    will_be = verb.tag_ == "VBG" and any(child.lower_ in ("will", "'ll") for child in verb.lefts)
    return (goes or will_be) and clause.names_people


def _sits_down(clause: Clause) -> bool:
    return any(child.lower_ == "down" for child in clause.verb.children)


def _is_told_by_somebody(clause: Clause) -> bool:
    return not is_passive(clause.verb) or bool(agents_of(clause.verb))


def _invites(clause: Clause) -> bool:
    """As in "invited Zelensky to Paris", "to discuss the plan"; not "invited the oligarch to invest"."""
    actions = [child for child in clause.verb.rights if child.dep_ in ("xcomp", "advcl", "ccomp")]
    is_other = bool(actions) and not objects_of(clause.verb, "to", "for")
    return not clause.addresses_many and not (is_other and lemma_of(actions[0]) not in _OCCASIONS)


def _plays_host(clause: Clause) -> bool:
    return any(head.lower_ == "host" for head in direct_objects(clause.verb))


def _tells_by_name(clause: Clause) -> bool:
    """Not "his doctors have told him"."""
    return _tells(clause) and all(party.kind != "group" for party in clause.doers)


def _sends_envoys(clause: Clause) -> bool:
    """As in "sent a delegation to Suriname"; not "by sending diplomats to Damascus", whoever they are."""
    is_known = all(party.country or not party.name.endswith("s") for party in clause.doers)
    return is_known and all(party.kind == "country" for party in clause.others)


_CHECKS: dict[str, Callable[[Clause], bool]] = {
    "call": _calls,
    "phone": _calls,
    "speak": _speaks,
    "talk": _speaks,
    "tell": _tells_by_name,
    "inform": _is_told_by_somebody,
    "brief": _is_told_by_somebody,
    "host": _receives,
    "receive": _receives,
    "welcome": _receives,
    "greet": _receives,
    "embrace": _embraces,
    "visit": _visits,
    "summon": _summons,
    "see": _goes_to_see,
    "sit": _sits_down,
    "invite": _invites,
    "play": _plays_host,
    "send": _sends_envoys,
    "dispatch": _sends_envoys,
}


def is_mutual(word: str, verb: Token, scene: Scene) -> bool:
    """As in "the two met", not "the two met the deadline"; "both spoke by phone", not "both spoke at the rally"."""
    if word == "sign" and is_passive(verb):
        return _is_placed_or_dated(verb, scene)
    if is_passive(verb) or any(children(verb, "prt")) or _is_habit(verb):
        return False
    # "met face to face"
    has_object = any(child.lower_ != "face" for child in children(verb, "dobj", "dative", "ccomp", "oprd"))
    if word == "discuss":
        return has_object
    if word == "sign":
        return has_object and _is_placed_or_dated(verb, scene)
    if word in ("speak", "talk", "chat") and objects_of(verb, "at", "of", "to", "in", "for", "out"):
        return not has_object and bool(objects_of(verb, "over", "by"))
    return not has_object


def _is_habit(verb: Token) -> bool:
    """As in "they still speak frequently", "they are talking about the weather": no occasion."""
    if any(child.lower_ in _HABITS for child in verb.children):
        return True
    has_future = any(child.lower_ in ("will", "\u2019ll", "'ll", "to") for child in verb.lefts)
    return (
        lemma_of(verb) in ("speak", "talk", "chat", "discuss")
        and verb.tag_ in ("VBP", "VBZ", "VBG")
        and not has_future
    )


def _is_placed_or_dated(verb: Token, scene: Scene) -> bool:
    """As in "signed a gas deal in Ashgabat on Monday"; not "signed an alliance in 2010"."""
    when = date_of([verb], scene)
    is_day = when is not None and when.kind not in _VAGUE_DATES
    return is_day or place_of([verb], scene) is not None
