"""Bring the parties of one contact's reports together: who is who, under which names, and why.

Reads:  the reports of one contact
Writes: its participants, each with an identity that is the same in all contacts
Pure. A party that fits two others equally well is left apart.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from readout.schemas.contacts import (
    ConsolidatedParty,
    ContactReport,
    LinkReason,
    NameUsed,
    PartyKind,
    ToldParty,
)
from readout.schemas.ids import RecordIds
from readout.streams.processors.consolidation.likeness import party_likeness, party_of
from readout.streams.processors.consolidation.names import likeness, words_of

_LINKED = 400
_KINDS: tuple[PartyKind, ...] = ("person", "organisation", "office", "government", "described")


@dataclass
class _Figure:
    """Who took part, in the making: what each report calls them."""

    told: list[tuple[int, ToldParty]] = field(default_factory=list)

    def fits(self, party: ToldParty) -> int:
        """How well a party fits the one of the names here that it fits best."""
        wanted = party_of(party)
        return max(party_likeness(wanted, party_of(other)) for _, other in self.told)


def participants(reports: Sequence[ContactReport]) -> tuple[ConsolidatedParty, ...]:
    """All who took part, the fullest named first, as the reports together tell."""
    figures: list[_Figure] = []
    for number, party in _fullest_first(reports):
        _place(figures, number, party)
    named = [_party(figure) for figure in figures]
    return tuple(sorted(named, key=lambda one: (_KINDS.index(one.kind), one.name, one.identity)))


def _fullest_first(reports: Sequence[ContactReport]) -> list[tuple[int, ToldParty]]:
    """Full names before surnames, and those before offices: then what says less finds whom it means."""
    told = [(number, party) for number, report in enumerate(reports) for party in report.participants]
    return sorted(
        told, key=lambda one: (_KINDS.index(one[1].kind), -len(words_of(one[1].name)), one[1].name, one[0])
    )


def _place(figures: list[_Figure], number: int, party: ToldParty) -> None:
    """Nobody takes part twice in one report; of two who fit equally well it is neither."""
    free = [one for one in figures if all(report != number for report, _ in one.told)]
    fitting = sorted(
        ((figure.fits(party), -place, figure) for place, figure in enumerate(free)), key=lambda f: f[:2]
    )
    best = fitting[-1] if fitting else None
    is_ambiguous = len(fitting) > 1 and fitting[-1][0] == fitting[-2][0]
    if best is None or best[0] < _LINKED or is_ambiguous:
        figures.append(_Figure([(number, party)]))
    else:
        best[2].told.append((number, party))


def _party(figure: _Figure) -> ConsolidatedParty:
    first = figure.told[0][1]
    countries = Counter(party.country for _, party in figure.told if party.country)
    country = min(countries, key=lambda code: (-countries[code], code)) if countries else None
    parts = Counter(party.part for _, party in figure.told)
    alias = min((party.alias_id for _, party in figure.told if party.alias_id), default=None)
    return ConsolidatedParty(
        identity=alias
        or RecordIds("").next_id("party", first.kind, " ".join(words_of(first.name)), country or ""),
        name=first.name,
        kind=first.kind,
        titles=tuple(sorted({party.title for _, party in figure.told if party.title})),
        country=country,
        part=min(parts, key=lambda part: (-parts[part], part)),
        names=tuple(_names(figure, first)),
    )


def _names(figure: _Figure, first: ToldParty) -> Iterator[NameUsed]:
    used: dict[str, list[tuple[int, ToldParty]]] = {}
    for number, party in figure.told:
        used.setdefault(party.name, []).append((number, party))
    for name, told in used.items():
        numbers = tuple(sorted({number for number, _ in told}))
        yield NameUsed(name=name, linked_by=_reason(told[0][1], first), reports=numbers)


def _reason(party: ToldParty, first: ToldParty) -> LinkReason:
    if party.name == first.name:
        return "same words"
    if party.alias_id and party.alias_id == first.alias_id:
        return "alias file"
    if party.kind == first.kind == "person":
        short = len(words_of(party.name)) < len(words_of(first.name))
        same = likeness(party.name, first.name) == 1000
        return "short name" if short else "name" if same else "spelling"
    return "office" if party.office and first.office else "country"
