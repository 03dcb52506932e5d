"""Derive statements: who said what, directly, indirectly or mixed, in one article.

Reads:  articles (ArticlePublished) with their cast and attributions
Writes: statements (StatementAttributed), keyed by article_id
Pure:   no clock, no network, no randomness; the same article gives the same events.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from readout.schemas.entities import EntityReference, Speaker
from readout.schemas.event import Producer
from readout.schemas.ids import RecordIds, text_sha256
from readout.schemas.news import ArticlePublished
from readout.schemas.occurrence import Occurrence
from readout.schemas.statements import Content, Cue, StatementAttributed
from readout.streams.processors.occurrences import occurrence
from readout.streams.text.cast import Cast
from readout.streams.text.dates import Anchors, ResolvedDate
from readout.streams.text.entities.phrases import members_of_phrase
from readout.streams.text.reading.reading import Reading, unread
from readout.streams.text.spans import Span
from readout.streams.text.statements.attributions import Attribution
from readout.streams.text.statements.statement_dates import statement_date

_PRONOUNS = frozenset("his her their its my our him them it us me".split())


def derive_statements(  # noqa: PLR0913, PLR0917 - the contract of all processors
    article: ArticlePublished,
    producer: Producer,
    doc: Doc,
    cast: Cast,
    entity_ids: Sequence[str],
    attributions: Sequence[Attribution],
    ids: RecordIds,
    anchors: Anchors | None = None,
    reading: Reading | None = None,
) -> tuple[StatementAttributed, ...]:
    """One event per attribution, in their order.

    Args:
        article: the usable revision whose body was read.
        producer: which code derives.
        doc: the parsed body.
        cast: who and what the article mentions.
        entity_ids: the entity id of each member of the cast, in its order.
        attributions: what `find_attributions` has found in the body.
        ids: hands out the record ids of this article.
        anchors: on which day each part of the text was written; none: all on the day of publication.
        reading: what was parsed, where it is not the body itself.
    """
    reading = reading or unread(article.body)
    lookup = _Lookup(reading, doc, cast, entity_ids)
    sources = [lookup.speaker(one) for one in attributions]
    contents = [_content(reading, one.content) for one in attributions]
    statement_ids = [
        ids.next_id("statement", lookup.spelled(one.source, source), _spelled(reading, one.content))
        for one, source in zip(attributions, sources, strict=True)
    ]
    digest = text_sha256(article.body)
    return tuple(
        StatementAttributed(
            article_id=article.article_id,
            revision=article.revision,
            text_sha256=digest,
            producer=producer,
            statement_id=statement_id,
            kind=one.kind,
            source=source,
            cue=_cue(reading, one),
            content=content,
            addressee=lookup.reference((one.addressee,) if one.addressee else ()),
            nested_in=None if one.nested_in is None else statement_ids[one.nested_in],
            occurred_on=_occurrence(
                statement_date(doc, one, anchors or Anchors(article.published_on)), reading
            ),
            status=one.status,
            status_words=reading.select_all(one.status_words),
        )
        for one, source, content, statement_id in zip(
            attributions, sources, contents, statement_ids, strict=True
        )
    )


@dataclass(frozen=True, slots=True)
class _Lookup:
    """Finds out whom phrases of one article denote."""

    reading: Reading
    doc: Doc
    cast: Cast
    entity_ids: Sequence[str]

    def speaker(self, attribution: Attribution) -> Speaker | None:
        """Who speaks, and for whom; None if the article leaves it open."""
        source = self.reference(attribution.source)
        if source is None:
            return None
        principal = self._principal(attribution)
        is_same = principal is not None and source.name == principal.name
        return Speaker(
            entity_id=source.entity_id,
            name=source.name,
            selectors=source.selectors,
            on_behalf_of=None if is_same else principal,
        )

    def _principal(self, attribution: Attribution) -> EntityReference | None:
        """Of a pronoun that the cast does not resolve, nothing is told."""
        found = self.reference(attribution.on_behalf_of)
        is_open = found is not None and found.entity_id is None and found.name.lower() in _PRONOUNS
        return None if is_open else found

    def reference(self, spans: Sequence[Span]) -> EntityReference | None:
        """The one member of the cast that the phrase denotes, else the phrase itself; None for no phrase."""
        if not spans:
            return None
        selectors = self.reading.select_all(spans)
        phrase = self.doc.char_span(spans[0].start, spans[-1].end, alignment_mode="expand")
        members = members_of_phrase(self.doc, self.cast, phrase) if phrase is not None else ()
        if len(members) != 1:
            name = " ".join(self.reading.shown(span) for span in spans)
            return EntityReference(entity_id=None, name=name, selectors=selectors)
        (member,) = members
        name = self.cast.members[member].name
        return EntityReference(entity_id=self.entity_ids[member], name=name, selectors=selectors)

    def spelled(self, spans: Sequence[Span], reference: EntityReference | Speaker | None) -> str:
        """The source as its statement's id has it: the same whatever marks the house writes."""
        if reference is None or reference.entity_id is not None:
            return reference.name if reference else ""
        return _spelled(self.reading, spans)


def _spelled(reading: Reading, spans: Sequence[Span]) -> str:
    return " ".join(reading.text[span.start : span.end] for span in spans)


def _content(reading: Reading, spans: Sequence[Span]) -> Content:
    return Content(selectors=reading.select_all(spans), text=" ".join(reading.shown(span) for span in spans))


def _cue(reading: Reading, attribution: Attribution) -> Cue | None:
    if not attribution.cue:
        return None
    return Cue(selectors=reading.select_all(attribution.cue), lemma=attribution.cue_lemma)


def _occurrence(when: ResolvedDate | None, reading: Reading) -> Occurrence | None:
    return None if when is None else occurrence(when, reading)
