"""Candidates: for every possible cue the sources and contents that the chain of roles gives it.

Reads:  a token table, the probability of every row to be a cue, the role network and its chain
Writes: candidates, one or two for each possible cue; far more than there are statements
Deliberately absent: which of them are right; `candidate_features` and a third network judge that.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from streams.text.hashed_network import Floats, HashedNetwork, Integers, bucket_indices
from streams.text.role_features import role_features, windows
from streams.text.role_sequence import CONTENT, CUE, SOURCE, Chain, best_roles, marginals, padded
from streams.text.token_table import TokenTable

POSSIBLE = 0.08
_LIKELY_CONTENT = 0.4
_LIKELY_SOURCE, _SOURCE_EDGE = 0.2, 0.1
_SMALL_HOLE = 3
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of one cue, as rows of the table in reading order."""

    head: int
    probability: float
    """That `head` is a cue at all."""
    cue: Integers
    source: Integers
    content: Integers
    option: int
    """0 for the likeliest sequence of roles, 1 for the tokens that are likely one by one."""
    sureness: tuple[float, float, float, float, float]
    """Mean and least content marginal in the content, best source marginal in the source and anywhere, expected size
    of the content."""


def find_candidates(
    table: TokenTable, probability: Floats, network: HashedNetwork, chain: Chain
) -> list[Candidate]:
    """All candidates of a body, in the order of their cues."""
    cues = np.flatnonzero(probability > POSSIBLE)
    found: list[Candidate] = []
    for first in range(0, len(cues), _AT_ONCE):
        found += _candidates(table, probability, cues[first : first + _AT_ONCE], network, chain)
    return found


def _candidates(
    table: TokenTable, probability: Floats, cues: Integers, network: HashedNetwork, chain: Chain
) -> Iterator[Candidate]:
    pairs = windows(table, cues)
    indices = bucket_indices(role_features(table, probability, pairs, cues), network.buckets)
    sizes = np.bincount(pairs.number, minlength=len(cues))
    scores, mask = padded(network.scores(indices), sizes)
    roles, sure = best_roles(scores, mask, chain), marginals(scores, mask, chain).tokens
    ends = np.cumsum(sizes)
    for number, cue in enumerate(cues.tolist()):
        size = int(sizes[number])
        window = pairs.token[ends[number] - size : ends[number]]
        yield from _readings(cue, float(probability[cue]), window, roles[number, :size], sure[number, :size])


def _readings(
    head: int, probability: float, window: Integers, roles: Integers, sure: Floats
) -> Iterator[Candidate]:
    """The likeliest sequence; and the tokens that are likely by themselves, where that differs."""
    source = window[roles == SOURCE]
    if not len(source):
        source = _faint_source(window, sure[:, SOURCE])
    cue = window[(roles == CUE) | (window == head)]
    contents = [window[roles == CONTENT]]
    likely = window[(sure[:, CONTENT] > _LIKELY_CONTENT) & ~np.isin(window, source) & (window != head)]
    if not np.array_equal(likely, contents[0]):
        contents.append(_without_holes(likely))
    for option, content in enumerate(contents):
        if len(content):
            sureness = _sureness(window, sure, source, content)
            yield Candidate(head, probability, cue, source, content, option, sureness)


def _faint_source(window: Integers, sure: Floats) -> Integers:
    """The best run for a source when the chain found none: "Clinton, without naming him, also accused Sanders"."""
    peak = int(sure.argmax())
    if sure[peak] < _LIKELY_SOURCE:
        return window[:0]
    first = last = peak
    while first > 0 and sure[first - 1] > _SOURCE_EDGE:
        first -= 1
    while last + 1 < len(sure) and sure[last + 1] > _SOURCE_EDGE:
        last += 1
    return window[first : last + 1]


def _without_holes(rows: Integers) -> Integers:
    """Rows with the small gaps between them filled."""
    if len(rows) < 2:
        return rows
    steps = np.diff(rows)
    sizes = np.where(steps <= _SMALL_HOLE, steps, 1)
    filled = np.repeat(rows[:-1], sizes) + np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.append(filled, rows[-1])


def _sureness(
    window: Integers, sure: Floats, source: Integers, content: Integers
) -> tuple[float, float, float, float, float]:
    first = int(window[0])
    inside = sure[content - first, CONTENT]
    of_source = float(sure[source - first, SOURCE].max()) if len(source) else 0.0
    return (
        float(inside.mean()),
        float(inside.min()),
        of_source,
        float(sure[:, SOURCE].max()),
        float(sure[:, CONTENT].sum()),
    )
