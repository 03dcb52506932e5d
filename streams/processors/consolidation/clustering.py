"""Divide reports that hang together into contacts.

Reads:  the reports of a connected component, and the scores of those that were compared
Writes: the reports of each contact
Pure:   a function of the set. The likeliest pairs are joined first, ties go by the reports themselves, and two
groups become one only if their reports fit each other on the whole; an article never tells twice of one contact.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from readout.streams.processors.consolidation.likeness import SAME, Features

Scores = Mapping[str, Mapping[str, int]]
"""Score by record id, both ways; a pair that is absent was not compared and does not fit."""


def clusters(component: Iterable[Features], scores: Scores) -> list[tuple[Features, ...]]:
    """The contacts of a component; reports in order of publication, contacts in order of their first reports."""
    ordered = sorted(component, key=lambda one: one.key)
    place = {one.report.record_id: number for number, one in enumerate(ordered)}
    groups = _Groups([one.report.article_id for one in ordered])
    pairs = [
        (-scores[one.report.record_id].get(other, 0), number, place[other])
        for number, one in enumerate(ordered)
        for other in scores.get(one.report.record_id, ())
        if other in place and number < place[other]
    ]
    groups.compare((first, second, -negative) for negative, first, second in pairs)
    for negative, first, second in sorted(pairs):
        if -negative < SAME:
            break
        groups.join(first, second)
    return [tuple(ordered[number] for number in members) for members in groups.members()]


class _Groups:
    """Groups of numbers that grow together; between two groups the sum of their scores is kept."""

    def __init__(self, articles: Sequence[str]) -> None:
        self._group = list(range(len(articles)))
        self._members = {number: [number] for number in self._group}
        self._articles = {number: {article} for number, article in enumerate(articles)}
        self._sums: defaultdict[int, dict[int, int]] = defaultdict(dict)

    def compare(self, scored: Iterable[tuple[int, int, int]]) -> None:
        """Take note of the scores of single pairs."""
        for first, second, score in scored:
            self._sums[first][second] = self._sums[second][first] = score

    def join(self, first: int, second: int) -> None:
        """Make one group of the groups of two numbers, if they fit on the whole."""
        stays, goes = sorted((self._group[first], self._group[second]))
        if stays == goes or self._articles[stays] & self._articles[goes]:
            return
        pairs = len(self._members[stays]) * len(self._members[goes])
        if self._sums[stays].get(goes, 0) < SAME * pairs:
            return
        self._merge(stays, goes)

    def _merge(self, stays: int, goes: int) -> None:
        for number in self._members[goes]:
            self._group[number] = stays
        self._members[stays] += self._members.pop(goes)
        self._articles[stays] |= self._articles.pop(goes)
        self._sums[stays].pop(goes, None)
        for other, total in self._sums.pop(goes).items():
            if other == stays:
                continue
            self._sums[other].pop(goes)
            summed = self._sums[stays].get(other, 0) + total
            self._sums[stays][other] = self._sums[other][stays] = summed

    def members(self) -> list[list[int]]:
        """The groups, each in order, by their first numbers."""
        return sorted(sorted(members) for members in self._members.values())
