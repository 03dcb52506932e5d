"""Divide reports that hang together into contacts.

Reads:  the reports of a connected component, and the scores of those that were compared
Writes: the reports of each contact
Pure:   a function of the set. The likeliest pairs are joined first, ties go by the reports themselves, and two
groups become one only if their reports fit each other on the whole; an article never tells twice of one contact.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from readout.streams.processors.consolidation.blocking import WINDOW_DAYS, day_of
from readout.streams.processors.consolidation.likeness import SAME, Features, contradicts

Scores = Mapping[str, Mapping[str, int]]
"""Score by record id, both ways; a pair that is absent shares too little to be compared."""


def clusters(component: Iterable[Features], scores: Scores) -> list[tuple[Features, ...]]:
    """The contacts of a component; reports in order of publication, contacts in order of their first reports."""
    ordered = sorted(component, key=lambda one: one.key)
    place = {one.report.record_id: number for number, one in enumerate(ordered)}
    groups = _Groups(ordered, scores)
    pairs = sorted(
        (-fitting, number, place[other])
        for number, one in enumerate(ordered)
        for other, fitting in scores[one.report.record_id].items()
        if fitting >= SAME and other in place and number < place[other]
    )
    for _, first, second in pairs:
        groups.join(first, second)
    return [tuple(ordered[number] for number in members) for members in groups.members()]


class _Groups:
    """Groups of numbers that grow together; between two groups the sum and number of their scores are kept."""

    def __init__(self, ordered: Sequence[Features], scores: Scores) -> None:
        self._reports = ordered
        self._scores = scores
        self._group = list(range(len(ordered)))
        self._members = {number: [number] for number in self._group}
        self._articles = {number: {one.report.article_id} for number, one in enumerate(ordered)}
        self._sums: defaultdict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
        place = {one.report.record_id: number for number, one in enumerate(ordered)}
        for number, one in enumerate(ordered):
            for other, fitting in scores[one.report.record_id].items():
                if other in place:
                    self._sums[number][place[other]] = (fitting, 1)

    def join(self, first: int, second: int) -> None:
        """Make one group of the groups of two numbers, if they fit on the whole."""
        stays, goes = sorted((self._group[first], self._group[second]))
        if stays == goes or self._articles[stays] & self._articles[goes]:
            return
        total, compared = self._sums[stays].get(goes, (0, 0))
        pairs = len(self._members[stays]) * len(self._members[goes])
        if total < SAME * compared or 2 * compared < pairs:
            return
        if compared < pairs and self._contradict(stays, goes):
            return
        self._merge(stays, goes)

    def _contradict(self, stays: int, goes: int) -> bool:
        """Is there a pair that shares so little because it is of two contacts, not because one says little?"""
        for one in (self._reports[number] for number in self._members[stays]):
            known = self._scores[one.report.record_id]
            for other in (self._reports[number] for number in self._members[goes]):
                if other.report.record_id in known:
                    continue
                if abs(day_of(one) - day_of(other)) > WINDOW_DAYS or contradicts(one, other):
                    return True
        return False

    def _merge(self, stays: int, goes: int) -> None:
        for number in self._members[goes]:
            self._group[number] = stays
        self._members[stays] += self._members.pop(goes)
        self._articles[stays] |= self._articles.pop(goes)
        self._sums[stays].pop(goes, None)
        for other, (total, compared) in self._sums.pop(goes).items():
            if other == stays:
                continue
            self._sums[other].pop(goes)
            before = self._sums[stays].get(other, (0, 0))
            self._sums[stays][other] = self._sums[other][stays] = (before[0] + total, before[1] + compared)

    def members(self) -> list[list[int]]:
        """The groups, each in order, by their first numbers."""
        return sorted(sorted(members) for members in self._members.values())
