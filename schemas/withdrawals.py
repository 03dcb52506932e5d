"""RecordWithdrawn: a derived record that no longer holds.

History stays; readers drop the id from their view.
"""

from typing import ClassVar, Literal

from pydantic import Field

from schemas.event import DerivedEvent, Sha256

WithdrawalReason = Literal["superseded", "withheld", "canceled", "rederived"]


class RecordWithdrawn(DerivedEvent):
    """Takes back one record of an earlier revision; travels in the topic of that record."""

    event_type: ClassVar[str] = "readout.record.withdrawn.v1"
    topic: ClassVar[str] = ""

    record_id: Sha256
    record_type: str = Field(description="CloudEvents type of the record that is withdrawn.")
    reason: WithdrawalReason
