"""The mentions of a sentence that may be parties to a contact: every name, office, group and pronoun in it.

Reads:  the tokens of a sentence, in a scene
Writes: parties with the heads of their phrases, in reading order; a set such as "both" gives one for each member
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.party_sets import is_set, parties_in
from readout.streams.text.contact_log.scene import Scene
from readout.streams.text.contact_log.speakers import speaker_of
from readout.streams.text.contact_log.tokens import Token

_NOUNS = frozenset(("NN", "NNS", "NNP", "NNPS"))
_PRONOUNS = frozenset(("PRP", "PRP$"))
_SPEAKERS = frozenset(("i", "me", "my"))
_NOBODY = frozenset("we us our you your its themselves itself myself".split())


class PartyMention(NamedTuple):
    """A party and the head of the phrase that names it."""

    head: Token
    party: Party


def mentions_in(sentence: Sequence[Token], scene: Scene) -> list[PartyMention]:
    """The mentions of a sentence in reading order."""
    return [PartyMention(head, party) for head in _heads(sentence) for party in _parties(head, scene)]


def _heads(sentence: Sequence[Token]) -> Iterator[Token]:
    for token in sentence:
        tag = token.tag_
        if tag in _NOUNS:
            is_part = token.dep_ in ("compound", "nmod") and token.head.tag_ in _NOUNS
            if not (is_part and token.head.i > token.i):
                yield token
        elif tag in _PRONOUNS or ((tag == "CD" or token.lower_ == "both") and is_set(token)):
            yield token


def _parties(head: Token, scene: Scene) -> tuple[Party, ...]:
    if head.lower_ in _SPEAKERS:
        return speaker_of(head, scene)
    return () if head.lower_ in _NOBODY else parties_in([head], scene)
