"""When something was said, where the words of the cue's clause tell: "Butler said on Monday that ...".

Reads:  a parsed body, an attribution, the days on which the article was written
Writes: a resolved date
Deliberately absent: dates inside the content ("said the talks on Monday ..."), which date what was talked about.
"""

from collections.abc import Iterator
from dataclasses import replace

from spacy.tokens import Doc, Token

from readout.streams.text.dates import Anchors, ResolvedDate, Viewpoint, find_date_words, resolve_words
from readout.streams.text.spans import Span
from readout.streams.text.statements.attributions import Attribution

_DATING_LABELS = ("npadvmod", "prep", "advmod")
# "told reporters on Friday": the parser may hang the day on whom it was told.
_TOLD_LABELS = ("dobj", "dative", "pobj")
# From a date up to the phrase that tells when: "in the early hours of Monday".
_DATING_PATH = frozenset("pobj prep npadvmod advmod pcomp appos nummod conj dep".split())
_FUTURE = frozenset("will shall 'll \u2019ll wo".split())


def statement_date(doc: Doc, attribution: Attribution, anchors: Anchors) -> ResolvedDate | None:
    """The date that stands in the clause of the cue, outside of source and content; None if none is known."""
    if not attribution.cue:
        return None
    cue = doc.char_span(*attribution.cue[0], alignment_mode="expand")
    if cue is None:
        return None
    told = (*attribution.content, *attribution.source)
    ahead = any(child.lower_ in _FUTURE for child in cue.root.lefts)
    for phrase in _phrases(cue.root):
        found = _date(doc, phrase, anchors, ahead=ahead)
        if found is not None and not any(found.span.overlaps(span) for span in told):
            return found
    return None


def _phrases(cue: Token) -> Iterator[Token]:
    """The phrases that may tell when: those of the cue, then those of whom it was told."""
    yield from (child for child in cue.children if child.dep_ in _DATING_LABELS)
    for told in cue.rights:
        if told.dep_ in _TOLD_LABELS:
            yield from (child for child in told.rights if child.dep_ in _DATING_LABELS)


def _date(doc: Doc, child: Token, anchors: Anchors, *, ahead: bool) -> ResolvedDate | None:
    phrase = doc[child.left_edge.i : child.right_edge.i + 1]
    start = phrase.start_char
    for words in find_date_words(phrase.text):
        span = Span(words.span.start + start, words.span.end + start)
        found = resolve_words(words, Viewpoint(anchors.at(start), ahead))
        if found.date is not None and _dates_the_cue(doc, span, child):
            return replace(found, span=span)
    return None


def _dates_the_cue(doc: Doc, span: Span, phrase: Token) -> bool:
    """Is the date the phrase itself or its object? Not that of "ahead of Sunday's vote"."""
    words = doc.char_span(*span, alignment_mode="expand")
    head = phrase if words is None else words.root
    while head.i != phrase.i:
        if head.dep_ not in _DATING_PATH:
            return False
        head = head.head
    return True
