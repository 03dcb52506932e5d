"""A memory in plain dicts, beside the one on disk that the processor has."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from readout.streams.processors.consolidation.likeness import Features


@dataclass
class DictMemory:
    """Remembers live reports in dicts."""

    _reports: dict[str, Features] = field(default_factory=dict)
    _articles: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _blocks: defaultdict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    _keys: dict[str, Sequence[int]] = field(default_factory=dict)
    _contacts: dict[str, str] = field(default_factory=dict)
    _members: dict[str, frozenset[str]] = field(default_factory=dict)

    def get(self, record_id: str) -> Features:
        """A live report."""
        return self._reports[record_id]

    def of_article(self, article_id: str) -> Sequence[Features]:
        """The live reports of an article."""
        return [self._reports[record_id] for record_id in self._articles.get(article_id, ())]

    def near(self, keys: Sequence[int], first_day: int, last_day: int) -> Sequence[Features]:
        """The live reports with one of the keys, on one of the days."""
        found = {
            record_id
            for key in keys
            for record_id, day in self._blocks.get(key, {}).items()
            if first_day <= day <= last_day
        }
        return [self._reports[record_id] for record_id in found]

    def contact_of(self, record_id: str) -> str | None:
        """The contact that a live report was last assigned to."""
        return self._contacts.get(record_id)

    def members(self, consolidated_id: str) -> frozenset[str]:
        """The record ids that were last assigned to a contact."""
        return self._members.get(consolidated_id, frozenset())

    def add(self, features: Features, keys: Sequence[int], day: int) -> None:
        """Remember a report, in the place of an older one of its id."""
        record_id = features.report.record_id
        self._forget_keys(record_id)
        self._reports[record_id] = features
        self._articles[features.report.article_id].add(record_id)
        self._keys[record_id] = keys
        for key in keys:
            self._blocks[key][record_id] = day

    def remove(self, record_id: str) -> None:
        """Forget a report."""
        self._forget_keys(record_id)
        features = self._reports.pop(record_id)
        self._articles[features.report.article_id].discard(record_id)
        self._contacts.pop(record_id, None)

    def assign(self, consolidated_id: str, record_ids: frozenset[str]) -> None:
        """These reports make up the contact now; none if it is gone."""
        self._members.pop(consolidated_id, None)
        if record_ids:
            self._members[consolidated_id] = record_ids
        for record_id in record_ids:
            self._contacts[record_id] = consolidated_id

    def _forget_keys(self, record_id: str) -> None:
        for key in self._keys.pop(record_id, ()):
            self._blocks[key].pop(record_id, None)
