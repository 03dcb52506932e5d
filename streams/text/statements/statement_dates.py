"""When something was said, where the words beside the cue tell: "Butler said on Monday that ...".

Reads:  a parsed body, an attribution, the day of publication
Writes: a resolved date
Deliberately absent: dates inside the content ("said the talks on Monday ..."), which date what was talked about.
"""

from dataclasses import replace
from datetime import date

from spacy.tokens import Doc, Token

from readout.streams.text.dates import ResolvedDate, resolve
from readout.streams.text.spans import Span
from readout.streams.text.statements.attributions import Attribution

_DATING_LABELS = ("npadvmod", "prep", "advmod")


def statement_date(doc: Doc, attribution: Attribution, published_on: date | None) -> ResolvedDate | None:
    """The date that stands beside the cue, outside of source and content; None if there is none that is known."""
    if not attribution.cue:
        return None
    cue = doc.char_span(*attribution.cue[0], alignment_mode="expand")
    if cue is None:
        return None
    told = (*attribution.content, *attribution.source)
    for child in cue.root.children:
        found = _date(doc, child, published_on) if child.dep_ in _DATING_LABELS else None
        if found is not None and not any(found.span.overlaps(span) for span in told):
            return found
    return None


def _date(doc: Doc, child: Token, published_on: date | None) -> ResolvedDate | None:
    phrase = doc[child.left_edge.i : child.right_edge.i + 1]
    found = resolve(phrase.text, published_on)
    if found is None or found.date is None:
        return None
    start = phrase.start_char
    return replace(found, span=Span(found.span.start + start, found.span.end + start))
