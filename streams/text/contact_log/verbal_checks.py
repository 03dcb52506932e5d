"""What a verb asks of its parties before it tells of a contact: the near misses of each verb.

Reads:  a verb with its two sides, in a scene
Writes: yes or no

"McGarry told the minister that" is a private word, "told reporters", "told the council" and "told them to leave"
are none; "called the premier" is a call, "called the premier a liar" is none; one hosts envoys, but refugees too.
"""

from collections.abc import Callable
from dataclasses import dataclass

from readout.streams.text.calling import gets_through, is_phone_call, reaches_by_phone
from readout.streams.text.contact_log.clauses import (
    agents_of,
    children,
    conjuncts,
    direct_objects,
    is_passive,
    objects_of,
)
from readout.streams.text.contact_log.mention_dating import date_of
from readout.streams.text.contact_log.occasion_details import place_of
from readout.streams.text.contact_log.occasion_status import PLANS
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.scene import Scene, lemma_of
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.contact_log.triggers import JOURNEYS, REFUSALS, VERBS

_PEOPLE = frozenset(("person", "office"))
_CROWDS = frozenset(
    """refugee people troop soldier family force fighter member worker supporter seeker migrant protester
    demonstrator crowd fan""".split()
)
_PLURAL_PRONOUNS = frozenset(("them", "us", "they", "we", "you"))
_OCCASIONS = VERBS.keys() | JOURNEYS | {"attend", "join", "hold", "participate", "take", "mediate", "address"}
_BESIDE = frozenset("across next alongside beside opposite".split())
_EXCHANGED = frozenset("letter message view word email greeting pleasantry note telegram text".split())
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
        return is_placed_or_dated(clause.verb, scene)
    check = _CHECKS.get(word)
    return check is None or check(clause)


def _calls(clause: Clause) -> bool:
    """Not "called the president a liar", "called Kalin “naive”", "called Rome's offer late"."""
    verb = clause.verb
    if clause.addresses_many:
        return False
    if is_phone_call(verb):
        return clause.names_people
    is_next = verb.doc[min(verb.i + 1, len(verb.doc) - 1)].lower_ in ("in", "on")
    is_in = is_passive(verb) or (is_next and bool(objects_of(verb, "in", "on")))
    return lemma_of(verb) == "call" and is_in and _calls_in(clause)


def _calls_in(clause: Clause) -> bool:
    """As in "called in the envoy", "was called to the ministry", "called on the king on Monday".

    Not "called on the king to abdicate", "called in the army".
    """
    verb = clause.verb
    if is_passive(verb):
        are_bodies = all(party.kind == "organisation" for party in clause.doers)
        return clause.names_people and are_bodies and not any(children(verb, "oprd"))
    acts = any(children(verb, "xcomp", "ccomp", "advcl")) or bool(objects_of(verb, "for"))
    is_visit = any(child.lower_ == "on" for child in children(verb, "prep"))
    is_placed = _is_on_a_day(verb) or bool(objects_of(verb, "at"))
    return clause.names_people and (not is_visit or (is_placed and not acts))


def _speaks(clause: Clause) -> bool:
    """Not "spoke to the Republican Jewish Coalition", "will speak to CNN": a speech or an interview."""
    to_bodies = any(party.kind == "organisation" for party in clause.others)
    if lemma_of(clause.verb) == "talk" and clause.verb.tag_ == "VBG":
        return True  # "officials have been talking to the rebel movement"
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
    verb = clause.verb
    if any(lemma_of(head) in _CROWDS for head in (*direct_objects(verb), *agents_of(verb))):
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
    leads_on = JOURNEYS | PLANS | REFUSALS
    is_due = any(word.lower_ == "due" for word in (above, *children(above, "acomp")))
    goes = verb.dep_ in ("advcl", "xcomp") and (lemma_of(above) in leads_on or is_due)
    will_be = verb.tag_ == "VBG" and any(child.lower_ in ("will", "'ll") for child in verb.lefts)
    is_plain = verb.tag_ == "VBD" or any(child.tag_ == "MD" for child in verb.lefts)
    will_on = is_plain and _is_on_a_day(verb)
    has_more = any(children(verb, "ccomp", "xcomp", "advcl", "oprd")) or bool(objects_of(verb, "as"))
    has_more = has_more or any(noun.ent_type_ not in ("DATE", "TIME") for noun in objects_of(verb, "on"))
    are_people = all(party.kind in _PEOPLE for party in clause.doers)
    return (goes or will_be or will_on) and clause.names_people and are_people and not has_more


def _is_on_a_day(verb: Token) -> bool:
    """As in "will see the king on Thursday"."""
    return any(
        noun.ent_type_ in ("DATE", "TIME") for noun in (*objects_of(verb, "on"), *children(verb, "npadvmod"))
    )


def _sits_down(clause: Clause) -> bool:
    """As in "sat down with", "sat across from", "stood next to"; not "sat with his arms folded"."""
    return any(child.lower_ == "down" for child in clause.verb.children) or bool(beside(clause.verb))


def beside(verb: Token) -> list[Token]:
    """As in "sat across from Berg", "stood next to Berg", "spoke alongside Berg": who is there as well."""
    found: list[Token] = []
    for link in verb.children:
        if link.lower_ in _BESIDE:
            ends = [end for end in children(link, "prep") if end.lower_ in ("to", "from")]
            ends += [
                end for end in children(verb, "prep") if end.lower_ in ("to", "from") and end.i == link.i + 1
            ]
            found += [
                part for end in (link, *ends) for noun in children(end, "pobj") for part in conjuncts(noun)
            ]
    return found


def _reaches_out(clause: Clause) -> bool:
    """As in "reached out to the king", "reached him by telephone"; not "the news reached him"."""
    links = {child.lower_ for child in clause.verb.children}
    return clause.names_people and ("out" in links or reaches_by_phone(clause.verb))


def _raises(clause: Clause) -> bool:
    """As in "raised the case with the premier"; not "raised hopes with the voters"."""
    are_people = all(party.kind in (*_PEOPLE, "country") for party in (*clause.doers, *clause.others))
    return are_people and bool(direct_objects(clause.verb))


def _presents_credentials(clause: Clause) -> bool:
    """As in "presented his credentials to the king"; not "presented the plan to parliament"."""
    things = [token for head in direct_objects(clause.verb) for token in head.subtree]
    return any(token.lower_ == "credentials" for token in things) and clause.names_people


def exchanges_words(verb: Token) -> bool:
    """As in "exchanged letters with the king"; not "exchanged fire with the rebels"."""
    return any(lemma_of(head) in _EXCHANGED for head in direct_objects(verb))


def shakes_hands(verb: Token) -> bool:
    """As in "shook hands with the king"; not "shook his faith"."""
    return any(lemma_of(head) == "hand" for head in direct_objects(verb))


def _contacts(clause: Clause) -> bool:
    """As in "contacted the minister", "was contacted by Tehran"; not "contacted voters"."""
    return all(party.kind in (*_PEOPLE, "country", "organisation") for party in clause.others)


def _relays(clause: Clause) -> bool:
    """As in "relayed the outcome to the Danish minister"; not "relayed the news to the world"."""
    return clause.names_people and bool(direct_objects(clause.verb))


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
    "telephone": _calls,
    "ring": _calls,
    "dial": _calls,
    "diall": _calls,
    "get": lambda clause: gets_through(clause.verb) and clause.names_people,
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
    "seat": _sits_down,
    "stand": _sits_down,
    "appear": _sits_down,
    "reach": _reaches_out,
    "raise": _raises,
    "exchange": lambda clause: exchanges_words(clause.verb),
    "shake": lambda clause: shakes_hands(clause.verb),
    "contact": _contacts,
    "relay": _relays,
    "convey": _relays,
    "entertain": _receives,
    "present": _presents_credentials,
    "invite": _invites,
    "play": _plays_host,
    "send": _sends_envoys,
    "dispatch": _sends_envoys,
}


def is_placed_or_dated(verb: Token, scene: Scene) -> bool:
    """As in "signed a gas deal in Ashgabat on Monday"; not "signed an alliance in 2010"."""
    when = date_of([verb], scene)
    is_day = when is not None and when.kind not in _VAGUE_DATES
    return is_day or place_of([verb], scene) is not None
