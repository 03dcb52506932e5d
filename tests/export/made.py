"""A log to export: the ledger's articles, whose records are varied, with revisions, withdrawals and dead letters.

What the consolidation makes of their contacts is in it too, in steps, so that contacts change, merge and go.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from readout.schemas.contact_log import ContactLogged
from readout.schemas.entities import EntityMentioned, Role
from readout.schemas.envelope import encode_value
from readout.schemas.event import DerivedEvent
from readout.schemas.news import ArticlePublished, ArticleStatus, NewsSource
from readout.schemas.occurrence import Occurrence
from readout.schemas.registry import EVENTS_BY_TYPE
from readout.streams.audit.log import Log
from readout.streams.consolidate.steps import Step
from readout.streams.export.catch_up import catch_up
from readout.streams.export.store import Store
from readout.streams.log.filters import Filter
from readout.streams.processors.consolidation.consolidation import Consolidator
from readout.streams.processors.records import (
    Derivation,
    DerivationFailure,
    article_event_id,
    encode_record,
    sealed,
)
from tests.audit.ledger import BREAKS, PARTITIONS, PRODUCER, Ledger, article, body_of, derive
from tests.consolidation.dict_memory import DictMemory
from tests.consolidation.made import reports_of

_COUNTRIES = ("US", "RU", "FR", "UA", None)
_MODES = ("call", "meeting", "visit", "video", "letter", "talks")
_STATUSES = ("held", "planned", "planned", "refused", "denied")
_DATES = (
    Occurrence(date="2022-10-24", precision="day", text=None, anchor=None),
    Occurrence(date="2022-10-31", precision="week", text=None, anchor=None, approximate=True),
    Occurrence(date="2022-11-07", precision="day", text=None, anchor=None, end="2022-11-09"),
    Occurrence(date="2022-11", precision="month", text=None, anchor=None),
)
_TYPES = {"Town": "place", "Anchor": "organisation", "Butler": "group"}


def varied(articles: Sequence[ArticlePublished]) -> list[Derivation | DerivationFailure]:
    """Derive as the ledger does, with contacts of every mode, status and precision, and entities of several types."""
    return [one if isinstance(one, DerivationFailure) else _varied(one) for one in derive(articles)]


def _varied(derivation: Derivation) -> Derivation:
    one, records, live = derivation.article, [], []
    for record, line in zip(derivation.records, derivation.live, strict=True):
        event = EVENTS_BY_TYPE[line.type].model_validate_json(record.value or b"")
        assert isinstance(event, DerivedEvent)
        changed = _vary(event, sum(map(ord, one.article_id)))
        value = encode_value(changed)
        cause = article_event_id(one)
        records.append(encode_record(changed, topic=line.topic, article=one, causation_id=cause, value=value))
        live.append(sealed(line.topic, line.type, line.record_id, value))
    return replace(derivation, records=tuple(records), live=tuple(live))


def _vary(event: DerivedEvent, seed: int) -> DerivedEvent:
    if isinstance(event, EntityMentioned):
        kind = next((kind for word, kind in _TYPES.items() if event.name.startswith(word)), "person")
        country = _COUNTRIES[len(event.name) % len(_COUNTRIES)]
        role = Role(title="defence <minister> & envoy", organisation=None, country=country)
        roles = (role,) if kind == "person" else ()
        return event.model_copy(update={"type": kind, "country": country, "roles": roles})
    if isinstance(event, ContactLogged):
        people = tuple(
            one.model_copy(update={"country": _COUNTRIES[len(one.name) % len(_COUNTRIES)], "title": "envoy"})
            for one in event.participants
        )
        return event.model_copy(
            update={
                "participants": people,
                "mode": _MODES[seed % len(_MODES)],
                "status": _STATUSES[seed % len(_STATUSES)],
                "occurred_on": _DATES[seed % len(_DATES)],
                "confidence": 500 + seed % 500,
            }
        )
    return event


def published(
    number: int, body: str | None = None, revision: int = 1, status: ArticleStatus = "usable"
) -> ArticlePublished:
    """An article with a source, a headline and letters that other formats have to escape."""
    one = article(f"article-{number}", body_of(number) if body is None else body, revision, status)
    source = NewsSource(name="Example & Söhne", url=f"https://news.example/{number}?a=1&b=2")
    return one.model_copy(update={"headline": f"Talks <{number}> “go on” \x0b", "source": source})


@dataclass
class Consolidating:
    """Writes what changes among the contacts of a log, a step each time."""

    ledger: Ledger
    consolidator: Consolidator = field(default_factory=lambda: Consolidator(DictMemory(), PRODUCER))
    steps: int = 0

    async def step(self) -> None:
        with await store_of(self.ledger.log) as store:
            states = list(store.articles())
        events = self.consolidator.apply(
            {one.article.article_id: reports_of(one.article, *one.contacts) for one in states}
        )
        self.steps += bool(events)
        for record in Step(self.steps, {0: 0}, events).records("2022-10-25T12:00:00Z"):
            number = zlib.crc32(record.key or b"") % PARTITIONS
            self.ledger.log.append(record, number, self.ledger.tick())


async def log_to_export(articles: int = 24) -> Ledger:
    """A log with revisions, withdrawals, a cancellation, dead letters and articles that nobody has derived yet."""
    ledger = Ledger(derive=varied)
    consolidating = Consolidating(ledger)
    for number in range(articles):
        ledger.publish(published(number))
        if number % 4 == 1:
            ledger.publish(published(number, body_of(number + 1), revision=2))
        if number % 7 == 3:
            ledger.publish(published(number, "", revision=3, status="withheld"))
        if number % 11 == 5:
            ledger.publish(published(number, "", revision=4, status="canceled"))
        if number % 6 == 4:
            ledger.publish(published(number, f"{BREAKS} called Anchor.", revision=5))
        if number % 5 == 0:
            await ledger.derive()
            await consolidating.step()
    await ledger.derive()
    await consolidating.step()
    ledger.publish(published(articles))
    return ledger


async def store_of(log: Log, wanted: Filter | None = None) -> Store:
    """A store with all of a log."""
    store = Store(None, wanted)
    await catch_up(log, store)
    return store
