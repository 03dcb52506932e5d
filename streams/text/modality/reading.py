"""Modality: is what a verb or noun tells of done, or denied, refused, asked, supposed, tried, planned, rumoured?

Reads:  one word of a parsed sentence, and the words that govern it
Writes: a `Modality`: its kind, and the words that decide it
Pure:   no lists of what counts as a contact or a statement; those who ask say what a kind means for them

The word is read from the inside out. Its own auxiliaries and negation come first, then each word above it in the
same predicate ("meet" <- "refused"; "said" <- "short of" <- "stopped"), then the clause: its conjunction, the order
of its words, and the verb that reports it. Each step turns the kind found so far into another one: what is refused
and negated is a fact again, a plan that is negated is none.
"""

from readout.streams.text.modality import word_lists as words
from readout.streams.text.modality.clause import in_clause
from readout.streams.text.modality.kinds import Modality
from readout.streams.text.modality.negation import is_negated
from readout.streams.text.modality.predicate import (
    governor,
    here,
    is_apart,
    shared,
    tense,
    through_preposition,
    under,
)
from readout.streams.text.modality.tree import Word, lemma_of

_DEEPEST = 12


def modality_of(word: Word, depth: int = 0) -> Modality:
    """The modality of a verb, or of a noun of plan or speech, in its clause and in those around it."""
    found = here(word, Modality("fact"))
    token = word
    for _ in range(_DEEPEST):
        above = governor(token)
        if above is None:
            break
        if token.dep_ == "conj":
            found = shared(token, above, found)
        elif above.dep_ == "prep" or above.tag_ == "IN":
            found = through_preposition(above, found)
        elif is_apart(token, above):
            found = tense(above, found)
        else:
            found = here(above, under(above, token, found))
        token = above
    found = in_clause(token, found)
    return found if depth > 3 else _reported(token, found, depth)  # reports within reports are no deeper


def _reported(top: Word, found: Modality, depth: int) -> Modality:
    """What reports the clause makes of it: "denies that they met", "did not say that", "rumours that"."""
    above = top.head
    if above.i == top.i or not _is_reported(top, above):
        return found
    word = lemma_of(above)
    if word in words.DENIALS:
        return found if is_negated(above) else found.turned("denied", above)
    if word in ("expect", "plan") and found.kind == "fact":
        return found.turned("planned", above)
    if word in words.THOUGHTS or word == "wish" or _is_hearsay(above):
        return _thought(above, found)
    return _predicated(above, found) if word == "be" else _said(above, found, depth)


def _is_reported(top: Word, above: Word) -> bool:
    """Is it a clause such as "that they met", below a verb or a noun?"""
    if top.dep_ in ("ccomp", "pcomp", "csubj", "nsubj"):
        return True
    has_that = any(child.lower_ == "that" for child in top.lefts)
    return has_that and (top.dep_ == "acl" or (top.dep_ == "relcl" and lemma_of(above) in words.THOUGHTS))


def _is_hearsay(above: Word) -> bool:
    """As in "rumour has it that they met"."""
    return lemma_of(above) == "have" and any(
        lemma_of(child) in words.RUMOURS and child.tag_.startswith("NN") for child in above.lefts
    )


def _said(above: Word, found: Modality, depth: int) -> Modality:
    """What was not said, or only asked or supposed, is no fact: "did not say that they had met"."""
    if lemma_of(above) not in words.SAYING | words.BELIEVING or found.kind not in (
        "fact",
        "planned",
        "negated",
    ):
        return found
    outer = modality_of(above, depth + 1)
    if outer.kind in ("fact", "planned", "awaited"):
        return found
    return Modality("possible", tuple(sorted({*found.words, *outer.words})))


def _thought(noun: Word, found: Modality) -> Modality:
    """As in "rumours that they met", "no evidence that"; "no doubt that" is a fact."""
    is_doubt = lemma_of(noun) == "doubt"
    if is_doubt and is_negated(noun):
        return found
    return found.turned("rumoured", noun)


def _predicated(copula: Word, found: Modality) -> Modality:
    """As in "It is not true that they met", "it is unclear that", "it is true that"."""
    for child in copula.rights:
        if child.dep_ in ("acomp", "attr", "prep", "oprd"):
            is_not = is_negated(copula) or is_negated(child)
            if child.lower_ in words.TRUE:
                return found.turned("denied", child) if is_not else found
            if child.lower_ in words.FALSE:
                return found if is_not else found.turned("denied", child)
            if child.lower_ in words.UNSURE:
                return found.turned("rumoured", child)
    return found
