"""Every event type that the topics may hold, by its CloudEvents type."""

from schemas.contact_log import ContactLogged
from schemas.entities import EntityMentioned
from schemas.event import Event
from schemas.manifests import ManifestSealed
from schemas.news import ArticlePublished
from schemas.statements import StatementAttributed
from schemas.withdrawals import RecordWithdrawn

EVENT_CLASSES: tuple[type[Event], ...] = (
    ArticlePublished,
    EntityMentioned,
    StatementAttributed,
    ContactLogged,
    RecordWithdrawn,
    ManifestSealed,
)
EVENTS_BY_TYPE: dict[str, type[Event]] = {event.event_type: event for event in EVENT_CLASSES}
