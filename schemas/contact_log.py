"""contact-log: who was in contact with whom, how, when and about what. One record per occasion."""

from typing import ClassVar, Literal

from pydantic import Field

from schemas.entities import EntityReference
from schemas.event import DerivedEvent, Sha256
from schemas.occurrence import Occurrence
from schemas.selector import Selector

ContactMode = Literal["call", "video", "meeting", "visit", "letter", "talks"]
ContactStatus = Literal["held", "planned", "refused", "denied"]
ParticipantPart = Literal["hub", "party", "host", "mediator"]


class Participant(EntityReference):
    """Somebody who took part: a person, an office, an organisation or a government."""

    title: str | None
    country: str | None = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")
    part: ParticipantPart = Field(
        description="hub: spoke with each of the others, who are not said to have met each other."
    )


class ContactLogged(DerivedEvent):
    """One call, meeting, visit, letter or round of talks; never split into pairs."""

    event_type: ClassVar[str] = "readout.contact.logged.v1"
    topic: ClassVar[str] = "contact-log"

    contact_id: Sha256
    participants: tuple[Participant, ...] = Field(min_length=2)
    mode: ContactMode
    status: ContactStatus
    occurred_on: Occurrence
    place: EntityReference | None
    subjects: tuple[Selector, ...]
    reported_by: EntityReference | None
    evidence: tuple[Selector, ...] = Field(min_length=1)
