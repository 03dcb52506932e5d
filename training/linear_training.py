"""Learn linear scores over hashed features: logistic regression by Adam over all rows at once.

Reads:  features of rows, whether each is true, and how much it counts
Writes: linear scores in whole thousandths of a logit
Deliberately absent: chance, and linear algebra that could differ from machine to machine. Sums are made one by
one in their order, so equal input gives equal weights.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readout.streams.text.contact_log.linear_scores import BUCKETS, LinearScores, bucket

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
_KEEP_MEAN, _KEEP_SQUARE, _TINY = 0.9, 0.98, 1e-8
_RATE, _SLOWEST = 0.1, 1e-3
_SCALE = 1000
_LARGEST = 32767


@dataclass(frozen=True)
class Recipe:
    """How scores are learned: `penalty` draws weights to nothing, features seen in fewer rows are left out."""

    penalty: float = 2.0
    steps: int = 100
    least_rows: int = 2


@dataclass(frozen=True)
class Rows:
    """The features of rows, one after the other; those of row n lie between starts[n] and starts[n + 1]."""

    starts: Places
    places: Places

    @classmethod
    def of(cls, features: Iterable[Iterable[str]]) -> "Rows":
        """Hash the features of rows."""
        known: dict[str, int] = {}
        starts, places = [0], list[int]()
        for row in features:
            mine = {known[feature] if feature in known else _hashed(feature, known) for feature in row}
            places.extend(sorted(mine))
            starts.append(len(places))
        return cls(np.array(starts, dtype=np.int64), np.array(places, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def only(self, chosen: Places) -> "Rows":
        """Some rows."""
        lengths = np.diff(self.starts)[chosen]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        places = np.repeat(self.starts[chosen] - starts[:-1], lengths) + np.arange(starts[-1])
        return Rows(starts, self.places[places])


def _hashed(feature: str, known: dict[str, int]) -> int:
    known[feature] = place = bucket(feature)
    return place


class _Adam:
    """The moments of some weights."""

    def __init__(self, size: int) -> None:
        self._mean, self._square, self._steps = np.zeros(size), np.zeros(size), 0

    def step(self, gradient: Numbers, rate: float) -> Numbers:
        """What to take away from the weights."""
        self._steps += 1
        self._mean = _KEEP_MEAN * self._mean + (1 - _KEEP_MEAN) * gradient
        self._square = _KEEP_SQUARE * self._square + (1 - _KEEP_SQUARE) * gradient**2
        mean = self._mean / (1 - _KEEP_MEAN**self._steps)
        square = self._square / (1 - _KEEP_SQUARE**self._steps)
        return np.asarray(rate * mean / (np.sqrt(square) + _TINY))


def train_scores(rows: Rows, truth: Numbers, counts: Numbers, recipe: Recipe) -> LinearScores:
    """The scores that make the truth of the rows likeliest; `counts` says how much each row counts."""
    used, inverse = np.unique(rows.places, return_inverse=True)
    is_learned = np.bincount(inverse, minlength=len(used)) >= recipe.least_rows
    owner = np.repeat(np.arange(len(rows)), np.diff(rows.starts))
    weights, bias = np.zeros(len(used)), np.zeros(1)
    moments, bias_moments = _Adam(len(used)), _Adam(1)
    for step in range(recipe.steps):
        scores = np.bincount(owner, weights=weights[inverse], minlength=len(rows)) + bias[0]
        wrong = (1 / (1 + np.exp(-scores)) - truth) * counts
        gradient = np.bincount(inverse, weights=wrong[owner], minlength=len(used)) * is_learned
        rate = _RATE * (1 - step / recipe.steps) + _SLOWEST
        weights -= moments.step(gradient + recipe.penalty * weights, rate)
        bias -= bias_moments.step(np.array([wrong.sum()]), rate)
    return _whole(used, weights, float(bias[0]))


def _whole(used: Places, weights: Numbers, bias: float) -> LinearScores:
    table = np.zeros(BUCKETS, dtype=np.int16)
    table[used] = np.clip(np.rint(weights * _SCALE), -_LARGEST, _LARGEST).astype(np.int16)
    return LinearScores(table, round(bias * _SCALE))
