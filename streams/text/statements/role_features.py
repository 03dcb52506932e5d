"""Features by which a model tells which tokens around a cue are its source, its content, or none of both.

Reads:  a token table, the cue probability of every row, and pairs of a cue and a token near it
Writes: one column of hashes per feature, one row per pair
Deliberately absent: which features matter; training decides.

Most features join something with the place of the token in the tree seen from the cue: how many steps up from
the cue the two meet, which branch below that word the token is in, and on which side of the cue it stands.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from readout.streams.text.statements.hashed_network import (
    Booleans,
    Feature,
    Floats,
    Hashes,
    Integers,
    bucket_indices,
    mix,
)
from readout.streams.text.statements.role_windows import Pairs, Way, ways
from readout.streams.text.statements.token_features import (
    among,
    ascended,
    bucketed,
    frame_signature,
    label_id,
    label_ids,
    share_of,
    shifted,
    token_features,
)
from readout.streams.text.statements.token_table import TokenTable

_STRONG = 0.4
_WHOLLY = 0.85
_STOPS = label_ids(": ; — – -- -")


@dataclass(frozen=True, slots=True)
class _View:
    """What the groups of features share: the table, the pairs, and where the token stands seen from the cue."""

    t: TokenTable
    c: Integers
    k: Integers
    way: Way
    after: Booleans
    place: Hashes
    ahead: Integers
    """Quotations that open between cue and token."""
    quoted: Hashes


def role_indices(
    t: TokenTable, probability: Floats, pairs: Pairs, cues: Integers, buckets: int
) -> NDArray[np.int32]:
    """The features of the pairs: what the token is (`token_features`), then `pair_features`."""
    tokens = bucket_indices(token_features(t), buckets)
    features = pair_features(t, probability, pairs, cues)
    own = bucket_indices(features, buckets, first=tokens.shape[1])
    return np.concatenate([tokens[pairs.token], own], axis=1, dtype=np.int32)


def pair_features(t: TokenTable, probability: Floats, pairs: Pairs, cues: Integers) -> list[Feature]:
    """What the token is for its cue; `cues` are the rows that the numbers of the pairs count."""
    view = _view(t, pairs, ways(t, pairs, cues))
    return [
        *_tree(view),
        *_cue(view),
        *_distance(view),
        *_quotation(view),
        *_rivals(view, probability > _STRONG),
        *_marks(view),
    ]


def _view(t: TokenTable, pairs: Pairs, way: Way) -> _View:
    c, k = pairs.cue, pairs.token
    after = k > c
    opens = (t.quote > 0) & (t.quote != np.concatenate([[0], t.quote[:-1]]))
    opened = np.cumsum(opens)
    ahead = np.clip(opened[k] - opened[c], -3, 3)
    same = (t.quote[k] == t.quote[c]) & (t.quote[k] > 0)
    quoted = mix(t.quote[k] > 0, t.quote[c] > 0, same, ahead, after)
    return _View(t, c, k, way, after, mix(way.level, t.dep[way.branch], after), ahead, quoted)


def _tree(v: _View) -> list[Feature]:
    t, k, way, place = v.t, v.k, v.way, v.place
    branch_dep, dep, tag = t.dep[way.branch], t.dep[k], t.tag[k]
    return [
        place,
        (place, way.path),
        (way.path, way.level),
        (place, dep, way.below),
        (place, tag),
        (branch_dep, dep),
        (place, t.lemma[way.meet]),
        (place, t.tag[way.meet], t.dep[way.meet]),
        (place, t.lemma[way.branch]),
        (place, t.tag[way.branch]),
        (way.below, place),
        (t.dep[t.head[k]], dep, place),
        (t.entity[k], place),
    ]


def _cue(v: _View) -> list[Feature]:
    t, c, k, place = v.t, v.c, v.k, v.place
    lemma, tag, dep, signature = t.lemma[c], t.tag[c], t.dep[c], frame_signature(t)[c]
    following, preceding = shifted(t.lemma, 1)[c], shifted(t.lemma, -1)[c]
    return [
        lemma,
        (place, lemma),
        (place, tag, signature),
        (place, following),
        (place, preceding),
        (place, dep),
        (lemma, t.tag[k], v.after),
        (lemma, t.dep[k], v.after),
        (tag, dep, signature),
        (lemma, t.lemma[k]),
        (k == c, place),
        (following, v.after, v.quoted),
    ]


def _distance(v: _View) -> list[Feature]:
    t, c, k = v.t, v.c, v.k
    near = bucketed(k - c)
    hops = np.clip(t.sentence[k] - t.sentence[c], -4, 4)
    whole = share_of(t.sentence, t.quote > 0) > _WHOLLY
    return [
        near,
        (near, t.tag[k]),
        (near, v.place),
        (near, t.dep[k]),
        (hops, t.paragraph[k] != t.paragraph[c]),
        (hops, v.quoted),
        (hops, whole[k], t.quote[k] > 0, v.ahead),
    ]


def _quotation(v: _View) -> list[Feature]:
    t, c, k = v.t, v.c, v.k
    return [v.quoted, (v.quoted, v.place), (v.quoted, t.lemma[c]), (v.quoted, t.tag[k])]


def _rivals(v: _View, strong: Booleans) -> list[Feature]:
    """Other cues: between the two, above the token, in its sentence."""
    t, c, k = v.t, v.c, v.k
    count = np.cumsum(strong)
    until: Integers = count[np.maximum(k - 1, 0)] - count[c]
    since: Integers = count[np.maximum(c - 1, 0)] - count[k]
    between: Integers = np.clip(np.where(v.after, until, since), 0, 3)
    owner = ascended(t, t.head, strong)[k]
    is_owned = strong[owner] & (owner != k)
    owned = mix(np.where(is_owned, np.where(owner == c, 2, 1), 0), strong[k])
    crowd = np.clip(np.bincount(t.sentence, strong)[t.sentence], 0, 4).astype(np.int64)
    inside = t.quote > 0
    return [
        (between, v.after),
        (between, v.place),
        owned,
        (owned, v.place),
        (owned, v.after, t.tag[k]),
        (crowd[k], t.sentence[k] == t.sentence[c], v.after, inside[k]),
        (crowd[c], v.ahead, inside[k]),
        (inside[c], crowd[c], v.place),
    ]


def _marks(v: _View) -> list[Feature]:
    """Commas, colons and dashes between the two."""
    t, c, k = v.t, v.c, v.k
    comma = np.cumsum(t.lower == label_id(","))
    stop = np.cumsum(among(t.lower, _STOPS))
    commas: Integers = np.clip(comma[k] - comma[c], -3, 3)
    stops: Integers = np.clip(stop[k] - stop[c], -1, 1)
    same = t.sentence[k] == t.sentence[c]
    return [(commas, stops, same), (commas, v.place), (stops, v.place)]
