"""A small neural network over hashed features: sums of embeddings, one hidden layer, one score per label.

Reads:  feature hashes, one row per case and one column per feature
Writes: scores
Deliberately absent: training (`network_training`), and every library but numpy. Each column has its own salt, so
that equal values of different features do not share an embedding.

All features of an article are hashed together: a call of numpy costs more than what it computes for one column.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.int8]
Indices = NDArray[np.intp] | NDArray[np.int32]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Hashes = NDArray[np.uint64]
Column = Hashes | Integers | Booleans | int
Feature = Column | tuple[Column, ...]
"""A column by itself, or columns of which one hash is made."""

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(31)
_VALUES_AT_ONCE = 1 << 14
_ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class HashedNetwork:
    """The weights, of these shapes.

    Attributes:
        embeddings: (buckets, width); whole numbers of 8 bits once a network is trained. Their sums are exact,
            whatever the order, and four times as many of them stay in the processor's cache.
        bias: (width).
        output: (width, labels).
        output_bias: (labels).
        scale: (width), or one for all: what the summed embeddings are multiplied by.
    """

    embeddings: Floats | Bytes
    bias: Floats
    output: Floats
    output_bias: Floats
    scale: Floats | float = 1.0

    @property
    def buckets(self) -> int:
        """How many embeddings there are; feature columns are hashed to fewer."""
        return len(self.embeddings)

    def summed(self, indices: Indices) -> Floats:
        """The sum of the embeddings of each row of `indices`, which are below the number of buckets."""
        summed = np.empty((len(indices), len(self.bias)), dtype=np.float32)
        kind = np.int16 if self.embeddings.dtype == np.int8 else np.float32
        for start in range(0, len(indices), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            taken = self.embeddings.take(indices[rows].T, axis=0)
            summed[rows] = np.add.reduce(taken, axis=0, dtype=kind)
        summed *= self.scale
        return summed

    def scores(self, indices: Indices) -> Floats:
        """One row of label scores per row of `indices`."""
        return self.scores_of(self.summed(indices))

    def scores_of(self, summed: Floats) -> Floats:
        """One row of label scores per row of sums, for callers who add them up in parts."""
        hidden = summed + self.bias
        np.maximum(hidden, 0, out=hidden)
        return np.asarray(hidden @ self.output + self.output_bias, dtype=np.float32)

    def probabilities(self, indices: Indices) -> Floats:
        """Probability of the only label, one per row of `indices`."""
        return np.asarray(1 / (1 + np.exp(-self.scores(indices)[:, 0])), dtype=np.float32)


def mix(*columns: Column) -> Hashes:
    """One hash per row from several columns; a number stands for a whole column."""
    mixed: Hashes = np.asarray([len(columns)], dtype=np.uint64)
    for column in columns:
        mixed = (mixed ^ np.asarray(column).astype(np.uint64)) * _MULTIPLIER
        mixed ^= mixed >> _SHIFT
    return mixed


def bucket_indices(features: Sequence[Feature], buckets: int, *, first: int = 0) -> Indices:
    """Embedding rows of the features, salted by their positions: one row per case, one column per feature.

    Args:
        features: columns of equal length, or tuples of them that are mixed.
        buckets: how many embeddings there are, a power of two.
        first: the position of the first feature among all features of the network.
    """
    parts = [feature if isinstance(feature, tuple) else (feature,) for feature in features]
    rows = max(np.size(part) for part in parts[0])
    indices = np.empty((len(parts), rows), dtype=np.uint64)
    for places in _alike(parts, rows):
        salted = _mixed([parts[place] for place in places], rows)
        salted ^= np.uint64(2)
        _stir(salted)
        salted ^= np.array(places, dtype=np.uint64)[:, None] + np.uint64(first)
        _stir(salted)
        salted &= np.uint64(buckets - 1)
        indices[places] = salted
    return indices.view(np.intp).T


def _alike(parts: Sequence[tuple[Column, ...]], rows: int) -> Iterator[list[int]]:
    """The places of features of equally many columns, as many at once as stay in the processor's cache."""
    at_once = max(_VALUES_AT_ONCE // max(rows, 1), 1)
    for size in sorted({len(columns) for columns in parts}):
        places = [place for place, columns in enumerate(parts) if len(columns) == size]
        yield from (places[start : start + at_once] for start in range(0, len(places), at_once))


def _mixed(features: Sequence[tuple[Column, ...]], rows: int) -> Hashes:
    """The `mix` of each feature, all together; a single column stays as it is."""
    size = len(features[0])
    mixed = np.empty((len(features), rows), dtype=np.uint64)
    added = np.empty_like(mixed)
    for number in range(size):
        filled = added if number else mixed
        for row, columns in zip(filled, features, strict=True):
            row[:] = columns[number]
        if size == 1:
            break
        mixed ^= added if number else np.uint64(size)
        _stir(mixed)
    return mixed


def _stir(values: Hashes) -> None:
    values *= _MULTIPLIER
    values ^= values >> _SHIFT
