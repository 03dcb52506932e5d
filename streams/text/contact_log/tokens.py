"""The tokens of an article as plain objects: the contact rules walk its trees up and down all the time.

Reads:  a parsed document
Writes: tokens with the attributes that spaCy gives its own, and under its names

A spaCy token makes a new object of every head and child that it is asked for; these are made once, sentence by
sentence, when the first token of a sentence is wanted. Most sentences tell of no contact.
"""

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import overload

from spacy.tokens import Doc

from readout.streams.text.entities.words import Words


class Token:
    """A token in its tree; the head of a root is itself, and `sent` are the tokens of its sentence."""

    __slots__ = (
        "dep_",
        "doc",
        "ent_type_",
        "head",
        "i",
        "idx",
        "lefts",
        "lemma",
        "lower_",
        "rights",
        "sent",
        "tag_",
        "text",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - its columns, in their order
        self,
        doc: "Tokens",
        sent: "list[Token]",
        place: int,
        start: int,
        text: str,
        lower: str,
        tag: str,
        dep: str,
        entity_type: str,
    ) -> None:
        self.doc = doc
        self.sent = sent
        self.i = place
        self.idx = start
        self.text = text
        self.lower_ = lower
        self.tag_ = tag
        self.dep_ = dep
        self.ent_type_ = entity_type
        self.head = self
        self.lefts = _NOTHING
        self.rights = _NOTHING
        self.lemma: str | None = None
        """Filled in by `scene.lemma_of` when it is first asked for."""

    def __len__(self) -> int:
        return len(self.text)

    @property
    def is_sent_start(self) -> bool:
        """Does a sentence begin here?"""
        return self.sent[0] is self

    @property
    def is_space(self) -> bool:
        """Is it white space?"""
        return self.text.isspace()

    @property
    def children(self) -> "list[Token]":
        """What hangs on it, in reading order."""
        return self.lefts + self.rights

    @property
    def subtree(self) -> "list[Token]":
        """It and all that hangs below it, in reading order."""
        found: list[Token] = []
        waiting = [(self, False)]
        while waiting:
            token, is_open = waiting.pop()
            if is_open or not (token.lefts or token.rights):
                found.append(token)
                continue
            waiting.extend((child, False) for child in reversed(token.rights))
            waiting.append((token, True))
            waiting.extend((child, False) for child in reversed(token.lefts))
        return found

    @property
    def ancestors(self) -> "Iterator[Token]":
        """The tokens above it, nearest first."""
        token = self
        while token.head is not token:
            token = token.head
            yield token

    @property
    def left_edge(self) -> "Token":
        """The first token of its subtree, as spaCy has it where branches cross."""
        return self.doc[self.doc.parsed[self.i].left_edge.i]

    @property
    def right_edge(self) -> "Token":
        """The last token of its subtree, as spaCy has it where branches cross."""
        return self.doc[self.doc.parsed[self.i].right_edge.i]


_NOTHING: list[Token] = []


class Tokens(Sequence[Token]):
    """All tokens of an article, by their place."""

    def __init__(self, doc: Doc, words: Words) -> None:
        self.parsed = doc
        self.words = words
        self._made: list[Token | None] = [None] * len(words)

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, place: int) -> Token: ...
    @overload
    def __getitem__(self, place: slice) -> list[Token]: ...
    def __getitem__(self, place: int | slice) -> Token | list[Token]:
        if isinstance(place, slice):
            return [self[index] for index in range(*place.indices(len(self)))]
        token = self._made[place]
        return self._make(range(len(self))[place]) if token is None else token

    def _make(self, place: int) -> Token:
        """Make the tokens of a sentence; returns the one that was wanted."""
        words, sent = self.words, list[Token]()
        places = words.sentence_at(place)
        first, end = places.start, places.stop
        columns = (words.start, words.text, words.lower, words.tag, words.dep, words.entity_type)
        cut = (column[first:end] for column in columns)
        sent.extend(map(Token, repeat(self), repeat(sent), places, *cut))
        self._made[first:end] = sent
        for token in sent:
            head = words.head[token.i]
            if head != token.i:
                token.head = above = sent[head - first]
                if token.i < head:
                    above.lefts = [*above.lefts, token]
                else:
                    above.rights = [*above.rights, token]
        return sent[place - first]
