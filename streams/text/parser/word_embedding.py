"""Embed each word of a document once, however often it comes: an article says half of its words again.

Reads:  documents, and the pipeline's embedding layers
Writes: the same rows as those layers but for their last bits, one a token

spaCy embeds tokens one by one, though what it embeds (norm, prefix, suffix, shape, the listed vector) is the word's
and not the token's. Absent on purpose: training, and embedding layers that look at more or are built in another way
(`embedding` leaves those alone).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc
from thinc.api import Model, NumpyOps

from readout.streams.text.parser.layers import Predict, leaves
from readout.streams.text.parser.maxout import Maxout, Vectors

Rows: TypeAlias = npt.NDArray[np.intp]
Keys: TypeAlias = npt.NDArray[np.uint64]

# thinc names a layer after those that it is made of.
_HASHED = "ints-getitem>>hashembed"
_SHAPE = re.compile(
    rf"extract_features>>list2ragged>>with_array\({_HASHED}(\|{_HASHED})*\)\|static_vectors"
    r">>with_array\(maxout>>layernorm>>dropout\)>>ragged2list"
)
_COLUMNS = frozenset({"ORTH", "LOWER", "NORM", "PREFIX", "SUFFIX", "SHAPE", "IS_SPACE", "SPACY"})
# What the layers see of a token: "n't" has a norm of its own as part of "don't", and not every word has a space.
_TOKEN: list[int | str] = ["ORTH", "NORM", "SPACY"]
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_OPS = NumpyOps()


def embedding(layer: Model[Any, Any]) -> Predict | None:
    """What computes the rows of a layer that is one of these: from documents to rows, each document by itself."""
    if not _SHAPE.fullmatch(layer.name):
        return None
    extract, _, *hashed, static, maxout, layernorm, _, _ = leaves(layer)
    if not set(extract.attrs["columns"]) <= _COLUMNS:
        return None
    tables = tuple(_Table(one.attrs["column"], one.attrs["seed"], one.get_param("E")) for one in hashed[1::2])
    listed = np.ascontiguousarray(static.get_param("W").T)
    words = _WordEmbedding(extract.attrs["columns"], tables, listed, Maxout.of_layers(maxout, layernorm))
    return lambda docs: [words.of_tokens(doc) for doc in docs]


@dataclass(frozen=True, slots=True)
class _Table:
    """The hashed embedding of a column of features."""

    column: int
    seed: int
    rows: Vectors


@dataclass(frozen=True, slots=True)
class _WordEmbedding:
    columns: Sequence[int | str]
    tables: tuple[_Table, ...]
    listed: Vectors
    mixed: Maxout

    def of_tokens(self, doc: Doc) -> Vectors:
        """A row for each token."""
        first, word_of = _words(doc)
        rows: Vectors = self.mixed(self._features(doc, first))[word_of]
        return rows

    def _features(self, doc: Doc, tokens: Rows) -> Vectors:
        columns: Keys = np.asarray(doc.to_array(list(self.columns)))[tokens]
        hashed = [_looked_up(table, columns[:, table.column]) for table in self.tables]
        return np.concatenate([*hashed, self._listed(doc, tokens)], axis=1)

    def _listed(self, doc: Doc, tokens: Rows) -> Vectors:
        vectors: Any = doc.vocab.vectors
        places: Rows = vectors.find(keys=np.asarray(doc.to_array("ORTH"))[tokens])
        rows: Vectors = vectors.data[places] @ self.listed
        rows[places < 0] = 0
        return rows


def _words(doc: Doc) -> tuple[Rows, Rows]:
    """The first token of each word, and the word of each token."""
    tokens: Keys = np.asarray(doc.to_array(_TOKEN))
    keys = (tokens[:, 0] ^ (tokens[:, 1] * _MULTIPLIER)) * _MULTIPLIER + tokens[:, 2]
    _, first, word_of = np.unique(keys, return_index=True, return_inverse=True)
    if (tokens[first[word_of]] == tokens).all():
        return first, word_of
    # Two words of one key: once in a universe.
    each = np.arange(len(doc))
    return each, each


def _looked_up(table: _Table, features: Keys) -> Vectors:
    keys = _OPS.hash(np.ascontiguousarray(features), table.seed) % len(table.rows)
    rows: Vectors = _OPS.gather_add(table.rows, keys)
    return rows
