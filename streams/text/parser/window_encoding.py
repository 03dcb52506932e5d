"""Let each token see its neighbours, as spaCy's convolutional layers do, in half of the time.

Reads:  the rows of a document's tokens, and the pipeline's encoding layers
Writes: the same rows as those layers, but for their last bits

Absent on purpose: training, and layers that are built in another way (`encoding` leaves those alone).
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from thinc.api import Model

from readout.streams.text.parser.layers import Predict, leaves
from readout.streams.text.parser.maxout import Maxout, Vectors

# thinc names a layer after those that it is made of.
_BLOCK = r"residual\(expand_window>>maxout>>layernorm>>dropout\)"
_SHAPE = re.compile(rf"with_array\({_BLOCK}(>>{_BLOCK})*\)")


def encoding(layer: Model[Any, Any]) -> Predict | None:
    """What computes the rows of a layer that is one of these; from rows to rows, a document at a time."""
    if not _SHAPE.fullmatch(layer.name):
        return None
    windows, maxouts, layernorms, _ = ([*leaves(layer)][kind::4] for kind in range(4))
    if any(window.attrs["window_size"] != 1 for window in windows):
        return None
    blocks = [Maxout.of_layers(*pair) for pair in zip(maxouts, layernorms, strict=True)]
    padding: int = layer.attrs["pad"]
    return lambda documents: [_encoded(blocks, rows, padding) for rows in documents]


def _encoded(blocks: Sequence[Maxout], rows: Vectors, padding: int) -> Vectors:
    """Rows before and behind the document take part, as they do in spaCy, and are cut off at the end."""
    length, width = rows.shape
    padded = np.zeros((length + 2 * padding, width), np.float32)
    inner = slice(padding, padding + length)
    padded[inner] = rows
    window = np.zeros((len(padded), 3 * width), np.float32)
    for block in blocks:
        window[1:, :width] = padded[:-1]
        window[:, width : 2 * width] = padded
        window[:-1, 2 * width :] = padded[1:]
        padded += block(window)
    return padded[inner]
