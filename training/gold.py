"""Annotated articles as rows of token tables: what training learns from.

Reads:  token tables, annotated statements with character offsets
Writes: the rows of source, cue and content, and the cue's main word
Deliberately absent: files (`train`) and learning (`attribution_training`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from readout.streams.text.statements.hashed_network import Booleans, Integers
from readout.streams.text.statements.token_table import TokenTable

Offsets = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class GoldStatement:
    """An annotated statement as rows of the table; `head` is the main word of the cue."""

    head: int
    cue: Integers
    source: Integers
    content: Integers


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An annotated article; rows of `ignored` stand where annotators threw their work away."""

    table: TokenTable
    statements: tuple[GoldStatement, ...]
    ignored: Booleans


def gold_article(
    table: TokenTable, verbs: Booleans, statements: Sequence[Mapping[str, Offsets]], ignore: Offsets
) -> GoldArticle:
    """Align annotations with a table; `verbs` says which rows are verbs. Statements without a cue are left out."""
    ignored = np.zeros(len(table), dtype=bool)
    ignored[_rows(table, ignore)] = True
    aligned = (_statement(table, verbs, statement) for statement in statements)
    return GoldArticle(table, tuple(one for one in aligned if one is not None), ignored)


def _rows(table: TokenTable, spans: Offsets) -> Integers:
    """Rows that share a code point with the spans."""
    parts = [
        np.arange(np.searchsorted(table.end, start, side="right"), np.searchsorted(table.start, end))
        for start, end in spans
    ]
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def _statement(table: TokenTable, verbs: Booleans, statement: Mapping[str, Offsets]) -> GoldStatement | None:
    cue, content = _rows(table, statement["cue"]), _rows(table, statement["content"])
    if not len(cue) or not len(content):
        return None
    return GoldStatement(_head(table, verbs, cue), cue, _rows(table, statement["source"]), content)


def _head(table: TokenTable, verbs: Booleans, cue: Integers) -> int:
    """The first verb of the cue that hangs on no other word of it, else such a word, else the first word."""
    heads = table.head[cue]
    tops = cue[~np.isin(heads, cue) | (heads == cue)]
    for wanted in (tops[verbs[tops]], tops[~table.punctuation[tops]], tops):
        if len(wanted):
            return int(wanted[0])
    return int(cue[0])
