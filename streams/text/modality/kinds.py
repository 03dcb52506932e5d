"""Kinds of modality, and the words that decide one.

Reads and writes nothing.
"""

from dataclasses import dataclass
from typing import Literal

from readout.streams.text.modality.tree import Word

Kind = Literal[
    "fact", "planned", "awaited", "possible", "conditional", "attempted", "near", "rumoured", "asked",
    "negated", "refused", "denied",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Modality:
    """What a word's clause says of it.

    Attributes:
        words: indexes of the words that decide the kind, in reading order; empty for a plain fact.
    """

    kind: Kind
    words: tuple[int, ...] = ()

    def turned(self, kind: Kind, *by: Word) -> "Modality":
        """The same with another kind, and the words that turned it."""
        return Modality(kind, tuple(sorted({*self.words, *(word.i for word in by)})))
