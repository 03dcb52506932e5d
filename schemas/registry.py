"""Every event type that the topics may hold, by its CloudEvents type."""

from readout.schemas.contact_log import ContactLogged
from readout.schemas.contacts import ContactConsolidated, ContactsMerged, ContactSplit, ContactWithdrawn
from readout.schemas.entities import EntityMentioned
from readout.schemas.event import Event
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.schemas.statements import StatementAttributed
from readout.schemas.withdrawals import RecordWithdrawn

EVENT_CLASSES: tuple[type[Event], ...] = (
    ArticlePublished,
    EntityMentioned,
    StatementAttributed,
    ContactLogged,
    RecordWithdrawn,
    ManifestSealed,
    ContactConsolidated,
    ContactsMerged,
    ContactSplit,
    ContactWithdrawn,
)
EVENTS_BY_TYPE: dict[str, type[Event]] = {event.event_type: event for event in EVENT_CLASSES}
