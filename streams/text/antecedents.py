"""What the article has mentioned so far, nearest first: where references look for whom they mean.

Reads:  the columns of a document, figures with their names
Writes: places of mention in reading order, kept up to date while the references are read
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.entities import MentionKind
from streams.text.identity import Figure
from streams.text.title_words import COMMUNICATION
from streams.text.words import Words


@dataclass(frozen=True, slots=True)
class Reference:
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
        for place in reversed(self._seen):
            distance = self.words.sentence[index] - self.words.sentence[place.first]
            if distance > sentences:
                return
            yield place, self.figures[place.figure], distance

    def is_subject(self, place: Reference) -> bool:
        """Is the mention the subject of a verb, as the parser sees it?"""
        return self.words.dep[place.last - 1] in ("nsubj", "nsubjpass")

    def speaks(self, place: Reference) -> bool:
        """Is the mention the subject of a verb of saying?"""
        head = self.words.head[place.last - 1]
        return self.is_subject(place) and self.words.text[head].lower() in COMMUNICATION
