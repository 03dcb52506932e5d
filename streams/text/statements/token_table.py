"""A parsed body as arrays: one row per token that is no white space, for models that look at all tokens at once.

Reads:  a parsed body and its quotations
Writes: columns of equal length; words, tags and labels are 64-bit hashes of their strings, equal on every machine
Deliberately absent: what the columns are good for; `cue_features` and `role_features` combine them.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from spacy import attrs
from spacy.strings import get_string_id
from spacy.tokens import Doc, Token

from streams.text.lemmas import lemma
from streams.text.quotes import Quotation
from streams.text.statements.hashed_network import Booleans, Hashes, Integers

_COLUMNS = [attrs.LOWER, attrs.TAG, attrs.DEP, attrs.ENT_TYPE, attrs.SHAPE, attrs.SUFFIX, attrs.IS_PUNCT]


@dataclass(frozen=True, slots=True)
class TokenTable:
    """Columns over the tokens that are no white space; `index` says which token of the document a row is."""

    index: Integers
    start: Integers
    """First code point in the body."""
    end: Integers
    lower: Hashes
    lemma: Hashes
    tag: Hashes
    dep: Hashes
    entity: Hashes
    shape: Hashes
    suffix: Hashes
    punctuation: Booleans
    head: Integers
    """Row of the syntactic head; a root is its own."""
    left: Integers
    """First row of the subtree."""
    right: Integers
    """Last row of the subtree."""
    sentence: Integers
    paragraph: Integers
    quote: Integers
    """Number of the double quotation that the token stands in, from 1; 0 outside; negative in single marks."""

    quote_first: Integers
    """First row of the run of equal `quote` around the row."""
    quote_last: Integers

    def __len__(self) -> int:
        return len(self.index)


def token_table(doc: Doc, quoted: Sequence[Quotation]) -> TokenTable:
    """The table of a parsed body; `quoted` are the quotations of the body."""
    tokens = list(doc)
    spaces = {token.i for token in tokens if token.is_space}
    words = [token for token in tokens if token.i not in spaces]
    index = np.array([token.i for token in words], dtype=np.int64)
    row_of = np.full(len(doc) + 1, 0, dtype=np.int64)
    row_of[index] = np.arange(len(index))
    columns: Hashes = np.asarray(doc.to_array(_COLUMNS)).astype(np.uint64).reshape(-1, len(_COLUMNS))[index]
    starts = np.array([token.idx for token in words], dtype=np.int64)
    heads = np.array([token.head.i for token in words], dtype=np.int64)
    lost = np.isin(heads, np.array(sorted(spaces), dtype=np.int64))
    quote = _quotes(starts, quoted)
    first, last = _runs(quote)
    lower, tag, dep, entity, shape, suffix = (columns[:, number].copy() for number in range(6))
    return TokenTable(
        index=index,
        start=starts,
        end=starts + np.array([len(token) for token in words], dtype=np.int64),
        lower=lower,
        lemma=_lemmas(words, lower, tag),
        tag=tag,
        dep=dep,
        entity=entity,
        shape=shape,
        suffix=suffix,
        punctuation=columns[:, 6].astype(bool),
        head=np.where(lost, np.arange(len(index)), row_of[heads]),
        left=_edges(row_of, [token.left_edge.i for token in words], spaces, step=1),
        right=_edges(row_of, [token.right_edge.i for token in words], spaces, step=-1),
        sentence=np.cumsum([bool(token.is_sent_start) for token in words]).astype(np.int64),
        paragraph=_paragraphs(doc, index, spaces),
        quote=quote,
        quote_first=first,
        quote_last=last,
    )


def _lemmas(words: Sequence[Token], lower: Hashes, tag: Hashes) -> Hashes:
    """The lemmas, found once for each word and tag."""
    known: dict[tuple[int, int], int] = {}
    found = []
    for key, token in zip(zip(lower.tolist(), tag.tolist(), strict=True), words, strict=True):
        if key not in known:
            known[key] = get_string_id(lemma(token.lower_, token.tag_))
        found.append(known[key])
    return np.array(found, dtype=np.uint64)


def _edges(row_of: Integers, edges: list[int], spaces: Container[int], *, step: int) -> Integers:
    """Rows of the edges of subtrees; an edge that is white space gives way to its neighbour inside."""
    found = []
    for edge in edges:
        at = edge
        while at in spaces:
            at += step
        found.append(at)
    return row_of[np.array(found, dtype=np.int64)]


def _paragraphs(doc: Doc, index: Integers, spaces: Iterable[int]) -> Integers:
    """Counts up where a line break is followed by a new sentence."""
    starts = np.zeros(len(doc) + 1, dtype=np.int64)
    for space in spaces:
        if space + 1 < len(doc) and "\n" in doc[space].text and doc[space + 1].is_sent_start:
            starts[space] = 1
    return np.cumsum(starts)[index]


def _quotes(offsets: Integers, quoted: Sequence[Quotation]) -> Integers:
    numbers = np.zeros(len(offsets), dtype=np.int64)
    for number, quotation in enumerate(quoted, start=1):
        first, last = np.searchsorted(offsets, quotation.span)
        numbers[first:last] = number if quotation.is_double else -number
    return numbers


def _runs(values: Integers) -> tuple[Integers, Integers]:
    """First and last row of the run of equal values around each row."""
    changes = np.flatnonzero(np.diff(values)) + 1
    edges = np.concatenate([[0], changes, [len(values)]])
    run = np.searchsorted(edges, np.arange(len(values)), side="right") - 1
    return edges[run], edges[run + 1] - 1
