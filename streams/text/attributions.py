"""Attributions: who said what in one article, and the words that say so.

Reads:  a parsed body, and a trained model if there is one
Writes: attributions in the order of their cues
Deliberately absent: who the sources are (`processors.statements` asks the cast) and where weights come from (the
shell reads them).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from schemas.statements import StatementKind
from streams.text.attribution_rules import rule_drafts
from streams.text.cues import token_lemma
from streams.text.drafts import Draft, to_spans
from streams.text.quotes import double_quotations, quotations, statement_kind
from streams.text.spans import Span


class AttributionModel:
    """Placeholder until training is in: trained weights."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """One statement: all spans in reading order, without overlaps, trimmed; `source` and `cue` may be empty."""

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    cue_lemma: str
    content: tuple[Span, ...]
    kind: StatementKind
    nested_in: int | None = None
    """Index, in the same result, of the attribution whose content reports this one."""
    addressee: Span | None = None


def find_attributions(doc: Doc, model: AttributionModel | None) -> tuple[Attribution, ...]:
    """All attributions of a parsed body, in the order of their cues; by rules alone if there is no model."""
    drafts = rule_drafts(doc, quotations(doc.text))
    quoted = double_quotations(doc.text)
    found = (_attribution(doc, draft, quoted) for draft in sorted(drafts, key=lambda draft: draft.head))
    return tuple(attribution for attribution in found if attribution is not None)


def _attribution(doc: Doc, draft: Draft, quoted: Sequence[Span]) -> Attribution | None:
    content = to_spans(doc, draft.content)
    if not content:
        return None
    return Attribution(
        source=to_spans(doc, draft.source),
        cue=to_spans(doc, draft.cue),
        cue_lemma=token_lemma(doc[draft.head]),
        content=content,
        kind=statement_kind(doc.text, content, quoted),
    )
