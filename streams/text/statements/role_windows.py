"""Pairs of a cue and a token near it, and how the token hangs in the sentence seen from the cue.

Reads:  a token table, the rows of cues
Writes: pairs; for each pair the way from the cue to the token through the tree
Deliberately absent: features and what they mean for a role.
"""

from dataclasses import dataclass

import numpy as np

from readout.streams.text.statements.hashed_network import Hashes, Integers, mix
from readout.streams.text.statements.token_features import depths, label_id
from readout.streams.text.statements.token_table import TokenTable

_NEAR = 110
_DEEPEST = 60
_APART, _FARTHEST, _NAMED_STEPS = 15, 8, 4


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows of cue and token for every token in the window of every cue; windows follow each other."""

    cue: Integers
    token: Integers
    number: Integers
    """Which cue of the list the pair belongs to."""


@dataclass(frozen=True, slots=True)
class Way:
    """For each pair: from the cue up to the first word that is above both, and down to the token."""

    level: Integers
    """Steps up from the cue; 15 stands for no shared word, as the two are in different sentences."""
    branch: Integers
    """The row just below the shared word on the token's side."""
    meet: Integers
    """The shared word."""
    path: Hashes
    """The labels on the way up."""
    below: Integers
    """How deep the token lies below its branch."""


def windows(t: TokenTable, cues: Integers) -> Pairs:
    """The tokens of the cue's paragraph, and of the next where that begins after a colon or below a headline."""
    first = np.searchsorted(t.paragraph, t.paragraph[cues], side="left")
    last = np.searchsorted(t.paragraph, t.paragraph[cues], side="right")
    colon = t.lower[last - 1] == label_id(":")
    opens = (colon | t.heading[cues]) & (last < len(t))
    beyond = np.searchsorted(t.paragraph, t.paragraph[np.minimum(last, len(t) - 1)], side="right")
    last = np.where(opens, beyond, last)
    first, last = np.maximum(first, cues - _NEAR), np.minimum(last, cues + _NEAR)
    sizes = last - first
    number = np.repeat(np.arange(len(cues)), sizes)
    token = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first[number]
    return Pairs(cues[number], token, number)


def ways(t: TokenTable, pairs: Pairs, cues: Integers) -> Way:
    """Climb from every token until its cue's own way to the root is met; ways are kept within the window only."""
    starts = pairs.token[np.searchsorted(pairs.number, np.arange(len(cues)))]
    start = starts[pairs.number]
    width = int((pairs.token - start).max(initial=0)) + 1
    paths = _cue_paths(t, cues, starts, width)
    branch, meet = pairs.token.copy(), pairs.token.copy()
    found = paths[pairs.number, meet - start]
    moving = np.flatnonzero(found == 0)
    for _ in range(_DEEPEST):
        at = meet[moving]
        up = t.head[at]
        climbing = up != at
        moving, at, up = moving[climbing], at[climbing], up[climbing]
        if not len(moving):
            break
        branch[moving], meet[moving] = at, up
        place = up - start[moving]
        inside = (place >= 0) & (place < width)
        met = np.where(inside, paths[pairs.number[moving], np.where(inside, place, 0)], 0)
        found[moving] = met
        moving = moving[met == 0]
    depth = depths(t)
    level = np.where(found == 0, _APART, np.clip(depth[pairs.cue] - depth[meet], 0, _FARTHEST))
    below = np.minimum(depth[pairs.token] - depth[branch], 6)
    return Way(level, branch, meet, found, below)


def _cue_paths(t: TokenTable, cues: Integers, starts: Integers, width: int) -> Hashes:
    """For each cue and row of its window the labels from the cue up to that row, 0 off the way."""
    paths = np.zeros((len(cues), width), dtype=np.uint64)
    every = np.arange(len(cues))
    at, trail = cues, np.ones(len(cues), dtype=np.uint64)
    paths[every, at - starts] = trail
    for step in range(_DEEPEST):
        up = t.head[at]
        moving = up != at
        if not moving.any():
            break
        trail = np.where(moving & (step < _NAMED_STEPS), mix(trail, t.dep[at]), trail)
        kept = moving & (up >= starts) & (up < starts + width)
        paths[every[kept], (up - starts)[kept]] = trail[kept]
        at = up
    return paths
