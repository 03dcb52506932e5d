"""contacts: one contact as all articles tell of it together. Every change is an event with the full state after it.

A state is a function of the contact records that hold: no arrival order, clock or offset is in it. What reports
disagree on stands side by side, each claim with the reports that make it.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from readout.schemas.contact_log import ContactMode, ContactStatus, ParticipantPart
from readout.schemas.event import ArticleId, Event, Part, Producer, Sha256, refers_to

PartyKind = Literal["person", "office", "government", "organisation", "described"]
LinkReason = Literal["same words", "alias file", "name", "short name", "spelling", "office", "country"]
CopyReason = Literal["same text digest", "near-duplicate text", "same named origin", "same wire credit"]
DisputedField = Literal["date", "mode", "status", "place"]

_InUtc = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T[0-9:.]+Z$")]
_Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
ReportNumbers = Annotated[
    tuple[int, ...],
    Field(min_length=1, description="The reports that say so, by their place in `reports`, counted from 0."),
]


class ToldParty(Part):
    """A participant as one report has it."""

    name: str = Field(description="The fullest name in the article, or the words for who has none.")
    kind: PartyKind = Field(
        description="person: by name; office: by an office alone; government: a country or its seat of government; "
        "organisation: a body; described: other words."
    )
    title: str | None = Field(description="The office, in the article's words; null if not said.")
    office: str | None = Field(description="The office as a class, such as foreign; null if none is known.")
    country: _Country | None = Field(description="Country represented, ISO 3166-1 alpha-2; null if not said.")
    part: ParticipantPart = Field(description="As in the contact log.")
    alias_id: str | None = Field(
        description="The id that the alias file gives the name; null if it has none."
    )


class ContactReport(Part):
    """What one record of the contact log says, and what tells a copy from a report of its own."""

    record_id: Sha256 = Field(
        description="The record; its sentences are its evidence.",
        json_schema_extra=refers_to("contact-log", "contact_id"),
    )
    record_sha256: Sha256 = Field(description="Digest of the record's value.")
    article_id: ArticleId
    revision: int = Field(ge=1, description="The revision of the article.")
    proposed_id: Sha256 = Field(description="The consolidated id, where this report is the first to tell.")
    position: int = Field(
        ge=0, description="Index of the code point of the body at which its evidence begins."
    )
    published_at: _InUtc | None = Field(
        description="When the article was published, RFC 3339 in UTC; null if it does not say."
    )
    source: str | None = Field(description="The publisher's name; null if unknown.")
    text_sha256: Sha256 = Field(description="Digest of the article's body.")
    text_sketch: str = Field(
        pattern=r"^([0-9a-f]{2})*$",
        description="MinHash of the body's runs of three words, a byte for each permutation, hexadecimal; empty if "
        "it is too short.",
    )
    passage_sketch: str = Field(
        pattern=r"^([0-9a-f]{2})*$", description="The same of the words of the evidence, in runs of two."
    )
    credit: str | None = Field(description="The news agency that the article is credited to; null if none.")
    origin: str | None = Field(
        description="The news organisation named as the origin of the report; null if none."
    )
    participants: tuple[ToldParty, ...] = Field(min_length=2, description="Who took part.")
    mode: ContactMode = Field(description="As in the contact log.")
    status: ContactStatus = Field(description="As in the contact log.")
    date: str | None = Field(
        pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$", description="As in the contact log; null if unknown."
    )
    end: str | None = Field(description="The last day of a stretch, inclusive; else null.")
    is_approximate: bool = Field(description="True if the date is only about right.")
    is_anchored: bool = Field(
        description="True if words such as Monday give the date, read from another day."
    )
    hour: str | None = Field(description="The time of day in the evidence, such as morning; null if none.")
    place: str | None = Field(description="Where; null if not said.")
    subjects: tuple[str, ...] = Field(description="The words that say what it was about.")


class NameUsed(Part):
    """A name of a participant."""

    name: str = Field(description="As reports have it.")
    linked_by: LinkReason = Field(description="Why it is taken for a name of this participant.")
    reports: ReportNumbers


class ConsolidatedParty(Part):
    """One participant as all reports together tell."""

    identity: str = Field(
        description="Equal in all contacts with this participant: the id of the alias file, else a digest of kind, "
        "fullest name and country."
    )
    name: str = Field(description="The fullest name.")
    kind: PartyKind = Field(description="What kind of name that is.")
    titles: tuple[str, ...] = Field(description="Offices in the words of the reports, sorted.")
    country: _Country | None = Field(description="Country represented, ISO 3166-1 alpha-2; null if not said.")
    part: ParticipantPart = Field(description="As most reports have it.")
    names: tuple[NameUsed, ...] = Field(min_length=1, description="All names, the fullest first.")


class ModeClaim(Part):
    """A mode, and who claims it."""

    mode: ContactMode = Field(description="How they were in contact.")
    reports: ReportNumbers


class StatusClaim(Part):
    """A status, and who claims it."""

    status: ContactStatus = Field(description="Held, planned, refused or denied.")
    reports: ReportNumbers


class DateClaim(Part):
    """A date, and who claims it."""

    date: str = Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$", description="ISO 8601, cut to its precision.")
    end: str | None = Field(description="The last day of a stretch, inclusive; else null.")
    reports: ReportNumbers


class PlaceClaim(Part):
    """A place, and who claims it."""

    place: str = Field(description="Where, in the words of the first report that says so.")
    reports: ReportNumbers


class ReportGroup(Part):
    """Reports that are not independent of each other; one alone is a group as well."""

    reports: ReportNumbers
    reasons: tuple[CopyReason, ...] = Field(description="What joins them; empty for one alone.")


class ConsolidatedContact(Part):
    """One contact, as all live reports of it tell.

    Claims are in order of the independent groups that make them, most first; then by their first report.
    """

    participants: tuple[ConsolidatedParty, ...] = Field(min_length=2, description="Who took part.")
    modes: tuple[ModeClaim, ...] = Field(min_length=1, description="How; claims.")
    statuses: tuple[StatusClaim, ...] = Field(min_length=1, description="Whether it took place; claims.")
    dates: tuple[DateClaim, ...] = Field(description="When; claims. Empty if no report says.")
    places: tuple[PlaceClaim, ...] = Field(description="Where; claims. Empty if no report says.")
    subjects: tuple[str, ...] = Field(description="What it was about, in the words of the reports, sorted.")
    disputed: tuple[DisputedField, ...] = Field(
        description="What claims contradict each other on: dates without a day in common, a place that is another, "
        "a mode that cannot be the same, held beside denied or refused."
    )
    report_count: int = Field(ge=1, description="Articles that tell of it.")
    independent_reports: int = Field(ge=1, description="Groups of reports that do not copy each other.")
    groups: tuple[ReportGroup, ...] = Field(min_length=1, description="The reports by what copies what.")
    first_reported: _InUtc | None = Field(
        description="When the first report was published; null if none says."
    )
    last_reported: _InUtc | None = Field(description="When the last report was published; null if none says.")
    reports: tuple[ContactReport, ...] = Field(
        min_length=1, description="Every report, the first published first."
    )


class ContactEvent(Event):
    """What all events of `contacts` say."""

    topic: ClassVar[str] = "contacts"
    key_field: ClassVar[str] = "consolidated_id"

    consolidated_id: Sha256 = Field(description="The contact; key of the record.")
    producer: Producer = Field(description="Which code consolidated, with which settings and alias file.")


class ContactConsolidated(ContactEvent):
    """A contact is new, or its state has changed."""

    event_type: ClassVar[str] = "readout.contact.consolidated.v1"

    contact: ConsolidatedContact = Field(description="The state from now on.")


class ContactsMerged(ContactEvent):
    """A contact turns out to be another one: its id is gone, and points to the one that stays."""

    event_type: ClassVar[str] = "readout.contacts.merged.v1"

    into: Sha256 = Field(description="The consolidated id that has its reports now.")
    contact: ConsolidatedContact = Field(description="The state of the contact that stays.")


class ContactSplit(ContactEvent):
    """A contact turns out to be several."""

    event_type: ClassVar[str] = "readout.contact.split.v1"

    into: tuple[Sha256, ...] = Field(
        min_length=1, description="The consolidated ids that have reports of it now, sorted; without its own."
    )
    contact: ConsolidatedContact | None = Field(
        description="The state of this contact from now on; null if its id is gone."
    )


class ContactWithdrawn(ContactEvent):
    """No report of a contact holds any more."""

    event_type: ClassVar[str] = "readout.contact.withdrawn.v1"
