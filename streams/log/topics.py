"""The topics, each once: name, key, events; and how they are made and checked.

Reads:  the brokers' topics and their settings
Writes: topics that are missing. One that exists and does not fit is refused before anything is changed.

All topics share one partition count, so that an article and everything derived from it live in the same
partition number. Nothing ever expires, and the log stamps the time: an article of 2022 stamped with its own
date would be deleted at once by a retention of seven days.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from readout.schemas.contact_log import ContactLogged
from readout.schemas.contacts import ContactConsolidated, ContactsMerged, ContactSplit, ContactWithdrawn
from readout.schemas.entities import EntityMentioned
from readout.schemas.event import Event
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.schemas.statements import StatementAttributed
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.errors import ConfigurationError, TransientError
from readout.streams.kafka.administration import Administration, TopicState
from readout.streams.settings import Settings

# A record travels in a batch with a header of its own, and a dead letter has more headers than the original.
_BATCH_OVERHEAD_BYTES = 160 * 1024
_CREATED_WITHIN_SECONDS = 30.0
_ASK_AGAIN_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic; `stem` is its name without a prefix, `events` is empty where any bytes may be.

    `is_compacted` where only the last record of a key is kept: such a topic repeats what another one says, and is
    neither signed nor archived.
    """

    stem: str
    key: str
    events: tuple[type[Event], ...]
    meaning: str
    is_compacted: bool = False


NEWS = Topic("news", "article id", (ArticlePublished,), "Articles as they were published, a revision each.")
ENTITIES = Topic("entities", "article id", (EntityMentioned, RecordWithdrawn), "Who and what is mentioned.")
STATEMENTS = Topic("statements", "article id", (StatementAttributed, RecordWithdrawn), "Who said what.")
CONTACT_LOG = Topic("contact-log", "article id", (ContactLogged, RecordWithdrawn), "Who was in contact.")
MANIFESTS = Topic("manifests", "article id", (ManifestSealed,), "What each article revision gave rise to.")
DEAD_LETTERS = Topic("dead-letters", "as the original", (), "Records that could not be processed, and why.")
SEALS = Topic(
    "seals",
    "first manifest offset",
    (),
    "Where each article's last manifest stands, in pages: so that a worker need not read all manifests.",
    is_compacted=True,
)
CHECKPOINTS = Topic("checkpoints", "topic-partition", (), "Signed Merkle checkpoints.")
CONTACTS = Topic(
    "contacts",
    "consolidated id",
    (ContactConsolidated, ContactsMerged, ContactSplit, ContactWithdrawn),
    "Contacts as told by all articles together: every change, with the state after it.",
)
CONTACTS_CURRENT = Topic(
    "contacts-current",
    "consolidated id",
    (ContactConsolidated,),
    "The present state of every contact; a null value where its id is gone.",
    is_compacted=True,
)

DERIVED = (ENTITIES, STATEMENTS, CONTACT_LOG)
TOPICS = (NEWS, *DERIVED, MANIFESTS, DEAD_LETTERS, CHECKPOINTS, SEALS, CONTACTS, CONTACTS_CURRENT)
KEPT = tuple(topic for topic in TOPICS if not topic.is_compacted)
"""What is signed, archived and restored."""
TOPICS_BY_STEM: Mapping[str, Topic] = {topic.stem: topic for topic in TOPICS}


def topic_name(settings: Settings, stem: str) -> str:
    """The name on the brokers: the installation's prefix and the stem.

    Raises:
        ConfigurationError: there is no such topic.
    """
    if stem not in TOPICS_BY_STEM:
        raise ConfigurationError(f"there is no topic {stem!r}; choose from {', '.join(TOPICS_BY_STEM)}")
    return settings.topic_prefix + stem


def topic_config(settings: Settings, topic: Topic = NEWS) -> dict[str, str]:
    """The broker's settings of a topic."""
    return {
        "retention.ms": "-1",
        "cleanup.policy": "compact" if topic.is_compacted else "delete",
        "message.timestamp.type": "LogAppendTime",
        "max.message.bytes": str(settings.max_record_bytes + _BATCH_OVERHEAD_BYTES),
    }


async def ensure_topics(settings: Settings) -> tuple[str, ...]:
    """Create what is missing and return the names of what was created.

    Raises:
        ConfigurationError: a topic exists that does not fit; nothing was changed.
        TransientError: the brokers cannot be reached.
    """
    names = [topic_name(settings, topic.stem) for topic in TOPICS]
    async with Administration(settings) as administration:
        existing = await administration.existing(names)
        _refuse_misfits(existing, settings)
        missing = [name for name in names if name not in existing]
        if missing:
            await _create(administration, missing, settings)
            # Somebody else may have created one at the same moment, and otherwise.
            _refuse_misfits(await _once_created(administration, names), settings)
    return tuple(missing)


async def _create(administration: Administration, names: list[str], settings: Settings) -> None:
    for is_compacted in (False, True):
        wanted = [name for name in names if _topic(name, settings).is_compacted == is_compacted]
        if wanted:
            await administration.create(
                wanted,
                partitions=settings.partitions,
                replicas=settings.replication_factor,
                config=topic_config(settings, _topic(wanted[0], settings)),
            )


def _topic(name: str, settings: Settings) -> Topic:
    return TOPICS_BY_STEM[name.removeprefix(settings.topic_prefix)]


async def require_topics(settings: Settings) -> None:
    """Make sure that all topics are there and fit, and create none.

    Raises:
        ConfigurationError: one is missing or does not fit.
    """
    names = [topic_name(settings, topic.stem) for topic in TOPICS]
    async with Administration(settings) as administration:
        existing = await administration.existing(names)
    missing = [name for name in names if name not in existing]
    if missing:
        raise ConfigurationError(f"missing topics: {', '.join(missing)}; create them with `readout topics`")
    _refuse_misfits(existing, settings)


def _refuse_misfits(existing: Mapping[str, TopicState], settings: Settings) -> None:
    misfits = [_misfit(name, state, settings) for name, state in sorted(existing.items())]
    found = [text for text in misfits if text]
    if found:
        raise ConfigurationError(f"{'; '.join(found)}; no existing topic was changed")


def _misfit(name: str, state: TopicState, settings: Settings) -> str | None:
    wanted = topic_config(settings, _topic(name, settings))
    if state.partitions != settings.partitions:
        return f"topic {name!r} has {state.partitions} partitions, wanted {settings.partitions}"
    if state.retention_ms not in (None, wanted["retention.ms"]):
        return f"topic {name!r} has retention.ms={state.retention_ms}, wanted -1: it would forget"
    if state.cleanup_policy not in (None, wanted["cleanup.policy"]):
        why = "it would lose history" if wanted["cleanup.policy"] == "delete" else "it would grow for ever"
        return (
            f"topic {name!r} has cleanup.policy={state.cleanup_policy}, "
            f"wanted {wanted['cleanup.policy']}: {why}"
        )
    if state.timestamp_type not in (None, wanted["message.timestamp.type"]):
        found = f"message.timestamp.type={state.timestamp_type}, wanted LogAppendTime"
        return f"topic {name!r} has {found}: whoever writes could choose the time"
    return None


async def _once_created(administration: Administration, names: list[str]) -> Mapping[str, TopicState]:
    """A broker may answer before every partition has a leader that others know of."""
    deadline = time.monotonic() + _CREATED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        existing = await administration.existing(names)
        if len(existing) == len(names) and all(state.partitions for state in existing.values()):
            return existing
        await asyncio.sleep(_ASK_AGAIN_SECONDS)
    message = (
        f"the new topics did not appear within {_CREATED_WITHIN_SECONDS:.0f} s; look at the broker's log"
    )
    raise TransientError(message)
