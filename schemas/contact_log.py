"""contact-log: who was in contact with whom, how, when and about what. One record per occasion."""

from typing import ClassVar, Literal

from pydantic import Field

from readout.schemas.entities import EntityReference, Speaker
from readout.schemas.event import DerivedEvent, Sha256
from readout.schemas.occurrence import Occurrence
from readout.schemas.selector import Selector

ContactMode = Literal["call", "video", "meeting", "visit", "letter", "talks"]
ContactStatus = Literal["held", "planned", "refused", "denied"]
ParticipantPart = Literal["hub", "party", "host", "mediator"]


class Participant(EntityReference):
    """Somebody who took part: a person, an office, an organisation or a government."""

    title: str | None = Field(description="The office held, in the article's words; null if not said.")
    country: str | None = Field(
        pattern=r"^[A-Z]{2}$", description="Country represented, ISO 3166-1 alpha-2; null if not said."
    )
    part: ParticipantPart = Field(
        description="party: took part like the others; hub: was in contact with each of the others, who are not "
        "said to have met each other; host: received the others; mediator: stood between the parties."
    )


class ContactLogged(DerivedEvent):
    """One call, meeting, visit, letter or round of talks; never split into pairs."""

    event_type: ClassVar[str] = "readout.contact.logged.v1"
    topic: ClassVar[str] = "contact-log"

    contact_id: Sha256 = Field(
        description="Stays the same through revisions that keep mode, date and participants."
    )
    participants: tuple[Participant, ...] = Field(min_length=2, description="All who took part.")
    mode: ContactMode = Field(
        description="How they were in contact; talks where the article does not say how."
    )
    status: ContactStatus = Field(
        description="held: it took place; planned: it is to come; refused: one side declined; denied: one side, "
        "or the article, says that it did not take place."
    )
    occurred_on: Occurrence = Field(description="When it took place or is to take place.")
    place: EntityReference | None = Field(description="Where; null if the article does not say.")
    subjects: tuple[Selector, ...] = Field(
        description="The words that say what it was about; empty if none do."
    )
    reported_by: Speaker | None = Field(
        description="Who says that it took place: the person who speaks, not the principal; null where the article "
        "says so itself."
    )
    confidence: int | None = Field(
        default=None,
        ge=0,
        le=1000,
        description="How likely the contact is right, in per mille, as measured on annotated news; null where only "
        "rules have read.",
    )
    evidence: tuple[Selector, ...] = Field(
        min_length=1, description="The passages that prove the contact, in reading order."
    )
