"""A name as a range of tokens, and what a list of them covers."""

from typing import NamedTuple

from readout.schemas.entities import EntityType
from readout.streams.text.gazetteer import Entry


class Name(NamedTuple):
    """A name at tokens `first` to `last` (exclusive); `entry` is what the gazetteer knows of it."""

    first: int
    last: int
    type: EntityType
    entry: Entry | None = None
    is_proven: bool = False
    """Did the words around it leave no doubt? Then other places with the same words follow it."""


def is_known_place(name: Name) -> bool:
    """Is it the name of a country or a part of the world, and meant so?"""
    return name.entry is not None and name.entry.kind in ("country", "capital", "part", "region")


def tokens_of(names: list[Name]) -> set[int]:
    """The tokens that belong to names."""
    return {index for name in names for index in range(name.first, name.last)}


def without_overlaps(names: list[Name]) -> list[Name]:
    """In reading order; of two names that overlap the first stays, of two that begin together the longer."""
    kept: list[Name] = []
    for name in sorted(names, key=lambda name: (name.first, -name.last)):
        if not kept or name.first >= kept[-1].last:
            kept.append(name)
    return kept
