"""Check a derived record against its article without deriving anything: ids, provenance, and every selector.

Pure: an event and an article in, complaints out.
"""

from collections.abc import Iterator

from readout.schemas.event import DerivedEvent, Event, Part
from readout.schemas.ids import text_sha256
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.schemas.selector import Selector, proves
from readout.schemas.withdrawals import RecordWithdrawn


def provenance_complaints(event: Event, article: ArticlePublished, manifest: ManifestSealed) -> Iterator[str]:
    """What an event says wrongly of where it comes from."""
    if not isinstance(event, DerivedEvent):
        yield f"{event.event_type} is no derived event"
        return
    expected = {
        "article_id": article.article_id,
        "revision": article.revision,
        "text_sha256": text_sha256(article.body),
        "producer": manifest.producer,
    }
    for name, value in expected.items():
        if getattr(event, name) != value:
            yield f"its {name} is not that of the article and its manifest"


def evidence_complaints(event: Event, article: ArticlePublished) -> Iterator[str]:
    """Which selectors of an event do not hold in the article."""
    for path, selector in selectors_of(event):
        if not proves(selector, article.body):
            found = article.body[selector.start : selector.end]
            yield f"{path} says {selector.exact[:60]!r} is at {selector.start}, where {found[:60]!r} is"


def id_of(event: Event) -> str | None:
    """The id of what an event records or takes back."""
    if isinstance(event, RecordWithdrawn):
        return event.record_id
    for name in ("entity_id", "statement_id", "contact_id"):
        found = getattr(event, name, None)
        if isinstance(found, str):
            return found
    return None


def selectors_of(event: Event) -> Iterator[tuple[str, Selector]]:
    """All selectors of an event, each with the path of its field."""
    yield from _selectors("", event)


def _selectors(path: str, value: object) -> Iterator[tuple[str, Selector]]:
    match value:
        case Selector():
            yield path.removeprefix("."), value
        case Part():
            for name, part in value:
                yield from _selectors(f"{path}.{name}", part)
        case tuple():
            for index, part in enumerate(value):
                yield from _selectors(f"{path}[{index}]", part)
