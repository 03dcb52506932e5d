"""Learn the three networks of an attribution model from annotated articles.

Reads:  annotated articles as rows of tables
Writes: an attribution model
Deliberately absent: files, and chance that is not seeded.

Each network learns from what the ones before it say of articles that they have not seen: the articles are
dealt into two halves, and each half is read by networks trained on the other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from readout.streams.text.statements.attribution_model import (
    AttributionModel,
    cue_indices,
    cue_probabilities,
    possible_cues,
)
from readout.streams.text.statements.candidate_features import candidate_features
from readout.streams.text.statements.candidates import Candidates, find_candidates
from readout.streams.text.statements.hashed_network import (
    Booleans,
    Floats,
    HashedNetwork,
    Indices,
    Integers,
    bucket_indices,
)
from readout.streams.text.statements.role_features import role_indices
from readout.streams.text.statements.role_sequence import (
    CONTENT,
    CUE,
    ROLES,
    SOURCE,
    Chain,
    marginals,
    padded,
)
from readout.streams.text.statements.role_windows import windows
from training.gold import GoldArticle
from training.network_training import Adam, Learner, Recipe, joined, train_binary

CUE_RECIPE = Recipe(buckets=1 << 16, width=32, labels=1, epochs=3, batch=4096)
ROLE_RECIPE = Recipe(buckets=1 << 17, width=32, labels=ROLES, epochs=4, batch=64, dropout=0.3)
JUDGE_RECIPE = Recipe(
    buckets=1 << 15, width=16, labels=1, epochs=10, batch=512, dropout=0.4, feature_dropout=0.2
)
JUDGES = 3
LEAST = 0.36
# The judge learns from more doubtful cues than it is asked about: what is false is seldom among the others.
DOUBTFUL = 0.08
_SORTED_AT_ONCE = 20

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Window:
    """What the role network learns from: the features of the tokens around a cue, and their roles."""

    indices: Indices
    roles: Integers


def train_model(articles: Sequence[GoldArticle], progress: Progress = lambda _: None) -> AttributionModel:
    """Train all three networks; equal articles in equal order give equal weights."""
    halves = (articles[::2], articles[1::2])
    candidates: list[tuple[GoldArticle, Floats, Candidates | None]] = []
    probabilities: dict[int, Floats] = {}
    for number, half in enumerate(halves):
        cue = train_cues(halves[1 - number])
        probabilities |= {id(article): cue_probabilities(article.table, cue) for article in half}
    progress("cue networks of the halves trained")
    for number, half in enumerate(halves):
        other = halves[1 - number]
        role, chain = train_roles(other, [probabilities[id(article)] for article in other])
        for article in half:
            probability = probabilities[id(article)]
            candidates.append(
                (
                    article,
                    probability,
                    find_candidates(article.table, probability, role, chain, possible=DOUBTFUL),
                )
            )
        progress(f"role network of half {number + 1} trained")
    judge = train_judge(candidates)
    progress("judge trained")
    role, chain = train_roles(articles, [probabilities[id(article)] for article in articles])
    return AttributionModel(train_cues(articles), role, chain, judge, LEAST)


def train_cues(articles: Sequence[GoldArticle]) -> HashedNetwork:
    """Learn which words are the main words of cues."""
    features, truths = [], []
    for article in articles:
        truth = np.zeros(len(article.table), dtype=bool)
        truth[[statement.head for statement in article.statements]] = True
        learned = (possible_cues(article.table) | truth) & ~article.ignored
        features.append(cue_indices(article.table, CUE_RECIPE.buckets)[learned].astype(np.int32))
        truths.append(truth[learned])
    return train_binary(np.concatenate(features), np.concatenate(truths), CUE_RECIPE)


def train_roles(
    articles: Sequence[GoldArticle], probabilities: Sequence[Floats]
) -> tuple[HashedNetwork, Chain]:
    """Learn the roles of the words around annotated cues."""
    examples = [
        window
        for article, probability in zip(articles, probabilities, strict=True)
        for window in _windows(article, probability)
    ]
    recipe = ROLE_RECIPE
    batches = -(-len(examples) // recipe.batch)
    learner = Learner(recipe, batches * recipe.epochs)
    chain = ChainLearner()
    order = np.random.default_rng(recipe.seed + 1)
    for _ in range(recipe.epochs):
        for batch in _batches(examples, order, recipe.batch):
            _learn_roles(learner, chain, batch)
    return learner.network(), chain.chain()


def _windows(article: GoldArticle, probability: Floats) -> list[Window]:
    by_head = {statement.head: statement for statement in article.statements}
    cues = np.array(sorted(by_head), dtype=np.int64)
    if not len(cues):
        return []
    pairs = windows(article.table, cues)
    features = role_indices(article.table, probability, pairs, cues, ROLE_RECIPE.buckets)
    roles = np.zeros(len(pairs.token), dtype=np.int64)
    for number, cue in enumerate(cues.tolist()):
        statement = by_head[cue]
        mine = pairs.number == number
        for role, rows in ((CUE, statement.cue), (CONTENT, statement.content), (SOURCE, statement.source)):
            roles[mine & np.isin(pairs.token, rows)] = role
        roles[mine & (pairs.token == cue)] = CUE
    cuts = np.cumsum(np.bincount(pairs.number))[:-1]
    pieces = zip(np.split(features, cuts), np.split(roles, cuts), strict=True)
    return [Window(indices, role) for indices, role in pieces]


def _batches(examples: Sequence[Window], order: np.random.Generator, size: int) -> list[list[Window]]:
    """Batches of windows of about one length, so that little is padded, in random order."""
    shuffled = order.permutation(len(examples))
    batches: list[list[Window]] = []
    for first in range(0, len(shuffled), size * _SORTED_AT_ONCE):
        group = [examples[number] for number in shuffled[first : first + size * _SORTED_AT_ONCE]]
        group.sort(key=lambda window: len(window.roles))
        batches += [group[start : start + size] for start in range(0, len(group), size)]
    return [batches[number] for number in order.permutation(len(batches))]


class ChainLearner:
    """Learns how roles follow each other."""

    def __init__(self) -> None:
        self._follows = np.zeros((ROLES, ROLES), dtype=np.float32)
        self._begins = np.zeros(ROLES, dtype=np.float32)
        self._adams = (Adam.of(self._follows), Adam.of(self._begins))

    def chain(self) -> Chain:
        """What was learned so far."""
        return Chain(self._follows.copy(), self._begins.copy())

    def step(self, follows: Floats, begins: Floats, rate: float) -> None:
        """One step against the gradients."""
        self._adams[0].step(self._follows, follows, rate)
        self._adams[1].step(self._begins, begins, rate)


def _learn_roles(learner: Learner, chain: ChainLearner, batch: Sequence[Window]) -> None:
    """One step towards a higher likelihood of the annotated roles."""
    truth = np.concatenate([window.roles for window in batch])
    scores = learner.forward(np.concatenate([window.indices for window in batch]))
    stacked, mask = padded(scores, [len(window.roles) for window in batch])
    expected = marginals(stacked, mask, chain.chain())
    roles = np.zeros(mask.shape, dtype=np.int64)
    roles[mask] = truth
    gradient = expected.tokens[mask]
    gradient[np.arange(len(truth)), truth] -= 1
    follows, begins = expected.transitions.copy(), expected.tokens[:, 0].sum(axis=0)
    real = mask[:, 1:]
    np.add.at(follows, (roles[:, :-1][real], roles[:, 1:][real]), -1)
    np.add.at(begins, roles[:, 0], -1)
    share = 1 / len(batch)
    rate = learner.rate * 2
    learner.backward((gradient * share).astype(np.float32))
    chain.step((follows * share).astype(np.float32), (begins * share).astype(np.float32), rate)


def train_judge(found: Sequence[tuple[GoldArticle, Floats, Candidates | None]]) -> HashedNetwork:
    """Learn which candidates are annotated statements.

    Raises:
        ValueError: there are no candidates, as the corpus is too small.
    """
    features, truths = [], []
    for article, probability, candidates in found:
        if candidates is None:
            continue
        kept = _annotated(article, candidates)
        if len(kept):
            columns = candidate_features(article.table, probability, kept)
            features.append(bucket_indices(columns, JUDGE_RECIPE.buckets).astype(np.int32))
            pairs = zip(kept.source, kept.content, strict=True)
            truths.append(np.array([is_right(article, source, content) for source, content in pairs]))
    if not features:
        raise ValueError("nothing to judge: the annotated articles hold too few statements")
    indices, truth = np.concatenate(features), np.concatenate(truths)
    networks = [train_binary(indices, truth, replace(JUDGE_RECIPE, seed=seed)) for seed in range(JUDGES)]
    return joined(networks)


def _annotated(article: GoldArticle, candidates: Candidates) -> Candidates:
    """The candidates whose contents stand, by half at least, where annotators did their work."""
    content = candidates.content
    return candidates.only(2 * content.sums(article.ignored[content.rows]) <= content.sizes)


def is_right(article: GoldArticle, source: Integers, content: Integers) -> bool:
    """Does an annotated statement share half of the words of both contents, and a word of the source?"""
    return any(
        _agree(source, statement.source) and _similar(article.table.punctuation, content, statement.content)
        for statement in article.statements
    )


def _agree(a: Integers, b: Integers) -> bool:
    return bool(np.isin(a, b).any()) if len(a) and len(b) else len(a) == len(b)


def _similar(punctuation: Booleans, a: Integers, b: Integers) -> bool:
    a, b = a[~punctuation[a]], b[~punctuation[b]]
    shared = int(np.isin(a, b).sum())
    return shared > 0 and 2 * shared >= len(a) + len(b) - shared
