"""statements: who said what, directly, indirectly or mixed, and the words that say so."""

from typing import ClassVar, Literal

from pydantic import Field

from schemas.entities import EntityReference
from schemas.event import DerivedEvent, Part, Sha256
from schemas.occurrence import Occurrence
from schemas.selector import Selector

StatementKind = Literal["direct", "indirect", "mixed"]


class Cue(Part):
    """The words that mark the attribution: said, according to, claims."""

    selectors: tuple[Selector, ...] = Field(min_length=1)
    lemma: str


class Content(Part):
    """What was said; several selectors when the article interrupts it."""

    selectors: tuple[Selector, ...] = Field(min_length=1)
    text: str = Field(description="The selected words, joined by one space.")


class StatementAttributed(DerivedEvent):
    """One attribution of the article: source, cue and content."""

    event_type: ClassVar[str] = "readout.statement.attributed.v1"
    topic: ClassVar[str] = "statements"

    statement_id: Sha256
    kind: StatementKind
    source: EntityReference | None
    cue: Cue | None
    content: Content
    addressee: EntityReference | None
    nested_in: Sha256 | None = Field(description="The statement whose content reports this one.")
    occurred_on: Occurrence | None
