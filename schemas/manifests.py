"""manifests: one event per article revision that says what was derived, so that gaps and extras show."""

from typing import ClassVar, Literal

from pydantic import Field

from readout.schemas.event import DerivedEvent, Part, Sha256, refers_to
from readout.schemas.news import ArticleStatus

Outcome = Literal["derived", "withdrawn", "dead-lettered"]


class SealedRecord(Part):
    """A record of the revision: where it is, its id, and the digest of its value."""

    topic: str = Field(description="Topic name without the installation's prefix.")
    type: str = Field(description="CloudEvents type of the record.")
    record_id: Sha256 = Field(
        description="Its entity_id, statement_id or contact_id; of a withdrawal the id that it takes back."
    )
    sha256: Sha256 = Field(description="Digest of the record's value; its CloudEvents id as well.")


class ManifestSealed(DerivedEvent):
    """Everything that one article revision gave rise to, in the order of writing.

    The source partition and offset travel as CloudEvents attributes `sourcepartition` and `sourceoffset`,
    since the same article read from a restored log has others.
    """

    event_type: ClassVar[str] = "readout.manifest.sealed.v1"
    topic: ClassVar[str] = "manifests"

    article_event_id: Sha256 = Field(
        description="CloudEvents id of the article event.", json_schema_extra=refers_to("news", "ce_id")
    )
    status: ArticleStatus = Field(description="Status of this revision, as in `news`.")
    outcome: Outcome = Field(
        description="derived: records were derived; withdrawn: all were taken back; dead-lettered: the article "
        "could not be processed, and what was live before stays live."
    )
    reason: str | None = Field(description="Why nothing was derived; null when records were.")
    live: tuple[SealedRecord, ...] = Field(description="All records that hold from this revision on.")
    withdrawn: tuple[SealedRecord, ...] = Field(
        description="The RecordWithdrawn events that this revision wrote."
    )
