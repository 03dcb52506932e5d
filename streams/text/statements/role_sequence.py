"""The chain over the tokens around a cue: which run of roles is the likeliest, and how sure each token's role is.

Reads:  scores per token and role, scores of one role after another
Writes: the best sequence, marginal probabilities
Deliberately absent: features and weights. Sequences are padded to one length; `mask` says which steps are
real.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from streams.text.statements.hashed_network import Booleans, Floats, Integers

OTHER, SOURCE, CONTENT, CUE = range(4)
ROLES = 4


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


def best_roles(scores: Floats, mask: Booleans, chain: Chain) -> Integers:
    """The likeliest roles, (sequences, longest); beyond the mask the last role repeats."""
    sequences, steps, _ = scores.shape
    back = np.zeros(scores.shape, dtype=np.int64)
    best = scores[:, 0] + chain.begins
    for step in range(1, steps):
        ways = best[:, :, None] + chain.follows
        real = mask[:, step, None]
        back[:, step] = np.where(real, ways.argmax(axis=1), np.arange(ROLES))
        best = np.where(real, ways.max(axis=1) + scores[:, step], best)
    roles = np.zeros((sequences, steps), dtype=np.int64)
    roles[:, -1] = best.argmax(axis=1)
    every = np.arange(sequences)
    for step in range(steps - 1, 0, -1):
        roles[:, step - 1] = back[every, step, roles[:, step]]
    return roles


def marginals(scores: Floats, mask: Booleans, chain: Chain) -> Marginals:
    """Forward and backward over a padded batch."""
    forward, backward = _forward(scores, mask, chain), _backward(scores, mask, chain)
    partition = _log_sum(forward[:, -1], axis=1)
    tokens = np.exp(forward + backward - partition[:, None, None]) * mask[:, :, None]
    ahead = (scores + backward)[:, 1:, None, :]
    pairs = forward[:, :-1, :, None] + chain.follows + ahead - partition[:, None, None, None]
    transitions = (np.exp(pairs) * mask[:, 1:, None, None]).sum(axis=(0, 1))
    return Marginals(partition, tokens, transitions)


def role_chances(scores: Floats, mask: Booleans, chain: Chain) -> Floats:
    """The token marginals alone, (sequences, longest, roles): `marginals` in a third of the time, for reading."""
    begins, follows = np.exp(chain.begins), np.exp(chain.follows)
    weights = np.exp(scores - scores.max(axis=2, keepdims=True))
    steps = scores.shape[1]
    chances, scale = np.empty_like(weights), np.ones(weights.shape[:2], dtype=np.float32)
    reached = weights[:, 0] * begins
    for step in range(steps):
        if step:
            reached = np.where(mask[:, step, None], (chances[:, step - 1] @ follows) * weights[:, step], 1.0)
        scale[:, step] = reached.sum(axis=1)
        chances[:, step] = reached / scale[:, step, None]
    ahead = np.ones_like(weights[:, 0])
    for step in range(steps - 2, -1, -1):
        after = (weights[:, step + 1] * ahead / scale[:, step + 1, None]) @ follows.T
        ahead = np.where(mask[:, step + 1, None], after, 1.0).astype(np.float32)
        chances[:, step] *= ahead
    return np.asarray(chances * mask[:, :, None], dtype=np.float32)


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
