"""How candidates of one article stand in each other's way.

Reads:  candidates
Writes: for each candidate how strong its strongest rival of each kind is, 0 for none
Deliberately absent: who wins; a network judges, and `attribution_model.select` decides.
"""

from typing import NamedTuple

import numpy as np

from readout.streams.text.statements.candidates import Candidates
from readout.streams.text.statements.hashed_network import Floats


class Rivals(NamedTuple):
    """Strengths, one per candidate: of a cue whose content holds the head, a cue in the content, an overlap."""

    inside: Floats
    holds: Floats
    overlaps: Floats


def rivals(size: int, candidates: Candidates) -> Rivals:
    """The rivals among candidates over a table of `size` rows; a cue's own readings are no rivals of each other."""
    best, second, heads = np.zeros((3, size), dtype=np.float32)
    owner = np.full(size, -1)
    likeliest = candidates.only(candidates.option == 0)
    strength = likeliest.probability * likeliest.sureness[0]
    heads[likeliest.head] = strength
    rows, number = likeliest.content.rows, likeliest.content.number
    head, force = likeliest.head[number], strength[number]
    np.maximum.at(best, rows, force)
    wins = np.flatnonzero(force == best[rows])[::-1]
    owner[rows[wins]] = head[wins]  # of equal ones the first, as it comes last here
    loses = owner[rows] != head
    np.maximum.at(second, rows[loses], force[loses])
    content = candidates.content
    own = owner[content.rows] == candidates.head[content.number]
    overlaps = content.most(np.where(own, second[content.rows], best[content.rows]))
    return Rivals(best[candidates.head], content.most(heads[content.rows]), overlaps)
