"""What every derived event says of where it comes from."""

from typing import TypedDict

from readout.schemas.event import Producer
from readout.schemas.ids import text_sha256
from readout.schemas.news import ArticlePublished


class Provenance(TypedDict):
    """The fields of `DerivedEvent`, to be unpacked into a derived event's constructor."""

    article_id: str
    revision: int
    text_sha256: str
    producer: Producer


def derived_from(article: ArticlePublished, producer: Producer) -> Provenance:
    """The provenance of everything that a producer derives from one article revision."""
    return Provenance(
        article_id=article.article_id,
        revision=article.revision,
        text_sha256=text_sha256(article.body),
        producer=producer,
    )
