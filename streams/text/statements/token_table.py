"""A parsed body as arrays: one row per token that is no white space, for models that look at all tokens at once.

Reads:  a parsed body and its quotations
Writes: columns of equal length; words, tags and labels are 64-bit hashes of their strings, equal on every machine
Deliberately absent: what the columns are good for; `cue_features` and `role_features` combine them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat

import numpy as np
from spacy import attrs
from spacy.strings import StringStore, get_string_id
from spacy.tokens import Doc

from readout.streams.text.headings import below_headings
from readout.streams.text.lemmas import lemma
from readout.streams.text.quotes import Quotation
from readout.streams.text.statements.hashed_network import Booleans, Hashes, Integers

_COLUMNS = [
    attrs.LOWER,
    attrs.TAG,
    attrs.DEP,
    attrs.ENT_TYPE,
    attrs.SHAPE,
    attrs.SUFFIX,
    attrs.IS_PUNCT,
    attrs.IS_SPACE,
    attrs.IDX,
    attrs.LENGTH,
    attrs.HEAD,
    attrs.SENT_START,
]


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
    heading: Booleans
    """Is it a word of the headings above the article, or of an article of one paragraph, which may be one?"""
    quote: Integers
    """Number of the double quotation that the token stands in, from 1; 0 outside; negative in single marks."""

    quote_first: Integers
    """First row of the run of equal `quote` around the row."""
    quote_last: Integers

    def __len__(self) -> int:
        return len(self.index)


def token_table(doc: Doc, quoted: Sequence[Quotation], text: str | None = None) -> TokenTable:
    """The table of a parsed body; `quoted` are the quotations of the body, `text` its words if they are at hand."""
    every: Hashes = np.asarray(doc.to_array(_COLUMNS)).astype(np.uint64).reshape(-1, len(_COLUMNS))
    is_word = every[:, _COLUMNS.index(attrs.IS_SPACE)] == 0
    index = np.flatnonzero(is_word)
    lower, tag, dep, entity, shape, suffix, punctuation, _, starts, lengths, heads, sentence = every[
        index
    ].T.copy()
    start, head = starts.astype(np.int64), index + heads.astype(np.int64)
    counted = np.cumsum(is_word)
    left, right = _edges(doc, np.arange(len(doc)) + every[:, _COLUMNS.index(attrs.HEAD)].astype(np.int64))
    paragraph = _paragraphs(doc, is_word)[index]
    quote = _quotes(start, quoted)
    first, last = _runs(quote)
    return TokenTable(
        index=index,
        start=start,
        end=start + lengths.astype(np.int64),
        lower=lower,
        lemma=_lemmas(doc, lower, tag),
        tag=tag,
        dep=dep,
        entity=entity,
        shape=shape,
        suffix=suffix,
        punctuation=punctuation.astype(bool),
        head=np.where(is_word[head], counted[head] - 1, np.arange(len(index))),
        left=(counted - is_word)[left[index]],
        right=counted[right[index]] - 1,
        sentence=np.cumsum(sentence == 1),
        paragraph=paragraph,
        heading=_headings(start, paragraph, doc.text if text is None else text),
        quote=quote,
        quote_first=first,
        quote_last=last,
    )


def _lemmas(doc: Doc, lower: Hashes, tag: Hashes) -> Hashes:
    strings = repeat(doc.vocab.strings)
    return np.fromiter(map(_lemma_id, strings, lower.tolist(), tag.tolist()), np.uint64, len(lower))


@lru_cache(maxsize=1 << 16)
def _lemma_id(strings: StringStore, lower: int, tag: int) -> int:
    """The number of the lemma of a word and its tag, which are numbers as well."""
    return get_string_id(lemma(strings[lower], strings[tag]))


def _edges(doc: Doc, heads: Integers) -> tuple[Integers, Integers]:
    """First and last token of the subtree of each token, as spaCy has them, without asking token by token."""
    tokens = np.arange(len(doc))
    left, right, above, size = tokens.copy(), tokens.copy(), heads, (heads != tokens) + 1
    # Each round looks twice as far up as the one before; a token counts as often as it has tokens above it.
    for _ in range(len(doc)):
        np.minimum.at(left, above, left)
        np.maximum.at(right, above, right)
        further = above[above]
        if (further == above).all():
            break
        size += size[above] - 1
        above = further
    if (right - left + 1).sum() == size.sum():
        return left, right
    # A tree with crossing branches: there spaCy's edges depend on the order in which it met them.
    return np.array([token.left_edge.i for token in doc]), np.array([token.right_edge.i for token in doc])


def _paragraphs(doc: Doc, is_word: Booleans) -> Integers:
    """Counts up where a line break is followed by a new sentence."""
    starts = np.zeros(len(doc), dtype=np.int64)
    for space in np.flatnonzero(~is_word).tolist():
        if space + 1 < len(doc) and "\n" in doc[space].text and doc[space + 1].is_sent_start:
            starts[space] = 1
    return np.cumsum(starts)


def _headings(offsets: Integers, paragraph: Integers, text: str) -> Booleans:
    is_above = offsets < below_headings(text)
    article = paragraph[~is_above]
    return is_above | (len(article) > 0 and article[0] == article[-1])


def _quotes(offsets: Integers, quoted: Sequence[Quotation]) -> Integers:
    numbers = np.zeros(len(offsets), dtype=np.int64)
    edges = np.searchsorted(offsets, [quotation.span for quotation in quoted] or np.zeros((0, 2)))
    for number, (quotation, (first, last)) in enumerate(zip(quoted, edges.tolist(), strict=True), start=1):
        numbers[first:last] = number if quotation.is_double else -number
    return numbers


def _runs(values: Integers) -> tuple[Integers, Integers]:
    """First and last row of the run of equal values around each row."""
    changes = np.flatnonzero(np.diff(values)) + 1
    edges = np.concatenate([[0], changes, [len(values)]])
    run = np.searchsorted(edges, np.arange(len(values)), side="right") - 1
    return edges[run], edges[run + 1] - 1
