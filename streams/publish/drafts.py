"""A draft: what a source says of one article, before it is checked and becomes an `ArticlePublished`.

Pure. Every refusal is one line that says what is wrong and what would be right; where it was read is put in
front by `sources`.
"""

from dataclasses import dataclass

from pydantic import ValidationError

from readout.schemas.envelope import encode_value
from readout.schemas.ids import text_sha256
from readout.schemas.news import ArticlePublished, ArticleStatus, NewsSource
from readout.streams.errors import InvalidRecord, describe
from readout.streams.publish.english import is_other_language


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An article as a source gives it; what the source leaves out is None."""

    body: str
    article_id: str | None = None
    revision: int | None = None
    status: str | None = None
    headline: str | None = None
    published_at: str | None = None
    language: str | None = None
    source: NewsSource | None = None
    byline: str | None = None
    reason: str | None = None
    unnumbered: bool = False
    """Its source numbers no versions: an edit is told by comparing."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes beyond which an article is refused."""

    max_article_characters: int
    max_record_bytes: int


def to_article(draft: Draft, limits: Limits) -> ArticlePublished:
    """Check a draft and give it its id.

    Raises:
        InvalidRecord: it cannot be published; the others still are.
    """
    _check_text(draft.body, limits)
    article = _build(draft)
    _check_language(article)
    size = len(encode_value(article))
    if size > limits.max_record_bytes:
        raise InvalidRecord(
            f"takes {size:,} bytes as a record; READOUT_MAX_RECORD_BYTES is {limits.max_record_bytes:,}"
        )
    return article


def article_id_of(draft: Draft) -> str:
    """The id given, or the sha256 of the source's URL, or of the body."""
    if draft.article_id is not None:
        return draft.article_id
    url = draft.source.url if draft.source else None
    return text_sha256(url or draft.body)


def _build(draft: Draft) -> ArticlePublished:
    try:
        return ArticlePublished(
            article_id=article_id_of(draft),
            revision=draft.revision or 1,
            status=_status(draft.status),
            headline=draft.headline,
            body=draft.body,
            published_at=draft.published_at,
            language=draft.language or "en",
            source=draft.source,
            byline=draft.byline,
            reason=draft.reason,
        )
    except ValidationError as error:
        raise InvalidRecord(describe(error)) from None


def _status(status: str | None) -> ArticleStatus:
    match status or "usable":
        case "usable" | "withheld" | "canceled" as known:
            return known
    raise InvalidRecord(f"status {status!r} is unknown: usable, withheld or canceled")


def _check_text(body: str, limits: Limits) -> None:
    if "\0" in body:
        raise InvalidRecord(f"NUL character at {body.index(chr(0))}: this is not a text")
    if len(body) > limits.max_article_characters:
        raise InvalidRecord(
            f"body has {len(body):,} characters; "
            f"READOUT_MAX_ARTICLE_CHARACTERS is {limits.max_article_characters:,}"
        )


def _check_language(article: ArticlePublished) -> None:
    declared = article.language.casefold()
    if declared.split("-")[0] != "en":
        raise InvalidRecord(f"language {article.language!r} is not supported: only English is read")
    if article.status == "usable" and is_other_language(article.body):
        raise InvalidRecord("the text does not look English: only English is read")
