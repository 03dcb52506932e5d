"""Made-up records, manifests and derivations for tests of the shell."""

from readout.schemas.entities import EntityMentioned, Mention
from readout.schemas.envelope import Header, encode_value
from readout.schemas.event import Model, Producer
from readout.schemas.ids import RecordIds
from readout.schemas.news import ArticlePublished, ArticleStatus
from readout.schemas.provenance import derived_from
from readout.schemas.selector import select
from readout.streams.kafka.connection import StoredRecord
from readout.streams.processors.records import Derivation, article_event_id, encode_record, sealed
from readout.streams.publish.publisher import article_record

PRODUCER = Producer(
    package="readout-streams",
    version="0",
    build="b" * 64,
    models=(Model(name="none", version="0", sha256="d" * 64),),
    configuration="c" * 64,
)


def article(number: int = 1, revision: int = 1, status: ArticleStatus = "usable") -> ArticlePublished:
    body = f"Anna Weber called Luis Ortega about point {number}."
    return ArticlePublished(article_id=f"article-{number}", revision=revision, status=status, body=body)


def stored(
    key: bytes | None, value: bytes | None, headers: tuple[Header, ...], offset: int = 0
) -> StoredRecord:
    return StoredRecord("news", 0, offset, 1_666_656_000_000, 1, key, value, headers)


def stored_article(of: ArticlePublished, offset: int = 0) -> StoredRecord:
    record = article_record(of)
    return stored(record.key, record.value, record.headers, offset)


def derived(
    of: ArticlePublished,
    names: tuple[str, ...] = ("Anna Weber", "Luis Ortega"),
    producer: Producer = PRODUCER,
) -> Derivation:
    """As if the entities of an article had been derived."""
    ids = RecordIds(of.article_id)
    records, live = [], []
    for name in names:
        start = of.body.index(name)
        entity = EntityMentioned(
            **derived_from(of, producer),
            entity_id=ids.next_id("entity", name),
            type="person",
            name=name,
            aliases=(),
            roles=(),
            country=None,
            stands_for=None,
            mentions=(Mention(selector=select(of.body, start, start + len(name)), kind="name"),),
        )
        value = encode_value(entity)
        records.append(
            encode_record(
                entity, topic="entities", article=of, causation_id=article_event_id(of), value=value
            )
        )
        live.append(sealed("entities", entity.event_type, entity.entity_id, value))
    return Derivation(of, tuple(records), tuple(live))
