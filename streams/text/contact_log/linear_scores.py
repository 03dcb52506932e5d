"""Linear scores over hashed features: whole numbers only, so every machine gives the same.

Reads:  features as strings; weights as bytes
Writes: scores in thousandths of a logit

Deliberately absent: training (`training.linear_training`).
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 17
Weights = NDArray[np.int16]
# The least score of each per mille from 1 to 999: the logistic function as whole numbers.
_LEAST = tuple(round(1000 * log(share / (1000 - share))) for share in range(1, 1000))


@lru_cache(maxsize=1 << 16)
def bucket(feature: str) -> int:
    """The place of a feature among the weights."""
    return (crc32(feature.encode()) * 2654435761 >> 7) & (BUCKETS - 1)


def per_mille(score: int) -> int:
    """A score as a probability in per mille, 0 to 999."""
    return bisect_right(_LEAST, score)


@dataclass(frozen=True)
class LinearScores:
    """One weight a bucket, and a bias, in thousandths of a logit."""

    weights: Weights
    bias: int

    @cached_property
    def _known(self) -> dict[int, int]:
        """The weights that are not nothing; a dictionary is faster than an array for one feature at a time."""
        return {int(place): int(self.weights[place]) for place in np.flatnonzero(self.weights)}

    def score(self, features: Iterable[str]) -> int:
        """The sum of the weights of the features, each counted once."""
        known = self._known
        return self.bias + sum([known.get(place, 0) for place in set(map(bucket, features))])


def steps(name: str, value: int, edges: Sequence[int]) -> list[str]:
    """A number as features: one for every edge that it exceeds, and one for the step that it stands on."""
    passed = sum(value > edge for edge in edges)
    return [*(f"{name}>{edge}" for edge in edges[:passed]), f"{name}={passed}"]
