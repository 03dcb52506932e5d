"""The records of one article revision: encoded, addressed, and listed for the manifest.

Pure. `derivation` fills them, `sealing` adds what is taken back and the manifest, delivery writes them.
"""

from dataclasses import dataclass

from readout.schemas.envelope import Header, Record, ce_time, cloudevents_attributes, encode_value, to_headers
from readout.schemas.event import Event
from readout.schemas.ids import sha256_hex
from readout.schemas.manifests import SealedRecord
from readout.schemas.news import ArticlePublished

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


Derived = Derivation | DerivationFailure
"""What came of an article."""


class RecordEncoder:
    """Encodes the records of one article revision; what those of one type share is made once."""

    def __init__(self, article: ArticlePublished, causation_id: str) -> None:
        self._article = article
        self._causation_id = causation_id
        self._key = article.article_id.encode()
        self._headers: dict[str, tuple[Header, ...]] = {}

    def encode(self, event: Event, topic: str) -> tuple[Record, str]:
        """A derived event as a Kafka record with its CloudEvents headers, and the digest of its value."""
        value = encode_value(event)
        return self.record(event, topic, value)

    def record(self, event: Event, topic: str, value: bytes) -> tuple[Record, str]:
        """The same of an event whose value is encoded already."""
        digest = sha256_hex(value)
        shared = self._headers.get(event.event_type)
        if shared is None:
            shared = self._headers[event.event_type] = self._headers_of(event, value)
        own = ("ce_id", digest.encode())
        headers = tuple([own if header[0] == "ce_id" else header for header in shared])
        return Record(topic, self._key, value, headers), digest

    def _headers_of(self, event: Event, value: bytes) -> tuple[Header, ...]:
        time = ce_time(self._article)
        return to_headers(
            cloudevents_attributes(event, value, source=SOURCE, time=time, causation_id=self._causation_id)
        )


def encode_record(
    event: Event, *, topic: str, article: ArticlePublished, causation_id: str, value: bytes
) -> Record:
    """A single derived event as a Kafka record with its CloudEvents headers."""
    record, _ = RecordEncoder(article, causation_id).record(event, topic, value)
    return record


def sealed(topic: str, event_type: str, record_id: str, value: bytes) -> SealedRecord:
    """A line of the manifest."""
    return SealedRecord(topic=topic, type=event_type, record_id=record_id, sha256=sha256_hex(value))


def article_event_id(article: ArticlePublished) -> str:
    """The CloudEvents id of the article event: what caused everything derived from it."""
    return sha256_hex(encode_value(article))
