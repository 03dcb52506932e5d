"""What tokens are and where they stand: columns that the features of cues and of roles are made of.

Reads:  a token table
Writes: columns of hashes or numbers, as long as the table
Deliberately absent: what they are good for.
"""

import numpy as np
from spacy.strings import get_string_id

from readout.streams.text.statements.hashed_network import Booleans, Feature, Hashes, Integers
from readout.streams.text.statements.token_table import TokenTable

_EDGES = np.array([-64, -32, -16, -10, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 10, 16, 32, 64])
_DEEPEST = 60


def label_id(label: str) -> np.uint64:
    """The number that stands for a tag, label or word in the columns of a table."""
    return np.uint64(get_string_id(label))


def label_ids(labels: str) -> Hashes:
    """The numbers that stand for several, written with spaces between them."""
    return np.array([get_string_id(label) for label in labels.split()], dtype=np.uint64)


# Labels whose first word tells what frame a verb stands in: "said that", "was expected to", "accused X of".
_FRAME = label_ids(
    """nsubj nsubjpass ccomp dobj prep xcomp advcl agent aux auxpass neg prt mark poss acl relcl parataxis acomp
    advmod pobj pcomp dative case oprd"""
)
_SIGNATURE = label_ids("nsubj nsubjpass ccomp dobj prep xcomp agent auxpass acl advcl")


def among(values: Hashes | Integers, few: Hashes | Integers) -> Booleans:
    """Which values are among a few others; numpy's `isin` takes ten times as long on short arrays."""
    found: Booleans = (values[:, None] == few).any(axis=1)
    return found


def shifted(column: Hashes, step: int) -> Hashes:
    """What stands `step` rows further on; 0 beyond the ends."""
    out = np.zeros(len(column), dtype=column.dtype)
    if abs(step) >= len(column):
        return out
    if step > 0:
        out[:-step] = column[step:]
    else:
        out[-step:] = column[:step]
    return out


def bucketed(distance: Integers) -> Integers:
    """Signed distances on a coarse, roughly logarithmic scale."""
    return np.searchsorted(_EDGES, distance)


def frames(t: TokenTable) -> Hashes:
    """For each label of a frame, by row, the lemma of the last child that has it; 0 where there is none."""
    number, rows = np.nonzero(t.dep == _FRAME[:, None])
    found = np.zeros((len(_FRAME), len(t)), dtype=np.uint64)
    found[number, t.head[rows]] = t.lemma[rows]
    return found


def frame_signature(t: TokenTable) -> Integers:
    """Which labels of a frame the children of each row have at all, as one number."""
    number, rows = np.nonzero(t.dep == _SIGNATURE[:, None])
    signature = np.zeros(len(t), dtype=np.int64)
    np.bitwise_or.at(signature, t.head[rows], 1 << number)
    return signature


def depths(t: TokenTable) -> Integers:
    """How many heads there are above each row."""
    depth = np.zeros(len(t), dtype=np.int64)
    at = np.arange(len(t))
    for _ in range(_DEEPEST):
        up = t.head[at]
        moving = up != at
        if not moving.any():
            break
        depth += moving
        at = up
    return depth


def ascended(t: TokenTable, start: Integers, stops: Booleans) -> Integers:
    """The first row, from `start` upwards, at which to stop; the root where there is none."""
    at = start.copy()
    for _ in range(_DEEPEST):
        moving = ~stops[at] & (t.head[at] != at)
        if not moving.any():
            break
        at = np.where(moving, t.head[at], at)
    return at


def bounds(groups: Integers) -> tuple[Integers, Integers]:
    """First and last row of the group (sentence, paragraph) of each row; groups are numbered in order."""
    first = np.searchsorted(groups, groups, side="left")
    return first, np.searchsorted(groups, groups, side="right") - 1


def share_of(groups: Integers, flags: Booleans) -> np.ndarray:
    """For each row what share of its group is flagged."""
    counted = np.bincount(groups, flags) / np.maximum(np.bincount(groups), 1)
    share: np.ndarray = counted[groups]
    return share


def token_features(t: TokenTable) -> list[Feature]:
    """What a token is, whatever the cue: itself, its neighbours, its head."""
    inside = (t.quote > 0).astype(np.uint64)
    first, _ = bounds(t.sentence)
    columns: list[Feature] = [t.lower, t.lemma, t.tag, t.dep, t.entity, t.shape]
    columns += [shifted(t.lemma, step) for step in (-2, -1, 1, 2)]
    columns += [shifted(t.tag, step) for step in (-1, 1)]
    return [
        *columns,
        (t.lemma[t.head], t.dep),
        (t.tag[t.head], t.dep),
        (shifted(t.tag, -1), t.tag, shifted(t.tag, 1)),
        (inside, shifted(inside, -1), shifted(inside, 1)),
        bucketed(np.arange(len(t)) - first),
        (t.dep[t.head], t.dep[t.head[t.head]], t.dep),
    ]
