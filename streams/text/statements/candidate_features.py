"""Features by which a model judges whole candidates: is this source, cue and content a statement of the article?

Reads:  a token table, the probability of every row to be a cue, candidates
Writes: one column of hashes per feature, one row per candidate
Deliberately absent: which features matter; training decides.

The first two networks look at a cue alone and at its tokens alone; here a candidate also meets its rivals, since
contents of an article overlap as good as never, nor does a cue stand in the content of another.
"""

from dataclasses import dataclass

import numpy as np

from readout.streams.text.statements.candidates import Candidates
from readout.streams.text.statements.hashed_network import Feature, Floats, Hashes, Integers
from readout.streams.text.statements.rivals import rivals
from readout.streams.text.statements.token_features import frame_signature
from readout.streams.text.statements.token_table import TokenTable

_LENGTHS = np.array([0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96])


@dataclass(frozen=True, slots=True)
class _View:
    """What the groups of features share: one row per candidate."""

    t: TokenTable
    candidates: Candidates
    head: Integers
    first: Integers
    last: Integers
    chance: Floats
    """Probability that the head is a cue."""
    sureness: Floats
    """One row per field of `Candidate.sureness`."""
    quoted: Floats
    """Share of the content in quotation marks."""
    lemma: Hashes
    tag: Hashes


def candidate_features(t: TokenTable, probability: Floats, candidates: Candidates) -> list[Feature]:
    """The feature columns of the candidates, which must not be none."""
    head, content = candidates.head, candidates.content
    quoted = content.sums(t.quote[content.rows] > 0) / content.sizes
    view = _View(
        t=t,
        candidates=candidates,
        head=head,
        first=content.rows[content.starts],
        last=content.rows[content.starts + content.sizes - 1],
        chance=candidates.probability,
        sureness=candidates.sureness,
        quoted=quoted.astype(np.float32),
        lemma=t.lemma[head],
        tag=t.tag[head],
    )
    return [
        *_certainty(view),
        *_source(view),
        *_content(view),
        *_edges(view),
        *_place(view),
        *_rivals(view, probability),
    ]


def _certainty(v: _View) -> list[Feature]:
    """What the other networks think."""
    mean, least, source, best_source, expected = v.sureness
    size, option = v.candidates.content.sizes, v.candidates.option
    chance = _steps(v.chance, 10)
    alternatives = np.bincount(v.head)[v.head]
    return [
        _steps(v.chance, 20),
        (chance, _steps(mean, 8)),
        _steps(mean, 20),
        _steps(least, 10),
        (_steps(source, 10), _steps(best_source, 10)),
        (_steps(size / np.maximum(expected, 1), 8), _steps(mean, 5)),
        (chance, _steps(source, 4), _steps(mean, 4)),
        (chance, v.lemma),
        (v.tag, chance, _steps(v.quoted, 2)),
        (option, alternatives),
        (option, v.lemma),
        (option, _steps(source, 10)),
        (option, _cuts(v.t, v.first, v.last)),
    ]


def _source(v: _View) -> list[Feature]:
    t = v.t
    root = v.candidates.source.roots(t.head)
    named = root >= 0
    lemma, tag, dep = (np.where(named, column[root], 0) for column in (t.lemma, t.tag, t.dep))
    below = named & (t.head[root] == v.head)
    return [
        _length(v.candidates.source.sizes),
        (tag, dep),
        lemma,
        (lemma, v.lemma),
        np.where(named, t.entity[root], 1),
        (below, dep, v.tag),
        (v.first < v.head, root < v.head, named, v.tag),
        (_length(np.abs(root - v.head)), root < v.head, named),
    ]


def _content(v: _View) -> list[Feature]:
    t, content = v.t, v.candidates.content
    root = content.roots(t.head)
    gap = np.diff(content.rows, prepend=0) > 1
    gap[content.starts] = False
    pieces = content.sums(gap)
    lemma, dep, tag = t.lemma[root], t.dep[root], t.tag[root]
    return [
        _length(content.sizes),
        (pieces, _steps(v.quoted, 4)),
        (v.lemma, dep),
        (v.lemma, lemma),
        (v.tag, dep, tag),
        (t.head[root] == v.head, dep, v.lemma),
        lemma,
    ]


def _edges(v: _View) -> list[Feature]:
    """Where the content begins and ends."""
    t, first, last = v.t, v.first, v.last
    cuts = _cuts(t, first, last)
    beyond = np.minimum(last + 1, len(t) - 1)
    return [
        t.lower[first],
        t.lower[last],
        np.where(last + 1 < len(t), t.lower[beyond], 0),
        (t.tag[first], t.tag[last]),
        (_length(np.abs(first - v.head)), first > v.head),
        (_length(np.abs(last - v.head)), last > v.head),
        (cuts, v.lemma),
        (cuts, t.quote[v.head] > 0, _steps(v.quoted, 4)),
        (t.lower[beyond], t.dep[beyond]),
    ]


def _place(v: _View) -> list[Feature]:
    t, head = v.t, v.head
    signature = frame_signature(t)[head]
    return [
        v.lemma,
        (v.tag, signature),
        (t.heading[head], _steps(v.chance, 5)),
        (t.quote[head] > 0, _steps(v.quoted, 4)),
        np.full(len(head), min(int((~t.heading[head]).sum()) // 4, 50)),
    ]


def _rivals(v: _View, probability: Floats) -> list[Feature]:
    inside, holds, overlaps = rivals(len(v.t), v.candidates)
    chance = _steps(v.chance, 5)
    content = v.candidates.content
    strongest = content.most(probability[content.rows])
    return [
        (_steps(inside, 10), chance),
        (_steps(holds, 10), chance),
        (_steps(overlaps, 10), chance),
        _steps(strongest, 8),
    ]


def _steps(values: Floats, count: int) -> Integers:
    """Values from 0 to 1 (and beyond) on a scale of whole numbers."""
    steps: Integers = np.minimum((values * count).astype(np.int64), count)
    return steps


def _length(values: Integers) -> Integers:
    return np.searchsorted(_LENGTHS, values)


def _cuts(t: TokenTable, first: Integers, last: Integers) -> Integers:
    """1 where a content begins inside a quotation, 2 where it ends inside of one, 3 for both."""
    begins = (t.quote[first] > 0) & (t.quote_first[first] < first)
    ends = (t.quote[last] > 0) & (t.quote_last[last] > last)
    cuts: Integers = begins + 2 * ends
    return cuts
