"""Attributions by rule, without a trained model: the rules-only mode.

Reads:  a parsed body and its quotations
Writes: drafts of attributions, in the order of their cues
Deliberately absent: weights. The rules know said-inversions, that-clauses, quotations beside a verb of
saying, "according to", relative pronouns, infinitives, noun phrases after verbs such as "reject", and noun
cues.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from spacy import attrs
from spacy.tokens import Doc, Token

from readout.streams.text.quotes import Quotation
from readout.streams.text.statements.cues import (
    CLAUSE_VERBS,
    INFINITIVE_VERBS,
    PHRASE_VERBS,
    is_according,
    is_noun_cue,
    is_speech_verb,
    token_lemma,
)
from readout.streams.text.statements.drafts import Draft
from readout.streams.text.statements.hashed_network import Booleans
from readout.streams.text.statements.token_features import among, label_id, label_ids

_CUE_TAGS = label_ids("VB VBD VBG VBN VBP VBZ NN NNS")
_ACCORDING = label_id("according")
_SUBJECTS = ("nsubj", "nsubjpass", "csubj")
_PARTICLES = ("aux", "auxpass", "neg", "prt")
_CLAUSES = ("acl", "relcl", "ccomp", "xcomp")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """For every token of a body the quotation and the sentence that it stands in."""

    quotation: Sequence[int]
    """Number of the double quotation, from 1; 0 outside of any."""
    first: Sequence[int]
    """First token of the sentence."""
    last: Sequence[int]


def rule_drafts(
    doc: Doc, quoted: Sequence[Quotation], within: Sequence[int] | None = None
) -> tuple[Draft, ...]:
    """All attributions that the rules find; only those whose cue is one of the tokens `within`, if given.

    Args:
        doc: the parsed body.
        quoted: the quotations of the body.
        within: indexes of tokens, in reading order.
    """
    lower, tag, sentence = (
        np.asarray(doc.to_array([attrs.LOWER, attrs.TAG, attrs.SENT_START])).reshape(-1, 3).T
    )
    possible = among(tag, _CUE_TAGS) | (lower == _ACCORDING)
    tokens = np.flatnonzero(possible) if within is None else [index for index in within if possible[index]]
    around = _surroundings(doc, quoted, sentence == 1)
    drafts = (_draft(doc[int(index)], around) for index in tokens)
    return tuple(draft for draft in drafts if draft is not None and draft.content)


def _surroundings(doc: Doc, quoted: Sequence[Quotation], begins: Booleans) -> Surroundings:
    edges = [0, *(np.flatnonzero(begins[1:]) + 1).tolist(), len(doc)]
    first: list[int] = []
    last: list[int] = []
    for start, end in pairwise(edges):
        first += [start] * (end - start)
        last += [end - 1] * (end - start)
    return Surroundings(_quotation_numbers(doc, quoted), first, last)


def _quotation_numbers(doc: Doc, quoted: Sequence[Quotation]) -> list[int]:
    numbers = [0] * len(doc)
    spans = (quotation.span for quotation in quoted if quotation.is_double)
    for number, span in enumerate(spans, start=1):
        tokens = doc.char_span(*span, alignment_mode="expand")
        if tokens is not None:
            numbers[tokens.start : tokens.end] = [number] * len(tokens)
    return numbers


def _draft(token: Token, around: Surroundings) -> Draft | None:
    if is_according(token):
        return _according(token)
    if is_speech_verb(token):
        return _verb(token, around)
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


def _verb(verb: Token, around: Surroundings) -> Draft | None:
    source = _verb_source(verb)
    own = {verb.i, *(child.i for child in verb.children if child.dep_ in _PARTICLES)}
    taken = own | (set(_subtree(source)) if source is not None else set())
    content = _verb_content(verb, taken, around)
    if not content or (source is None and not any(around.quotation[index] for index in content)):
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


def _verb_content(verb: Token, taken: set[int], around: Surroundings) -> tuple[int, ...]:
    found = (
        _clause_content(verb)
        or _parenthetic_content(verb)
        or _quoted_content(verb, around)
        or _phrase_content(verb)
    )
    whole = _whole_quotations(verb, found, around) if found else ()
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


def _quoted_content(verb: Token, around: Surroundings) -> tuple[int, ...]:
    """The quotations of the sentence, when the verb stands outside of them."""
    if around.quotation[verb.i] or token_lemma(verb) not in CLAUSE_VERBS:
        return ()
    sentence = range(around.first[verb.i], around.last[verb.i] + 1)
    return tuple(index for index in sentence if around.quotation[index])


def _phrase_content(verb: Token) -> tuple[int, ...]:
    if token_lemma(verb) not in PHRASE_VERBS:
        return ()
    phrase = _child(verb, "dobj", "nsubjpass" if verb.tag_ == "VBN" else "dobj")
    return tuple(_subtree(phrase)) if phrase is not None else ()


def _whole_quotations(verb: Token, content: Sequence[int], around: Surroundings) -> Iterator[int]:
    """All of a quotation that the content touches, and the one that follows on: “No,” he said. “Never.”."""
    touched = {around.quotation[index] for index in content} - {0, around.quotation[verb.i]}
    if not touched:
        return
    wanted = touched | {_following_quotation(verb, around)} - {0}
    first = _run_edge(around.quotation, content[0], wanted, step=-1)
    last = _run_edge(around.quotation, max(content[-1], around.last[verb.i] + 1), wanted, step=1)
    yield from (index for index in range(first, last + 1) if around.quotation[index] in wanted)


def _run_edge(numbers: Sequence[int], start: int, wanted: set[int], *, step: int) -> int:
    """The last token, from one on, of the quotations wanted."""
    at = min(start, len(numbers) - 1)
    while 0 <= at + step < len(numbers) and numbers[at + step] in wanted:
        at += step
    return at


def _following_quotation(verb: Token, around: Surroundings) -> int:
    """The quotation that the next sentence begins with, in the same paragraph; else 0."""
    end = around.last[verb.i]
    last = verb.doc[end]
    if last.is_space or end + 1 >= len(verb.doc) or "\n" in last.nbor().text:
        return 0
    return around.quotation[end + 1] if around.quotation[end + 1] != around.quotation[end] else 0


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
