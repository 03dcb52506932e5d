"""Learn the contact model from annotated articles: pairs first, then same occasions, then confidence.

Reads:  annotated articles
Writes: a contact model, and one for each fold that has not seen the fold's articles
Deliberately absent: files, and chance.

Each score learns from what the ones before it say of articles that they have not seen.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from readout.streams.text.contact_log.confidence import confidence_features
from readout.streams.text.contact_log.contact_model import ContactModel
from readout.streams.text.contact_log.contacts import (
    Groups,
    contact_of_group,
    rule_occasions,
)
from readout.streams.text.contact_log.linear_scores import LinearScores
from readout.streams.text.contact_log.occasion_groups import Group
from readout.streams.text.contact_log.occasion_merging import merge_occasions
from readout.streams.text.contact_log.occasions import Occasion
from readout.streams.text.contact_log.pairs import Pair, learned_occasions, pairs_of
from readout.streams.text.contact_log.same_occasion import joined, pairs_of_groups, same_features
from readout.streams.text.contact_log.scene import lemma_of
from readout.streams.text.contact_log.triggers import NOUNS, VERBS
from training.contact_gold import (
    FALSE,
    OPTIONAL,
    RIGHT,
    GoldArticle,
    annotation_of,
    contact_of,
    fold_of,
    judgements,
    prediction,
)
from training.linear_training import Numbers, Places, Recipe, Rows, train_scores

FOLDS = 6
PAIR_RECIPE = Recipe(penalty=3.0, steps=100)
SAME_RECIPE = Recipe(penalty=2.0, steps=100)
JUDGE_RECIPE = Recipe(penalty=3.0, steps=100)
# What an optional contact counts beside one that must be found.
_OPTIONAL_COUNT = 0.3
# Sentences of the evidence that tell little of the contact are left out: below this share of the best, and this.
_SHARE_OF_BEST, _SURE = 0.3, 0.5
# A word is worth reading if so many of its sentences, and this share of them, tell of a contact.
_TELLING_SENTENCES, _TELLING_SHARE = 3, 0.4
# A group that matches nothing, beside one that does, tells less of what one contact is.
_UNMATCHED_COUNT = 0.5

Progress = Callable[[str], None]
Values = Sequence[float] | Numbers | NDArray[np.bool_]


@dataclass
class Read:
    """An article with what was read in it."""

    article: GoldArticle
    occasions: list[Occasion]
    pairs: list[Pair]
    truth: list[int] = field(default_factory=list)
    contact: list[str | None] = field(default_factory=list)


class _AnyWord:
    """Holds every word: all sentences are read."""

    def __contains__(self, word: object) -> bool:
        return True


@dataclass(frozen=True)
class Trained:
    """The model of all articles, and for each fold one that was trained without it."""

    model: ContactModel
    folds: Sequence[ContactModel]

    def unseen(self, article_id: str) -> ContactModel:
        """The model that has not seen an article."""
        return self.folds[fold_of(article_id, len(self.folds))]


def train_model(articles: Sequence[GoldArticle], progress: Progress = lambda _: None) -> Trained:
    """Train all three scores; equal articles in equal order give equal weights."""
    reads = [_read(article) for article in articles]
    telling = _telling_words(reads)
    reads = [_only_telling(read, telling) for read in reads]
    progress(f"{sum(len(read.pairs) for read in reads)} pairs read, {len(telling)} telling words")
    pair_scores = _train_pairs(reads)
    progress("pairs trained")
    scored = [_with_scores(read, pair_scores[fold_of(read.article.article_id, FOLDS)]) for read in reads]
    grouped = [_grouped(read) for read in scored]
    same_scores = _train_same(scored, grouped)
    progress("same occasions trained")
    judge_scores = _train_judge(scored, grouped, same_scores)
    progress("confidence trained")
    models = [
        ContactModel(pair, same, judge, telling)
        for pair, same, judge in zip(pair_scores, same_scores, judge_scores, strict=True)
    ]
    return Trained(models[-1], models[:-1])


# Pairs -----------------------------------------------------------------------------------------------------


def _read(article: GoldArticle) -> Read:
    occasions = list(rule_occasions(article.scene, article.published_on))
    read = Read(article, occasions, list(pairs_of(article.scene, occasions, _AnyWord())))
    for pair in read.pairs:
        truth, contact = annotation_of(pair, article)
        read.truth.append(truth)
        read.contact.append(contact)
    return read


def _telling_words(reads: Sequence[Read]) -> frozenset[str]:
    """The triggers of the rules, and the words of the sentences that tell of contacts."""
    seen, telling = Counter[str](), Counter[str]()
    for read in reads:
        right = {pair.sentence for pair, truth in zip(read.pairs, read.truth, strict=True) if truth == RIGHT}
        for first in {pair.sentence for pair in read.pairs}:
            words = {
                lemma_of(token)
                for token in read.article.scene.doc[first].sent
                if token.tag_.startswith("VB") or token.tag_ in ("NN", "NNS")
            }
            seen.update(words)
            if first in right:
                telling.update(words)
    learned = {
        word
        for word, count in telling.items()
        if count >= _TELLING_SENTENCES and count >= _TELLING_SHARE * seen[word]
    }
    return frozenset(VERBS.keys() | NOUNS.keys() | learned)


def _only_telling(read: Read, telling: frozenset[str]) -> Read:
    """The pairs of the sentences that the model will be shown."""
    wanted = {pair.sentence for pair in pairs_of(read.article.scene, read.occasions, telling)}
    kept = [number for number, pair in enumerate(read.pairs) if pair.sentence in wanted]
    return Read(
        read.article,
        read.occasions,
        [read.pairs[number] for number in kept],
        [read.truth[number] for number in kept],
        [read.contact[number] for number in kept],
    )


def _train_pairs(reads: Sequence[Read]) -> list[LinearScores]:
    """Scores without each fold, then with all; the second round leaves out what the first finds untelling."""
    rows = Rows.of(pair.features for read in reads for pair in read.pairs)
    folds = np.array([fold_of(read.article.article_id, FOLDS) for read in reads for _ in read.pairs])
    truth = np.array([truth for read in reads for truth in read.truth])
    contacts = [contact for read in reads for contact in read.contact]
    counts = np.where(truth == OPTIONAL, _OPTIONAL_COUNT, 1.0)
    first = _by_fold(rows, truth != FALSE, counts, folds, PAIR_RECIPE)
    scores = _unseen_scores(rows, folds, first)
    counts *= _is_telling(scores, contacts)
    return _by_fold(rows, truth != FALSE, counts, folds, PAIR_RECIPE)


def _is_telling(scores: Sequence[float], contacts: Sequence[str | None]) -> NDArray[np.bool_]:
    """Is a pair likely by itself, or among the likeliest of its contact? True for those of no contact."""
    best: dict[str, float] = {}
    for score, contact in zip(scores, contacts, strict=True):
        if contact is not None:
            best[contact] = max(best.get(contact, 0.0), score)
    return np.array(
        [
            contact is None or score >= _SURE or score >= _SHARE_OF_BEST * best[contact]
            for score, contact in zip(scores, contacts, strict=True)
        ]
    )


def _by_fold(rows: Rows, truth: Values, counts: Values, folds: Places, recipe: Recipe) -> list[LinearScores]:
    """Scores trained without each fold, in order, and last those trained with all."""
    found = []
    true, count = np.asarray(truth, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    for fold in range(FOLDS + 1):
        chosen = np.flatnonzero((folds != fold) & (count > 0))
        found.append(train_scores(rows.only(chosen), true[chosen], count[chosen], recipe))
    return found


def _unseen_scores(rows: Rows, folds: Places, scores: Sequence[LinearScores]) -> list[float]:
    """The probability of each row by the scores that have not seen it."""
    owner = np.repeat(np.arange(len(rows)), np.diff(rows.starts))
    total = np.zeros(len(rows))
    for fold in range(FOLDS):
        chosen = scores[fold]
        summed = np.bincount(owner, weights=chosen.weights[rows.places], minlength=len(rows)) + chosen.bias
        total = np.where(folds == fold, summed, total)
    probabilities: list[float] = (1 / (1 + np.exp(-total / 1000))).tolist()
    return probabilities


def _with_scores(read: Read, scores: LinearScores) -> Read:
    pairs = [replace(pair, score=scores.score(pair.features)) for pair in read.pairs]
    return Read(read.article, read.occasions, pairs, read.truth, read.contact)


# Same occasions --------------------------------------------------------------------------------------------


def _grouped(read: Read) -> Groups:
    article = read.article
    learned = tuple(learned_occasions(read.pairs, read.occasions, article.scene, article.published_on))
    in_order = sorted([*read.occasions, *learned], key=lambda occasion: occasion.trigger)
    return Groups(merge_occasions(in_order), read.pairs, learned)


def _train_same(reads: Sequence[Read], grouped: Sequence[Groups]) -> list[LinearScores]:
    features, truth, counts, folds = [], [], [], []
    for read, groups in zip(reads, grouped, strict=True):
        for row, is_same, count in _same_rows(read.article, groups):
            features.append(row)
            truth.append(is_same)
            counts.append(count)
            folds.append(fold_of(read.article.article_id, FOLDS))
    return _by_fold(Rows.of(features), truth, counts, np.array(folds), SAME_RECIPE)


def _same_rows(article: GoldArticle, groups: Groups) -> Iterator[tuple[list[str], bool, float]]:
    matched = [(group, _matched(group, groups, article)) for group in groups.groups]
    known = {id(group): match for group, match in matched if match is not None}
    for one, other in pairs_of_groups([group for group, match in matched if match is not None]):
        first, second = known[id(one)], known[id(other)]
        features = same_features(one, other, article.scene)
        if features and (first >= 0 or second >= 0):
            yield features, first == second, 1.0 if first >= 0 and second >= 0 else _UNMATCHED_COUNT


def _matched(group: Group, groups: Groups, article: GoldArticle) -> int | None:
    """Which annotated contact a group is; -1 if it is none of them, None if it makes no contact at all."""
    contact = contact_of_group(group, groups.groups, article.scene, article.published_on)
    if contact is None:
        return None
    found = contact_of(prediction(contact), article)
    return -1 if found is None else found


# Confidence ------------------------------------------------------------------------------------------------


def _train_judge(
    reads: Sequence[Read], grouped: Sequence[Groups], same: Sequence[LinearScores]
) -> list[LinearScores]:
    features, truth, folds = [], [], []
    for read, groups in zip(reads, grouped, strict=True):
        fold = fold_of(read.article.article_id, FOLDS)
        together = Groups(joined(groups.groups, same[fold], read.article.scene), groups.pairs, groups.learned)
        for row, judgement in _judge_rows(read.article, together):
            if judgement != OPTIONAL:
                features.append(row)
                truth.append(judgement == RIGHT)
                folds.append(fold)
    return _by_fold(Rows.of(features), truth, [1.0] * len(truth), np.array(folds), JUDGE_RECIPE)


def _judge_rows(article: GoldArticle, found: Groups) -> Iterator[tuple[list[str], int]]:
    rows, told = [], []
    for group in found.groups:
        contact = contact_of_group(group, found.groups, article.scene, article.published_on)
        if contact is not None:
            rows.append(confidence_features(group, found.pairs, found.learned, article.scene))
            told.append(prediction(contact))
    yield from zip(rows, judgements(told, article), strict=True)
