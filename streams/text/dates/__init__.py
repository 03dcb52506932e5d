"""Dates by one grammar: what is a date expression, from which day it counts, and what it means.

`find_date_words` finds them, `resolve_words` resolves them from a `Viewpoint`; `Anchors` tell on which day each
part of an article was written.
"""

from readout.streams.text.dates.composition import date_words_in, find_date_words
from readout.streams.text.dates.grammar import DateWords
from readout.streams.text.dates.resolved import Anchors, Precision, ResolvedDate, Viewpoint
from readout.streams.text.dates.resolving import COUNTED_FROM_TEXT, resolve, resolve_words

__all__ = [
    "COUNTED_FROM_TEXT",
    "Anchors",
    "DateWords",
    "Precision",
    "ResolvedDate",
    "Viewpoint",
    "date_words_in",
    "find_date_words",
    "resolve",
    "resolve_words",
]
