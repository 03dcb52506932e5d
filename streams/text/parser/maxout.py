"""The layer that spaCy's token vectors are built of, for reading only: the best of some products, normalised.

Reads:  thinc's maxout and the layer normalisation behind it
Writes: the same rows but for their last bits, in a third of the passes over memory

thinc puts the pieces of an output side by side and takes the largest of each few numbers; here a piece is a block,
so that whole rows are compared at once. The weights lie in the order in which they are multiplied.
"""

from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

Vectors: TypeAlias = npt.NDArray[np.float32]
# What thinc adds to a variance, so that nothing is divided by zero.
_EPSILON = np.float32(1e-08)


@dataclass(frozen=True, slots=True)
class Maxout:
    """Weights (inputs by pieces times outputs) and bias of a maxout, gain and shift of its normalisation."""

    weights: Vectors
    bias: Vectors
    pieces: int
    gain: Vectors
    shift: Vectors

    @classmethod
    def of_layers(cls, maxout: Any, layernorm: Any) -> Self:  # noqa: ANN401 - thinc's models know no types here
        """Take the weights of thinc's two layers."""
        weights: Vectors = maxout.get_param("W")  # outputs, pieces, inputs
        bias: Vectors = maxout.get_param("b")  # outputs, pieces
        return cls(
            weights=np.ascontiguousarray(weights.transpose(2, 1, 0).reshape(weights.shape[2], -1)),
            bias=np.ascontiguousarray(bias.T).reshape(-1),
            pieces=bias.shape[1],
            gain=layernorm.get_param("G"),
            shift=layernorm.get_param("b"),
        )

    def __call__(self, rows: Vectors) -> Vectors:
        """Rows of inputs to rows of outputs."""
        summed = rows @ self.weights
        summed += self.bias
        first, second, *others = np.split(summed, self.pieces, axis=1)
        best = np.maximum(first, second)
        for other in others:
            np.maximum(best, other, out=best)
        return self._normalised(best)

    def _normalised(self, rows: Vectors) -> Vectors:
        rows -= rows.mean(axis=1, keepdims=True)
        variance = np.square(rows).sum(axis=1, keepdims=True)
        variance /= np.float32(rows.shape[1])
        variance += _EPSILON
        rows *= variance ** (-1.0 / 2.0)
        rows *= self.gain
        rows += self.shift
        return rows
