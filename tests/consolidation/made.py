"""Contact records made by hand, with the articles that tell of them."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from readout.schemas.contact_log import ContactLogged, ContactMode, ContactStatus, Participant
from readout.schemas.contacts import (
    ConsolidatedContact,
    ContactConsolidated,
    ContactEvent,
    ContactReport,
    ContactSplit,
)
from readout.schemas.envelope import encode_value
from readout.schemas.event import DerivedEvent
from readout.schemas.examples import example_events
from readout.schemas.ids import RecordIds, sha256_hex
from readout.schemas.news import ArticlePublished
from readout.schemas.occurrence import Occurrence
from readout.schemas.provenance import derived_from
from readout.schemas.selector import select
from readout.streams.processors.consolidation.reports import Input, Knowledge, live_after
from readout.streams.text.gazetteer import Gazetteer

PRODUCER = next(one.producer for one in example_events() if isinstance(one, DerivedEvent))
Party = tuple[str, str | None, str | None]
"""Name, title and country."""


@cache
def knowledge(aliases: tuple[tuple[str, str], ...] = ()) -> Knowledge:
    """The gazetteer, and an alias file of folded names and ids."""
    file = Path(__file__).parents[2] / "streams" / "text" / "gazetteer.json"
    return Knowledge(Gazetteer.from_json(file.read_bytes()), dict(aliases))


def article_of(article_id: str, body: str, published_at: str | None = "2022-10-25") -> ArticlePublished:
    return ArticlePublished(
        article_id=article_id, revision=1, status="usable", body=body, published_at=published_at
    )


def contact(
    article: ArticlePublished,
    parties: Sequence[Party],
    date: str | None,
    *,
    mode: ContactMode = "call",
    status: ContactStatus = "held",
    start: int = 0,
) -> ContactLogged:
    """A record whose evidence is the body from `start` on."""
    words = select(article.body, start, len(article.body))
    names = [name for name, _, _ in parties]
    return ContactLogged(
        **derived_from(article, PRODUCER),
        contact_id=RecordIds(article.article_id).next_id("contact", mode, date or "", str(start), *names),
        participants=tuple(
            Participant(
                entity_id=None, name=name, selectors=(words,), title=title, country=country, part="party"
            )
            for name, title, country in parties
        ),
        mode=mode,
        status=status,
        occurred_on=Occurrence(date=date, precision="day" if date else "unknown", text=None, anchor=None),
        place=None,
        subjects=(),
        reported_by=None,
        evidence=(words,),
    )


def reports_of(article: ArticlePublished, *contacts: ContactLogged) -> tuple[ContactReport, ...]:
    inputs = [Input(one, sha256_hex(encode_value(one)), article) for one in contacts]
    return live_after((), inputs, knowledge())


def fold(
    events: Sequence[ContactEvent], into: Mapping[str, ConsolidatedContact]
) -> dict[str, ConsolidatedContact]:
    """What a reader of `contacts` holds after these events."""
    held = dict(into)
    for event in events:
        state = event.contact if isinstance(event, ContactConsolidated | ContactSplit) else None
        held.pop(event.consolidated_id, None)
        if state is not None:
            held[event.consolidated_id] = state
    return held
