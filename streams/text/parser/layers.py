"""Put another computation in the place of a layer of a pipeline's networks, and take it away again.

Reads and writes: the networks of a loaded pipeline. Absent on purpose: what is computed, and training, for which a
replaced layer is asked itself.
"""

from collections.abc import Callable, Iterator
from typing import Any

from spacy.language import Language
from thinc.api import Model, NumpyOps

Predict = Callable[[Any], Any]


def replace_layers(nlp: Language, name: str, shortcut: Callable[[Any], Predict | None]) -> None:
    """Replace each layer for which `shortcut` has another computation; calling it again changes nothing."""
    for node in _nodes(nlp):
        for place, layer in enumerate(node.layers):
            predict = None if node.name == name else shortcut(layer)
            if predict is not None:
                node.layers[place] = Model(name, _forward(predict), layers=[layer])


def restore_layers(nlp: Language, name: str) -> None:
    """Undo `replace_layers`."""
    for node in _nodes(nlp):
        for place, layer in enumerate(node.layers):
            if layer.name == name:
                (node.layers[place],) = layer.layers


def multiply_with(nlp: Language, ops: NumpyOps) -> None:
    """Have all layers of a pipeline's networks multiply with these operations."""
    for node in _nodes(nlp):
        node.ops = ops


def greedy_model(nlp: Language, name: str, kind: type[Any]) -> Any:  # noqa: ANN401 - thinc's models know no types
    """The network of a component that steps greedily, built as spaCy trains them; None if it is built otherwise."""
    component: Any = nlp.get_pipe(name) if name in nlp.pipe_names else None
    if not isinstance(component, kind):
        return None
    model: Any = component.model
    is_greedy = component.cfg.get("beam_width", 1) == 1
    is_known = model.name == "parser_model" and model.attrs["has_upper"] and not model.attrs["unseen_classes"]
    return model if is_greedy and is_known else None


def leaves(layer: Any) -> Iterator[Any]:  # noqa: ANN401 - thinc's models know no types
    """The layers that have no layers, in the order in which they are asked."""
    if not layer.layers:
        yield layer
    for below in layer.layers:
        yield from leaves(below)


def _nodes(nlp: Language) -> Iterator[Any]:
    for _, component in nlp.components:
        model: Any = getattr(component, "model", None)
        if isinstance(model, Model):
            yield from list(model.walk())


def _forward(predict: Predict) -> Callable[[Any, Any, bool], tuple[Any, Any]]:
    def forward(model: Any, inputs: Any, is_train: bool) -> tuple[Any, Any]:  # noqa: ANN401, FBT001
        (replaced,) = model.layers
        result: tuple[Any, Any] = replaced(inputs, True) if is_train else (predict(inputs), None)
        return result

    return forward
