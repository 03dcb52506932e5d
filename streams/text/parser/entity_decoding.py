"""Read the names of a document off spaCy's entity recognizer, with the same answers in a tenth of the time.

Reads:  a document with its sentences, and the weights of the pipeline's own recognizer
Writes: the document's entities, as the recognizer would have set them

The recognizer walks from token to token and weighs all its moves anew at each. Yet while no name is open its state
is nothing but the token ahead, so that those scores are one matrix product; only within a name, where just two
moves are open to it, does a step depend on an earlier one. Sums are taken in the recognizer's own order.

Absent on purpose: training, beam search, and entities that were set before. A recognizer that is built in another
way is left to itself (`can_decode`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.pipeline import EntityRecognizer
from spacy.tokens import Doc, Span

from readout.streams.text.parser.layers import greedy_model

DECODER = "readout_entity_decoder"
Floats: TypeAlias = npt.NDArray[np.float32]
Flags: TypeAlias = npt.NDArray[np.bool_]
_TOKENS_OF_A_STATE = 3  # the token ahead, the first of the open name, the one before the token ahead


@dataclass(frozen=True, slots=True)
class _Moves:
    """The places of the moves in a row of scores; `inside` maps a label to its places of I and L."""

    names: tuple[str, ...]
    begin: Flags
    out: int
    allowed: Flags
    inside: dict[str, tuple[int, int]]


@Language.factory(DECODER)
def create_decoder(nlp: Language, name: str) -> "EntityDecoder":  # noqa: ARG001 - spaCy's signature
    """The decoder of a pipeline's own recognizer, which takes no part itself any more."""
    recognizer: EntityRecognizer = nlp.get_pipe("ner")
    return EntityDecoder(recognizer)


def can_decode(nlp: Language) -> bool:
    """Is the pipeline's recognizer one whose walk is known here?"""
    model = greedy_model(nlp, "ner", EntityRecognizer)
    if model is None:
        return False
    lower = model.get_ref("lower")
    return bool(lower.get_dim("nF") == _TOKENS_OF_A_STATE and lower.get_dim("nP") > 1)


class EntityDecoder:
    """A pipeline component in place of the recognizer whose weights it uses."""

    def __init__(self, recognizer: EntityRecognizer) -> None:
        model: Any = recognizer.model
        self._weights = _Weights(model)
        # `move_names` leaves one out; the scores have a place for it.
        scored = range(model.get_ref("upper").get_dim("nO"))
        system: Any = recognizer.moves
        self._moves = _moves(tuple(system.get_class_name(place) for place in scored))

    def __call__(self, doc: Doc) -> Doc:
        """Set the entities of a document."""
        spans = [Span(doc, start, end, label=label) for start, end, label in self._names(doc)]
        doc.set_ents(spans, default="outside")
        return doc

    def _names(self, doc: Doc) -> Iterator[tuple[int, int, str]]:
        """First token, token past the last, and label of each name, in reading order."""
        if not len(doc):
            return
        state = _States(self._weights, doc)
        ends = _last_of_sentence(doc)
        best = self._best_outside(state.outside(), ends, doc)
        free = 0
        for start in np.flatnonzero(best != self._moves.out).tolist():
            if start < free:
                continue
            move, _, label = self._moves.names[best[start]].partition("-")
            free = start + 1 if move == "U" else self._end(state, ends, start, label)
            yield start, free, label

    def _best_outside(self, scores: Floats, ends: Flags, doc: Doc) -> npt.NDArray[np.intp]:
        """The best move at each token if no name is open there: none starts on a space or leaves its sentence."""
        scores[:, ~self._moves.allowed] = -np.inf
        scores[np.ix_(ends, self._moves.begin)] = -np.inf
        spaces = doc.to_array("IS_SPACE").astype(bool)
        scores[np.ix_(spaces, np.arange(scores.shape[1]) != self._moves.out)] = -np.inf
        best: npt.NDArray[np.intp] = scores.argmax(axis=1)
        return best

    def _end(self, state: "_States", ends: Flags, start: int, label: str) -> int:
        """The token past a name that begins at `start`: it goes on until the last one is likelier, or must be."""
        go_on, last = self._moves.inside[label]
        token = start + 1
        while not ends[token]:
            to_go_on, to_end = state.inside(token, start, (go_on, last))
            # Of equal scores the recognizer takes the earlier move.
            if to_end > to_go_on or (to_end == to_go_on and last < go_on):
                break
            token += 1
        return token + 1


class _Weights:
    """The recognizer's weights in the order in which they are multiplied."""

    def __init__(self, model: Any) -> None:  # noqa: ANN401 - thinc's models know no types here
        lower, upper = model.get_ref("lower"), model.get_ref("upper")
        self.tokens_to_vectors = model.get_ref("tok2vec")
        weights: Floats = lower.get_param("W")  # tokens of a state, outputs, pieces, inputs
        padding: Floats = lower.get_param("pad")  # one, tokens of a state, outputs, pieces
        self.pieces = weights.shape[2]
        self.lower = np.ascontiguousarray(weights.transpose(3, 0, 2, 1).reshape(weights.shape[3], -1))
        self.padding = padding[0].transpose(0, 2, 1).reshape(-1)
        self.bias = np.ascontiguousarray(lower.get_param("b").T).reshape(-1)
        self.upper: Floats = upper.get_param("W")
        self.upper_bias: Floats = upper.get_param("b")


class _States:
    """The scores of the recognizer's states in one document."""

    def __init__(self, weights: _Weights, doc: Doc) -> None:
        vectors: Floats = weights.tokens_to_vectors.predict([doc])
        self._weights = weights
        # Row 0 stands for no token.
        self._parts = np.empty((len(doc) + 1, _TOKENS_OF_A_STATE, len(weights.bias)), np.float32)
        rows = self._parts.reshape(len(doc) + 1, -1)
        rows[0] = weights.padding
        np.matmul(vectors, weights.lower, out=rows[1:])

    def outside(self) -> Floats:
        """Scores of all moves at every token, as long as no name is open."""
        summed = self._parts[1:, 0] + self._parts[0, 1]
        summed += self._parts[0, 2]
        scores: Floats = self._hidden(summed) @ self._weights.upper.T
        scores += self._weights.upper_bias
        return scores

    def inside(self, token: int, start: int, moves: tuple[int, int]) -> tuple[float, float]:
        """Scores of two moves at a token of a name that began at `start`."""
        summed = self._parts[token + 1, 0] + self._parts[start + 1, 1]
        summed += self._parts[token, 2]
        hidden = self._hidden(summed)
        upper, bias = self._weights.upper, self._weights.upper_bias
        one, other = (float(upper[move] @ hidden + bias[move]) for move in moves)
        return one, other

    def _hidden(self, summed: Floats) -> Floats:
        """The largest of the pieces of each output."""
        summed += self._weights.bias
        first, *others = np.split(summed, self._weights.pieces, axis=-1)
        largest = first.copy()
        for other in others:
            np.maximum(largest, other, out=largest)
        return largest


def _moves(names: tuple[str, ...]) -> _Moves:
    places = {name: place for place, name in enumerate(names)}
    labels = [name.removeprefix("B-") for name in names if name.startswith("B-")]
    opens = [name == "O" or (name[:2] in {"B-", "U-"} and len(name) > 2) for name in names]
    return _Moves(
        names=names,
        begin=np.array([name.startswith("B-") for name in names]),
        out=places["O"],
        allowed=np.array(opens),
        inside={label: (places[f"I-{label}"], places[f"L-{label}"]) for label in labels},
    )


def _last_of_sentence(doc: Doc) -> Flags:
    """Which tokens are the last of their sentence, or of the document."""
    starts: Any = doc.to_array("SENT_START")  # spaCy's stub names another type than it returns
    return np.append(starts[1:] == 1, True)
