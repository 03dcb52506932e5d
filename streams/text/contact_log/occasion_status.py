"""Did it take place? The outlook of a verb or noun that tells of a contact.

Reads:  the trigger, and by `modality` the words that govern it
Writes: held, planned, refused, denied; absent and possible, which are no contact

What is only asked, supposed, tried, rumoured or wished for is no contact, nor is what nearly happened. That
something did not take place is worth a record where two parties are named and the word tells of an occasion by
itself: "did not meet", not "was not consulted".
"""

from readout.schemas.contact_log import ContactStatus
from readout.streams.text.contact_log.occasions import Outlook
from readout.streams.text.contact_log.scene import lemma_of
from readout.streams.text.contact_log.tokens import Token
from readout.streams.text.modality.kinds import Kind
from readout.streams.text.modality.negation import negation_of
from readout.streams.text.modality.reading import modality_of
from readout.streams.text.modality.tree import particle_verb
from readout.streams.text.modality.word_lists import CONDITIONS, PLANS

__all__ = ["PLANS", "outlook_of", "particle_verb", "status_of"]

_OUTLOOKS: dict[Kind, Outlook] = {
    "fact": "held",
    "planned": "planned",
    "awaited": "planned",
    "refused": "refused",
    "denied": "denied",
    "negated": "denied",
}
_STATUSES: dict[Outlook, ContactStatus] = {
    "held": "held",
    "planned": "planned",
    "refused": "refused",
    "denied": "denied",
}
# What did not happen is told by these alone, or by the meeting, call or visit that they have as their object.
_OCCASIONS = frozenset(
    """meet call phone telephone ring dial visit speak talk write see receive host contact email text confer huddle
    dine lunch converse hold have make take pay place exchange conduct""".split()
)
# "is flying to Rome to meet them"
_MOTION = frozenset("fly travel go head journey come".split())


def status_of(occasion: Token) -> ContactStatus | None:
    """The status of the contact that a verb, or the verb of a noun, tells of; None if it tells of no contact.

    Args:
        occasion: the verb that tells of it ("met"), or the verb above the noun that does ("held talks").
    """
    return _STATUSES.get(outlook_of(occasion))


def outlook_of(verb: Token) -> Outlook:
    """Does the verb tell of something done, announced, refused, denied, undone or only wished for?"""
    found = modality_of(verb)
    if found.kind == "negated" and lemma_of(verb) not in _OCCASIONS:
        return "absent"
    outlook = _OUTLOOKS.get(found.kind, "possible")
    if outlook in ("held", "planned") and any(_is_conditional(token) for token in (verb, *_predicate(verb))):
        return "possible"
    is_leaving = outlook == "held" and any(_is_leaving(token) for token in (verb, *_predicate(verb)))
    return "planned" if is_leaving else outlook


def is_neither(verb: Token) -> bool:
    """As in "met neither A nor B", "held talks with neither A nor B"."""
    negation = negation_of(verb)
    return negation is not None and negation.lower_ == "neither" and negation.i > verb.i


def _predicate(verb: Token) -> list[Token]:
    """The words above the verb that share its predicate, the nearest few."""
    found: list[Token] = []
    token = verb
    while token.head is not token and token.dep_ in ("xcomp", "acomp", "advcl") and len(found) < 4:
        if token.dep_ == "advcl" and not any(child.tag_ == "TO" for child in token.lefts):
            break
        token = token.head
        found.append(token)
    return found


def _is_leaving(token: Token) -> bool:
    """As in "is flying to Rome to meet them"."""
    helpers = {child.lower_ for child in token.lefts if child.dep_ == "aux"}
    return (
        token.tag_ == "VBG" and lemma_of(token) in _MOTION and bool(helpers & {"is", "are", "'s", "am", "’s"})
    )


def _is_conditional(verb: Token) -> bool:
    """As in "will visit Jerusalem once the occupation has ended"."""
    clauses = (child for child in verb.rights if child.dep_ == "advcl")
    return any(
        mark.dep_ in ("mark", "advmod") and mark.lower_ in CONDITIONS
        for clause in clauses
        for mark in clause.lefts
    )
