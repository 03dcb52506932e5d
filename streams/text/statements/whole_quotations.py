"""Whole quotations: what stands between one pair of marks, over several sentences, is said by one source.

Reads:  a parsed body, its quotations, and the drafts of the model, which judges each cue by itself
Writes: the drafts; the one that follows such a quotation has all of it, and what broke into it is gone
Deliberately absent: quotations over several paragraphs; each paragraph opens its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from spacy.tokens import Doc

from readout.streams.text.quotes import Quotation
from readout.streams.text.statements.cues import is_speech_verb, token_lemma
from readout.streams.text.statements.drafts import Draft

_CLOSING_MARKS = frozenset({"”", "»", '"', "''", "’’"})
_DIVIDING_MARKS = frozenset({".", "!", "?", ":", ";", "…"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
_CONTACT_VERBS = frozenset({"speak", "talk", "meet", "chat", "confer"})
_BY = frozenset({"over", "by", "on", "via", "through"})
_MEANS = frozenset({"phone", "telephone", "video", "videoconference", "teleconference"})


def with_whole_quotations(doc: Doc, quoted: Sequence[Quotation], drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts in the order of their cues, quotations of several sentences undivided."""
    found = [draft for draft in drafts if not _is_means(doc, draft)]
    for quotation in _long_quotations(doc, quoted):
        found = _undivided(doc, quotation, found)
    return found


def _is_means(doc: Doc, draft: Draft) -> bool:
    """The ministers spoke over [the phone]: how they met is not what they said. But: spoke [about the war]."""
    if not draft.content or token_lemma(doc[draft.head]) not in _CONTACT_VERBS:
        return False
    first = draft.content[0]
    opening = [token.lower_ for token in doc[max(first - 1, 0) : first + 4]]
    return not _BY.isdisjoint(opening[:2]) and not _MEANS.isdisjoint(opening)


def _long_quotations(doc: Doc, quoted: Sequence[Quotation]) -> Iterator[range]:
    """The tokens of each quotation in double marks that is closed and holds more than one sentence."""
    for quotation in quoted:
        span = doc.char_span(*quotation.span, alignment_mode="expand") if quotation.is_double else None
        if span is None or span[-1].text not in _CLOSING_MARKS:
            continue
        if any(token.is_sent_start for token in span[2:-1]):
            yield range(span.start, span.end)


def _undivided(doc: Doc, quotation: range, drafts: list[Draft]) -> list[Draft]:
    """They “discussed security. Details will be kept private,” Butler said: all of it is what Butler said.

    What a speaker before it said stays, inside: Holt called it “long. It will go on,” Berg said. But nothing
    changes where it is the same speaker: Holt called it “long. It will go on,” he said.
    """
    owner = next((draft for draft in drafts if _follows(quotation, draft)), None)
    if owner is None:
        return drafts
    rivals = [draft for draft in drafts if draft is not owner and _touches(draft.content, quotation)]
    kept = [draft for draft in drafts if draft is not owner and draft not in rivals]
    reports = [rival for rival in rivals if rival.head not in quotation and is_speech_verb(doc[rival.head])]
    lead = _lead(doc, quotation, kept)
    if reports and (not lead or _is_pronoun(doc, owner) or any(rival.head not in lead for rival in reports)):
        return drafts
    whole = replace(owner, content=tuple(sorted({*owner.content, *quotation, *lead})))
    return sorted([*kept, *reports, whole], key=lambda draft: draft.head)


def _follows(quotation: range, draft: Draft) -> bool:
    """Does the draft hold the end of the quotation, and do its source and cue come right after?"""
    after = min({*draft.source, *draft.cue, draft.head})
    return after in (quotation.stop, quotation.stop + 1) and _touches(draft.content, quotation[-3:])


def _touches(content: Sequence[int], tokens: range) -> bool:
    return any(index in tokens for index in content)


def _lead(doc: Doc, quotation: range, others: Sequence[Draft]) -> range:
    """The words that begin the sentence before it, if they have a subject and nobody else's report is there.

    The plan “is sound. It will hold,” Berg said. But not in: On Monday, “it broke. It will mend,” Berg said.
    And not in: Rain fell. “It will go on. Stay at home,” Berg said, where the parser joins what a mark divides.
    """
    lead = range(doc[quotation.start].sent.start, quotation.start)
    if lead and doc[lead[-1]].text in _DIVIDING_MARKS:
        return lead[:0]
    has_subject = any(doc[index].dep_ in _SUBJECTS for index in lead)
    busy = any(_touches((other.head, *other.source, *other.content), lead) for other in others)
    return lead if has_subject and not busy else lead[:0]


def _is_pronoun(doc: Doc, draft: Draft) -> bool:
    return all(doc[index].tag_ == "PRP" for index in draft.source)
