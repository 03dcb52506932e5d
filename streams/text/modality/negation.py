"""Negation: the word that turns "met" into "did not meet", and what it makes of plans, refusals and denials.

Reads:  a word with its children
Writes: the negating word, or the kind that it turns another one into

"not only", "nobody but", "not until Friday" and "had no comment" negate no verb.
"""

from collections.abc import Iterator

from readout.streams.text.modality import word_lists as words
from readout.streams.text.modality.kinds import Kind, Modality
from readout.streams.text.modality.tree import Word, infinitive_of_be, lemma_of

_NEGATING = ("det", "preconj", "cc", "nummod", "advmod", "appos")


def is_negated(token: Word) -> bool:
    """Is the word negated: "did not meet", "never met", "no one met", "met neither", "no plan"?"""
    return negation_of(token) is not None


def negation_of(token: Word) -> Word | None:
    """The word that negates another one; "not only" and "did not meet until Friday" negate nothing."""
    found = _negating_child(token) or _negative_phrase(token, ("nsubj", "nsubjpass"))
    if found is None and token.tag_.startswith("VB"):
        found = _negative_phrase(token, ("dobj", "attr", "dative")) or _negative_object(token)
    return None if found is None or _is_until(token) else found


def _negating_child(token: Word) -> Word | None:
    for child in token.children:
        if (child.dep_ == "neg" or child.lower_ in words.NEGATIONS) and not _is_only(child, token):
            return child
        if child.dep_ == "advmod" and child.lower_ in words.EMPHASIS:
            inner = next((part for part in child.lefts if part.lower_ in words.NEGATIONS), None)
            if inner is not None:
                return inner
        if child.dep_ == "prep" and child.i < token.i and (none := _at_no_point(child)) is not None:
            return none
        if child.dep_ == "det" and child.lower_ == "no" and not token.tag_.startswith("VB"):
            return child
    return None


def _at_no_point(link: Word) -> Word | None:
    """As in "at no point said", "under no circumstances will they meet"."""
    for noun in link.rights:
        if lemma_of(noun) in words.OCCASIONS:
            return next((part for part in noun.lefts if part.lower_ == "no"), None)
    return None


def _is_only(negation: Word, token: Word) -> bool:
    """As in "not only met the envoy but"."""
    return any(
        child.lower_ in ("only", "just", "merely", "simply") and child.i == negation.i + 1
        for child in (*token.children, *negation.children)
    )


def _negative_phrase(token: Word, deps: tuple[str, ...]) -> Word | None:
    """As in "Nobody from the ministry met", "no one said", "Neither A nor B met"; not "Nobody but A"."""
    for child in token.children:
        if child.dep_ not in deps:
            continue
        if child.lower_ in words.NOBODY:
            return None if _has_exception(child) else child
        for part in _before(child):
            if part.lower_ in ("no", "neither") and part.dep_ in _NEGATING:
                return None if _has_exception(child) or not _counts(child) else part
    return None


def _before(noun: Word) -> Iterator[Word]:
    """What stands before a noun; the parser may hang "neither" on its title."""
    yield from (part for part in noun.rights if part.dep_ == "appos" and part.lower_ == "neither")
    for part in noun.lefts:
        yield part
        if part.dep_ in ("compound", "nmod"):
            yield from part.lefts


def _counts(noun: Word) -> bool:
    """Whose "no" negates the verb: every subject's and any person's; "had no comment" is its noun's own."""
    return noun.dep_ in ("nsubj", "nsubjpass") or noun.lower_ == "one" or noun.tag_ in ("NNP", "NNPS")


def _negative_object(token: Word) -> Word | None:
    """As in "spoke to no one", "spoke with neither Lund nor Berg", "said nothing about"."""
    for link in token.rights:
        if link.dep_ in ("prep", "dative", "agent"):
            found = _negative_phrase(link, ("pobj",))
            if found is not None:
                return found
            for noun in link.children:
                found = next((part for part in _before(noun) if part.lower_ == "neither"), None)
                if noun.dep_ == "pobj" and found is not None:
                    return found
    return None


def _has_exception(noun: Word) -> bool:
    """As in "nobody but the harbour master", "no one other than Lund"."""
    return any(child.lower_ in ("but", "except", "other", "save") for child in noun.rights)


def _is_until(token: Word) -> bool:
    """As in "did not meet until the last day": they met then."""
    for child in token.children:
        if child.lower_ in ("until", "till") and child.dep_ in ("prep", "advmod"):
            return True
        if child.dep_ == "advcl" and any(part.lower_ in ("until", "till") for part in child.lefts):
            return not any(part.lower_ in words.FUTURE for part in token.lefts)
    return False


def negated(token: Word, found: Modality) -> Modality:
    """What a negation at the word makes of the kind found so far; the same without one."""
    negation = negation_of(token)
    if negation is None:
        return found
    kinds: dict[Kind, Kind] = {
        "fact": "negated",
        "negated": "fact",
        "denied": "fact",
    }
    if found.kind == "planned" and _is_ahead_itself(token):
        return found.turned("refused", negation)
    return found.turned(kinds.get(found.kind, "possible"), negation)


def _is_ahead_itself(token: Word) -> bool:
    """Is it "will not", "would not", "is not to", and no "is not expected to"?"""
    ahead = words.FUTURE | {"would", "'d"}
    return any(child.lower_ in ahead for child in token.lefts) or infinitive_of_be(token) is not None
