"""The tokens of a document as plain columns: rules read them many times, and a spaCy token is slow to ask.

Reads:  an annotated document
Writes: one list per attribute, all of the same length, indexed by token number
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from spacy.tokens import Doc

from streams.text.spans import Span


@dataclass(frozen=True)
class Words:
    """Columns of a document; `head[i] == i` marks the root of a sentence, `sentence[i]` counts from 0."""

    body: str
    text: list[str]
    tag: list[str]
    dep: list[str]
    head: list[int]
    start: list[int]
    sentence: list[int]

    @classmethod
    def of(cls, doc: Doc) -> "Words":
        """The columns of a parsed document."""
        text, tag, dep, head, start, sentence = [], [], [], [], [], []
        number = -1
        for token in doc:  # once: every pass makes all its tokens anew
            number += token.is_sent_start is True or token.i == 0
            text.append(token.text)
            tag.append(token.tag_)
            dep.append(token.dep_)
            head.append(token.head.i)
            start.append(token.idx)
            sentence.append(number)
        return cls(doc.text, text, tag, dep, head, start, sentence)

    def __len__(self) -> int:
        return len(self.text)

    def span(self, first: int, last: int) -> Span:
        """The words from token `first` up to, not with, token `last`."""
        return Span(self.start[first], self.start[last - 1] + len(self.text[last - 1]))

    def index_at(self, offset: int) -> int:
        """The token that covers a code point, or the last one before it."""
        return bisect_right(self.start, offset) - 1

    def slice(self, first: int, last: int) -> str:
        """The text of `span(first, last)`."""
        return self.body[slice(*self.span(first, last))]

    def same_sentence(self, one: int, other: int) -> bool:
        """Are both tokens of the document, in one sentence?"""
        inside = 0 <= one < len(self.text) and 0 <= other < len(self.text)
        return inside and self.sentence[one] == self.sentence[other]

    def before(self, index: int) -> str:
        """The token in front, lower case; empty at the start of a sentence."""
        return self.text[index - 1].lower() if self.same_sentence(index - 1, index) else ""

    def after(self, last: int) -> str:
        """The token `last` itself, lower case, if it goes on the sentence of the token before it."""
        return self.text[last].lower() if self.same_sentence(last - 1, last) else ""

    def is_proper(self, index: int) -> bool:
        """Is the token tagged as a name?"""
        return self.tag[index] in ("NNP", "NNPS")

    def is_noun(self, index: int) -> bool:
        """Is the token tagged as a noun or name?"""
        return self.tag[index].startswith("NN")

    def path(self, index: int) -> Iterator[int]:
        """The heads above a token, nearest first, up to the root."""
        while self.head[index] != index:
            index = self.head[index]
            yield index

    @cached_property
    def children(self) -> list[list[int]]:
        """The tokens that hang on each token, in reading order."""
        below: list[list[int]] = [[] for _ in self.text]
        for index, head in enumerate(self.head):
            if head != index:
                below[head].append(index)
        return below

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


def fold(text: str) -> str:
    """Without accents: "Erdoğan" and "Erdogan" are one man."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
