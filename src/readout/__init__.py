"""Readout: news articles in, an auditable event log out; here is what other code uses of it.

    from readout import ContactLogged, Filter, derive, read, subscribe

`readout.schemas` says what travels, `readout.streams` what happens to it. Names are loaded when first asked for, so
that `import readout` costs nothing.
"""

# Type checkers know the name and take it for true; `typing` is slow to import.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from readout.schemas.contact_log import ContactLogged, Participant
    from readout.schemas.contacts import ContactConsolidated, ContactsMerged, ContactSplit, ContactWithdrawn
    from readout.schemas.entities import EntityMentioned
    from readout.schemas.event import Event
    from readout.schemas.manifests import ManifestSealed
    from readout.schemas.news import ArticlePublished
    from readout.schemas.selector import Selector
    from readout.schemas.statements import StatementAttributed
    from readout.schemas.withdrawals import RecordWithdrawn
    from readout.streams.derive.notebook import DerivedArticle, derive
    from readout.streams.errors import ConfigurationError, InvalidRecord, ReadoutError, TransientError
    from readout.streams.kafka.connection import StoredRecord
    from readout.streams.log.events import Events, read
    from readout.streams.log.filters import Filter
    from readout.streams.log.subscribe import Extent, Received, read_topics, subscribe, subscribe_records
    from readout.streams.settings import Settings

__all__ = [
    "ArticlePublished",
    "ConfigurationError",
    "ContactConsolidated",
    "ContactLogged",
    "ContactSplit",
    "ContactWithdrawn",
    "ContactsMerged",
    "DerivedArticle",
    "EntityMentioned",
    "Event",
    "Events",
    "Extent",
    "Filter",
    "InvalidRecord",
    "ManifestSealed",
    "Participant",
    "ReadoutError",
    "Received",
    "RecordWithdrawn",
    "Selector",
    "Settings",
    "StatementAttributed",
    "StoredRecord",
    "TransientError",
    "derive",
    "read",
    "read_topics",
    "subscribe",
    "subscribe_records",
]

_HOMES = {
    "ArticlePublished": "schemas.news",
    "ConfigurationError": "streams.errors",
    "ContactConsolidated": "schemas.contacts",
    "ContactLogged": "schemas.contact_log",
    "ContactSplit": "schemas.contacts",
    "ContactWithdrawn": "schemas.contacts",
    "ContactsMerged": "schemas.contacts",
    "DerivedArticle": "streams.derive.notebook",
    "EntityMentioned": "schemas.entities",
    "Event": "schemas.event",
    "Events": "streams.log.events",
    "Extent": "streams.log.subscribe",
    "Filter": "streams.log.filters",
    "InvalidRecord": "streams.errors",
    "ManifestSealed": "schemas.manifests",
    "Participant": "schemas.contact_log",
    "ReadoutError": "streams.errors",
    "Received": "streams.log.subscribe",
    "RecordWithdrawn": "schemas.withdrawals",
    "Selector": "schemas.selector",
    "Settings": "streams.settings",
    "StatementAttributed": "schemas.statements",
    "StoredRecord": "streams.kafka.connection",
    "TransientError": "streams.errors",
    "derive": "streams.derive.notebook",
    "read": "streams.log.events",
    "read_topics": "streams.log.subscribe",
    "subscribe": "streams.log.subscribe",
    "subscribe_records": "streams.log.subscribe",
}


def __getattr__(name: str) -> object:
    from importlib import import_module  # noqa: PLC0415 - the command line begins before it

    if name not in _HOMES:
        raise AttributeError(f"module 'readout' has no attribute {name!r}")
    return getattr(import_module(f"readout.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
