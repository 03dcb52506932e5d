"""The records of one article revision: encoded, addressed, and listed for the manifest.

Pure. `derivation` fills them, `sealing` adds what is taken back and the manifest, delivery writes them.
"""

from dataclasses import dataclass

from schemas.envelope import Record, ce_time, cloudevents_attributes, encode_value, to_headers
from schemas.event import Event
from schemas.ids import sha256_hex
from schemas.manifests import SealedRecord
from schemas.news import ArticlePublished

SOURCE = "urn:readout:derive"


@dataclass(frozen=True, slots=True)
class Derivation:
    """All records of one usable article revision, encoded, and what its manifest will say of them."""

    article: ArticlePublished
    records: tuple[Record, ...]
    live: tuple[SealedRecord, ...]


@dataclass(frozen=True, slots=True)
class DerivationFailure:
    """An article on which a processor broke: for its dead letter."""

    article: ArticlePublished
    error: str
    message: str
    stacktrace: str


def encode_record(
    event: Event, *, topic: str, article: ArticlePublished, causation_id: str, value: bytes
) -> Record:
    """A derived event as a Kafka record with its CloudEvents headers."""
    attributes = cloudevents_attributes(
        event, value, source=SOURCE, time=ce_time(article), causation_id=causation_id
    )
    return Record(topic, article.article_id.encode(), value, to_headers(attributes))


def sealed(topic: str, event_type: str, record_id: str, value: bytes) -> SealedRecord:
    """A line of the manifest."""
    return SealedRecord(topic=topic, type=event_type, record_id=record_id, sha256=sha256_hex(value))


def article_event_id(article: ArticlePublished) -> str:
    """The CloudEvents id of the article event: what caused everything derived from it."""
    return sha256_hex(encode_value(article))
