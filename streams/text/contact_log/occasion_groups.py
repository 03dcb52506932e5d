"""What the mentions of one contact tell together: its parties, mode and status.

Reads:  a group of occasions
Writes: one answer each
"""

from collections.abc import Sequence

from readout.schemas.contact_log import ContactMode, ContactStatus
from readout.streams.text.contact_log.occasions import Occasion
from readout.streams.text.contact_log.party import Party
from readout.streams.text.contact_log.party_likeness import is_more_specific, is_same_party

Group = list[Occasion]
_COMPATIBLE = frozenset(
    frozenset(pair)
    for pair in (
        ("talks", "call"), ("talks", "video"), ("talks", "meeting"), ("talks", "visit"), ("meeting", "visit"),
    )
)  # fmt: skip
_TELLING: tuple[ContactMode, ...] = ("video", "call", "letter", "meeting", "visit", "talks")


def modes_agree(one: ContactMode, other: ContactMode) -> bool:
    """May two mentions of these modes tell of one contact?"""
    return one == other or frozenset((one, other)) in _COMPATIBLE


def is_collective(group: Sequence[Occasion]) -> bool:
    """Does it name nobody, only countries, offices and bodies?"""
    return all(
        party.kind != "person" or party.is_by_office for occasion in group for party in occasion.parties
    )


def parties_of_group(group: Sequence[Occasion]) -> tuple[Party, ...]:
    """All parties of a contact, nobody twice; who is named replaces the country or office that stood for him."""
    found: list[Party] = []
    for party in (party for occasion in group for party in occasion.parties):
        same = next((index for index, known in enumerate(found) if is_same_party(known, party)), None)
        if same is None:
            found.append(party)
        elif _is_better(party, found[same]):
            found[same] = party
    return tuple(
        party
        for party in found
        if not any(
            is_more_specific(other, party) and not _are_told_together(other, party, group) for other in found
        )
    )


def _are_told_together(one: Party, other: Party, group: Sequence[Occasion]) -> bool:
    """As in "Syrian Kurdish officials held talks with Damascus": two parties, though of one country."""
    return any(
        any(is_same_party(one, party) for party in occasion.parties)
        and any(is_same_party(other, party) for party in occasion.parties)
        for occasion in group
    )


def _is_better(party: Party, known: Party) -> bool:
    """A name before a pronoun, a full name before a surname, "the US" before "both countries"."""
    if (known.is_pronoun, known.is_by_office) != (party.is_pronoun, party.is_by_office):
        return known.is_pronoun or known.is_by_office
    if len(party.name) != len(known.name):
        return len(party.name) > len(known.name)
    return party.span.end - party.span.start < known.span.end - known.span.start


def mode_of_group(group: Sequence[Occasion]) -> ContactMode:
    """The most telling mode: talks that were held on a visit are a meeting, those by phone a call."""
    modes = {occasion.mode for occasion in group}
    if modes == {"talks", "visit"}:
        return "meeting"
    return next(mode for mode in _TELLING if mode in modes)


def status_of_group(group: Sequence[Occasion]) -> ContactStatus:
    """The status that the mentions tell; a refusal takes back a plan and says more than that nothing took place."""
    found = [occasion.status for occasion in group]
    return next((status for status in ("refused", "denied") if status in found), found[0])
