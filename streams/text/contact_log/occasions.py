"""Occasions: one sentence's mention of a contact, before the mentions of one contact are brought together.

Reads:  nothing; these are the values that verbal_occasions and nominal_occasions make and occasion_merging reads
"""

from dataclasses import dataclass
from typing import Literal

from readout.schemas.contact_log import ContactMode, ContactStatus
from readout.streams.text.contact_log.party import Party
from readout.streams.text.dates import ResolvedDate
from readout.streams.text.spans import Span

Outlook = Literal["held", "planned", "refused", "denied", "absent", "possible"]
# explicit: stands for itself. told: only a private answer. anaphor: "that call", whose parties are told elsewhere.
Strength = Literal["explicit", "told", "anaphor"]


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whom the article credits for a contact."""

    span: Span
    name: str
    member: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contact took place."""

    span: Span
    name: str
    member: int | None
    country: str | None


@dataclass(frozen=True, slots=True)
class Occasion:
    """One mention of a contact.

    Attributes:
        trigger: index of the token that tells of it.
        hub: the party that met each of the others; None if all met all, or if that is not told.
        hosts: parties that only hosted it.
        is_dated_exactly: do its date words tell a day or month, resolved or not?
        is_another: "the next meeting", "another call": not the one told before.
        adds_parties: "the talks were attended by the envoy": an anaphor that names further parties.
        is_past_plan: "had been due to meet": a plan that a refusal may have ended.
        is_sequel: "Milley also held talks": told together with the contact before it.
    """

    trigger: int
    parties: tuple[Party, ...]
    mode: ContactMode
    status: ContactStatus
    strength: Strength
    evidence: Span
    hub: Party | None = None
    hosts: tuple[Party, ...] = ()
    when: ResolvedDate | None = None
    date_words: str = ""
    is_dated_exactly: bool = False
    place: Place | None = None
    subjects: tuple[Span, ...] = ()
    reported_by: Attribution | None = None
    is_another: bool = False
    adds_parties: bool = False
    is_sequel: bool = False
    is_past_plan: bool = False
