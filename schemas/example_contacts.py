"""Examples of the events of `contacts`: the seed's call, as two articles tell of it.

The digests and sketches are made up of repeated digits: no text stands behind them.
"""

from readout.schemas.contact_log import ContactLogged
from readout.schemas.contacts import (
    ConsolidatedContact,
    ConsolidatedParty,
    ContactConsolidated,
    ContactReport,
    ContactsMerged,
    ContactSplit,
    ContactWithdrawn,
    DateClaim,
    ModeClaim,
    NameUsed,
    ReportGroup,
    StatusClaim,
    ToldParty,
)
from readout.schemas.envelope import encode_value
from readout.schemas.event import Event
from readout.schemas.ids import sha256_hex

_FIRST, _SECOND, _THIRD = ("a" * 64, "b" * 64, "c" * 64)


def contact_examples(contact: ContactLogged) -> tuple[Event, ...]:
    """The four events, about contacts that the given record is a report of."""
    state, producer = _state(contact), contact.producer
    return (
        ContactConsolidated(consolidated_id=_FIRST, producer=producer, contact=state),
        ContactsMerged(consolidated_id=_SECOND, producer=producer, into=_FIRST, contact=state),
        ContactSplit(consolidated_id=_FIRST, producer=producer, into=(_THIRD,), contact=state),
        ContactWithdrawn(consolidated_id=_FIRST, producer=producer),
    )


def _state(contact: ContactLogged) -> ConsolidatedContact:
    reports = (_report(contact, "4", "2022-10-24T00:00:00Z"), _report(contact, "5", "2022-10-25T00:00:00Z"))
    both = (0, 1)
    return ConsolidatedContact(
        participants=tuple(_party(one, number) for number, one in enumerate(reports[0].participants)),
        modes=(ModeClaim(mode=contact.mode, reports=both),),
        statuses=(StatusClaim(status=contact.status, reports=both),),
        dates=(DateClaim(date="2022-10-24", end=None, reports=both),),
        places=(),
        subjects=(),
        disputed=(),
        report_count=2,
        independent_reports=2,
        groups=(ReportGroup(reports=(0,), reasons=()), ReportGroup(reports=(1,), reasons=())),
        first_reported=reports[0].published_at,
        last_reported=reports[1].published_at,
        reports=reports,
    )


def _report(contact: ContactLogged, digit: str, published_at: str) -> ContactReport:
    return ContactReport(
        record_id=contact.contact_id if digit == "5" else digit * 64,
        record_sha256=sha256_hex(encode_value(contact)) if digit == "5" else digit * 64,
        article_id=contact.article_id if digit == "5" else "https://news.example/2022/10/24/phone",
        revision=1,
        proposed_id=_FIRST if digit == "4" else _SECOND,
        position=0,
        published_at=published_at,
        source="Example News",
        text_sha256=contact.text_sha256 if digit == "5" else digit * 64,
        text_sketch=digit * 128,
        passage_sketch=digit * 128,
        credit=None,
        origin=None,
        participants=tuple(
            ToldParty(
                name=one.name,
                kind="person",
                title=one.title,
                office="military",
                country=one.country,
                part=one.part,
                alias_id=None,
            )
            for one in contact.participants
        ),
        mode=contact.mode,
        status=contact.status,
        date=contact.occurred_on.date,
        end=None,
        is_approximate=False,
        is_anchored=True,
        hour=None,
        place=None,
        subjects=(),
    )


def _party(told: ToldParty, number: int) -> ConsolidatedParty:
    return ConsolidatedParty(
        identity=str(6 + number) * 64,
        name=told.name,
        kind="person",
        titles=(told.title,) if told.title else (),
        country=told.country,
        part=told.part,
        names=(NameUsed(name=told.name, linked_by="same words", reports=(0, 1)),),
    )
