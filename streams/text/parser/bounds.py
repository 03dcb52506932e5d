"""Bound the lengths of words, documents and sentences, so that the time of a text grows with its length.

Reads:  a text before it is split into words; words before they are parsed; a parsed document
Writes: words of at most 200 characters, documents of at most 10,000 tokens to be parsed at once, sentences of at
        most 300 tokens

The rules look at nothing but lengths, and news hardly ever comes near them: in two thousand articles the longest
word has under 100 characters, the longest sentence 223 tokens, the longest article 6,843.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.tokens import Doc

BOUNDED = "readout_bounded_sentences"
LONGEST_WORD = 200
LONGEST_SENTENCE = 300
LONGEST_PIECE = 10_000

_LONG = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
_TREE: list[int | str] = ["HEAD", "DEP", "SENT_START"]
Integers: TypeAlias = npt.NDArray[np.int64]
Hashes: TypeAlias = npt.NDArray[np.uint64]


def bounded_words(tokenizer: Callable[[str], Doc], text: str) -> Doc:
    """The tokens of a text; what stands without white space for more than 200 characters is cut every 200.

    The tokenizer looks through the rest of a word again for each mark that it takes off, as in "((((((((".
    """
    cuts = [
        cut
        for long in _LONG.finditer(text)
        for cut in range(long.start() + LONGEST_WORD, long.end(), LONGEST_WORD)
    ]
    if not cuts:
        return tokenizer(text)
    docs = [tokenizer(text[start:end]) for start, end in pairwise([0, *cuts, len(text)])]
    return _document(docs[0].vocab, list(chain.from_iterable(docs)))


def bounded_pieces(doc: Doc) -> list[Doc]:
    """A document that was only split into words, cut behind line breaks if it has any, every 10,000 tokens if not.

    The parser keeps some kilobytes of every token of a document in memory at once: 3.7 GB for one megabyte.
    """
    if len(doc) <= LONGEST_PIECE:
        return [doc]
    tokens = list(doc)
    breaks = [token.i + 1 for token in tokens if "\n" in token.text]
    return [_document(doc.vocab, tokens[start:end]) for start, end in pairwise(_cuts(breaks, len(tokens)))]


def _cuts(breaks: Sequence[int], size: int) -> Iterator[int]:
    """Zero, where each piece ends, and the size; at the last break of a piece's length if there is one."""
    place, start = 0, 0
    yield start
    while size - start > LONGEST_PIECE:
        last = None
        while place < len(breaks) and breaks[place] <= start + LONGEST_PIECE:
            last = breaks[place]
            place += 1
        start = last if last is not None and last > start else start + LONGEST_PIECE
        yield start
    yield size


def _document(vocab: Any, tokens: Sequence[Any]) -> Doc:  # noqa: ANN401 - spaCy's
    return Doc(
        vocab, words=[token.text for token in tokens], spaces=[bool(token.whitespace_) for token in tokens]
    )


@Language.component(BOUNDED)
def bound_sentences(doc: Doc) -> Doc:
    """Cut each sentence of more than 300 tokens every 300, whatever the words are.

    In each part, what hung on a token outside hangs on the part's first such token, which becomes its root.
    """
    columns: Any = doc.to_array(_TREE)  # spaCy's stubs disagree with each other on its type
    starts = np.flatnonzero(columns[:, 2].view(np.int64) == 1).tolist()
    long = [(start, end) for start, end in pairwise([*starts, len(doc)]) if end - start > LONGEST_SENTENCE]
    if not long:
        return doc
    places = np.arange(len(doc))
    heads, relations = columns[:, 0].view(np.int64) + places, columns[:, 1].copy()
    loose = doc.vocab.strings.add("dep")
    for start, end in long:
        for first in range(start, end, LONGEST_SENTENCE):
            part = slice(first, min(first + LONGEST_SENTENCE, end))
            _close(heads, relations, part, loose)
    relations[heads == places] = doc.vocab.strings["ROOT"]
    tree: Any = np.column_stack(((heads - places).view(np.uint64), relations))
    return doc.from_array(_TREE[:2], tree)


def _close(heads: Integers, relations: Hashes, part: slice, loose: int) -> None:
    """Make one tree of the tokens of a part; `loose` is the relation of what hung outside."""
    own = heads[part]
    is_cut = (own < part.start) | (own >= part.stop) | (own == np.arange(part.start, part.stop))
    orphans = np.flatnonzero(is_cut) + part.start
    heads[orphans] = orphans[0]
    relations[orphans[1:]] = loose
