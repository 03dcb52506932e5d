"""The two sides of a contact that a noun tells of.

Reads:  nothing; nominal_parties and nominal_clauses make these values, nominal_occasions reads them
"""

from dataclasses import dataclass

from readout.schemas.contact_log import ContactMode
from readout.streams.text.contact_log.party import Party

Parties = tuple[Party, ...]


@dataclass(frozen=True)
class Sides:
    """Who holds it, with whom, who hosts it, and whether it tells further parties of a known contact."""

    doers: Parties = ()
    others: Parties = ()
    hosts: Parties = ()
    adds: bool = False

    @property
    def count(self) -> int:
        """How many parties there are."""
        return len({party.identity for party in (*self.doers, *self.others, *self.hosts)})

    def is_complete(self, mode: ContactMode) -> bool:
        """Are both sides told? "breakfast with A and B" and "their letters" leave one out."""
        if mode == "letter":
            return bool(self.doers and self.others)
        return self.count > 1 and bool(self.doers or self.hosts)
