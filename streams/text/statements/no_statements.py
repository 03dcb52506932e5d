"""What looks like an attribution and is none: calls and meetings, deeds that were refused, plans of others.

Reads:  a parsed body and a draft of an attribution
Writes: yes or no

"A called B on Sunday" makes nobody say "B on Sunday"; "refused to meet him" tells nothing that was said; in "is
rumoured to have met" and "is expected to visit" nobody is named who says so.
"""

from spacy.tokens import Doc, Token

from readout.streams.text.calling import is_phone_call
from readout.streams.text.modality.word_lists import PLANS
from readout.streams.text.statements.cues import ANSWERING, is_speech_verb, token_lemma
from readout.streams.text.statements.drafts import Draft
from readout.streams.text.statements.standing import spoken

_CONTACTING = frozenset("phone telephone ring dial diall meet visit greet host contact reach summon".split())
_EXPECTED = frozenset("expect rumour rumor schedule set slate suppose".split())
_HELD_TO = frozenset("say report believe think allege suspect understand know".split())
_SEEMING = frozenset(("appear", "seem"))
_FELT = frozenset("distrust trust admire love hate like dislike respect envy miss fear despise adore".split())
_GLAD = frozenset("glad happy sorry sad lucky relieved proud grateful".split())
_CLAUSES = ("ccomp", "xcomp", "acomp", "oprd", "attr")
_OWN = frozenset("his her their its my our your".split())
_REFUSING = frozenset(("refuse", "decline"))
_QUOTES = frozenset(("“", '"', "``", "‘", "''"))


def is_statement(doc: Doc, draft: Draft) -> bool:
    """Does the draft tell that something is or was said, asked, thought, or was not?"""
    head = doc[draft.head]
    if _is_of_a_name(head):
        return False
    if not head.text[:1].isalpha() or any(doc[index].text in _QUOTES for index in draft.content):
        return True
    checks = (_is_call, _is_contact, _is_deed, _is_appearance, _is_feeling)
    return not (any(check(head) for check in checks) or _is_nobodys(draft, head))


def _is_of_a_name(head: Token) -> bool:
    """As in "Said Benhaddou", "the vice-Commissioner"."""
    return head.tag_ in ("NNP", "NNPS", "HYPH") or (
        head.i > 0 and head.nbor(-1).tag_ == "HYPH" and head.tag_ == "NN"
    )


def _is_call(head: Token) -> bool:
    """As in "called the premier on Sunday", "a nurse called Rosa", "the so-called reformers"."""
    if token_lemma(head) != "call" or not head.tag_.startswith("VB"):
        return False
    is_named = head.tag_ == "VBN" and head.dep_ in ("acl", "amod")
    is_named = is_named or (
        head.tag_ == "VBG" and head.i > 0 and head.nbor(-1).lower_ in _OWN
    )  # "took as her calling"
    return is_named or (not _has_clause(head) and is_phone_call(head))


def _is_contact(head: Token) -> bool:
    """As in "phoned the lawyer", "dialled the chief": whoever is reached is not what is said."""
    return head.tag_.startswith("VB") and token_lemma(head) in _CONTACTING and not _has_clause(head)


def _has_clause(head: Token) -> bool:
    return any(child.dep_ == "ccomp" for child in head.rights)


def _is_deed(head: Token) -> bool:
    """As in "refused to meet the nurses"; not "refused to say", "declined to comment"."""
    if token_lemma(head) not in _REFUSING:
        return False
    below = next((child for child in head.rights if child.dep_ == "xcomp"), None)
    return below is not None and not (is_speech_verb(below) or token_lemma(below) in ANSWERING)


def _is_appearance(head: Token) -> bool:
    """As in "a nurse appears in a ledger", "known as the Bay", "took as her model": no words are told."""
    if token_lemma(head) in ("know", "take") and head.i + 1 < len(head.doc) and head.nbor(1).lower_ == "as":
        return True
    return token_lemma(head) in _SEEMING and not any(child.dep_ in _CLAUSES for child in head.rights)


def _is_feeling(head: Token) -> bool:
    """As in "distrusts Brother Keel", "is glad that he came", "wishes that he had come"."""
    word = token_lemma(head)
    if word in _FELT:
        return any(child.dep_ == "dobj" and child.ent_type_ == "PERSON" for child in head.rights)
    clause = next((child for child in head.rights if child.dep_ == "ccomp"), None)
    if word == "wish":
        return clause is not None and any(child.lower_ in ("had", "were") for child in clause.lefts)
    return word == "be" and any(child.dep_ == "acomp" and child.lower_ in _GLAD for child in head.rights)


def _is_nobodys(draft: Draft, head: Token) -> bool:
    """As in "were due to meet", "is expected to visit", "is rumoured to have met": nobody is named who says so."""
    if spoken(head) is not head:
        return False  # "is due to announce that": it is to be said
    if token_lemma(head) == "be":
        return any(child.dep_ == "acomp" and token_lemma(child) in PLANS for child in head.rights)
    below = next((child for child in head.rights if child.dep_ == "xcomp"), None)
    subjects = [child.i for child in head.lefts if child.dep_ == "nsubjpass"]
    if below is None or not subjects:
        return False
    if token_lemma(head) in _EXPECTED | _HELD_TO and not set(draft.source).isdisjoint(subjects):
        return True  # "the general is said to be ill" is not what the general says
    return not draft.source and token_lemma(head) in _EXPECTED and token_lemma(below) in _CONTACTING
