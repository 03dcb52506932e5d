"""When something happened: a day, week, month or year, resolved against the day on which it was written."""

from typing import Literal, Self

from pydantic import Field, model_validator

from readout.schemas.event import Part
from readout.schemas.selector import Selector

_DATE_LENGTHS = {"day": 10, "week": 10, "month": 7, "year": 4}


class Occurrence(Part):
    """The date of a contact or statement, only as precise as the article allows."""

    date: str | None = Field(
        pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$",
        description="ISO 8601, cut to the precision; of a week its Monday; null if unknown.",
    )
    precision: Literal["day", "week", "month", "year", "unknown"] = Field(
        description="How much of the date the article supports; unknown: no date at all."
    )
    text: Selector | None = Field(description="The words that date it; null if only context does.")
    anchor: str | None = Field(
        description="The day (YYYY-MM-DD) that words such as Monday were resolved against; null if none was needed."
    )
    end: str | None = Field(
        default=None,
        pattern=r"^\d{4}-\d{2}-\d{2}$",
        description="The last day of a stretch that the words tell, inclusive: June 15 of June 14-15; else null.",
    )
    approximate: bool = Field(
        default=False, description="True if the words say that the date is only about right: around May 3."
    )

    @model_validator(mode="after")
    def _date_fits_precision(self) -> Self:
        if len(self.date or "") != _DATE_LENGTHS.get(self.precision, 0):
            raise ValueError(f"date {self.date!r} does not have the precision {self.precision!r}")
        if self.end is not None and (self.date is None or self.end < self.date):
            raise ValueError(f"a stretch from {self.date!r} to {self.end!r} has no length")
        return self
