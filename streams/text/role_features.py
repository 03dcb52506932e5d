"""Features by which a model tells which tokens around a cue are its source, its content, or none of both.

Reads:  a token table, the cue probability of every row, and pairs of a cue and a token near it
Writes: one column of hashes per feature, one row per pair
Deliberately absent: which features matter; training decides.

Most features say how the token hangs in the sentence seen from the cue: climb from both to the first word that they
share, and note the step up from the cue (`path`), the branch that the token is in, and how deep it lies in there.
"""

from dataclasses import dataclass

import numpy as np

from streams.text.cue_features import buckets, frame_signature, frames, shifted
from streams.text.hashed_network import Floats, Hashes, mix
from streams.text.token_table import Integers, TokenTable
from spacy.strings import get_string_id

STRONG = 0.4
_NEAR = 110
_DEEPEST = 60


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows of cue and token for every token in the window of every cue; windows follow each other."""

    cue: Integers
    token: Integers
    number: Integers
    """Which cue of the list the pair belongs to."""


def windows(t: TokenTable, cues: Integers) -> Pairs:
    """The tokens of the cue's paragraph, and of the next where that begins after a colon or below a headline."""
    first = np.searchsorted(t.paragraph, t.paragraph[cues], side="left")
    last = np.searchsorted(t.paragraph, t.paragraph[cues], side="right")
    colon = t.lower[last - 1] == np.uint64(get_string_id(":"))
    opens = (colon | (t.paragraph[cues] == 0)) & (last < len(t))
    beyond = np.searchsorted(t.paragraph, t.paragraph[np.minimum(last, len(t) - 1)], side="right")
    last = np.where(opens, beyond, last)
    first, last = np.maximum(first, cues - _NEAR), np.minimum(last, cues + _NEAR)
    sizes = last - first
    number = np.repeat(np.arange(len(cues)), sizes)
    token = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first[number]
    return Pairs(cues[number], token, number)


def role_features(t: TokenTable, probability: Floats, pairs: Pairs, cues: Integers) -> list[Hashes]:
    """The feature columns of the pairs."""
    c, k = pairs.cue, pairs.token
    depth = depths(t)
    way = climb(t, pairs, cues, depth)
    level, branch, meet, path = way.level, way.branch, way.meet, way.path
    below = np.minimum(depth[k] - depth[branch], 6)
    side = k > c
    same = t.sentence[k] == t.sentence[c]
    hops = np.clip(t.sentence[k] - t.sentence[c], -4, 4)
    far = t.paragraph[k] != t.paragraph[c]
    near = buckets(k - c)
    inside = (t.quote > 0).astype(np.int64)
    opened = np.cumsum((t.quote > 0) & (t.quote != np.concatenate([[0], t.quote[:-1]])))
    ahead = np.clip(opened[k] - opened[c], -3, 3)
    same_quote = (t.quote[k] == t.quote[c]) & (inside[k] > 0)
    quoted = mix(inside[k], inside[c], same_quote, ahead, side)
    strong = probability > STRONG
    count = np.cumsum(strong)
    between = np.where(side, count[np.maximum(k - 1, 0)] - count[c], count[np.maximum(c - 1, 0)] - count[k])
    between = np.clip(between, 0, 3)
    owner = owners(t, strong)
    owned = np.where(owner[k] == c, 2, np.where(owner[k] < 0, 0, 1)) + 3 * np.where(strong[k], 1, 0)
    crowd = np.bincount(t.sentence, strong)[t.sentence].astype(np.int64)
    whole = (np.bincount(t.sentence, inside) / np.maximum(np.bincount(t.sentence), 1))[t.sentence] > 0.85
    comma = np.cumsum(t.lower == np.uint64(get_string_id(",")))
    commas = np.clip(comma[k] - comma[c], -3, 3)
    stops = np.cumsum(np.isin(t.lower, _STOPS))
    stop = np.clip(stops[k] - stops[c], -1, 1)
    frame = frames(t)
    signature = frame_signature(frame)
    tokens = token_columns(t)
    branch_dep, dep, tag = t.dep[branch], t.dep[k], t.tag[k]
    place = mix(level, branch_dep, side)
    cue_lemma, cue_tag, cue_dep = t.lemma[c], t.tag[c], t.dep[c]
    cue_next, cue_last = shifted(t.lemma, 1)[c], shifted(t.lemma, -1)[c]
    columns = [column[k] for column in tokens]
    columns += [mix(place), mix(place, path), mix(path, level), mix(place, dep, below), mix(place, tag), mix(branch_dep, dep)]
    columns += [mix(place, cue_lemma), mix(place, cue_tag, signature[c]), mix(place, cue_next), mix(place, cue_last), mix(place, cue_dep)]
    columns += [mix(place, t.lemma[meet]), mix(place, t.tag[meet], t.dep[meet]), mix(place, t.lemma[branch]), mix(place, t.tag[branch])]
    columns += [mix(near), mix(near, tag), mix(near, place), mix(near, dep), mix(below, place), mix(same, hops, far)]
    columns += [mix(hops, quoted), mix(hops, whole[k], inside[k], ahead), mix(quoted), mix(quoted, place), mix(quoted, cue_lemma), mix(quoted, tag)]
    columns += [mix(between, side), mix(between, place), mix(owned), mix(owned, place), mix(owned, side, tag)]
    columns += [mix(np.clip(crowd[k], 0, 4), same, side, inside[k]), mix(np.clip(crowd[c], 0, 4), ahead, inside[k])]
    columns += [mix(commas, stop, same), mix(commas, place), mix(stop, place)]
    columns += [mix(cue_lemma), mix(cue_lemma, tag, side), mix(cue_lemma, dep, side), mix(cue_tag, cue_dep, signature[c])]
    columns += [mix(cue_lemma, t.lemma[k]), mix(k == c, place), mix(t.dep[t.head[k]], dep, place), mix(t.entity[k], place)]
    columns += [mix(cue_next, side, quoted), mix(inside[c], crowd[c], place)]
    return columns


_STOPS = np.array([get_string_id(mark) for mark in (":", ";", "—", "–", "--", "-")], dtype=np.uint64)


def token_columns(t: TokenTable) -> list[Hashes]:
    """What a token is, whatever the cue."""
    rows = np.arange(len(t))
    first = np.searchsorted(t.sentence, t.sentence, side="left")
    inside = (t.quote > 0).astype(np.uint64)
    head = t.head
    columns = [t.lower, t.lemma, t.tag, t.dep, t.entity, t.shape]
    columns += [shifted(t.lemma, step) for step in (-2, -1, 1, 2)]
    columns += [shifted(t.tag, step) for step in (-1, 1)]
    columns += [mix(t.lemma[head], t.dep), mix(t.tag[head], t.dep), mix(shifted(t.tag, -1), t.tag, shifted(t.tag, 1))]
    columns += [mix(inside, shifted(inside, -1), shifted(inside, 1)), buckets(rows - first)]
    columns += [mix(t.dep[head], t.dep[head[head]], t.dep)]
    return columns


def depths(t: TokenTable) -> Integers:
    """How many heads there are above each token."""
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


@dataclass(frozen=True, slots=True)
class Climb:
    """For each pair: steps up from the cue to the shared word, the token's branch below it, that word, the path."""

    level: Integers
    """15 stands for no shared word: the two are in different sentences."""
    branch: Integers
    meet: Integers
    path: Hashes


def climb(t: TokenTable, pairs: Pairs, cues: Integers, depth: Integers) -> Climb:
    """Climb from every token until its cue's own way to the root is met; ways are kept within the window only."""
    starts = pairs.token[np.searchsorted(pairs.number, np.arange(len(cues)))]
    width = int((pairs.token - starts[pairs.number]).max(initial=0)) + 1
    paths = _cue_paths(t, cues, starts, width)
    start = starts[pairs.number]
    branch, meet = pairs.token.copy(), pairs.token.copy()
    found = paths[pairs.number, meet - start]
    for _ in range(_DEEPEST):
        up = t.head[meet]
        moving = (found == 0) & (up != meet)
        if not moving.any():
            break
        branch = np.where(moving, meet, branch)
        meet = np.where(moving, up, meet)
        inside = (meet >= start) & (meet < start + width)
        found = np.where(inside, paths[pairs.number, np.where(inside, meet - start, 0)], 0)
    level = np.where(found == 0, 15, np.clip(depth[pairs.cue] - depth[meet], 0, 8))
    return Climb(level, branch, meet, found)


def _cue_paths(t: TokenTable, cues: Integers, starts: Integers, width: int) -> Hashes:
    """For each cue and row of its window the labels from the cue up to that row, 0 off the way."""
    paths = np.zeros((len(cues), width), dtype=np.uint64)
    every = np.arange(len(cues))
    at, trail = cues.copy(), np.ones(len(cues), dtype=np.uint64)
    paths[every, at - starts] = trail
    for step in range(_DEEPEST):
        up = t.head[at]
        moving = up != at
        if not moving.any():
            break
        trail = np.where(moving & (step < 4), mix(trail, t.dep[at]), trail)
        kept = moving & (up >= starts) & (up < starts + width)
        paths[every[kept], (up - starts)[kept]] = trail[kept]
        at = up
    return paths


def owners(t: TokenTable, strong: np.ndarray) -> Integers:
    """The nearest strong cue above each token, -1 where there is none."""
    at = t.head.copy()
    for _ in range(_DEEPEST):
        moving = ~strong[at] & (t.head[at] != at)
        if not moving.any():
            break
        at = np.where(moving, t.head[at], at)
    return np.where(strong[at] & (at != np.arange(len(t))), at, -1)
