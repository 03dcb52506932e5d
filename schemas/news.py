"""news: articles as they were published, one event per revision.

Statuses are those of ninjs: `usable` is read and derived, `withheld` takes everything back until a later
usable revision, `canceled` takes everything back for good.
"""

import datetime
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from readout.schemas.event import ArticleEvent, Part, Sha256

ArticleStatus = Literal["usable", "withheld", "canceled"]


def _iso_8601(value: str) -> str:
    moment = datetime.datetime.fromisoformat(value)
    if moment.tzinfo is None and len(value) != len("YYYY-MM-DD"):
        raise ValueError("a time of day needs a time zone, such as 2022-10-25T09:30:00Z")
    try:
        _in_utc(moment)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999 in UTC") from None
    return value


def _in_utc(moment: datetime.datetime) -> datetime.datetime:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    return aware.astimezone(datetime.UTC)


PublishedAt = Annotated[str, AfterValidator(_iso_8601)]


class Extraction(Part):
    """How the body was taken from a document that is more than an article: a feed, a page, news in XML."""

    raw_sha256: Sha256 = Field(
        description="Digest of the document's bytes as they were read, compression of files and of HTTP undone."
    )
    extractor: str = Field(description="The program that took the article out of it.")
    version: str = Field(description="The extractor's version.")


class NewsSource(Part):
    """Who published the article, and where."""

    name: str | None = Field(default=None, description="The publisher's name.")
    url: str | None = Field(default=None, description="Where the article was published.")
    extraction: Extraction | None = Field(
        default=None,
        description="What the body was taken from, and by which program; absent where it came as it stands.",
    )


class ArticlePublished(ArticleEvent):
    """One revision of one article. All selectors of derived records point into `body`."""

    event_type: ClassVar[str] = "readout.article.published.v1"
    topic: ClassVar[str] = "news"

    status: ArticleStatus = Field(
        description="usable: read and derived; withheld: taken back until a later usable revision; canceled: "
        "taken back for good."
    )
    headline: str | None = Field(default=None, description="The headline; no selector points into it.")
    body: str = Field(description="The text that selectors point into, exactly as published.")
    published_at: PublishedAt | None = Field(
        default=None,
        description="ISO 8601: a day (YYYY-MM-DD) or a moment with its time zone, as the source gave it.",
    )
    language: str = Field(default="en", description="BCP 47 tag of the body's language.")
    source: NewsSource | None = Field(default=None, description="Who published it, and where.")
    byline: str | None = Field(default=None, description="Who wrote it, as printed.")
    reason: str | None = Field(default=None, description="Why it was withheld, canceled or revised.")

    @model_validator(mode="after")
    def _usable_has_text(self) -> Self:
        if self.status == "usable" and not self.body.strip():
            raise ValueError("a usable article needs a body with words in it")
        return self

    @property
    def published_on(self) -> datetime.date | None:
        """The day of publication, in the source's own time zone."""
        return datetime.datetime.fromisoformat(self.published_at).date() if self.published_at else None

    @property
    def published_in_utc(self) -> datetime.datetime | None:
        """The moment of publication in UTC; a day counts from midnight UTC."""
        return _in_utc(datetime.datetime.fromisoformat(self.published_at)) if self.published_at else None
