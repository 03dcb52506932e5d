"""The tokens of a document as plain columns: rules read them many times, and a spaCy token is slow to ask.

Reads:  an annotated document
Writes: one list per attribute, all of the same length, indexed by token number
"""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from spacy.tokens import Doc

from readout.streams.text.spans import Span

_COLUMNS: list[int | str] = [
    "ORTH", "TAG", "DEP", "ENT_TYPE", "HEAD", "IDX", "LENGTH", "SPACY", "SENT_START", "ENT_IOB",
]  # fmt: skip
_INSIDE, _BEGIN = 1, 3
_PROPER = frozenset(("NNP", "NNPS"))


@dataclass(frozen=True)
class Words:
    """Columns of a document; `head[i] == i` marks the root of a sentence, `sentence[i]` counts from 0.

    `lower` is `text` in lower case, `end` one past the last code point; `recognised` are the tokens of what the
    recogniser marks, half-open.
    """

    body: str
    text: list[str]
    lower: list[str]
    tag: list[str]
    dep: list[str]
    entity_type: list[str]
    head: list[int]
    start: list[int]
    end: list[int]
    sentence: list[int]
    recognised: list[tuple[int, int]]

    @classmethod
    def of(cls, doc: Doc) -> "Words":
        """The columns of a parsed document."""
        array: Any = doc.to_array(_COLUMNS)  # spaCy's stubs disagree with each other on its type
        orth, tag, dep, label, head, start, length, spaced, opens, mark = array.T
        text = _spelled(doc, orth)
        is_first = opens.view(np.int64) == 1
        is_first[:1] = True
        return cls(
            "".join([word + " " if gap else word for word, gap in zip(text, spaced.tolist(), strict=True)]),
            text,
            [word.lower() for word in text],
            _spelled(doc, tag),
            _spelled(doc, dep),
            _spelled(doc, label),
            (head.view(np.int64) + np.arange(len(text))).tolist(),
            start.tolist(),
            (start + length).tolist(),
            (np.cumsum(is_first) - 1).tolist(),
            _recognised(mark),
        )

    def __len__(self) -> int:
        return len(self.text)

    def span(self, first: int, last: int) -> Span:
        """The words from token `first` up to, not with, token `last`."""
        return Span(self.start[first], self.end[last - 1])

    def index_at(self, offset: int) -> int:
        """The token that covers a code point, or the last one before it."""
        return bisect_right(self.start, offset) - 1

    def slice(self, first: int, last: int) -> str:
        """The text of `span(first, last)`."""
        return self.body[self.start[first] : self.end[last - 1]]

    def same_sentence(self, one: int, other: int) -> bool:
        """Are both tokens of the document, in one sentence?"""
        if one < 0 or other < 0:
            return False
        sentence = self.sentence
        size = len(sentence)
        return one < size and other < size and sentence[one] == sentence[other]

    def before(self, index: int) -> str:
        """The token in front, lower case; empty at the start of a sentence."""
        return self._before[index] if 0 <= index < len(self._before) else ""

    def after(self, last: int) -> str:
        """The token `last` itself, lower case, if it goes on the sentence of the token before it."""
        inside = 0 < last < len(self.sentence) and self.sentence[last - 1] == self.sentence[last]
        return self.lower[last] if inside else ""

    def places_of(self, words: Container[str]) -> list[int]:
        """The tokens that are one of some words in lower case."""
        return [index for index, word in enumerate(self.lower) if word in words]

    @cached_property
    def proper(self) -> list[int]:
        """The tokens tagged as names."""
        return [index for index, tag in enumerate(self.tag) if tag in _PROPER]

    def is_proper(self, index: int) -> bool:
        """Is the token tagged as a name?"""
        return self.tag[index] in _PROPER

    def is_noun(self, index: int) -> bool:
        """Is the token tagged as a noun or name?"""
        return self.tag[index].startswith("NN")

    def path(self, index: int) -> Iterator[int]:
        """The heads above a token, nearest first, up to the root."""
        while self.head[index] != index:
            index = self.head[index]
            yield index

    @cached_property
    def _before(self) -> list[str]:
        joined = zip(self.sentence, self.sentence[1:], self.lower, strict=False)
        return ["", *(word if one == next_one else "" for one, next_one, word in joined)]

    def sentence_at(self, index: int) -> range:
        """The tokens of the sentence of a token."""
        number = self.sentence[index]
        return range(bisect_left(self.sentence, number), bisect_right(self.sentence, number))

    def children(self, index: int) -> list[int]:
        """The tokens that hang on a token, in reading order."""
        head = self.head
        return [place for place in self.sentence_at(index) if head[place] == index != place]

    @cached_property
    def quoted(self) -> list[bool]:
        """Does a token stand between double quotation marks? A paragraph's end closes them."""
        inside, marks = False, []
        for text in self.text:
            if text in ("“", "«", "``"):
                inside = True
            elif text in ("”", "»", "''") or "\n" in text:
                inside = False
            elif text == '"':
                inside = not inside
            marks.append(inside)
        return marks


def _spelled(doc: Doc, keys: Any) -> list[str]:  # noqa: ANN401 - a column of spaCy's hashes
    """The strings of a column; each one is asked for once, since spaCy's store is slow to ask."""
    unique, places = np.unique(keys, return_inverse=True)
    strings = doc.vocab.strings
    spelled: list[str] = np.array([strings[key] for key in unique.tolist()], dtype=object)[places].tolist()
    return spelled


def _recognised(marks: Any) -> list[tuple[int, int]]:  # noqa: ANN401 - a column of where names begin and go on
    goes_on = np.append(marks[1:] == _INSIDE, False)
    ends = np.flatnonzero(((marks == _BEGIN) | (marks == _INSIDE)) & ~goes_on) + 1
    return list(zip(np.flatnonzero(marks == _BEGIN).tolist(), ends.tolist(), strict=True))


def fold(text: str) -> str:
    """Without accents: "Erdoğan" and "Erdogan" are one man."""
    if text.isascii():
        return text
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
