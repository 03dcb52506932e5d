"""Embed each word of a document once, however often it comes: an article says half of its words again.

Reads:  documents and the pipeline's embedding layers
Writes: the same rows as those layers, one a token

spaCy embeds tokens one by one, though what it embeds (norm, prefix, suffix, shape, the listed vector) is the word's
and not the token's. Absent on purpose: training, and embedding layers that look at more (`embed_words_once` leaves
those alone).
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab
from thinc.api import Model

Rows: TypeAlias = npt.NDArray[np.intp]
Vectors: TypeAlias = npt.NDArray[np.float32]

_LAYER = "readout_embed_words_once"
_COLUMNS = frozenset({"ORTH", "LOWER", "NORM", "PREFIX", "SUFFIX", "SHAPE", "IS_SPACE", "SPACY"})
# What the layers see of a token: "n't" has a norm of its own as part of "don't", and not every word has a space.
_TOKEN: list[int | str] = ["ORTH", "NORM", "SPACY"]
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def embed_words_once(nlp: Language) -> None:
    """Change the layers of a loaded pipeline that embed words; calling it again changes nothing."""
    for _, component in nlp.components:
        model: Any = getattr(component, "model", None)
        for node in list(model.walk()) if isinstance(model, Model) else ():
            for place, layer in enumerate(node.layers):
                if node.name != _LAYER and _embeds_words(layer):
                    node.layers[place] = Model(_LAYER, _forward, layers=[layer])


def embed_each_token(nlp: Language) -> None:
    """Undo `embed_words_once`."""
    for _, component in nlp.components:
        model: Any = getattr(component, "model", None)
        for node in list(model.walk()) if isinstance(model, Model) else ():
            for place, layer in enumerate(node.layers):
                if layer.name == _LAYER:
                    (node.layers[place],) = layer.layers


def _embeds_words(layer: Any) -> bool:  # noqa: ANN401 - thinc's models know no types here
    """Is it spaCy's hash embedding, from documents to rows, of what is the word's alone?"""
    if not layer.layers or layer.layers[-1].name != "ragged2list":
        return False
    columns = [set(node.attrs["columns"]) for node in layer.walk() if node.name == "extract_features"]
    return bool(columns) and all(found <= _COLUMNS for found in columns)


def _forward(model: Any, docs: Sequence[Doc], is_train: bool) -> tuple[Any, Any]:  # noqa: ANN401, FBT001
    (embed,) = model.layers
    if is_train or not all(map(len, docs)):
        rows, backpropagate = embed(docs, is_train)
        return rows, backpropagate
    return [_embedded(embed, doc) for doc in docs], None


def _embedded(embed: Any, doc: Doc) -> Vectors:  # noqa: ANN401
    words: npt.NDArray[np.uint64] = np.asarray(doc.to_array(_TOKEN))
    keys = (words[:, 0] ^ (words[:, 1] * _MULTIPLIER)) * _MULTIPLIER + words[:, 2]
    _, first, word_of = np.unique(keys, return_index=True, return_inverse=True)
    if (words[first[word_of]] != words).any():
        # Two words of one key: once in a universe.
        first = word_of = np.arange(len(doc))
    (vectors,) = embed.predict([_Words(doc, first)])
    rows: Vectors = vectors[word_of]
    return rows


class _Words:
    """Some tokens of a document, as far as embedding layers ask for them."""

    def __init__(self, doc: Doc, tokens: Rows) -> None:
        self._doc = doc
        self._tokens = tokens

    def __len__(self) -> int:
        return len(self._tokens)

    @property
    def vocab(self) -> Vocab:
        """The vocabulary of the document."""
        return self._doc.vocab

    def to_array(self, names: Any) -> npt.NDArray[np.uint64]:  # noqa: ANN401 - one attribute or some
        """As of a document."""
        return np.asarray(self._doc.to_array(names))[self._tokens]
