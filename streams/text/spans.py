"""Spans: where in the article. Code points of the body, half-open."""

from typing import NamedTuple


class Span(NamedTuple):
    """`body[start:end]`."""

    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        """Do the two share a code point?"""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Span") -> bool:
        """Does the other lie wholly inside?"""
        return self.start <= other.start and other.end <= self.end
