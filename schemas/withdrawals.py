"""RecordWithdrawn: a derived record that no longer holds.

History stays; readers drop the id from their view.
"""

from typing import ClassVar, Literal

from pydantic import Field

from readout.schemas.event import DerivedEvent, Sha256

WithdrawalReason = Literal["superseded", "withheld", "canceled", "rederived"]


class RecordWithdrawn(DerivedEvent):
    """Takes back one record of an earlier revision; travels in the topic of that record."""

    event_type: ClassVar[str] = "readout.record.withdrawn.v1"
    topic: ClassVar[str] = ""

    record_id: Sha256 = Field(
        description="entity_id, statement_id or contact_id of the record that is withdrawn."
    )
    record_type: str = Field(description="CloudEvents type of the record that is withdrawn.")
    reason: WithdrawalReason = Field(
        description="superseded: a newer revision no longer says so; withheld, canceled: the article was taken "
        "back; rederived: newer code no longer finds it."
    )
