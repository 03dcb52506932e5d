"""Train hashed networks: Adam over mini-batches, for any loss that turns scores into gradients.

Reads:  feature indices, and gradients of the scores
Writes: a network
Deliberately absent: data, files and losses. Chance comes from seeded generators, so equal input gives equal
weights.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from thinc.api import NumpyOps

from readout.streams.text.statements.hashed_network import Booleans, Floats, HashedNetwork, Indices

_KEEP_MEAN, _KEEP_SQUARE, _TINY = 0.9, 0.99, 1e-7
_SLOWEST = 1e-5


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is shaped and trained."""

    buckets: int
    width: int
    labels: int
    epochs: int
    batch: int
    rate: float = 2e-3
    dropout: float = 0.5
    feature_dropout: float = 0.0
    seed: int = 0


@dataclass
class Adam:
    """The moments of one array of weights; only the given rows are moved."""

    mean: Floats
    square: Floats
    steps: int = 0

    @classmethod
    def of(cls, weights: Floats) -> "Adam":
        """No moments yet."""
        return cls(np.zeros_like(weights), np.zeros_like(weights))

    def step(
        self, weights: Floats, gradient: Floats, rate: float, rows: NDArray[np.int64] | None = None
    ) -> None:
        """Move the weights in place; `gradient` has the given rows only."""
        self.steps += 1
        at = slice(None) if rows is None else rows
        self.mean[at] = _KEEP_MEAN * self.mean[at] + (1 - _KEEP_MEAN) * gradient
        self.square[at] = _KEEP_SQUARE * self.square[at] + (1 - _KEEP_SQUARE) * gradient**2
        mean = self.mean[at] / (1 - _KEEP_MEAN**self.steps)
        square = self.square[at] / (1 - _KEEP_SQUARE**self.steps)
        weights[at] -= rate * mean / (np.sqrt(square) + _TINY)


@dataclass
class Learner:
    """A network that learns: `forward`, then `backward` with the gradient of its scores."""

    recipe: Recipe
    total_steps: int
    generator: np.random.Generator = field(init=False)
    weights: list[Floats] = field(init=False)

    def __post_init__(self) -> None:
        recipe = self.recipe
        self.generator = np.random.default_rng(recipe.seed)
        self.weights = [
            self._normal((recipe.buckets, recipe.width), 0.05),
            np.zeros(recipe.width, dtype=np.float32),
            self._normal((recipe.width, recipe.labels), 0.2),
            np.zeros(recipe.labels, dtype=np.float32),
        ]
        self._adams = [Adam.of(array) for array in self.weights]
        self._ops = NumpyOps(use_blis=False)
        self._seen: Booleans = np.zeros(recipe.buckets, dtype=bool)
        self._steps = 0

    def _normal(self, shape: tuple[int, int], scale: float) -> Floats:
        drawn: Floats = (self.generator.standard_normal(shape, dtype=np.float32) * scale).astype(np.float32)
        return drawn

    @property
    def rate(self) -> float:
        """The learning rate falls to almost nothing at the last step."""
        return self.recipe.rate * max(1 - self._steps / self.total_steps, 0.0) + _SLOWEST

    def forward(self, indices: Indices) -> Floats:
        """Scores of a batch, with features and hidden units dropped at random."""
        self._indices = np.ascontiguousarray(self._without_some_features(indices), dtype=np.int32)
        embeddings, bias, output, output_bias = self.weights
        summed = self._ops.gather_add(embeddings, self._indices) + bias
        kept = self.generator.random(summed.shape, dtype=np.float32) >= self.recipe.dropout
        self._gate = ((summed > 0) & kept).astype(np.float32) / np.float32(1 - self.recipe.dropout)
        self._hidden = summed * self._gate
        scores: Floats = self._hidden @ output + output_bias
        return scores

    def _without_some_features(self, indices: Indices) -> Indices:
        if not self.recipe.feature_dropout:
            return indices
        dropped = self.generator.random(indices.shape, dtype=np.float32) < self.recipe.feature_dropout
        return np.where(dropped, 0, indices)

    def backward(self, gradient: Floats) -> None:
        """One step of Adam against the gradient of the scores that `forward` gave."""
        hidden = np.ascontiguousarray(gradient @ self.weights[2].T * self._gate)
        rows = np.flatnonzero(np.bincount(self._indices.ravel(), minlength=self.recipe.buckets))
        self._seen[rows] = True
        embedding = np.zeros_like(self.weights[0])
        for column in range(self._indices.shape[1]):
            self._ops.scatter_add(embedding, np.ascontiguousarray(self._indices[:, column]), hidden)
        rate = self.rate
        self._adams[0].step(self.weights[0], embedding[rows], rate, rows)
        gradients = (hidden.sum(axis=0), self._hidden.T @ gradient, gradient.sum(axis=0))
        for weights, adam, one in zip(self.weights[1:], self._adams[1:], gradients, strict=True):
            adam.step(weights, one, rate)
        self._steps += 1

    def network(self) -> HashedNetwork:
        """What was learned; embeddings of features that never occurred say nothing."""
        embeddings, bias, output, output_bias = (array.copy() for array in self.weights)
        embeddings[~self._seen] = 0.0
        return HashedNetwork(embeddings, bias, output, output_bias)


def train_binary(indices: Indices, truth: Booleans, recipe: Recipe) -> HashedNetwork:
    """A network with one label, trained on rows of features and whether the label holds for them."""
    batches = max(len(truth) // recipe.batch, 1)
    learner = Learner(recipe, batches * recipe.epochs)
    order = np.random.default_rng(recipe.seed + 1)
    for _ in range(recipe.epochs):
        shuffled = order.permutation(len(truth))
        for rows in np.array_split(shuffled, batches):
            scores = learner.forward(indices[rows])[:, 0]
            wrong = 1 / (1 + np.exp(-scores)) - truth[rows]
            learner.backward((wrong * (10 / len(rows))).astype(np.float32)[:, None])
    return learner.network()


def joined(networks: list[HashedNetwork]) -> HashedNetwork:
    """One network that gives the mean scores of several."""
    share = np.float32(1 / len(networks))
    return HashedNetwork(
        np.concatenate([network.embeddings for network in networks], axis=1),
        np.concatenate([network.bias for network in networks]),
        np.concatenate([network.output * share for network in networks], axis=0),
        np.sum([network.output_bias * share for network in networks], axis=0, dtype=np.float32),
    )
