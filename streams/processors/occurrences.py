"""Resolved dates as they travel: with the words that tell them, and the day that these were counted from."""

from readout.schemas.occurrence import Occurrence
from readout.streams.text.dates import ResolvedDate
from readout.streams.text.reading.reading import Reading


def occurrence(when: ResolvedDate, reading: Reading) -> Occurrence:
    """A resolved date whose span counts in the text of the reading."""
    return Occurrence(
        date=when.date,
        precision=when.precision,
        text=reading.select(when.span),
        anchor=when.anchor,
        end=when.end,
        approximate=when.is_approximate,
    )
