"""Readout: news articles in, an auditable event log out; here is what other code uses of it.

    from readout import ContactLogged, Settings, subscribe

`readout.schemas` says what travels, `readout.streams` what happens to it. Names are loaded when first asked for, so
that `import readout` costs nothing.
"""

# Type checkers know the name and take it for true; `typing` is slow to import.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from readout.schemas.contact_log import ContactLogged
    from readout.schemas.entities import EntityMentioned
    from readout.schemas.manifests import ManifestSealed
    from readout.schemas.news import ArticlePublished
    from readout.schemas.selector import Selector
    from readout.schemas.statements import StatementAttributed
    from readout.schemas.withdrawals import RecordWithdrawn
    from readout.streams.errors import ConfigurationError, InvalidRecord, ReadoutError, TransientError
    from readout.streams.log.subscribe import Received, read_topics, subscribe, subscribe_records
    from readout.streams.settings import Settings

__all__ = [
    "ArticlePublished",
    "ConfigurationError",
    "ContactLogged",
    "EntityMentioned",
    "InvalidRecord",
    "ManifestSealed",
    "ReadoutError",
    "Received",
    "RecordWithdrawn",
    "Selector",
    "Settings",
    "StatementAttributed",
    "TransientError",
    "read_topics",
    "subscribe",
    "subscribe_records",
]

_HOMES = {
    "ArticlePublished": "schemas.news",
    "ConfigurationError": "streams.errors",
    "ContactLogged": "schemas.contact_log",
    "EntityMentioned": "schemas.entities",
    "InvalidRecord": "streams.errors",
    "ManifestSealed": "schemas.manifests",
    "ReadoutError": "streams.errors",
    "Received": "streams.log.subscribe",
    "RecordWithdrawn": "schemas.withdrawals",
    "Selector": "schemas.selector",
    "Settings": "streams.settings",
    "StatementAttributed": "schemas.statements",
    "TransientError": "streams.errors",
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
