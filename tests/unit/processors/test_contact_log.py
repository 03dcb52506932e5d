"""The contact log: contacts become events with selectors, entities and ids that stay the same."""

from typing import Any

import pytest

from readout.schemas.contact_log import ContactLogged
from readout.schemas.event import Producer
from readout.schemas.ids import RecordIds
from readout.schemas.news import ArticlePublished
from readout.schemas.selector import proves
from readout.streams.processors.contact_log import derive_contact_log
from readout.streams.text.cast import Cast, Member, Mention
from readout.streams.text.contact_log.contacts import Attendee, Contact
from readout.streams.text.contact_log.occasions import Attribution, Place
from readout.streams.text.dates import ResolvedDate
from readout.streams.text.spans import Span

BODY = "Berg met the French envoy in Oslo on Monday to discuss fish, RIA said."
DIGEST = "0" * 64
PRODUCER = Producer(package="readout-streams", version="0", build=DIGEST, models=(), configuration=DIGEST)
ENTITY_IDS = ("a" * 64, "b" * 64)


def span(words: str) -> Span:
    start = BODY.index(words)
    return Span(start, start + len(words))


CAST = Cast(
    (
        Member("person", "Berg", (Mention(span("Berg"), "name"),)),
        Member("place", "Oslo", (Mention(span("Oslo"), "name"),)),
    )
)
CONTACT = Contact(
    attendees=(
        Attendee("Berg", 0, "foreign minister", "NO", "party", (span("Berg"),)),
        Attendee("French envoy", None, "envoy", "FR", "party", (span("the French envoy"),)),
    ),
    mode="meeting",
    status="held",
    occurred_on=ResolvedDate(span("Monday"), "2021-06-07", "day", "2021-06-09"),
    place=Place(span("Oslo"), "Oslo", 1, "NO"),
    subjects=(span("fish"),),
    reported_by=Attribution(span("RIA"), "RIA", None),
    evidence=(Span(0, len(BODY)),),
)


def derive(*contacts: Contact, body: str = BODY, **changes: Any) -> tuple[ContactLogged, ...]:
    article = ArticlePublished(article_id="a-1", revision=2, status="usable", body=body)
    arguments: dict[str, Any] = {"cast": CAST, "entity_ids": ENTITY_IDS, "ids": RecordIds("a-1"), **changes}
    return derive_contact_log(article, PRODUCER, contacts, **arguments)


def test_a_contact_becomes_one_event() -> None:
    (event,) = derive(CONTACT)
    assert [(one.name, one.entity_id, one.country) for one in event.participants] == [
        ("Berg", ENTITY_IDS[0], "NO"),
        ("French envoy", None, "FR"),
    ]
    assert (event.mode, event.status, event.revision) == ("meeting", "held", 2)
    assert event.occurred_on.date == "2021-06-07"
    assert event.place is not None
    assert event.place.entity_id == ENTITY_IDS[1]
    assert event.reported_by is not None
    assert event.reported_by.entity_id is None


def test_every_selector_proves_itself() -> None:
    (event,) = derive(CONTACT)
    selectors = [selector for one in event.participants for selector in one.selectors]
    assert all(proves(selector, BODY) for selector in (*selectors, *event.evidence, *event.subjects))


def test_the_id_does_not_depend_on_where_the_words_stand() -> None:
    moved = "News. " + BODY
    shifted = Contact(
        attendees=tuple(
            Attendee(
                a.name, a.member, a.title, a.country, a.part, tuple(Span(s + 6, e + 6) for s, e in a.spans)
            )
            for a in CONTACT.attendees
        ),
        mode=CONTACT.mode,
        status=CONTACT.status,
        occurred_on=ResolvedDate(Span(0, 4), "2021-06-07", "day", None),
        place=None,
        subjects=(),
        reported_by=None,
        evidence=(Span(6, len(moved)),),
    )
    assert derive(CONTACT)[0].contact_id == derive(shifted, body=moved)[0].contact_id


def test_equal_contacts_are_told_apart_by_their_order() -> None:
    first, second = derive(CONTACT, CONTACT)
    assert first.contact_id != second.contact_id


def test_an_undated_contact_has_an_unknown_date() -> None:
    undated = Contact(CONTACT.attendees, "call", "planned", None, None, (), None, CONTACT.evidence)
    (event,) = derive(undated)
    assert (event.occurred_on.date, event.occurred_on.precision, event.occurred_on.text) == (
        None,
        "unknown",
        None,
    )


def test_ids_of_another_cast_are_refused() -> None:
    with pytest.raises(ValueError, match="1 entity ids for a cast of 2"):
        derive(CONTACT, entity_ids=ENTITY_IDS[:1])
