"""A line for each article: what lists of articles show of it.

Pure.
"""

from collections import Counter
from collections.abc import Sequence

from readout.schemas.news import ArticlePublished
from readout.streams.report.history import History, Revision
from readout.streams.report.kept import Json
from readout.streams.report.rows import Row

_OPENING = 120


def summary_of(history: History, revision: Revision, rows: Sequence[Row], *, with_text: bool) -> Json:
    """The line of an article, as its last sealed revision has it."""
    article, counts = revision.article, Counter(row.kind for row in rows)
    return {
        "id": article.article_id,
        "title": last_title(history, revision) if with_text else None,
        "published": article.published_at,
        "source": article.source.name if article.source else None,
        "status": article.status,
        "revisions": len(history.revisions),
        "contacts": counts["contact"],
        "statements": counts["statement"],
        "names": counts["name"],
        "withdrawn": len(history.withdrawn),
        "recorded": revision.kept.recorded,
        "sealed": revision.manifest is not None,
    }


def last_title(history: History, revision: Revision) -> str:
    """The title of a revision; of one without words, as those that withhold, the last that had some, or the id."""
    titles = [title_of(one.article) for one in (*history.revisions, revision)]
    return next((title for title in reversed(titles) if title), revision.article.article_id)


def title_of(article: ArticlePublished) -> str:
    """The headline, or how the text begins."""
    if article.headline:
        return article.headline
    words = " ".join(article.body.split())
    return words if len(words) <= _OPENING else words[:_OPENING].rsplit(" ", 1)[0] + " …"
