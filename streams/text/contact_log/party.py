"""A party: whom one phrase names as a party to a contact.

Reads:  nothing; `parties` makes these values, and everything about occasions reads them
"""

from dataclasses import dataclass
from typing import Literal

from readout.streams.text.spans import Span

PartyKind = Literal["person", "office", "group", "organisation", "country"]


@dataclass(frozen=True, slots=True)
class Party:
    """One party as one phrase names it.

    Attributes:
        span: the words, titles left out where a name is told.
        member: its index in the cast; None for an unnamed office or group.
        country: ISO 3166-1 alpha-2, where it is known.
        is_by_office: told only as one of several holders of an office, whoever holds it.
    """

    span: Span
    name: str
    kind: PartyKind
    member: int | None = None
    country: str | None = None
    title: str | None = None
    is_pronoun: bool = False
    is_by_office: bool = False

    @property
    def identity(self) -> object:
        """What two phrases share that name the same party: the member, or the canonical name."""
        return self.name if self.member is None else self.member
