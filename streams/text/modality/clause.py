"""The clause: conditions, questions and headlines.

Reads:  the highest word of a predicate, and the modality found so far
Writes: the modality that the conjunction or the order of the words makes of it: "if they met", "did they meet?"
"""

from readout.streams.text.modality import word_lists as words
from readout.streams.text.modality.kinds import Kind, Modality
from readout.streams.text.modality.tree import Word, has_to, is_verb, lemma_of

# A question mark further on than this belongs to another clause.
_FARTHEST = 80


def in_clause(top: Word, found: Modality) -> Modality:
    """What the conjunction or the order of the words makes of it: "if they meet", "had they met", "did they?"."""
    found = _inverted(top, conditioned(top, found))
    if top.dep_ == "conj" and is_verb(top.head) and found.kind in ("fact", "planned"):
        found = conditioned(top.head, found)  # "if she resigns and he meets them"
    is_headline = found.kind == "fact" and has_to(top) and (top.dep_ == "ROOT" or _is_of_a_name(top))
    return found.turned("planned", top) if is_headline else found


def _is_of_a_name(top: Word) -> bool:
    """As in "Arafat to meet Peres", which is a headline."""
    return top.dep_ in ("acl", "relcl") and top.head.tag_ in ("NNP", "NNPS") and top.head.dep_ == "ROOT"


def conditioned(token: Word, found: Modality) -> Modality:
    """What the conjunction of a clause makes of it: "if they meet", "whether they met", "when they meet"."""
    for child in token.lefts:
        is_once = child.lower_ == "once" and token.dep_ != "advcl"
        if child.dep_ in ("mark", "advmod") and child.lower_ in words.CONDITIONS and not is_once:
            return found.turned("asked" if child.lower_ == "whether" else _if_kind(token), child)
        is_when = child.dep_ in ("mark", "advmod") and child.lower_ in words.WHEN
        if is_when and token.tag_ in ("VBZ", "VBP") and found.kind == "fact":
            return found.turned("awaited", child)
    return found


def _if_kind(token: Word) -> Kind:
    """As in "asked if they met", a question."""
    return "asked" if token.dep_ == "ccomp" and lemma_of(token.head) in words.ASKING else "conditional"


def _inverted(top: Word, found: Modality) -> Modality:
    """As in "Did they meet?", "Had they met, ...", "Should they meet, ..."; not "Never had they met"."""
    subject = next((child for child in top.children if child.dep_ in ("nsubj", "nsubjpass", "expl")), None)
    if not is_verb(top):
        return found
    if subject is None:
        return _opened(top, found)
    helpers = [child for child in top.lefts if child.dep_ in ("aux", "auxpass") and child.i < subject.i]
    if not helpers and top.i < subject.i and lemma_of(top) == "be":
        helpers = [top]
    if not helpers:
        return found
    before = [child for child in top.lefts if child.i < helpers[0].i and child.dep_ not in ("punct", "cc")]
    if before and before[-1].i == helpers[0].i - 1:
        return found  # "Why did they meet?", "Only then did they meet", "Nor did they"
    if _is_question(top):
        return found.turned("asked", helpers[0])
    is_condition = helpers[0].lower_ in ("had", "should", "were")
    return found.turned("conditional", helpers[0]) if is_condition else found


def _opened(top: Word, found: Modality) -> Modality:
    """As in "Had the pilot, Marek Dvorak, said ...", where the parser makes the pilot the object of had."""
    opener = next((child for child in top.lefts if child.dep_ == "aux"), None)
    is_inverted = opener is not None and any(child.dep_ == "dobj" for child in opener.rights)
    if opener is None or not is_inverted:
        return found
    is_condition = opener.lower_ in ("had", "should", "were") and not _marked(top)
    return found.turned("conditional" if is_condition else "asked", opener)


def _is_question(top: Word) -> bool:
    """Does a question mark close the clause?"""
    end = max((child.i for child in top.rights if child.text == "?"), default=-1)
    return end > top.i or _marked(top)


def _marked(top: Word) -> bool:
    """Where the parser hangs the mark on another word: the next mark that ends a sentence."""
    doc = getattr(top, "doc")  # noqa: B009 - both kinds of tokens have one, of different types
    for place in range(top.i + 1, min(top.i + _FARTHEST, len(doc))):
        if doc[place].text in ("?", ".", "!", "?!"):
            return bool(doc[place].text != "." and doc[place].text != "!")
    return False
