"""How candidates of one article stand in each other's way.

Reads:  candidates
Writes: for each candidate how strong its strongest rival of each kind is, 0 for none
Deliberately absent: who wins; a network judges, and `attribution_model.select` decides.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from streams.text.statements.candidates import Candidate
from streams.text.statements.hashed_network import Floats


class Rivals(NamedTuple):
    """Strengths, one per candidate: of a cue whose content holds the head, a cue in the content, an overlap."""

    inside: Floats
    holds: Floats
    overlaps: Floats


def rivals(size: int, candidates: Sequence[Candidate]) -> Rivals:
    """The rivals among candidates over a table of `size` rows; a cue's own readings are no rivals of each other."""
    best, second, heads = (np.zeros(size, dtype=np.float32) for _ in range(3))
    owner = np.full(size, -1)
    for one in candidates:
        if one.option:
            continue
        strength, rows = np.float32(one.probability * one.sureness[0]), one.content
        better = strength > best[rows]
        second[rows] = np.where(better, best[rows], np.maximum(second[rows], strength))
        owner[rows[better]] = one.head
        best[rows] = np.maximum(best[rows], strength)
        heads[one.head] = strength
    inside = [best[one.head] for one in candidates]
    holds = [heads[one.content].max() for one in candidates]
    overlaps = [
        np.where(owner[one.content] == one.head, second[one.content], best[one.content]).max()
        for one in candidates
    ]
    return Rivals(np.array(inside), np.array(holds), np.array(overlaps))
