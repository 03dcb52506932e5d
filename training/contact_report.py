"""Figures of contacts on annotated articles: by source, with intervals, and how far confidence can be trusted.

Reads:  predictions with their confidence, and the annotation
Writes: lines of text
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.contact_gold import OPTIONAL, RIGHT, GoldArticle, judgements
from training.contact_labels import Row

SOURCES = {
    "conll": "Reuters",
    "polnear": "US politics",
    "wmt": "world news",
    "rams": "news windows",
    "polnear-any": "US politics, any",
    "conll-any": "Reuters, any",
}
RULES_WRITTEN_ON = "rules written on"
_SHOWN = ("precision", "recall", "f1", "exact", "pair_f1", "mode", "status")
_SAMPLES = 1000
_SMALLEST_STEP = 5


@dataclass(frozen=True)
class Predicted:
    """A contact as the scorer reads it, and its confidence in per mille."""

    row: Row
    confidence: int


Predictions = Mapping[str, Sequence[Predicted]]


def source_of(article: GoldArticle) -> str:
    """Where an article is from; those that the rules were written on stand apart."""
    if article.folder == "contacts/dev":
        return RULES_WRITTEN_ON
    return SOURCES[article.stratum.split("/")[-1]]


def best_threshold(articles: Sequence[GoldArticle], found: Predictions, precision: float) -> int:
    """The confidence, in per mille, of the best F1 at this precision or a higher one."""
    figures = {
        least: report(counts_of(articles, found, least), articles) for least in range(0, 1000, _SMALLEST_STEP)
    }
    fit = {least: one for least, one in figures.items() if (one["precision"] or 0) >= precision} or figures
    return max(fit, key=lambda least: (fit[least]["f1"] or 0, least))


def counts_of(articles: Sequence[GoldArticle], found: Predictions, least: int) -> dict[str, dict[str, int]]:
    """What the scorer counts, article by article."""
    counts = {}
    for article in articles:
        counted = dict.fromkeys(article.scorer.KEYS, 0)
        rows = _rows(found[article.article_id], least)
        article.scorer.score_doc(article.contacts, rows, counted, [])
        counts[article.article_id] = counted
    return counts


def report(counts: Mapping[str, dict[str, int]], articles: Sequence[GoldArticle]) -> dict[str, Any]:
    """The scorer's figures of some articles; one that stands twice counts twice."""
    scorer = articles[0].scorer
    total = {key: sum(counts[article.article_id][key] for article in articles) for key in scorer.KEYS}
    figures: dict[str, Any] = scorer.report(total)
    return figures


def table(articles: Sequence[GoldArticle], found: Predictions, least: int) -> Iterator[str]:
    """A line for all articles, for those unseen by the rules, and for each source."""
    counts = counts_of(articles, found, least)
    by_source: dict[str, list[GoldArticle]] = {"all": list(articles), "unseen by rules": []}
    for article in articles:
        source = source_of(article)
        by_source.setdefault(source, []).append(article)
        if source != RULES_WRITTEN_ON:
            by_source["unseen by rules"].append(article)
    yield (
        "| source | articles | contacts | "
        + " | ".join(_SHOWN)
        + " | false alarms in articles without contacts |"
    )
    yield "|" + "---|" * (len(_SHOWN) + 4)
    for source, chosen in by_source.items():
        if chosen:
            yield _line(source, chosen, counts, _alarms(chosen, found, least))


def _line(
    source: str, chosen: Sequence[GoldArticle], counts: Mapping[str, dict[str, int]], alarms: str
) -> str:
    figures = report(counts, chosen)
    shown = " | ".join(f"{figures[name]}" for name in _SHOWN)
    return f"| {source} | {len(chosen)} | {figures['gold']} | {shown} | {alarms} |"


def _alarms(articles: Sequence[GoldArticle], found: Predictions, least: int) -> str:
    empty = [article for article in articles if not article.contacts]
    alarms = sum(bool(_rows(found[article.article_id], least)) for article in empty)
    return f"{alarms} of {len(empty)}"


def _rows(predicted: Sequence[Predicted], least: int) -> list[Row]:
    return [one.row for one in predicted if one.confidence >= least]


def intervals(articles: Sequence[GoldArticle], found: Predictions, least: int) -> Iterator[str]:
    """95 % intervals by bootstrap over articles."""
    counts = counts_of(articles, found, least)
    chance = np.random.default_rng(0)
    sampled: dict[str, list[float]] = {name: [] for name in _SHOWN}
    for _ in range(_SAMPLES):
        drawn = [articles[place] for place in chance.integers(0, len(articles), len(articles))]
        figures = report(counts, drawn)
        for name in _SHOWN:
            sampled[name].append(figures[name] or 0.0)
    for name, values in sampled.items():
        low, high = np.percentile(values, [2.5, 97.5])
        yield f"{name}: {low:.1f} to {high:.1f}"


def reliability(articles: Sequence[GoldArticle], found: Predictions) -> Iterator[str]:
    """How many contacts of each confidence are right, optional ones left out."""
    steps: dict[int, list[tuple[int, bool]]] = {}
    for article in articles:
        predicted = found[article.article_id]
        judged = judgements([one.row for one in predicted], article)
        for one, judgement in zip(predicted, judged, strict=True):
            if judgement != OPTIONAL:
                steps.setdefault(one.confidence // 100, []).append((one.confidence, judgement == RIGHT))
    yield "| confidence | contacts | mean confidence | right |"
    yield "|---|---|---|---|"
    for step in sorted(steps):
        seen = steps[step]
        mean, right = (sum(values) / len(seen) for values in zip(*seen, strict=True))
        yield f"| {step}00 to {step}99 | {len(seen)} | {mean:.0f} | {1000 * right:.0f} |"
