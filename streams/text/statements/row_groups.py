"""Groups of rows: the contents of all candidates of an article, say, in one array instead of one array each.

Reads:  flags, or nothing but rows
Writes: rows, sums and maxima by group
Deliberately absent: what the groups are. A call of numpy costs as much for ten rows as for a thousand, and an
article has dozens of candidates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from readout.streams.text.statements.hashed_network import Booleans, Floats, Integers


@dataclass(frozen=True)
class RowGroups:
    """Groups of rows that follow each other."""

    rows: Integers
    """The rows of the first group in reading order, then those of the second, and so on."""
    sizes: Integers
    """How many rows each group has."""

    @classmethod
    def flagged(cls, flags: Booleans, low: Integers) -> "RowGroups":
        """One group for each line of flags: the places that are set, the first of which is the row `low`."""
        line, place = np.nonzero(flags)
        return cls(place + low[line], np.bincount(line, minlength=len(flags)))

    @classmethod
    def joined(cls, parts: Sequence["RowGroups"]) -> "RowGroups":
        """All groups of several, in their order."""
        return cls(np.concatenate([one.rows for one in parts]), np.concatenate([one.sizes for one in parts]))

    def __len__(self) -> int:
        return len(self.sizes)

    def __getitem__(self, number: int) -> Integers:
        start = self.starts[number]
        return self.rows[start : start + self.sizes[number]]

    def __iter__(self) -> Iterator[Integers]:
        return (self[number] for number in range(len(self.sizes)))

    @cached_property
    def starts(self) -> Integers:
        """Where each group begins among the rows."""
        starts: Integers = np.cumsum(self.sizes) - self.sizes
        return starts

    @cached_property
    def number(self) -> Integers:
        """The number of its group for each of the rows."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def only(self, wanted: Booleans) -> "RowGroups":
        """The wanted ones of the groups."""
        return RowGroups(self.rows[wanted[self.number]], self.sizes[wanted])

    def sums(self, flags: Booleans) -> Integers:
        """How many of the rows are flagged, by group."""
        return np.bincount(self.number[flags], minlength=len(self.sizes))

    def most(self, values: Floats) -> Floats:
        """The greatest of the values of the rows, by group; no group may be empty."""
        most: Floats = np.maximum.reduceat(values, self.starts)
        return most

    def roots(self, heads: Integers) -> Integers:
        """For each group the first row whose head lies outside of the range of its rows; -1 for an empty one.

        Args:
            heads: for every row of the table the row of its head.
        """
        roots = np.full(len(self.sizes), -1)
        filled = np.flatnonzero(self.sizes)
        if not len(filled):
            return roots
        starts, sizes = self.starts[filled], self.sizes[filled]
        first, last = np.repeat(self.rows[[starts, starts + sizes - 1]], sizes, axis=1)
        head = heads[self.rows]
        outside = (head < first) | (head > last) | (head == self.rows)
        places = np.where(outside, np.arange(len(self.rows)), len(self.rows))
        place = np.minimum.reduceat(places, starts)
        roots[filled] = self.rows[np.where(place < len(self.rows), place, starts)]
        return roots
