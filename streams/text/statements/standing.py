"""Was it said? The status of a statement, and the words that decide it.

Reads:  a parsed body and a draft of an attribution
Writes: made, denied, refused, asked, conditional or planned, with the deciding tokens
Deliberately absent: negation inside the content ("said that it would not close" is made) and scope, which
`modality` reads off the parse.
"""

from collections.abc import Container
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from readout.schemas.statements import StatementStatus
from readout.streams.text.modality import word_lists as modal_words
from readout.streams.text.modality.kinds import Kind, Modality
from readout.streams.text.modality.reading import modality_of
from readout.streams.text.statements.cues import (
    ANSWERING,
    CLAUSE_VERBS,
    PHRASE_VERBS,
    is_noun_cue,
    token_lemma,
)
from readout.streams.text.statements.drafts import Draft

_STATUSES: dict[Kind, StatementStatus] = {
    "fact": "made",
    "awaited": "made",
    "planned": "planned",
    "negated": "denied",
    "denied": "denied",
    "near": "denied",
    "refused": "refused",
    "asked": "asked",
    "possible": "conditional",
    "conditional": "conditional",
    "attempted": "conditional",
    "rumoured": "conditional",
}
# "He thinks that", "he would like to", "he wants to": what somebody has in mind is not yet to be said.
_ATTITUDES = frozenset(
    """think believe hope fear know feel want like wish expect prefer love hate understand realize realise guess
    imagine support oppose favor favour plan intend consider see seem doubt worry mean need""".split()
)
# "I would say that", "I must say", "let me tell you": said with these very words.
_BY_SAYING_SO = frozenset(
    "say tell add note argue stress admit thank ask remind suggest point venture emphasize call".split()
)
# "tried to argue that the law was void" tells an argument; "tried to say" does not tell words.
_MADE_BY_TRYING = frozenset(
    "argue explain convince persuade portray justify defend claim stress insist reassure blame paint".split()
)
_ASKING = frozenset("ask wonder question inquire enquire query know demand".split())
_DODGING = frozenset("dodge sidestep evade duck deflect".split())
_QUESTION_WORDS = frozenset("whether if why how what who whom whose which when where".split())
_SPEAKING = (CLAUSE_VERBS | PHRASE_VERBS | ANSWERING) - _ATTITUDES
_UNDOING = modal_words.REFUSALS | modal_words.FAILURES | modal_words.DENIALS
_GOVERNING = _UNDOING | modal_words.PLANS | modal_words.ATTEMPTS | modal_words.WISHES | modal_words.RUMOURS
_SPEECH_ACTS = CLAUSE_VERBS | frozenset("threaten offer invite allow encourage require enable let".split())
_FIRST = frozenset(("i", "we", "me", "us"))


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether something was said, and the tokens that tell; none where it was."""

    status: StatementStatus
    words: tuple[int, ...] = ()


_MADE = Standing("made")


def standing(doc: Doc, draft: Draft) -> Standing:
    """The status of a draft."""
    head = doc[draft.head]
    if token_lemma(head) in _DODGING:
        return Standing("refused", (head.i,))
    if not (head.tag_.startswith("VB") or is_noun_cue(head)):
        return _MADE
    said = spoken(head, draft.content)
    found = _judged(said, modality_of(said))
    if found.words and set(found.words) <= set(draft.content):
        return _MADE  # what is negated inside the content is not the speech
    if found.status == "made" and _is_asked(doc, draft, head):
        return Standing("asked", (head.i,))
    return found


def spoken(head: Token, content: Container[int] = ()) -> Token:
    """The verb of saying itself where the cue is what governs it: "refused [to say] whether", "is due [to say]".

    What somebody promises or hopes to say is the promise itself, where its content tells all of that.
    """
    due = [child for child in head.rights if child.dep_ == "acomp"] if token_lemma(head) == "be" else []
    below = (child for token in (head, *due) for child in token.rights if child.dep_ in ("xcomp", "ccomp"))
    said = next((child for child in below if child.tag_ in ("VB", "VBG") and _says(child)), None)
    if said is None:
        return _kept_from(head)
    is_yet = token_lemma(head) == "have" and any(child.lower_ == "yet" for child in head.children)
    if not (due or is_yet or token_lemma(head) in _GOVERNING):
        return head
    is_always = token_lemma(head) in _UNDOING or any(child.dep_ == "auxpass" for child in head.lefts) or due
    reports = token_lemma(head) not in _SPEECH_ACTS and any(child.dep_ == "ccomp" for child in said.rights)
    return said if is_always or reports or said.i not in content else head


def _kept_from(head: Token) -> Token:
    """As in "stopped short of saying", "refrained from saying", "came close to saying": what was not said."""
    if token_lemma(head) not in modal_words.PREVENTING | {"come", "fall", "walk"}:
        return head
    links = (link for link in head.rights if link.dep_ == "prep" and link.lower_ in ("of", "from", "to"))
    return next(
        (verb for link in links for verb in link.rights if verb.dep_ == "pcomp" and _says(verb)), head
    )


def _says(verb: Token) -> bool:
    return token_lemma(verb) in _SPEAKING


def _judged(verb: Token, found: Modality) -> Standing:
    status = _STATUSES[found.kind]
    if status == "refused" and not _says(verb):
        return Standing("denied", found.words)  # "will not be able to brag about"
    if status == "made" or (status in ("planned", "conditional") and _is_made_after_all(verb, found)):
        return _MADE
    return Standing(status, found.words)


def _is_made_after_all(verb: Token, found: Modality) -> bool:
    """As in "would like to", "I would say that", "tried to argue that", "may well believe"."""
    if found.kind == "attempted":
        return token_lemma(verb) in _MADE_BY_TRYING
    by_clause = found.kind in ("rumoured", "conditional") and not _has_modal(verb)
    if by_clause:
        return False
    if verb.tag_.startswith("NN") or token_lemma(verb) not in _SPEAKING:
        return True
    return token_lemma(verb) in _BY_SAYING_SO and _is_first_person(verb)


def _has_modal(verb: Token) -> bool:
    return any(child.tag_ == "MD" for child in verb.lefts)


def _is_first_person(verb: Token) -> bool:
    token = verb
    for _ in range(3):
        if any(child.dep_ == "nsubj" and child.lower_ in _FIRST for child in token.lefts):
            return True
        if token.dep_ not in ("xcomp", "ccomp", "conj") or token.head.i == token.i:
            return False
        token = token.head
    return False


def _is_asked(doc: Doc, draft: Draft, head: Token) -> bool:
    """As in "asked whether", "wants to know if", "“Why now?” she asked"; not "asked them to leave"."""
    if token_lemma(head) not in _ASKING:
        return False
    words = [doc[index] for index in draft.content if doc[index].text.strip("“”\"'‘’`,. \n")]
    if not words:
        return False
    if token_lemma(head) == "know" and words[0].lower_ not in ("whether", "if"):
        return (
            token_lemma(head.head) in ("want", "need", "demand", "like")
            and words[0].lower_ in _QUESTION_WORDS
        )
    return words[0].lower_ in _QUESTION_WORDS or words[-1].text == "?" or _is_interrogative(head)


def _is_interrogative(head: Token) -> bool:
    clauses = (child for child in head.rights if child.dep_ == "ccomp")
    return any(mark.lower_ in ("whether", "if") for clause in clauses for mark in clause.lefts)
