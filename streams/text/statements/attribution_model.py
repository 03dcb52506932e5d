"""The trained model of attributions: three networks, from tokens to cues, to candidates, to statements.

Reads:  a token table; weights as bytes
Writes: the candidates that are statements
Deliberately absent: files, and training (`train`). The bytes are a line of JSON that names the arrays, then
the arrays; embeddings are 8-bit numbers with one scale per column.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import orjson
from spacy.strings import get_string_id

from readout.streams.text.statements.candidate_features import candidate_features
from readout.streams.text.statements.candidates import Candidates, find_candidates
from readout.streams.text.statements.cue_features import cue_features
from readout.streams.text.statements.hashed_network import (
    Booleans,
    Floats,
    HashedNetwork,
    Indices,
    Integers,
    bucket_indices,
)
from readout.streams.text.statements.role_sequence import Chain
from readout.streams.text.statements.token_table import TokenTable

_FORMAT = "readout-attribution-1"
_OVERLAP = 0.3
_LEVELS = 127


class Statement(NamedTuple):
    """A candidate that was chosen, as rows of the table in reading order."""

    head: int
    cue: Integers
    source: Integers
    content: Integers


@dataclass(frozen=True)
class AttributionModel:
    """`cue` tells cues from other words, `role` and `chain` read the words around, `judge` picks candidates."""

    cue: HashedNetwork
    role: HashedNetwork
    chain: Chain
    judge: HashedNetwork
    least: float
    """The least probability of a statement."""

    @classmethod
    def from_bytes(cls, data: bytes) -> "AttributionModel":
        """Read weights.

        Raises:
            ValueError: the bytes are no weights of this format; the shell reports the file.
        """
        header, arrays = _unpack(data)
        networks = [_network(arrays, name) for name in ("cue", "role", "judge")]
        chain = Chain(arrays["chain.follows"], arrays["chain.begins"])
        return cls(networks[0], networks[1], chain, networks[2], header["least_per_mille"] / 1000)

    def to_bytes(self) -> bytes:
        """The weights, equal bytes for equal weights."""
        arrays: dict[str, np.ndarray] = {}
        for name, network in (("cue", self.cue), ("role", self.role), ("judge", self.judge)):
            arrays |= _network_arrays(network, name)
        arrays |= {"chain.follows": self.chain.follows, "chain.begins": self.chain.begins}
        return _pack(arrays, round(self.least * 1000))

    def statements(self, table: TokenTable) -> list[Statement]:
        """The candidates of a body that are statements, in the order of their cues."""
        if not len(table):
            return []
        probability = cue_probabilities(table, self.cue)
        candidates = find_candidates(table, probability, self.role, self.chain)
        if candidates is None or not len(candidates):
            return []
        indices = bucket_indices(candidate_features(table, probability, candidates), self.judge.buckets)
        return select(len(table), candidates, self.judge.probabilities(indices), least=self.least)


def cue_probabilities(table: TokenTable, network: HashedNetwork) -> Floats:
    """How likely each row is the main word of a cue; 0 for marks other than colons and dashes."""
    probability = network.probabilities(cue_indices(table, network.buckets))
    probability[~possible_cues(table)] = 0
    return probability


def cue_indices(table: TokenTable, buckets: int) -> Indices:
    """The features of every row of a table that is not empty, for the cue network."""
    return bucket_indices(cue_features(table), buckets)


def possible_cues(table: TokenTable) -> Booleans:
    """Words, colons and dashes."""
    possible: Booleans = ~table.punctuation | (table.tag == np.uint64(get_string_id(":")))
    return possible


def select(size: int, candidates: Candidates, judged: Floats, *, least: float) -> list[Statement]:
    """The best candidates that get along: no cue in another's content, and contents that hardly overlap."""
    taken, heads = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    chosen: list[Statement] = []
    for number in np.argsort(-judged, kind="stable").tolist():
        if judged[number] <= least:
            break
        head, content = int(candidates.head[number]), candidates.content[number]
        crowded = heads[head] or taken[head] or heads[content].any()
        if crowded or taken[content].mean() > _OVERLAP:
            continue
        free = content[~taken[content]]
        chosen.append(Statement(head, candidates.cue[number], candidates.source[number], free))
        taken[content] = True
        heads[head] = True
    return sorted(chosen, key=lambda statement: statement.head)


def _network_arrays(network: HashedNetwork, name: str) -> dict[str, np.ndarray]:
    embeddings, scale = network.embeddings, network.scale
    if embeddings.dtype != np.int8:
        scale = np.maximum(np.abs(embeddings).max(axis=0) / _LEVELS, np.finfo(np.float32).tiny)
        embeddings = np.rint(embeddings / scale).astype(np.int8)
    return {
        f"{name}.embeddings": embeddings,
        f"{name}.scale": np.asarray(scale, dtype=np.float32),
        f"{name}.bias": network.bias,
        f"{name}.output": network.output,
        f"{name}.output_bias": network.output_bias,
    }


def _network(arrays: dict[str, np.ndarray], name: str) -> HashedNetwork:
    parts = ("embeddings", "bias", "output", "output_bias", "scale")
    return HashedNetwork(*(arrays[f"{name}.{part}"] for part in parts))


def _pack(arrays: dict[str, np.ndarray], least_per_mille: int) -> bytes:
    listed = [[name, str(array.dtype), list(array.shape)] for name, array in arrays.items()]
    header = {"format": _FORMAT, "least_per_mille": least_per_mille, "arrays": listed}
    body = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays.values())
    return orjson.dumps(header, option=orjson.OPT_SORT_KEYS) + b"\n" + body


def _unpack(data: bytes) -> tuple[dict[str, int], dict[str, np.ndarray]]:
    line, _, body = data.partition(b"\n")
    try:
        header = orjson.loads(line)
        if header["format"] != _FORMAT:
            raise ValueError(f"the weights have the format {header['format']!r}, not {_FORMAT!r}")
        return header, _arrays(header["arrays"], body)
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"these are no weights of the format {_FORMAT!r}") from error


def _arrays(listed: Sequence[tuple[str, str, Sequence[int]]], body: bytes) -> dict[str, np.ndarray]:
    sizes = [int(np.prod(shape)) * np.dtype(kind).itemsize for _, kind, shape in listed]
    if sum(sizes) != len(body):
        raise ValueError(
            f"the weights have {len(body)} bytes of numbers where their header counts {sum(sizes)}"
        )
    ends = np.cumsum(sizes).tolist()
    return {
        name: np.frombuffer(body[end - size : end], dtype=kind).reshape(shape)
        for (name, kind, shape), size, end in zip(listed, sizes, ends, strict=True)
    }
