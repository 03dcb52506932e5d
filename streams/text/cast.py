"""The cast of an article: everyone and everything it mentions, with all the places that mention them.

`readout.streams.text.entities.names` finds the cast; statements and contacts look their people up in it.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from readout.schemas.entities import EntityType, MentionKind
from readout.streams.text.spans import Span


@dataclass(frozen=True, slots=True)
class Office:
    """A role that the article gives a person; `country` is ISO 3166-1 alpha-2."""

    title: str
    organisation: str | None = None
    country: str | None = None


class Mention(NamedTuple):
    """A place that names, describes or refers back to a member of the cast, titles left out."""

    span: Span
    kind: MentionKind


@dataclass(frozen=True, slots=True)
class Member:
    """One person, organisation, place or thing; mentions in reading order, at least one."""

    type: EntityType
    name: str
    mentions: tuple[Mention, ...]
    aliases: tuple[str, ...] = ()
    offices: tuple[Office, ...] = ()
    country: str | None = None
    stands_for: int | None = None
    """Index in the cast of what a metonym means, as Moscow for Russia."""


@dataclass(frozen=True)
class Cast:
    """The members in the order of their first mentions."""

    members: tuple[Member, ...]

    @cached_property
    def _places(self) -> list[tuple[Span, int]]:
        return sorted(
            (mention.span, index) for index, member in enumerate(self.members) for mention in member.mentions
        )

    def inside(self, span: Span) -> Iterable[tuple[Span, int]]:
        """The mentions that lie wholly inside a span, with the index of their member, in reading order."""
        first = bisect_right(self._places, ((span.start, -1), -1))
        for number in range(first, len(self._places)):
            place, index = self._places[number]
            if place.start >= span.end:
                return
            if place.end <= span.end:
                yield place, index

    def at(self, span: Span) -> int | None:
        """The index of the member that exactly these words mention."""
        return next((index for place, index in self.inside(span) if place == span), None)
