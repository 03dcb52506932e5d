"""Candidates: for every possible cue the sources and contents that the chain of roles gives it.

Reads:  a token table, the probability of every row to be a cue, the role network and its chain
Writes: candidates, one or two for each possible cue; far more than there are statements
Deliberately absent: which of them are right; `candidate_features` and a third network judge that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from readout.streams.text.statements.hashed_network import (
    Booleans,
    Floats,
    HashedNetwork,
    Integers,
    bucket_indices,
)
from readout.streams.text.statements.readings import Frame, frame, readings
from readout.streams.text.statements.role_features import pair_features
from readout.streams.text.statements.role_sequence import Chain, best_roles, role_chances
from readout.streams.text.statements.role_windows import windows
from readout.streams.text.statements.row_groups import RowGroups
from readout.streams.text.statements.token_features import token_features
from readout.streams.text.statements.token_table import TokenTable

POSSIBLE = 0.12
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Candidates:
    """Readings of cues: one number, or one group of rows in reading order, for each."""

    head: Integers
    probability: Floats
    """That `head` is a cue at all."""
    option: Integers
    """0 for the likeliest sequence of roles; others are other readings of the content, from 4 on of the source."""
    sureness: Floats
    """Five lines: mean and least content marginal in the content, best source marginal in the source and
    anywhere, and the expected size of the content."""
    cue: RowGroups
    source: RowGroups
    content: RowGroups

    def __len__(self) -> int:
        return len(self.head)

    def only(self, wanted: Booleans) -> "Candidates":
        """The wanted ones."""
        return Candidates(
            head=self.head[wanted],
            probability=self.probability[wanted],
            option=self.option[wanted],
            sureness=self.sureness[:, wanted],
            cue=self.cue.only(wanted),
            source=self.source.only(wanted),
            content=self.content.only(wanted),
        )


def find_candidates(
    table: TokenTable,
    probability: Floats,
    network: HashedNetwork,
    chain: Chain,
    *,
    possible: float = POSSIBLE,
) -> Candidates | None:
    """All candidates of a body, in the order of their cues; None if no word has a chance beyond `possible`."""
    cues = np.flatnonzero(probability > possible)
    if not len(cues):
        return None
    features = token_features(table)
    tokens = network.summed(bucket_indices(features, network.buckets))
    found: list[Candidates] = []
    for start in range(0, len(cues), _AT_ONCE):
        some = cues[start : start + _AT_ONCE]
        pairs = windows(table, some)
        own = pair_features(table, probability, pairs, some)
        indices = bucket_indices(own, network.buckets, first=len(features))
        scores = network.scores_of(network.summed(indices) + tokens[pairs.token])
        sizes = np.bincount(pairs.number)
        roles, chances = best_roles(scores, sizes, chain), role_chances(scores, sizes, chain)
        found.append(_candidates(frame(table, pairs, roles, chances), probability))
    return found[0] if len(found) == 1 else _joined(found)


def _candidates(f: Frame, probability: Floats) -> Candidates:
    """One candidate for each way of reading source and content that gives another one."""
    found = readings(f)
    reading, option = np.nonzero(found.contents.any(axis=2))
    line, low = found.line[reading], f.low[found.line[reading]]
    source, content = found.source[reading], found.contents[reading, option]
    head = f.head[line]
    return Candidates(
        head=head,
        probability=probability[head],
        option=option + found.contents.shape[1] * found.option[reading],
        sureness=_sureness(f, line, source, content),
        cue=RowGroups.flagged(f.cue[line], low),
        source=RowGroups.flagged(source, low),
        content=RowGroups.flagged(content, low),
    )


def _sureness(f: Frame, line: Integers, source: Booleans, content: Booleans) -> Floats:
    chances = f.content[line]
    seen = content & f.window[line]
    return np.stack(
        [
            (chances * seen).sum(axis=1) / seen.sum(axis=1).astype(np.float32),
            np.where(seen, chances, 1).min(axis=1),
            (f.source[line] * source).max(axis=1),
            f.source.max(axis=1)[line],
            f.content.sum(axis=1)[line],
        ]
    )


def _joined(parts: Sequence[Candidates]) -> Candidates:
    return Candidates(
        head=np.concatenate([one.head for one in parts]),
        probability=np.concatenate([one.probability for one in parts]),
        option=np.concatenate([one.option for one in parts]),
        sureness=np.concatenate([one.sureness for one in parts], axis=1),
        cue=RowGroups.joined([one.cue for one in parts]),
        source=RowGroups.joined([one.source for one in parts]),
        content=RowGroups.joined([one.content for one in parts]),
    )
