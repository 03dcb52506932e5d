"""Derive one article: parsed once, read by three processors, encoded as the records of three topics.

Reads:  news (ArticlePublished)
Writes: entities, statements, contact-log, in this order and in reading order within each
Pure:   no clock, no network, no randomness; the same article and language give the same bytes, whatever the
        size of the batch. What is withdrawn and sealed is decided in `sealing`.
"""

import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.language import Language as Pipeline

from readout.schemas.contact_log import ContactLogged
from readout.schemas.entities import EntityMentioned
from readout.schemas.event import DerivedEvent, Event, Producer
from readout.schemas.ids import RecordIds
from readout.schemas.manifests import SealedRecord
from readout.schemas.news import ArticlePublished
from readout.schemas.statements import StatementAttributed
from readout.streams.processors.contact_log import derive_contact_log
from readout.streams.processors.entities import derive_entities
from readout.streams.processors.records import (
    Derivation,
    DerivationFailure,
    Derived,
    RecordEncoder,
    article_event_id,
)
from readout.streams.processors.statements import derive_statements
from readout.streams.text.contact_log.contacts import Extractor, find_contacts
from readout.streams.text.entities.names import find_cast
from readout.streams.text.entities.words import Words
from readout.streams.text.gazetteer import Gazetteer
from readout.streams.text.parser.annotate import Parsed, annotate_passages, spelling_rank
from readout.streams.text.reading.anchors import days_of
from readout.streams.text.reading.reading import Reading, read
from readout.streams.text.statements.attributions import AttributionModel, attributions_apart


@dataclass(frozen=True)
class Language:
    """What the shell loads once and every derivation uses; `producer` names it in each record.

    `is_fast` tells whether the parser's fast paths are taken; results do not depend on it.
    """

    pipeline: Pipeline
    gazetteer: Gazetteer
    attribution_model: AttributionModel | None
    contact_extractor: Extractor | None
    producer: Producer
    is_fast: bool = True


def derive_batch(articles: Sequence[ArticlePublished], language: Language) -> list[Derived]:
    """Derive articles in batches; one that breaks a processor fails alone."""
    return list(derive_each(articles, language))


def derive_each(articles: Sequence[ArticlePublished], language: Language) -> Iterator[Derived]:
    """Derive articles that are parsed together, one after the other.

    The pipeline forgets their words when it is done: no news ends without a name that was never seen before.
    """
    with language.pipeline.memory_zone():
        try:
            rank = spelling_rank(language.pipeline)
            readings = [read(article.body, rank) for article in articles]
            docs = list(annotate_passages(language.pipeline, [reading.passages for reading in readings]))
        except Exception:  # noqa: BLE001 - whatever one text does to the parser, the others are still derived
            yield from (_derive_alone(article, language) for article in articles)
            return
        every = zip(articles, readings, docs, strict=True)
        yield from (_derive_parsed(article, reading, parsed, language) for article, reading, parsed in every)


def derive_events(
    article: ArticlePublished, reading: Reading, parsed: Parsed, language: Language
) -> Iterator[DerivedEvent]:
    """Run the three processors over one article whose reading is parsed; all selectors point into its body."""
    ids = RecordIds(article.article_id)
    doc = parsed.whole
    words = Words.of(doc)
    cast = find_cast(doc, language.gazetteer, words)
    entities = derive_entities(article, language.producer, cast, ids, reading)
    entity_ids = [entity.entity_id for entity in entities]
    yield from entities
    attributions = attributions_apart(parsed, language.attribution_model, reading.text, reading.behind)
    days = days_of(reading, article.published_on)
    statements = derive_statements(
        article, language.producer, doc, cast, entity_ids, attributions, ids, days, reading
    )
    yield from statements
    contacts = find_contacts(
        doc, cast, language.gazetteer, days.published_on, words, days, extractor=language.contact_extractor
    )
    yield from derive_contact_log(
        article, language.producer, contacts, cast, entity_ids, ids, statements, reading
    )


def record_id(event: Event) -> str:
    """The id of what a derived event records.

    Raises:
        TypeError: the event is no derived record; the caller has a bug.
    """
    match event:
        case EntityMentioned():
            return event.entity_id
        case StatementAttributed():
            return event.statement_id
        case ContactLogged():
            return event.contact_id
    raise TypeError(f"{type(event).__name__} has no record id")


def _derive_alone(article: ArticlePublished, language: Language) -> Derived:
    try:
        reading = read(article.body, spelling_rank(language.pipeline))
        (parsed,) = annotate_passages(language.pipeline, [reading.passages])
    except Exception as error:  # noqa: BLE001 - goes to the dead letters with its traceback
        return _failure(article, error)
    return _derive_parsed(article, reading, parsed, language)


def _derive_parsed(
    article: ArticlePublished, reading: Reading, parsed: Parsed, language: Language
) -> Derived:
    try:
        return encode_derivation(article, derive_events(article, reading, parsed, language))
    except Exception as error:  # noqa: BLE001 - goes to the dead letters with its traceback
        return _failure(article, error)


def encode_derivation(article: ArticlePublished, events: Iterator[DerivedEvent]) -> Derivation:
    """The records of an article's events, and what its manifest will say of them."""
    encoder = RecordEncoder(article, article_event_id(article))
    records, live = [], []
    for event in events:
        record, digest = encoder.encode(event, event.topic)
        records.append(record)
        live.append(
            SealedRecord(topic=event.topic, type=event.event_type, record_id=record_id(event), sha256=digest)
        )
    return Derivation(article, tuple(records), tuple(live))


def _failure(article: ArticlePublished, error: Exception) -> DerivationFailure:
    stacktrace = "".join(traceback.format_exception(error))
    return DerivationFailure(article, type(error).__qualname__, str(error), stacktrace)
