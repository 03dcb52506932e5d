"""What the article has mentioned so far, nearest first: where references look for whom they mean.

Reads:  the columns of a document, figures with their names
Writes: places of mention in reading order, kept up to date while the references are read
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from readout.schemas.entities import MentionKind
from readout.streams.text.entities.identity import Figure
from readout.streams.text.entities.title_words import COMMUNICATION
from readout.streams.text.entities.words import Words

_SUBJECTS = ("nsubj", "nsubjpass")


class Reference(NamedTuple):
    """A name, description or pronoun at tokens `first` to `last` (exclusive) that means a figure."""

    first: int
    last: int
    figure: int
    kind: MentionKind


class Antecedents:
    """The references of a document up to the token that is being read."""

    def __init__(self, words: Words, figures: Sequence[Figure]) -> None:
        self.words = words
        self.figures = figures
        self._seen: list[Reference] = []

    def add(self, reference: Reference) -> None:
        """The article has just said this."""
        self._seen.append(reference)

    def recent(self, index: int, sentences: int) -> Iterator[tuple[Reference, Figure, int]]:
        """References at most so many sentences before token `index`, nearest first, with that distance."""
        sentence = self.words.sentence
        for place in reversed(self._seen):
            distance = sentence[index] - sentence[place.first]
            if distance > sentences:
                return
            yield place, self.figures[place.figure], distance

    def is_subject(self, place: Reference) -> bool:
        """Is the mention the subject of a verb, as the parser sees it?

        The title's role counts for the name in "the minister Sergei Shoigu said".
        """
        dep, head = self.words.dep, place.last - 1
        role = dep[head] if dep[head] != "appos" else dep[self.words.head[head]]
        return role in _SUBJECTS

    def speakers(self, sentence: int) -> set[int]:
        """The figures that a sentence names as the subject of a verb of saying, outside quotation marks."""
        return self._speakers.get(sentence, set())

    @cached_property
    def _speakers(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for index, figure in enumerate(self.figures):
            for name in figure.names:
                verb = self.words.head[name.last - 1]
                speaks = self.words.dep[name.last - 1] == "nsubj" and self.words.lower[verb] in COMMUNICATION
                if speaks and not self.words.quoted[name.first]:
                    found.setdefault(self.words.sentence[name.first], set()).add(index)
        return found
