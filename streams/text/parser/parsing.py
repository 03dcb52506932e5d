"""Parse several texts at once, with the same trees as one by one.

Reads:  texts split into words, and a prepared pipeline
Writes: their documents

The parser's steps through a document are small products, and most of their cost is the same for eight documents as
for one. So the parser goes through some documents side by side, and everything before and behind it, whose large
products have other last bits with other numbers of rows, looks at one document at a time. `can_step_together`
proves on the machine at hand that the small products do not.

Absent on purpose: training, and parsers that are built in another way.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.pipeline import DependencyParser
from spacy.tokens import Doc
from thinc.api import Model, NumpyOps

from readout.streams.text.parser.layers import greedy_model
from readout.streams.text.parser.maxout import Vectors

_TOGETHER = 8
_MOST_TOKENS = 20_000
"""Of the documents of a group: the parser keeps four kilobytes of each in memory."""
_DOCUMENTS = "readout_documents_apart"
_PRODUCTS = "readout_products_apart"


def parsed(nlp: Language, split: Iterable[Doc]) -> Iterator[Doc]:
    """The documents of texts that were only split into words, in their order, as `nlp` gives them."""
    before, parser, behind = _parts(nlp)
    group: list[Doc] = []
    for doc in split:
        if len(group) == _TOGETHER or sum(map(len, group)) + len(doc) > _MOST_TOKENS:
            yield from _finished(group, parser, behind)
            group = []
        group.append(_through(before, doc))
    yield from _finished(group, parser, behind)


def step_together(nlp: Language) -> None:
    """Make the parser's large products independent of its neighbours; calling it again changes nothing."""
    if not _steps_together(nlp):
        layers = _model(nlp).layers
        apart = _DocumentsApart(*layers[:2])
        layers[:2] = [apart.documents, apart.products]


def step_alone(nlp: Language) -> None:
    """Undo `step_together`."""
    if _steps_together(nlp):
        layers = _model(nlp).layers
        layers[:2] = [layer.layers[0] for layer in layers[:2]]


def can_step_together(nlp: Language) -> bool:
    """Is the parser one whose steps are known here, and do they come out alike, whatever is beside them?"""
    model = greedy_model(nlp, "parser", DependencyParser)
    return model is not None and _rows_come_out_alike(model.get_ref("upper").get_param("W"))


def _rows_come_out_alike(weights: Vectors) -> bool:
    """The product that the parser takes at each step, of one row and of as many as there may be."""
    multiply = NumpyOps(use_blis=True).gemm
    inputs = np.sin(np.arange(_TOGETHER * weights.shape[1], dtype=np.float32)).reshape(_TOGETHER, -1)
    alone = np.concatenate([multiply(row[None], weights, trans2=True) for row in inputs])
    return all(
        np.array_equal(multiply(inputs[:rows], weights, trans2=True), alone[:rows])
        for rows in range(2, _TOGETHER + 1)
    )


def _parts(nlp: Language) -> tuple[list[Any], Any, list[Any]]:
    """The components before the parser, the parser if it can go through several documents, and those behind."""
    components = [component for _, component in nlp.pipeline]
    if not _steps_together(nlp):
        return components, None, []
    place = nlp.pipe_names.index("parser")
    return components[:place], components[place], components[place + 1 :]


def _finished(docs: Sequence[Doc], parser: Any, behind: Sequence[Any]) -> Iterator[Doc]:  # noqa: ANN401
    if parser is not None and docs:
        parser.set_annotations(docs, parser.predict(docs))
    for doc in docs:
        yield _through(behind, doc)


def _through(components: Sequence[Any], doc: Doc) -> Doc:
    for component in components:
        doc = component(doc)
    return doc


def _steps_together(nlp: Language) -> bool:
    return "parser" in nlp.pipe_names and bool(_model(nlp).layers[0].name == _DOCUMENTS)


def _model(nlp: Language) -> Any:  # noqa: ANN401 - thinc's models know no types here
    parser: Any = nlp.get_pipe("parser")
    return parser.model


class _DocumentsApart:
    """The parser's layers below its steps: rows of tokens, and their products, for one document at a time."""

    def __init__(self, rows: Any, products: Any) -> None:  # noqa: ANN401 - thinc's models know no types here
        self._lengths: list[int] = []
        self.documents: Model[Any, Any] = Model(_DOCUMENTS, self._documents, layers=[rows])
        self.products: Model[Any, Any] = Model(
            _PRODUCTS,
            self._products,
            layers=[products],
            dims={name: products.get_dim(name) for name in products.dim_names},
            params={"b": products.get_param("b")},
        )

    def _documents(self, model: Any, docs: Sequence[Doc], is_train: bool) -> tuple[Any, Any]:  # noqa: ANN401, FBT001
        (layer,) = model.layers
        self._lengths = [len(doc) for doc in docs]
        if is_train:
            rows: tuple[Any, Any] = layer(docs, True)
            return rows
        return np.concatenate([layer.predict([doc]) for doc in docs]), None

    def _products(self, model: Any, rows: Vectors, is_train: bool) -> tuple[Any, Any]:  # noqa: ANN401, FBT001
        (layer,) = model.layers
        if is_train:
            products: tuple[Any, Any] = layer(rows, True)
            return products
        weights: Vectors = layer.get_param("W")
        outputs = weights.reshape(-1, weights.shape[-1])
        results = np.empty((len(rows) + 1, len(outputs)), np.float32)
        # Row 0 stands for no token.
        results[0] = layer.get_param("pad").reshape(-1)
        ends = np.cumsum([0, *self._lengths])
        for start, end in pairwise(ends.tolist()):
            np.matmul(rows[start:end], outputs.T, out=results[start + 1 : end + 1])
        return results.reshape(len(results), *weights.shape[:-1]), None
