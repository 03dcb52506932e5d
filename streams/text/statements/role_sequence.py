"""The chain over the tokens around a cue: which run of roles is the likeliest, and how sure each token's role is.

Reads:  scores per token and role, scores of one role after another
Writes: the best sequence, marginal probabilities
Deliberately absent: features and weights. Training pads sequences to one length; `mask` says which steps are
real.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from readout.streams.text.statements.hashed_network import Booleans, Floats, Integers

OTHER, SOURCE, CONTENT, CUE = range(4)
ROLES = 4
# So many factors of the chain, each between e^-20 and e^20, neither vanish nor overflow in double precision.
_SAFE_STEPS = 16

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chain:
    """How well one role follows another (from, to), and how well a role begins a window."""

    follows: Floats
    begins: Floats


@dataclass(frozen=True, slots=True)
class Marginals:
    """Of a batch of sequences.

    Attributes:
        partition: log of the summed weight of all role sequences, (n).
        tokens: chance of each role, (n, steps, roles).
        transitions: expected counts of one role after another, (roles, roles).
    """

    partition: Floats
    tokens: Floats
    transitions: Floats


def padded(scores: Floats, sizes: Sequence[int] | Integers) -> tuple[Floats, Booleans]:
    """Scores of sequences that follow each other, as (sequences, longest, roles), and their mask."""
    sizes = np.asarray(sizes)
    mask: Booleans = np.arange(int(sizes.max(initial=0)))[None, :] < sizes[:, None]
    out = np.zeros((*mask.shape, scores.shape[1]), dtype=np.float32)
    out[mask] = scores
    return out, mask


class _Grid(NamedTuple):
    """Sequences that follow each other, side by side: one row per step, one column per sequence."""

    forward: Integers
    """The row of each step in the sequences; a shorter sequence repeats its last."""
    backward: Integers
    """The same from the ends to the beginnings."""
    step: Integers
    """For each row in the sequences its step."""
    sequence: Integers

    @classmethod
    def of(cls, sizes: Integers) -> "_Grid":
        starts = np.cumsum(sizes) - sizes
        steps = np.arange(sizes.max(initial=0))[:, None]
        sequence = np.repeat(np.arange(len(sizes)), sizes)
        return cls(
            forward=starts + np.minimum(steps, sizes - 1),
            backward=starts + np.maximum(sizes - 1 - steps, 0),
            step=np.arange(len(sequence)) - starts[sequence],
            sequence=sequence,
        )


def best_roles(scores: Floats, sizes: Integers, chain: Chain) -> Integers:
    """The likeliest roles of sequences of these sizes that follow each other, one per row of `scores`."""
    grid, every = _Grid.of(sizes), np.arange(len(sizes))
    best = _best_scores(scores.take(grid.forward, axis=0), chain)
    back = _ways_back(best, chain)
    is_over = np.arange(1, len(best))[:, None] >= sizes
    back = np.where(is_over[:, None], np.arange(ROLES)[:, None], back)
    # Places in a flat (roles, sequences) array, so that one lookup goes a step back in all sequences.
    back = (back * len(sizes) + every).reshape(len(back), ROLES * len(sizes))
    places = np.empty(grid.forward.shape, dtype=np.intp)
    places[-1] = best[sizes - 1, :, every].argmax(axis=1) * len(sizes) + every
    for step in range(len(back) - 1, -1, -1):
        back[step].take(places[step + 1], out=places[step], mode="clip")
    found: Integers = places.take(grid.step * len(sizes) + grid.sequence) // len(sizes)
    return found


def _best_scores(scores: Floats, chain: Chain) -> Floats:
    """The score of the best way to each role of each step, (longest, roles, sequences)."""
    own = np.ascontiguousarray(scores.transpose(0, 2, 1))
    best = np.empty_like(own)
    best[0] = own[0] + chain.begins[:, None]
    follows = np.repeat(chain.follows[:, :, None], own.shape[2], axis=2)
    ways = np.empty_like(follows)
    for before, after, added in zip(best[:-1, :, None], best[1:], own[1:], strict=True):
        np.add(before, follows, out=ways)
        np.maximum.reduce(ways, axis=0, out=after)
        np.add(after, added, out=after)
    return best


def _ways_back(best: Floats, chain: Chain) -> Integers:
    """The best role before each role of each step but the first, (longest - 1, roles, sequences)."""
    top = best[:-1, 0, None] + chain.follows[0][:, None]
    back = np.zeros(top.shape, dtype=np.intp)
    for role in range(1, ROLES):
        ways = best[:-1, role, None] + chain.follows[role][:, None]
        np.putmask(back, ways > top, role)
        np.maximum(top, ways, out=top)
    return back


def marginals(scores: Floats, mask: Booleans, chain: Chain) -> Marginals:
    """Forward and backward over a padded batch."""
    forward, backward = _forward(scores, mask, chain), _backward(scores, mask, chain)
    partition = _log_sum(forward[:, -1], axis=1)
    tokens = np.exp(forward + backward - partition[:, None, None]) * mask[:, :, None]
    ahead = (scores + backward)[:, 1:, None, :]
    pairs = forward[:, :-1, :, None] + chain.follows + ahead - partition[:, None, None, None]
    transitions = (np.exp(pairs) * mask[:, 1:, None, None]).sum(axis=(0, 1))
    return Marginals(partition, tokens, transitions)


def role_chances(scores: Floats, sizes: Integers, chain: Chain) -> Floats:
    """The token marginals alone, one row per row of `scores`: `marginals` in a tenth of the time, for reading.

    Forward from the first steps and backward from the last ones at once, with the weights themselves in double
    precision instead of their logarithms.
    """
    grid = _Grid.of(sizes)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True)).astype(np.float64)
    both = [weights.take(rows, axis=0) for rows in (grid.forward, grid.backward)]
    reached = _reached(np.concatenate(both, axis=2), chain).reshape(-1, 2 * ROLES)
    ahead = sizes[grid.sequence] - 1 - grid.step
    forward, backward = (
        reached.take(step * len(sizes) + grid.sequence, axis=0) for step in (grid.step, ahead)
    )
    chances = weights * forward[:, :ROLES] * backward[:, ROLES:]
    return np.asarray(chances / chances.sum(axis=1, keepdims=True), dtype=np.float32)


def _reached(own: Doubles, chain: Chain) -> Doubles:
    """What leads to each role of each step, up to a factor: forward in the first columns, backward beside."""
    follows = np.zeros((2 * ROLES, 2 * ROLES))
    follows[:ROLES, :ROLES] = np.exp(chain.follows)
    follows[ROLES:, ROLES:] = np.exp(chain.follows).T
    reached = np.ones_like(own)
    reached[0, :, :ROLES] = np.exp(chain.begins)
    state = reached[0] * own[0]
    for step, (after, weight) in enumerate(zip(reached[1:], own[1:], strict=True), start=1):
        np.dot(state, follows, out=after)
        np.multiply(after, weight, out=state)
        if step % _SAFE_STEPS == 0:
            halves = state.reshape(-1, 2, ROLES)
            halves /= halves.sum(axis=2, keepdims=True)
    return reached


def _forward(scores: Floats, mask: Booleans, chain: Chain) -> Floats:
    out = np.empty_like(scores)
    out[:, 0] = scores[:, 0] + chain.begins
    for step in range(1, scores.shape[1]):
        reached = _log_sum(out[:, step - 1][:, :, None] + chain.follows, axis=1) + scores[:, step]
        out[:, step] = np.where(mask[:, step, None], reached, out[:, step - 1])
    return out


def _backward(scores: Floats, mask: Booleans, chain: Chain) -> Floats:
    out = np.zeros_like(scores)
    for step in range(scores.shape[1] - 2, -1, -1):
        reached = _log_sum(chain.follows + (scores[:, step + 1] + out[:, step + 1])[:, None, :], axis=2)
        out[:, step] = np.where(mask[:, step + 1, None], reached, 0.0)
    return out


def _log_sum(values: Floats, *, axis: int) -> Floats:
    top = values.max(axis=axis, keepdims=True)
    total: Floats = np.squeeze(top, axis=axis) + np.log(np.exp(values - top).sum(axis=axis))
    return total
