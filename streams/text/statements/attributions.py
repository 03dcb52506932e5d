"""Attributions: who said what in one article, and the words that say so.

Reads:  a parsed body, and a trained model if there is one
Writes: attributions in the order of their cues
Deliberately absent: who the sources are (`processors.statements` asks the cast) and where weights come from (the
shell reads them).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from readout.schemas.statements import StatementKind, StatementStatus
from readout.streams.text.parser.annotate import Parsed
from readout.streams.text.quotes import Quotation, quotations, statement_kind
from readout.streams.text.spans import Span
from readout.streams.text.statements.addressees import addressee
from readout.streams.text.statements.attribution_model import AttributionModel, Statement
from readout.streams.text.statements.attribution_rules import rule_drafts
from readout.streams.text.statements.closing_speech import with_closing_speech
from readout.streams.text.statements.cues import token_lemma
from readout.streams.text.statements.drafts import Draft, to_spans
from readout.streams.text.statements.joined_speech import with_joined_speech
from readout.streams.text.statements.layouts import layout_drafts
from readout.streams.text.statements.nesting import holders, with_nested
from readout.streams.text.statements.no_statements import is_statement
from readout.streams.text.statements.principals import principal
from readout.streams.text.statements.source_edges import author_or_source, without_circumstances
from readout.streams.text.statements.standing import standing
from readout.streams.text.statements.token_table import TokenTable, token_table
from readout.streams.text.statements.whole_quotations import with_whole_quotations

__all__ = ["Attribution", "AttributionModel", "attributions_apart", "find_attributions"]

_FINITE = frozenset(("VBD", "VBZ", "VBP", "VBN", "MD"))


@dataclass(frozen=True, slots=True)
class Attribution:
    """One statement; its spans are in reading order, apart and trimmed; `source` and `cue` may be empty."""

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    cue_lemma: str
    content: tuple[Span, ...]
    kind: StatementKind
    nested_in: int | None = None
    """Index, in the same result, of the attribution whose content reports this one."""
    addressee: Span | None = None
    status: StatementStatus = "made"
    status_words: tuple[Span, ...] = ()
    """The words that decide the status; none where it is made."""
    on_behalf_of: tuple[Span, ...] = ()
    """Whom the source speaks for; none if for nobody else."""


def find_attributions(
    doc: Doc, model: AttributionModel | None, body: str | None = None
) -> tuple[Attribution, ...]:
    """All attributions of a parsed body, in the order of their cues.

    Args:
        doc: the parsed body.
        model: the trained model; rules alone without one.
        body: the text of the document, if it is at hand: spaCy puts it together anew whenever it is asked for.
    """
    return _attributions(doc, model, doc.text if body is None else body)


def attributions_apart(
    parsed: Parsed, model: AttributionModel | None, text: str, behind: int
) -> tuple[Attribution, ...]:
    """The attributions of an article, and those of the parts behind it, which change none of them.

    Args:
        parsed: the body, parsed in passages.
        model: the trained model; rules alone without one.
        text: the text of the document.
        behind: where the parts begin that stand behind the article.
    """
    article = _attributions(parsed.article, model, text[:behind])
    if parsed.behind is None or not any(token.tag_ in _FINITE for token in parsed.behind):
        return article  # most parts are datelines and bylines
    beside = _attributions(parsed.behind, model, text[behind:])
    return (*article, *(_moved(one, behind, len(article)) for one in beside))


def _moved(told: Attribution, offset: int, number: int) -> Attribution:
    """An attribution of a text that has words, and attributions, before it."""

    def moved(spans: Iterable[Span]) -> tuple[Span, ...]:
        return tuple(Span(span.start + offset, span.end + offset) for span in spans)

    return replace(
        told,
        source=moved(told.source),
        cue=moved(told.cue),
        content=moved(told.content),
        nested_in=None if told.nested_in is None else told.nested_in + number,
        addressee=None if told.addressee is None else moved([told.addressee])[0],
        status_words=moved(told.status_words),
        on_behalf_of=moved(told.on_behalf_of),
    )


def _attributions(doc: Doc, model: AttributionModel | None, text: str) -> tuple[Attribution, ...]:
    quoted = quotations(text)
    by_layout = layout_drafts(doc, text)
    if model is None:
        found = _beside(by_layout, rule_drafts(doc, quoted))
    else:
        found = _model_drafts(doc, text, quoted, by_layout, model)
    kept = (author_or_source(doc, draft) for draft in found if is_statement(doc, draft))
    found = with_joined_speech(doc, list(kept))
    contents = [to_spans(doc, draft.content) for draft in found]
    readable = [(draft, content) for draft, content in zip(found, contents, strict=True) if content]
    double = [quotation.span for quotation in quoted if quotation.is_double]
    nested = holders([draft for draft, _ in readable])
    return tuple(
        _attribution(doc, draft, content, statement_kind(text, content, double), holder)
        for (draft, content), holder in zip(readable, nested, strict=True)
    )


def _model_drafts(
    doc: Doc, text: str, quoted: Sequence[Quotation], by_layout: Sequence[Draft], model: AttributionModel
) -> tuple[Draft, ...]:
    """The statements of the model, and reports in their contents by rule: it was trained on texts without any."""
    table = token_table(doc, quoted, text)
    judged = [_draft(table, statement) for statement in model.statements(table)]
    found = with_closing_speech(doc, _beside(by_layout, with_whole_quotations(doc, quoted, judged)))
    contents = sorted({token for draft in found for token in draft.content})
    return with_nested(doc, found, rule_drafts(doc, quoted, contents))


def _draft(table: TokenTable, statement: Statement) -> Draft:
    cue, source, content = (
        tuple(table.index[rows].tolist()) for rows in (statement.cue, statement.source, statement.content)
    )
    return Draft(int(table.index[statement.head]), cue, source, content)


def _beside(by_layout: Sequence[Draft], found: Sequence[Draft]) -> tuple[Draft, ...]:
    """What the layout says, and what else was found that shares no content with it."""
    taken = {token for draft in by_layout for token in (*draft.cue, *draft.source, *draft.content)}
    others = (draft for draft in found if not taken.intersection((draft.head, *draft.content)))
    return tuple(sorted([*by_layout, *others], key=lambda draft: draft.head))


def _attribution(
    doc: Doc, draft: Draft, content: tuple[Span, ...], kind: StatementKind, holder: int | None
) -> Attribution:
    head = doc[draft.head]
    said = standing(doc, draft)
    return Attribution(
        source=to_spans(doc, without_circumstances(doc, draft.source)),
        cue=to_spans(doc, draft.cue) or (Span(head.idx, head.idx + len(head)),),
        cue_lemma=token_lemma(head),
        content=content,
        kind=kind,
        nested_in=holder,
        addressee=addressee(doc, draft),
        status=said.status,
        status_words=to_spans(doc, said.words),
        on_behalf_of=to_spans(doc, principal(doc, draft)),
    )
