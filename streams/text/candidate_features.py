"""Features by which a model judges whole candidates: is this source, cue and content a statement of the article?

Reads:  a token table, the probability of every row to be a cue, candidates
Writes: one column of hashes per feature, one row per candidate
Deliberately absent: which features matter; training decides.

The first two networks look at a cue alone and at its tokens alone; here a candidate also meets its rivals, since
contents of an article overlap as good as never, nor does a cue stand in the content of another.
"""

from collections.abc import Sequence

import numpy as np

from streams.text.candidates import Candidate
from streams.text.cue_features import frame_signature, frames
from streams.text.hashed_network import Column, Floats, Integers, mix
from streams.text.token_table import TokenTable

_LENGTHS = np.array([0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96])


def candidate_features(
    t: TokenTable, probability: Floats, candidates: Sequence[Candidate]
) -> list[Column]:
    """The feature columns of the candidates, which must not be none."""
    head = np.array([candidate.head for candidate in candidates])
    first = np.array([candidate.content[0] for candidate in candidates])
    last = np.array([candidate.content[-1] for candidate in candidates])
    size = np.array([len(candidate.content) for candidate in candidates])
    source_size = np.array([len(candidate.source) for candidate in candidates])
    option = np.array([candidate.option for candidate in candidates])
    pieces = np.array([int((np.diff(candidate.content) > 1).sum()) for candidate in candidates])
    quoted = np.array([float((t.quote[candidate.content] > 0).mean()) for candidate in candidates])
    rival_cue = np.array([float(probability[candidate.content].max()) for candidate in candidates])
    chance = np.array([candidate.probability for candidate in candidates])
    mean, least, source_sure, source_best, expected = np.array([candidate.sureness for candidate in candidates]).T
    source, content = _roots(t, candidates)
    named = source >= 0
    inside, holds, overlaps = rivals(len(t), candidates)
    signature = frame_signature(frames(t))[head]
    lemma, tag = t.lemma[head], t.tag[head]
    source_lemma = np.where(named, t.lemma[source], 0)
    source_tag, source_dep = np.where(named, t.tag[source], 0), np.where(named, t.dep[source], 0)
    content_lemma, content_dep, content_tag = t.lemma[content], t.dep[content], t.tag[content]
    chance20, chance10, chance5 = _steps(chance, 20), _steps(chance, 10), _steps(chance, 5)
    after = np.where(last + 1 < len(t), t.lower[np.minimum(last + 1, len(t) - 1)], 0)
    before_head = first < head
    cut = _cuts(t, first, last)
    return [
        chance20,
        mix(chance10, _steps(mean, 8)),
        _steps(mean, 20),
        _steps(least, 10),
        mix(_steps(source_sure, 10), _steps(source_best, 10)),
        _length(size),
        _length(source_size),
        mix(pieces, _steps(quoted, 4)),
        mix(chance10, lemma),
        lemma,
        mix(tag, signature),
        mix(lemma, content_dep),
        mix(lemma, content_lemma),
        mix(tag, content_dep, content_tag),
        content_lemma,
        mix(source_tag, source_dep),
        source_lemma,
        mix(source_lemma, lemma),
        np.where(named, t.entity[source], 1),
        mix(_steps(inside, 10), chance5),
        mix(_steps(holds, 10), chance5),
        mix(_steps(overlaps, 10), chance5),
        t.lower[first],
        t.lower[last],
        after,
        mix(t.tag[first], t.tag[last]),
        mix(before_head, source < head, named, tag),
        mix(_length(np.abs(first - head)), first > head),
        mix(_length(np.abs(last - head)), last > head),
        mix(t.paragraph[head] == 0, chance5),
        mix(_steps(size / np.maximum(expected, 1), 8), _steps(mean, 5)),
        mix(t.quote[head] > 0, _steps(quoted, 4)),
        _steps(rival_cue, 8),
        np.full(len(head), min(len(candidates) // 4, 50)),
        mix(chance10, _steps(source_sure, 4), _steps(mean, 4)),
        mix(tag, chance10, _steps(quoted, 2)),
        mix(option, _alternatives(head)),
        mix(option, cut),
        mix(cut, lemma),
        mix(cut, t.quote[head] > 0, _steps(quoted, 4)),
    ]


def _cuts(t: TokenTable, first: Integers, last: Integers) -> Integers:
    """1 where a content begins inside a quotation, 2 where it ends inside of one, 3 for both."""
    begins = (t.quote[first] > 0) & (first > 0) & (t.quote[np.maximum(first - 1, 0)] == t.quote[first])
    beyond = np.minimum(last + 1, len(t) - 1)
    ends = (t.quote[last] > 0) & (last + 1 < len(t)) & (t.quote[beyond] == t.quote[last])
    cuts: Integers = begins.astype(np.int64) + 2 * ends
    return cuts


def _steps(values: Floats, count: int) -> Integers:
    """Values from 0 to 1 (and beyond) on a scale of whole numbers."""
    steps: Integers = np.minimum((values * count).astype(np.int64), count)
    return steps


def _length(values: Integers) -> Integers:
    return np.searchsorted(_LENGTHS, values)


def _alternatives(head: Integers) -> Integers:
    """How many candidates share the cue."""
    return np.bincount(head)[head]


def _roots(t: TokenTable, candidates: Sequence[Candidate]) -> tuple[Integers, Integers]:
    """The main words of source and content; -1 where there is no source."""
    sources = [_root(t, candidate.source) if len(candidate.source) else -1 for candidate in candidates]
    contents = [_root(t, candidate.content) for candidate in candidates]
    return np.array(sources), np.array(contents)


def _root(t: TokenTable, rows: Integers) -> int:
    heads = t.head[rows]
    outside = (heads < rows[0]) | (heads > rows[-1]) | (heads == rows)
    return int(rows[outside.argmax()])


def rivals(size: int, candidates: Sequence[Candidate]) -> tuple[Floats, Floats, Floats]:
    """How strong the strongest other cue is whose content holds the head; whose head lies in the content; whose
    content overlaps."""
    best, second = np.zeros(size), np.zeros(size)
    owner = np.full(size, -1)
    heads = np.zeros(size)
    for candidate in candidates:
        if candidate.option:
            continue
        strength = candidate.probability * candidate.sureness[0]
        heads[candidate.head] = strength
        rows = candidate.content
        better = strength > best[rows]
        second[rows] = np.where(better, best[rows], np.maximum(second[rows], strength))
        owner[rows[better]] = candidate.head
        best[rows] = np.maximum(best[rows], strength)
    inside = [best[candidate.head] for candidate in candidates]
    holds = [heads[candidate.content].max() for candidate in candidates]
    overlaps = [
        np.where(owner[candidate.content] == candidate.head, second[candidate.content], best[candidate.content]).max()
        for candidate in candidates
    ]
    return np.array(inside), np.array(holds), np.array(overlaps)
