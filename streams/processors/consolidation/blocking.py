"""Which reports are compared at all: those that may share two parties, within a window of days.

Reads:  a report
Writes: its keys, one for each pair of parties and each way to name them, and its day
Pure. Two reports without a key in common, or further apart than the window, are never of one contact.
"""

import hashlib
from collections.abc import Iterator
from itertools import combinations

from readout.schemas.contacts import ToldParty
from readout.streams.processors.consolidation.likeness import Features
from readout.streams.processors.consolidation.names import words_of
from readout.streams.processors.consolidation.offices import WIDER

WINDOW_DAYS = 7
"""How far the days of two reports may be apart."""
UNDATED = 0
_MOST_PARTIES = 8
_FAMILY_NAME_FIRST = 4


def day_of(features: Features) -> int:
    """The day that places a report among others, as an ordinal; `UNDATED` if neither it nor its article has one."""
    if features.days is not None and features.days[1] - features.days[0] <= WINDOW_DAYS:
        return features.days[0]
    return features.published or UNDATED


def block_keys(features: Features) -> tuple[int, ...]:
    """What a report shares with those that it is compared with: numbers of 63 bits, sorted."""
    parties = features.report.participants[:_MOST_PARTIES]
    named = [tuple(_names(party)) for party in parties]
    found = {
        _key(first, second)
        for one, other in combinations(named, 2)
        for first, is_first_weak in one
        for second, is_second_weak in other
        if not (is_first_weak and is_second_weak)
    }
    found |= {
        _key(f"={one.country}", f"={other.country}")
        for one, other in combinations([party for party in parties if party.kind == "government"], 2)
    }
    return tuple(sorted(found))


def _names(party: ToldParty) -> Iterator[tuple[str, bool]]:
    """Ways to name a party, and whether many others share one."""
    if party.alias_id:
        yield f"@{party.alias_id}", False
    words = words_of(party.name)
    if party.kind == "person":
        yield words[-1][:4], False
        if len(words) > 1 and len(words[0]) <= _FAMILY_NAME_FIRST:
            yield words[0][:4], False
    elif party.kind == "organisation":
        yield " ".join(sorted(set(words))), False
        yield f"&{words[-1]}", False
    if party.country and party.office:
        yield f"{party.country} {party.office}", False
        yield from ((f"{party.country} {wide}", False) for wide in sorted(_wider(party.office)))
    elif party.kind in {"office", "described"}:
        yield " ".join(words), False
    if party.office:
        yield f"~{party.office}", True
    if party.country:
        yield f"={party.country}", True


def _wider(office: str) -> set[str]:
    return {wide for wide, narrow in WIDER.items() if office in narrow}


def _key(one: str, other: str) -> int:
    text = "|".join(sorted((one, other))).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest()) >> 1
