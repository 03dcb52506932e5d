"""A small neural network over hashed features: sums of embeddings, one hidden layer, one score per label.

Reads:  feature hashes, one row per case and one column per feature
Writes: scores
Deliberately absent: training (`network_training`), and every library but numpy. Each column has its own salt, so
that equal values of different features do not share an embedding.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indices = NDArray[np.int32]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Hashes = NDArray[np.uint64]
Column = Hashes | Integers | Booleans | int

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(31)
_COLUMNS_AT_ONCE = 16


@dataclass(frozen=True)
class HashedNetwork:
    """The weights, of these shapes.

    Attributes:
        embeddings: (buckets, width).
        bias: (width).
        output: (width, labels).
        output_bias: (labels).
    """

    embeddings: Floats
    bias: Floats
    output: Floats
    output_bias: Floats

    @property
    def buckets(self) -> int:
        """How many embeddings there are; feature columns are hashed to fewer."""
        return len(self.embeddings)

    def summed(self, indices: Indices) -> Floats:
        """The sum of the embeddings of each row of `indices`, which are below the number of buckets."""
        if not len(indices):
            return np.zeros((0, len(self.bias)), dtype=np.float32)
        summed: Floats = self.embeddings.take(indices[:, 0], axis=0)
        # Column by column: thinc's row sums call a BLAS for every single row, and take three times as long.
        for column in range(1, indices.shape[1]):
            summed += self.embeddings.take(indices[:, column], axis=0)
        return summed

    def scores(self, indices: Indices) -> Floats:
        """One row of label scores per row of `indices`."""
        return self.scores_of(self.summed(indices))

    def scores_of(self, summed: Floats) -> Floats:
        """One row of label scores per row of sums, for callers who add them up in parts."""
        hidden = np.maximum(summed + self.bias, np.float32(0))
        return np.asarray(hidden @ self.output + self.output_bias, dtype=np.float32)

    def probabilities(self, indices: Indices) -> Floats:
        """Probability of the only label, one per row of `indices`."""
        return np.asarray(1 / (1 + np.exp(-self.scores(indices)[:, 0])), dtype=np.float32)


def mix(*columns: Column) -> Hashes:
    """One hash per row from several columns; a number stands for a whole column."""
    mixed: Hashes = np.asarray([len(columns)], dtype=np.uint64)
    for column in columns:
        mixed = (mixed ^ np.asarray(column).astype(np.uint64)) * _MULTIPLIER
        mixed = mixed ^ (mixed >> _SHIFT)
    return mixed


def bucket_indices(columns: Sequence[Column], buckets: int, *, first: int = 0) -> Indices:
    """Embedding rows of the feature columns, salted by their positions.

    Args:
        columns: the features, of equal length.
        buckets: how many embeddings there are, a power of two.
        first: the position of the first column among all columns of the network.
    """
    rows = len(np.asarray(columns[0]))
    indices = np.empty((rows, len(columns)), dtype=np.int32)
    # Some columns at once: fewer calls than one by one, and they stay in the processor's cache.
    for start in range(0, len(columns), _COLUMNS_AT_ONCE):
        part = columns[start : start + _COLUMNS_AT_ONCE]
        values = np.empty((len(part), rows), dtype=np.uint64)
        for place, column in enumerate(part):
            values[place] = np.asarray(column).astype(np.uint64)
        positions = np.arange(first + start, first + start + len(part))[:, None]
        indices[:, start : start + len(part)] = (mix(values, positions) & np.uint64(buckets - 1)).T
    return indices
