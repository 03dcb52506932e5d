"""Resolved dates as they travel: with the words that tell them, and the day that these were counted from."""

from readout.schemas.occurrence import Occurrence
from readout.schemas.selector import select
from readout.streams.text.dates import ResolvedDate


def occurrence(when: ResolvedDate, body: str) -> Occurrence:
    """A resolved date whose span counts from the start of the body."""
    return Occurrence(
        date=when.date,
        precision=when.precision,
        text=select(body, *when.span),
        anchor=when.anchor,
        end=when.end,
        approximate=when.is_approximate,
    )
