"""Attributions by rule, without a trained model: the rules-only mode.

Reads:  a parsed body and its quotations
Writes: drafts of attributions, in the order of their cues
Deliberately absent: weights. The rules know said-inversions, that-clauses, quotations beside a verb of saying,
"according to", relative pronouns, infinitives, noun phrases after verbs such as "reject", and noun cues.
"""

from collections.abc import Iterator, Sequence

from spacy.tokens import Doc, Token

from streams.text.cues import (
    CLAUSE_VERBS,
    INFINITIVE_VERBS,
    PHRASE_VERBS,
    is_according,
    is_noun_cue,
    is_speech_verb,
    token_lemma,
)
from streams.text.drafts import Draft
from streams.text.quotes import Quotation

_SUBJECTS = ("nsubj", "nsubjpass", "csubj")
_PARTICLES = ("aux", "auxpass", "neg", "prt")
_CLAUSES = ("acl", "relcl", "ccomp", "xcomp")


def rule_drafts(doc: Doc, quoted: Sequence[Quotation]) -> tuple[Draft, ...]:
    """All attributions that the rules find; `quoted` are the quotations of the body."""
    inside = quoted_tokens(doc, quoted)
    drafts = (_draft(token, inside) for token in doc)
    return tuple(draft for draft in drafts if draft is not None and draft.content)


def quoted_tokens(doc: Doc, quoted: Sequence[Quotation]) -> list[int]:
    """For every token the number of the double quotation that it stands in, counted from 1; 0 outside of any."""
    numbers = [0] * len(doc)
    spans = [quotation.span for quotation in quoted if quotation.is_double]
    at = 0
    for token in doc:
        while at < len(spans) and spans[at].end <= token.idx:
            at += 1
        if at < len(spans) and spans[at].start < token.idx + len(token.text):
            numbers[token.i] = at + 1
    return numbers


def _draft(token: Token, inside: Sequence[int]) -> Draft | None:
    if is_according(token):
        return _according(token)
    if is_speech_verb(token):
        return _verb(token, inside)
    return _noun(token) if is_noun_cue(token) else None


def _subtree(token: Token) -> range:
    return range(token.left_edge.i, token.right_edge.i + 1)


def _child(token: Token, *labels: str) -> Token | None:
    return next((child for child in token.children if child.dep_ in labels), None)


def _according(token: Token) -> Draft | None:
    """According to the ministry, the talks ended: the source is in the phrase, the content around it."""
    preposition = token.nbor()
    source = _child(preposition, "pobj") or _child(token, "pobj")
    if source is None:
        return None
    phrase = range(token.i, source.right_edge.i + 1)
    clause = token.head
    while clause.dep_ in ("prep", "pobj", "compound", "amod", "nummod") and clause.head is not clause:
        clause = clause.head
    content = tuple(index for index in _subtree(clause) if index not in phrase)
    return Draft(token.i, (token.i, preposition.i), tuple(_subtree(source)), content)


def _verb(verb: Token, inside: Sequence[int]) -> Draft | None:
    source = _verb_source(verb)
    own = {verb.i, *(child.i for child in verb.children if child.dep_ in _PARTICLES)}
    taken = own | (set(_subtree(source)) if source is not None else set())
    content = _verb_content(verb, taken, inside)
    if not content or (source is None and not any(inside[index] for index in content)):
        return None
    people = tuple(index for index in _subtree(source) if index not in content) if source is not None else ()
    return Draft(verb.i, tuple(sorted(own)), people, content)


def _verb_source(verb: Token) -> Token | None:
    """The subject; of a joined, open or participial verb that of the verb above: "he left, saying"."""
    seen = 0
    while seen < 4:
        subject = _child(verb, *_SUBJECTS)
        agent = _child(verb, "agent")
        if agent is not None:
            return _child(agent, "pobj")
        if subject is not None:
            return subject
        if verb.dep_ in ("acl", "relcl"):
            return verb.head if verb.tag_ == "VBG" or verb.dep_ == "relcl" else None
        if verb.dep_ not in ("conj", "xcomp", "advcl", "ccomp") or verb.head is verb:
            return None
        verb, seen = verb.head, seen + 1
    return None


def _verb_content(verb: Token, taken: set[int], inside: Sequence[int]) -> tuple[int, ...]:
    found = (
        _clause_content(verb)
        or _parenthetic_content(verb)
        or _quoted_content(verb, inside)
        or _phrase_content(verb)
    )
    whole = _whole_quotations(verb, found, inside) if found else ()
    return tuple(index for index in sorted({*found, *whole}) if index not in taken)


def _clause_content(verb: Token) -> tuple[int, ...]:
    """The clause that the verb takes, on either side: "Shoigu said he was concerned", "He was, Shoigu said"."""
    if token_lemma(verb) in CLAUSE_VERBS:
        clause = _child(verb, "ccomp")
        if clause is not None:
            return tuple(_subtree(clause))
    opened = _child(verb, "xcomp") if token_lemma(verb) in INFINITIVE_VERBS else None
    return tuple(_subtree(opened)) if opened is not None else ()


def _parenthetic_content(verb: Token) -> tuple[int, ...]:
    """The clause around a said-phrase: "The talks, he said, were long"."""
    if verb.dep_ != "parataxis" or token_lemma(verb) not in CLAUSE_VERBS:
        return ()
    phrase = _subtree(verb)
    return tuple(index for index in _subtree(verb.head) if index not in phrase)


def _quoted_content(verb: Token, inside: Sequence[int]) -> tuple[int, ...]:
    """The quotations of the sentence, when the verb stands outside of them."""
    if inside[verb.i] or token_lemma(verb) not in CLAUSE_VERBS:
        return ()
    return tuple(token.i for token in verb.sent if inside[token.i])


def _phrase_content(verb: Token) -> tuple[int, ...]:
    if token_lemma(verb) not in PHRASE_VERBS:
        return ()
    phrase = _child(verb, "dobj", "nsubjpass" if verb.tag_ == "VBN" else "dobj")
    return tuple(_subtree(phrase)) if phrase is not None else ()


def _whole_quotations(verb: Token, content: Sequence[int], inside: Sequence[int]) -> Iterator[int]:
    """All of a quotation that the content touches, and the quotations that follow on: “No,” he said. “Never.”"""
    touched = {inside[index] for index in content if inside[index]} - {inside[verb.i]}
    follows = _following_quotation(verb, inside) if touched else 0
    wanted = touched | ({follows} if follows else set())
    for step in (-1, 1):
        index = verb.i + step
        while 0 <= index < len(inside) and abs(index - verb.i) < 1000:
            if inside[index] in wanted:
                yield index
            index += step


def _following_quotation(verb: Token, inside: Sequence[int]) -> int:
    """The quotation that the next sentence begins with, in the same paragraph; else 0."""
    last = verb.sent[-1]
    if last.is_space or last.i + 1 >= len(verb.doc) or "\n" in last.nbor().text:
        return 0
    return inside[last.i + 1] if inside[last.i + 1] != inside[last.i] else 0


def _noun(noun: Token) -> Draft | None:
    """Moscow's claims that Kyiv might use a bomb."""
    content = _child(noun, *_CLAUSES) or _of_phrase(noun)
    source = _child(noun, "poss") or _by_phrase(noun)
    if content is None or source is None or content.left_edge.i <= noun.i:
        return None
    cue = tuple(child.i for child in source.children if child.dep_ == "case")
    people = tuple(index for index in _subtree(source) if index not in cue)
    return Draft(noun.i, (*cue, noun.i), people, tuple(_subtree(content)))


def _of_phrase(noun: Token) -> Token | None:
    return next((child for child in noun.children if child.dep_ == "prep" and child.lower_ == "of"), None)


def _by_phrase(noun: Token) -> Token | None:
    phrases = (child for child in noun.children if child.dep_ == "prep" and child.lower_ in ("by", "from"))
    return next((person for phrase in phrases for person in phrase.children if person.dep_ == "pobj"), None)
