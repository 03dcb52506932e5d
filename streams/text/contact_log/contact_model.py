"""The trained model of contacts: which pairs are in contact, which mentions tell of one contact, how sure it is.

Reads:  weights as bytes
Writes: three linear scores and the words that may tell of a contact

Deliberately absent: files, and training (`training.contact_training`). The bytes are a line of JSON, then for each
score the places of its weights (32 bits) and the weights (16 bits); all numbers are whole.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import orjson

from readout.streams.text.contact_log.linear_scores import BUCKETS, LinearScores

_FORMAT = "readout-contacts-1"
_SCORES = ("pair", "same", "judge")


@dataclass(frozen=True)
class ContactModel:
    """Three scores, in thousandths of a logit.

    Attributes:
        pair: are the two mentions of a sentence in contact, as it tells?
        same: do two groups of mentions tell of one contact?
        judge: is a contact right?
        telling: the verbs and nouns, in lemmas, of sentences that are worth reading.
    """

    pair: LinearScores
    same: LinearScores
    judge: LinearScores
    telling: frozenset[str]

    @classmethod
    def from_bytes(cls, data: bytes) -> "ContactModel":
        """Read weights.

        Raises:
            ValueError: the bytes are no weights of this format; the shell reports the file.
        """
        line, _, body = data.partition(b"\n")
        try:
            header: Any = orjson.loads(line)
            if header["format"] != _FORMAT:
                raise ValueError(f"the weights have the format {header['format']!r}, not {_FORMAT!r}")
            sizes, biases, telling = header["sizes"], header["biases"], frozenset(header["telling"])
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(f"these are no weights of the format {_FORMAT!r}") from error
        if len(body) != sum(sizes) * 6:
            raise ValueError(f"the weights have {len(body)} bytes of numbers where {sum(sizes) * 6} are told")
        pair, same, judge = _read(body, sizes, biases)
        return cls(pair, same, judge, telling)

    def to_bytes(self) -> bytes:
        """The weights, equal bytes for equal weights."""
        scores = [self.pair, self.same, self.judge]
        places = [np.flatnonzero(score.weights) for score in scores]
        header = {
            "format": _FORMAT,
            "sizes": [len(used) for used in places],
            "biases": [score.bias for score in scores],
            "telling": sorted(self.telling),
        }
        body = b"".join(
            used.astype("<u4").tobytes() + score.weights[used].astype("<i2").tobytes()
            for score, used in zip(scores, places, strict=True)
        )
        return orjson.dumps(header, option=orjson.OPT_SORT_KEYS) + b"\n" + body


def _read(body: bytes, sizes: list[int], biases: list[int]) -> list[LinearScores]:
    ends = np.cumsum([0, *sizes]).tolist()
    scores = []
    for (start, end), bias in zip(pairwise(ends), biases, strict=True):
        first, size = start * 6, end - start
        weights = np.zeros(BUCKETS, dtype=np.int16)
        places = np.frombuffer(body, dtype="<u4", count=size, offset=first)
        weights[places] = np.frombuffer(body, dtype="<i2", count=size, offset=first + size * 4)
        scores.append(LinearScores(weights, bias))
    return scores
