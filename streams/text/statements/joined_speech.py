"""Joined speech: "said that prices would fall but did not say that sales would slow" is twice one source.

Reads:  a parsed body and its drafts
Writes: the drafts; what the second verb of saying reports is no part of what the first one does
Deliberately absent: reports inside reports ("said that the minister had warned"), whose verbs have subjects.
"""

from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Doc, Token

from readout.streams.text.statements.cues import token_lemma
from readout.streams.text.statements.drafts import Draft

_SUBJECTS = ("nsubj", "nsubjpass", "expl")
_SPEAKING = frozenset("say add claim insist warn announce".split())
_QUOTES = ("“", '"', "``")


def with_joined_speech(doc: Doc, drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """The drafts, the content of each cut where its speaker speaks again, and that other draft given its source."""
    found = list(drafts)
    heads = {draft.head: number for number, draft in enumerate(found)}
    for number, draft in enumerate(drafts):
        inside = set(draft.content)
        if draft.content and doc[draft.content[0]].text in _QUOTES:
            continue  # somebody else's words throughout
        for place in sorted(inside.intersection(heads)):
            verb = doc[place]
            if _goes_on(verb) and verb.head.i in inside:
                found[number] = _cut(found[number], verb)
                other = heads[place]
                found[other] = replace(found[other], source=draft.source)
    return tuple(draft for draft in found if draft.content)


def _goes_on(verb: Token) -> bool:
    """Does the verb of saying go on with the outer subject? That of the verb it is joined to cannot speak."""
    if verb.dep_ != "conj" or token_lemma(verb) not in _SPEAKING or verb.head.dep_ != "ccomp":
        return False
    if any(child.dep_ in _SUBJECTS for child in verb.lefts):
        return False
    subject = next((child for child in verb.head.lefts if child.dep_ in _SUBJECTS), None)
    return subject is not None and subject.tag_ in ("NN", "NNS") and not _may_speak(subject)


def _may_speak(noun: Token) -> bool:
    """Names, pronouns and people by their office may."""
    return token_lemma(noun).endswith(
        ("er", "or", "man", "woman", "ist", "ent", "ian", "ry", "ee", "cil", "al", "person")
    )


def _cut(draft: Draft, verb: Token) -> Draft:
    """Up to the conjunction before the verb."""
    links = [child.i for child in verb.head.rights if child.dep_ == "cc" and child.i < verb.i]
    end = links[-1] if links else min(child.i for child in (verb, *verb.lefts))
    return replace(draft, content=tuple(index for index in draft.content if index < end))
