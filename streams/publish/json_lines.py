"""One JSON object, one article: the fields of `ArticlePublished`, of which only `body` is required."""

from typing import Any

from pydantic import ConfigDict, Field, ValidationError

from readout.schemas.event import ArticleId, Part
from readout.schemas.news import NewsSource
from readout.streams.errors import InvalidRecord, describe
from readout.streams.publish.drafts import Draft


class _Line(Part):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    body: str
    article_id: ArticleId | None = None
    revision: int | None = Field(default=None, ge=1)
    status: str | None = None
    headline: str | None = None
    published_at: str | None = None
    language: str | None = None
    source: NewsSource | None = None
    byline: str | None = None
    reason: str | None = None


def read_json_article(data: dict[str, Any]) -> Draft:
    """Read one parsed object.

    Raises:
        InvalidRecord: a field is missing, unknown or of the wrong type.
    """
    try:
        line = _Line.model_validate(data)
    except ValidationError as error:
        raise InvalidRecord(describe(error)) from None
    return Draft(**{name: getattr(line, name) for name in _Line.model_fields})
