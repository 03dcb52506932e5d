"""Addressees: whom somebody told something.

Reads:  a parsed body and a draft of an attribution
Writes: the span of the addressee
Deliberately absent: who that is.
"""

from spacy.tokens import Doc, Token

from readout.streams.text.spans import Span
from readout.streams.text.statements.cues import token_lemma
from readout.streams.text.statements.drafts import Draft, to_spans

# "Butler told reporters that the talks went on"; but not "Butler told the story".
_TAKES_PERSON = frozenset(
    "tell inform assure remind warn ask urge advise notify brief promise persuade convince order call".split()
)
# "Butler said to reporters that ..."; but not "Butler went to reporters".
_TAKES_TO = frozenset(
    "say write speak talk explain complain announce add confirm admit suggest tweet reply".split()
)
_PERSON_TAGS = ("NN", "NNS", "NNP", "NNPS", "PRP")


def addressee(doc: Doc, draft: Draft) -> Span | None:
    """Whom the cue addresses; None if nobody is named, or only the content itself."""
    head = doc[draft.head]
    person = _told(head) or _spoken_to(head)
    if person is None or person.tag_ not in _PERSON_TAGS:
        return None
    apart = {*draft.content, *draft.source, *draft.cue}
    phrase = [index for index in range(person.left_edge.i, person.right_edge.i + 1) if index not in apart]
    spans = to_spans(doc, phrase)
    return spans[0] if person.i in phrase and len(spans) == 1 else None


def _told(verb: Token) -> Token | None:
    if token_lemma(verb) not in _TAKES_PERSON:
        return None
    return next((child for child in verb.rights if child.dep_ in ("dobj", "dative")), None)


def _spoken_to(verb: Token) -> Token | None:
    if token_lemma(verb) not in _TAKES_TO:
        return None
    phrases = (child for child in verb.rights if child.dep_ in ("prep", "dative") and child.lower_ == "to")
    return next((person for phrase in phrases for person in phrase.children if person.dep_ == "pobj"), None)
