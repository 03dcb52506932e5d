"""Statements that the layout marks: speaker labels of transcripts, and names signed below quotations.

Reads:  a parsed body
Writes: drafts, in reading order
Deliberately absent: sentences. A headline such as "Poll: Voters want change" looks like a label as well;
labels count only where an article has several of them, and never in its headings.
"""

import re
from collections.abc import Iterator

from spacy.tokens import Doc

from readout.streams.text.headings import below_headings
from readout.streams.text.statements.drafts import Draft

# "WALLACE: Let us begin." and "“Mr. Pence (R-IN): No.”", at the start of a paragraph.
_LABEL = re.compile(
    r"""^[ \t]*["“'‘]?
    (?P<name>(?:[A-Z][\w.’'-]*)(?:[ ](?:[A-Z][\w.’'-]*|\([^)\n]{1,20}\)|de|van|von|al|bin)){0,4})
    (?P<colon>:)[ \t]*["“]?(?P<content>[^\s"“].*)$""",
    re.VERBOSE | re.MULTILINE,
)
# "“We are ready.” — Anna Berg"; but not "“We are ready” — and they were."
_SIGNATURE = re.compile(
    r"""^[ \t]*(?P<content>["“”].{2,}["“”])[ \t]*(?P<dash>[―—–-]{1,2})[ \t]*
    (?P<name>[A-Z][\w.’'-]*(?:[ ,]{1,2}[\w.’'-]+){0,8})[ \t]*\.?$""",
    re.VERBOSE | re.MULTILINE,
)
_FEWEST_CAPITAL_LABELS, _FEWEST_LABELS = 2, 4


def layout_drafts(doc: Doc, text: str) -> tuple[Draft, ...]:
    """What labels and signatures attribute, as tokens of the parsed body; `text` is its text."""
    found = [*_labels(text), *_signatures(text)]
    drafts = (_draft(doc, match) for match in sorted(found, key=lambda match: match.start()))
    return tuple(draft for draft in drafts if draft is not None)


def _labels(text: str) -> Iterator[re.Match[str]]:
    headings = below_headings(text)
    every = list(_LABEL.finditer(text))
    matches = [match for match in every if match.start() >= headings]
    if matches and len(every) > len(matches) and any(every[0]["name"] == match["name"] for match in matches):
        matches = every  # who speaks first speaks again: no headline such as "Poll: Voters want change"
    capital = [match for match in matches if match["name"].isupper() and len(match["name"]) > 1]
    if len(matches) >= _FEWEST_LABELS and len({match["name"] for match in matches}) < len(matches):
        yield from matches
    elif len(capital) >= _FEWEST_CAPITAL_LABELS:
        yield from capital


def _signatures(text: str) -> Iterator[re.Match[str]]:
    for match in _SIGNATURE.finditer(text):
        names = [word for word in match["name"].replace(",", " ").split() if word[0].isupper()]
        if len(names) >= 2:
            yield match


def _draft(doc: Doc, match: re.Match[str]) -> Draft | None:
    mark = "colon" if "colon" in match.groupdict() else "dash"
    cue, source, content = (_tokens(doc, *match.span(name)) for name in (mark, "name", "content"))
    source = tuple(token for token in source if token not in cue)
    content = tuple(token for token in content if token not in {*cue, *source})
    return Draft(cue[0], cue, source, content) if cue and source and content else None


def _tokens(doc: Doc, start: int, end: int) -> tuple[int, ...]:
    span = doc.char_span(start, end, alignment_mode="expand")
    return tuple(range(span.start, span.end)) if span is not None else ()
