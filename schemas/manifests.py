"""manifests: one event per article revision that says what was derived, so that gaps and extras show."""

from typing import ClassVar, Literal

from pydantic import Field

from schemas.event import DerivedEvent, Part, Sha256
from schemas.news import ArticleStatus

Outcome = Literal["derived", "withdrawn", "dead-lettered"]


class SealedRecord(Part):
    """A record of the revision: where it is, its id, and the digest of its value."""

    topic: str = Field(description="Topic name without the installation's prefix.")
    type: str = Field(description="CloudEvents type.")
    record_id: Sha256
    sha256: Sha256 = Field(description="Digest of the record's value; its CloudEvents id as well.")


class ManifestSealed(DerivedEvent):
    """Everything that one article revision gave rise to, in the order of writing.

    The source partition and offset travel as CloudEvents attributes `sourcepartition` and `sourceoffset`,
    since the same article read from a restored log has others.
    """

    event_type: ClassVar[str] = "readout.manifest.sealed.v1"
    topic: ClassVar[str] = "manifests"

    article_event_id: Sha256 = Field(description="CloudEvents id of the article event.")
    status: ArticleStatus
    outcome: Outcome
    reason: str | None = Field(description="Why nothing was derived; null when records were.")
    live: tuple[SealedRecord, ...] = Field(description="Records that hold from this revision on.")
    withdrawn: tuple[SealedRecord, ...] = Field(description="RecordWithdrawn events of this revision.")
