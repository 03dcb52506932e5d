"""Candidates: for every possible cue the sources and contents that the chain of roles gives it.

Reads:  a token table, the probability of every row to be a cue, the role network and its chain
Writes: candidates, one or two for each possible cue; far more than there are statements
Deliberately absent: which of them are right; `candidate_features` and a third network judge that.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from spacy.strings import get_string_id

from streams.text.statements.hashed_network import (
    Floats,
    HashedNetwork,
    Integers,
    bucket_indices,
)
from streams.text.statements.role_features import pair_features
from streams.text.statements.role_sequence import (
    CONTENT,
    CUE,
    SOURCE,
    Chain,
    best_roles,
    role_chances,
)
from streams.text.statements.role_windows import Pairs, windows
from streams.text.statements.token_features import among, token_features
from streams.text.statements.token_table import TokenTable

POSSIBLE = 0.12
_LIKELY_CONTENT = 0.4
_LIKELY_SOURCE, _SOURCE_EDGE = 0.2, 0.1
_SMALL_HOLE = 3
_AT_ONCE = 256
_LONGEST_WAY = 4
_SUBJECTS = np.array([get_string_id(label) for label in ("nsubj", "nsubjpass")], dtype=np.uint64)
_SHARES_SUBJECT = np.array([get_string_id(label) for label in ("conj", "xcomp", "advcl")], dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of one cue, as rows of the table in reading order."""

    head: int
    probability: float
    """That `head` is a cue at all."""
    cue: Integers
    source: Integers
    content: Integers
    option: int
    """0 for the likeliest sequence of roles; others are other readings of the content, from 4 on of the source."""
    sureness: tuple[float, float, float, float, float]
    """Mean and least content marginal in the content, best source marginal in the source and anywhere, and
    the expected size of the content."""


def find_candidates(
    table: TokenTable,
    probability: Floats,
    network: HashedNetwork,
    chain: Chain,
    *,
    possible: float = POSSIBLE,
) -> list[Candidate]:
    """All candidates of a body, in the order of their cues; cues of a chance up to `possible` have none."""
    cues = np.flatnonzero(probability > possible)
    if not len(cues):
        return []
    columns = token_features(table)
    tokens = network.summed(bucket_indices(columns, network.buckets))
    found: list[Candidate] = []
    for first in range(0, len(cues), _AT_ONCE):
        some = cues[first : first + _AT_ONCE]
        pairs = windows(table, some)
        features = pair_features(table, probability, pairs, some)
        indices = bucket_indices(features, network.buckets, first=len(columns))
        scores = network.scores_of(network.summed(indices) + tokens[pairs.token])
        found += _candidates(table, probability, pairs, scores, chain)
    return found


def _candidates(
    table: TokenTable, probability: Floats, pairs: Pairs, scores: Floats, chain: Chain
) -> Iterator[Candidate]:
    sizes = np.bincount(pairs.number)
    cues = pairs.cue[np.cumsum(sizes) - 1]
    roles, sure = best_roles(scores, sizes, chain), role_chances(scores, sizes, chain)
    ends = np.cumsum(sizes)
    for number, cue in enumerate(cues.tolist()):
        some = slice(ends[number] - sizes[number], ends[number])
        around = Around(cue, float(probability[cue]), pairs.token[some], roles[some], sure[some])
        yield from _readings(table, around)


@dataclass(frozen=True, slots=True)
class Around:
    """A possible cue and what the chain says of the rows around it."""

    head: int
    probability: float
    window: Integers
    roles: Integers
    sure: Floats


def _readings(table: TokenTable, around: Around) -> Iterator[Candidate]:
    """One candidate for each way of reading source and content that gives another one."""
    window, sure = around.window, around.sure
    cue = window[(around.roles == CUE) | (window == around.head)]
    overall = (float(sure[:, SOURCE].max()), float(sure[:, CONTENT].sum()))
    for source_option, source in enumerate(_sources(table, around)):
        contents = _contents(table, around, source)
        for option, content in enumerate(contents):
            if len(content):
                sureness = (*_sureness(window, sure, source, content), *overall)
                number = option + len(contents) * source_option
                yield Candidate(around.head, around.probability, cue, source, content, number, sureness)


def _sources(table: TokenTable, around: Around) -> list[Integers]:
    """The source of the chain; and the subject of the cue, where that is somebody else."""
    window, sure = around.window, around.sure[:, SOURCE]
    source = window[around.roles == SOURCE]
    if not len(source):
        source = _faint_source(window, sure)
    subject = _subject(table, around.head)
    if subject is None:
        return [source]
    phrase = np.arange(table.left[subject], table.right[subject] + 1)
    apart = (phrase < window[0]) | (phrase > window[-1]) | (phrase == around.head)
    content = window[around.roles == CONTENT]
    if apart.any() or among(phrase, source).any() or (content == subject).any():
        return [source]
    return [source, phrase]


def _subject(table: TokenTable, head: int) -> int | None:
    """The subject of a verb, or of the verb that it is joined to or opened by: "Clinton, ..., also accused"."""
    for _ in range(_LONGEST_WAY):
        low, high = int(table.left[head]), int(table.right[head]) + 1
        children = low + np.flatnonzero(table.head[low:high] == head)
        subjects = children[among(table.dep[children], _SUBJECTS)]
        if len(subjects):
            return int(subjects[0])
        if not (table.dep[head] == _SHARES_SUBJECT).any():
            return None
        head = int(table.head[head])
    return None


def _contents(table: TokenTable, around: Around, source: Integers) -> list[Integers]:
    """The likeliest sequence; tokens likely by themselves; quotations and phrases whole: empty where not new."""
    window = around.window
    taken = np.append(source, around.head)
    content = window[around.roles == CONTENT]
    content = content[~among(content, taken)]
    likely = window[around.sure[:, CONTENT] > _LIKELY_CONTENT]
    likely = _without_holes(likely[~among(likely, taken)])
    likely = likely[~among(likely, taken)]
    base = content if len(content) else likely
    found, known = [content], {content.tobytes()}
    for other in (likely, _whole_quotations(table, base, taken), _whole_phrase(table, base, taken)):
        rows = other.tobytes()
        found.append(window[:0] if rows in known else other)
        known.add(rows)
    return found


def _whole_phrase(table: TokenTable, content: Integers, taken: Integers) -> Integers:
    """The content up to the ends of the clause or phrase that its first main word heads: ", which he said ..."."""
    if not len(content):
        return content
    heads = table.head[content]
    main = content[((heads < content[0]) | (heads > content[-1]) | (heads == content)).argmax()]
    phrase = np.arange(table.left[main], table.right[main] + 1)
    if among(phrase, taken).any() or len(phrase) <= len(content):
        return content
    return phrase


def _whole_quotations(table: TokenTable, content: Integers, taken: Integers) -> Integers:
    """The content and all of each quotation that it touches: "where they “met. They will be in touch,” he said"."""
    if not (table.quote[content] > 0).any():
        return content
    touched = content[(table.quote[content] > 0) & ~among(table.quote[content], table.quote[taken])]
    firsts = np.unique(table.quote_first[touched])
    runs = [np.arange(first, table.quote_last[first] + 1) for first in firsts]
    return np.unique(np.concatenate([content, *runs]))


def _faint_source(window: Integers, sure: Floats) -> Integers:
    """The best run for a source when the chain found none: "Clinton, without naming him, also accused Sanders"."""
    peak = int(sure.argmax())
    if sure[peak] < _LIKELY_SOURCE:
        return window[:0]
    first = last = peak
    while first > 0 and sure[first - 1] > _SOURCE_EDGE:
        first -= 1
    while last + 1 < len(sure) and sure[last + 1] > _SOURCE_EDGE:
        last += 1
    return window[first : last + 1]


def _without_holes(rows: Integers) -> Integers:
    """Rows with the small gaps between them filled."""
    if len(rows) < 2:
        return rows
    steps = np.diff(rows)
    sizes = np.where(steps <= _SMALL_HOLE, steps, 1)
    filled = np.repeat(rows[:-1], sizes) + np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.append(filled, rows[-1])


def _sureness(
    window: Integers, sure: Floats, source: Integers, content: Integers
) -> tuple[float, float, float]:
    """Mean and least chance of the content that lies in the window, best chance of the source."""
    first = int(window[0])
    seen = content[(content >= first) & (content <= window[-1])]
    inside = sure[seen - first, CONTENT]
    of_source = float(sure[source - first, SOURCE].max()) if len(source) else 0.0
    return float(inside.sum() / len(inside)), float(inside.min()), of_source
