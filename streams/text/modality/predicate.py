"""The predicate: auxiliaries, and the words above a verb that share its subject.

Reads:  a word, the word above it, and the modality found so far
Writes: the modality that they make of it: "will meet", "refused to meet", "stopped short of meeting"
"""

from collections.abc import Iterable

from readout.streams.text.modality import word_lists as words
from readout.streams.text.modality.clause import conditioned
from readout.streams.text.modality.kinds import Kind, Modality
from readout.streams.text.modality.negation import is_negated, negated, negation_of
from readout.streams.text.modality.tree import (
    Word,
    has_perfect,
    has_subject,
    has_to,
    infinitive_of_be,
    is_verb,
    lemma_of,
    particle_verb,
)


def here(token: Word, found: Modality) -> Modality:
    """What the auxiliaries, adverbs and negations at one word of the predicate make of it."""
    return negated(token, _nearly(token, tense(token, found)))


def tense(token: Word, found: Modality) -> Modality:
    """As in "will meet", "may meet", "would meet", "are to meet", "is going to meet"."""
    helpers = {child.lower_: child for child in token.lefts if child.dep_ == "aux"}
    ahead = next((helpers[name] for name in sorted(helpers.keys() & words.FUTURE)), None)
    maybe = next((helpers[name] for name in sorted(helpers.keys() & words.MAYBE)), None)
    if maybe is not None:
        return _maybe(token, found, maybe)
    if ahead is not None:
        return _ahead(found, ahead)
    if "would" in helpers or "'d" in helpers:
        return _would(token, found, helpers.get("would") or helpers["'d"], helpers)
    infinitive = infinitive_of_be(token)
    if infinitive is not None:
        return found.turned("near" if has_perfect(infinitive) else "planned", token)
    return found


def _ahead(found: Modality, helper: Word) -> Modality:
    kinds: dict[Kind, Kind] = {"fact": "planned", "negated": "possible", "denied": "possible"}
    return found.turned(kinds[found.kind], helper) if found.kind in kinds else found


def _maybe(token: Word, found: Modality, helper: Word) -> Modality:
    """As in "may meet", a possibility; "could not meet" met nobody; "agreed that they should meet" is a plan."""
    if helper.lower_ in words.ABLE and is_negated(token):
        return found
    is_decided = token.dep_ == "ccomp" and lemma_of(token.head) in ("agree", "decide")
    return found.turned("planned" if helper.lower_ == "should" and is_decided else "possible", helper)


def _would(token: Word, found: Modality, helper: Word, helpers: Iterable[str]) -> Modality:
    """As in "Gromov said they would meet", a plan; "they would meet if" and "would have met" are none."""
    if "have" in helpers or (helper.lower_ == "'d" and token.tag_ != "VB"):
        return found if helper.lower_ == "'d" else found.turned("conditional", helper)
    told = token.dep_ == "ccomp" and lemma_of(token.head) in words.SAYING
    if told or is_negated(token):
        return found.turned("planned", helper) if found.kind == "fact" else found
    return found.turned("conditional", helper)


def _nearly(token: Word, found: Modality) -> Modality:
    """As in "almost met", "was supposedly met"."""
    for child in token.lefts:
        if child.dep_ == "advmod" and child.lower_ in words.NEARLY and found.kind == "fact":
            return found.turned("near", child)
        if child.dep_ == "advmod" and child.lower_ in words.SUPPOSEDLY and found.kind == "fact":
            return found.turned("rumoured", child)
    return found


def governor(token: Word) -> Word | None:
    """The word above that belongs to the same predicate, None where another clause begins."""
    above = token.head
    if above.i == token.i:
        return None
    if token.dep_ in ("xcomp", "acomp", "attr", "auxpass", "aux", "oprd", "pcomp"):
        return above
    if token.dep_ == "acl":
        return above if has_to(token) else None
    if token.dep_ in ("advcl", "ccomp"):
        is_gerund = token.dep_ == "ccomp" and token.tag_ == "VBG" and lemma_of(above) in words.TAKES_GERUND
        return above if has_to(token) or is_gerund or lemma_of(above) == "let" else None
    if token.dep_ == "conj":
        return above if is_verb(token) and not has_subject(token) and is_verb(above) else None
    return above if token.dep_ in ("dobj", "pobj", "prep") and _is_noun_of_plan(token) else None


def _is_noun_of_plan(token: Word) -> bool:
    """Is it a noun such as plan or refusal, or a preposition on the way up from one?"""
    return token.dep_ == "prep" or lemma_of(token) in words.PLANS | words.WISHES


def under(above: Word, below: Word, found: Modality) -> Modality:
    """What a governing word makes of it: "refused to meet", "denied meeting", "failed to meet", "tried to meet"."""
    word = lemma_of(above)
    if word in ("opportunity", "chance") and _is_had(above):
        return found
    due = _is_due(above) if word == "be" else None
    if due is not None:
        return _planned(due, below, found)  # "is due in Damascus to see the president"
    if word in words.REFUSALS or particle_verb(above) in words.REFUSALS:
        return found.turned("refused", above)
    if word in words.DENIALS:
        return found.turned("refused" if below.dep_ in ("dobj", "pobj") else "denied", above)
    if word in words.PLANS:
        return _planned(above, below, found)
    return _undone(above, found)


def _undone(above: Word, found: Modality) -> Modality:
    """As in "failed to meet", "is rumoured to have met", "tried to meet", "wants to meet"."""
    word = lemma_of(above)
    if word in words.FAILURES or (word == "have" and any(child.lower_ == "yet" for child in above.children)):
        return found.turned("negated" if found.kind == "fact" else "possible", above)
    if word in words.RUMOURS and above.tag_ == "VBN":
        return found.turned("rumoured", above) if found.kind in ("fact", "negated") else found
    if word in words.ATTEMPTS:
        return found.turned("attempted", above) if found.kind == "fact" else found
    if word in words.WISHES or _is_hope(above):
        return found.turned("possible", above) if found.kind in ("fact", "planned", "negated") else found
    return found


def _is_due(copula: Word) -> Word | None:
    return next(
        (child for child in copula.rights if child.dep_ == "acomp" and lemma_of(child) in words.PLANS), None
    )


def _planned(above: Word, below: Word, found: Modality) -> Modality:
    """As in "agreed to meet"; "agreed not to meet" refuses; "was due to have met" came to nothing."""
    if found.kind == "negated":
        return found.turned("refused" if _decides(above) else "possible", above)
    if found.kind != "fact":
        return found
    is_missed = has_perfect(below) or (lemma_of(above) in words.MISSED and _is_past(above))
    return found.turned("near" if is_missed else "planned", above)


def _decides(word: Word) -> bool:
    """Does the word tell a decision, so that its negation is a refusal: "agreed not to meet"?"""
    return lemma_of(word) in words.DECISIONS


def _is_past(word: Word) -> bool:
    """As in "was supposed to", "were about to"."""
    above = word if is_verb(word) else word.head
    helpers = [child for child in above.lefts if child.dep_ in ("aux", "auxpass")]
    return any(token.lower_ in ("was", "were", "had") for token in (above, *helpers))


def _is_hope(token: Word) -> bool:
    """As in "had looked forward to welcoming the king"."""
    return lemma_of(token) == "look" and any(child.lower_ == "forward" for child in token.rights)


def _is_had(noun: Word) -> bool:
    """As in "had the opportunity to exchange views with"; not "had no opportunity"."""
    is_past = lemma_of(noun.head) == "have" and noun.head.tag_ == "VBD"
    return is_past and all(child.lower_ != "no" for child in noun.lefts)


def through_preposition(link: Word, found: Modality) -> Modality:
    """As in "without meeting", "stopped short of meeting", "was kept from meeting", "came close to meeting"."""
    above = link.head
    kinds: dict[Kind, Kind] = {"fact": "negated", "negated": "fact"}
    if link.lower_ in words.WITHOUT and not _goes_without(above):
        return found.turned(kinds.get(found.kind, "possible"), link)
    short = _short_of(link, above) if link.lower_ == "of" else None
    if short is not None:
        return found.turned(kinds.get(found.kind, "possible"), short, link)
    if link.lower_ == "from" and lemma_of(above) in words.PREVENTING:
        return found.turned(kinds.get(found.kind, "possible"), above)
    if link.lower_ == "to" and above.lower_ in words.HABITS:
        return found.turned("possible", above)
    is_close = above.lower_ in ("close", "near") or above.lower_ in ("verge", "brink", "point")
    return found.turned("near", above) if is_close and link.lower_ in ("to", "of") else found


def _goes_without(above: Word) -> bool:
    """As in "it goes without saying that"."""
    return lemma_of(above) == "go" and any(child.lower_ == "it" for child in above.lefts)


def is_apart(link: Word, above: Word) -> bool:
    """As in "In defending himself, he offered", "after meeting them, he refused": two things, if at one time."""
    if link.dep_ != "prep" or link.lower_ in words.WITHOUT:
        return False
    return link.lower_ in words.ADJOINING or (link.i < above.i and is_verb(above))


def _short_of(link: Word, above: Word) -> Word | None:
    """As in "stopped short of", "instead of": the parser hangs the two words on each other in all ways."""
    near = (above, *above.children, *link.children)
    return next((word for word in near if word.lower_ in words.SHORT_OF), None)


def shared(token: Word, above: Word, found: Modality) -> Modality:
    """What a joined verb shares: "will meet and call", "did not call or meet"; not "did not meet but called"."""
    links = {child.lower_ for child in above.children if child.dep_ == "cc" and child.i < token.i}
    is_bare = token.tag_ in ("VB", "VBN", "VBG") and _form(token) == _form(above)
    helpers = [child for child in token.lefts if child.dep_ in ("aux", "neg", "auxpass")]
    if found.kind == "fact" and is_bare and not helpers:
        found = tense(above, found)
    negation = negation_of(above)
    is_alike = token.tag_ == above.tag_ and not helpers
    if negation is not None and is_alike and links & {"or", "nor"} and not links & {"but", "and"}:
        found = negated(above, found)
    return conditioned(above, found)


def _form(verb: Word) -> str:
    return "VBN" if verb.tag_ == "VBD" and any(child.dep_ == "aux" for child in verb.lefts) else verb.tag_
