"""Features by which a model tells which tokens are the main words of cues.

Reads:  a token table that is not empty
Writes: one column of hashes per feature, all as long as the table
Deliberately absent: which features matter; training decides.
"""

import numpy as np

from readout.streams.text.statements.hashed_network import Feature
from readout.streams.text.statements.token_features import (
    among,
    ascended,
    bounds,
    bucketed,
    frame_signature,
    frames,
    label_ids,
    shifted,
)
from readout.streams.text.statements.token_table import TokenTable

# Dependent clauses: no cue stands in the content of another, and contents hang below their cues.
_DEPENDENT = label_ids("ccomp xcomp acl relcl advcl pcomp parataxis")


def cue_features(table: TokenTable) -> list[Feature]:
    """The feature columns of all rows of a table."""
    return [*_words(table), *_frame(table), *_clause(table), *_quotation(table), *_place(table)]


def _words(t: TokenTable) -> list[Feature]:
    """The token and its neighbours."""
    columns: list[Feature] = [t.lower, t.lemma, t.tag, t.dep, t.suffix, t.shape, t.entity]
    columns += [shifted(t.lemma, step) for step in (-3, -2, -1, 1, 2, 3)]
    columns += [shifted(t.tag, step) for step in (-3, -2, -1, 1, 2, 3)]
    columns += [(shifted(t.lower, step), t.lemma) for step in (-1, 1)]
    columns.append((shifted(t.tag, -1), t.tag, shifted(t.tag, 1)))
    columns.append((shifted(t.entity, -1), shifted(t.entity, 1)))
    return columns


def _frame(t: TokenTable) -> list[Feature]:
    """What hangs on the token: "said that", "was expected to", "accused X of"."""
    signature = frame_signature(t)
    return [*frames(t), signature, (signature, t.lemma), (t.tag, signature)]


def _clause(t: TokenTable) -> list[Feature]:
    """What the token hangs on, and what the clause around it hangs on."""
    top = ascended(t, np.arange(len(t)), among(t.dep, _DEPENDENT))
    above = t.head[top]
    inside = t.quote > 0
    return [
        (t.dep, t.lemma[t.head]),
        (t.dep, t.tag[t.head]),
        (t.lemma, t.dep),
        (t.tag, t.dep, inside),
        t.dep[top],
        (t.lemma[above], t.dep[top]),
        (t.lemma[t.head[top[above]]], t.dep[top[above]]),
    ]


def _quotation(t: TokenTable) -> list[Feature]:
    """Whether the sentence has quotations before and after the token, and what share of it is quoted."""
    inside = (t.quote > 0).astype(np.uint64)
    count = np.concatenate([[0], np.cumsum(inside.astype(np.int64))])
    first, last = bounds(t.sentence)
    rows = np.arange(len(t))
    before, after = count[rows] - count[first], count[last + 1] - count[rows + 1]
    share = 4 * (count[last + 1] - count[first]) // (last + 1 - first)
    return [
        (inside, shifted(inside, -1), shifted(inside, 1)),
        (before > 0, after > 0, inside),
        (share, t.tag),
    ]


def _place(t: TokenTable) -> list[Feature]:
    """Where the token stands in its sentence, and its sentence in its paragraph; a headline comes first."""
    rows = np.arange(len(t))
    first, last = bounds(t.sentence)
    paragraph_first, paragraph_last = bounds(t.paragraph)
    return [
        bucketed(rows - first),
        bucketed(last - rows),
        (first == paragraph_first, last == paragraph_last),
        (t.heading, t.tag),
        t.lower[first],
        (t.lower[last], t.heading),
        bucketed(last - first),
    ]
