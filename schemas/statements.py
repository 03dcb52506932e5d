"""statements: who said what, directly, indirectly or mixed, and the words that say so."""

from typing import ClassVar, Literal

from pydantic import Field

from readout.schemas.entities import EntityReference, Speaker
from readout.schemas.event import DerivedEvent, Part, Sha256, refers_to
from readout.schemas.occurrence import Occurrence
from readout.schemas.selector import Selector

StatementKind = Literal["direct", "indirect", "mixed"]
StatementStatus = Literal["made", "denied", "refused", "asked", "conditional", "planned"]


class Cue(Part):
    """The words that mark the attribution: said, according to, claims."""

    selectors: tuple[Selector, ...] = Field(min_length=1, description="Where the cue stands.")
    lemma: str = Field(description="The cue's base form, such as say or according to.")


class Content(Part):
    """What was said; several selectors when the article interrupts it."""

    selectors: tuple[Selector, ...] = Field(
        min_length=1, description="Where the content stands, in reading order."
    )
    text: str = Field(description="The selected words, joined by one space.")


class StatementAttributed(DerivedEvent):
    """One attribution of the article: source, cue and content."""

    event_type: ClassVar[str] = "readout.statement.attributed.v1"
    topic: ClassVar[str] = "statements"

    statement_id: Sha256 = Field(description="Stays the same through revisions that keep source and content.")
    kind: StatementKind = Field(
        description="direct: in quotation marks; indirect: reported; mixed: reported with quoted words in it."
    )
    source: Speaker | None = Field(description="Who said it; null if the article leaves it open.")
    cue: Cue | None = Field(description="The words that attribute it; null where only quotation marks do.")
    content: Content = Field(description="What was said.")
    addressee: EntityReference | None = Field(description="Whom it was said to; null if not said.")
    nested_in: Sha256 | None = Field(
        description="statement_id of the statement whose content reports this one; null for the article's own.",
        json_schema_extra=refers_to("statements", "statement_id"),
    )
    occurred_on: Occurrence | None = Field(description="When it was said; null if the article does not say.")
    status: StatementStatus = Field(
        default="made",
        description="made: it was said; denied: the article says that it was not said; refused: the source "
        "declined to say it; asked: it is a question, or it is asked whether it was said; conditional: the article "
        "only supposes that it is said; planned: it is to be said. Records of older versions lack it: read made.",
    )
    status_words: tuple[Selector, ...] = Field(
        default=(),
        description="The words that decide the status, such as did not, refused or if; empty where it is made.",
    )
