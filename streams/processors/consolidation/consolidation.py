"""Consolidate: from what holds of an article to what changes among the contacts.

Reads:  the live reports of articles, one article at a time or many
Writes: contacts (ContactConsolidated, ContactsMerged, ContactSplit, ContactWithdrawn), keyed by the consolidated id
Pure:   what is known lies in a `Memory`, which the caller gives. Which states hold is a function of the set of live
        reports alone: `tests/consolidation` lets corrections arrive in any order.

Only what can hang together with a change is looked at: reports that share two parties within a window of days,
those that hang together with them, and so on to the end of the component.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self, TypedDict

from readout.schemas.contacts import (
    ConsolidatedContact,
    ContactConsolidated,
    ContactEvent,
    ContactReport,
    ContactsMerged,
    ContactSplit,
    ContactWithdrawn,
)
from readout.schemas.event import Producer
from readout.streams.processors.consolidation.blocking import WINDOW_DAYS, block_keys, day_of
from readout.streams.processors.consolidation.clustering import clusters
from readout.streams.processors.consolidation.likeness import SAME, Features, score
from readout.streams.processors.consolidation.state import consolidated, contact_id

Reports = tuple[ContactReport, ...]
_MOST_SCORED = 50_000


class _About(TypedDict):
    consolidated_id: str
    producer: Producer


class Memory(Protocol):
    """What is known of live reports: a place to keep them; nothing is decided there."""

    def get(self, record_id: str) -> Features:
        """A live report."""
        ...

    def of_article(self, article_id: str) -> Sequence[Features]:
        """The live reports of an article."""
        ...

    def near(self, keys: Sequence[int], first_day: int, last_day: int) -> Sequence[Features]:
        """The live reports with one of the keys, on one of the days."""
        ...

    def contact_of(self, record_id: str) -> str | None:
        """The contact that a live report was last assigned to; None if it has none yet."""
        ...

    def members(self, consolidated_id: str) -> frozenset[str]:
        """The record ids that were last assigned to a contact."""
        ...

    def add(self, features: Features, keys: Sequence[int], day: int) -> None:
        """Remember a report, in the place of an older one of its id."""
        ...

    def remove(self, record_id: str) -> None:
        """Forget a report."""
        ...

    def assign(self, consolidated_id: str, record_ids: frozenset[str]) -> None:
        """These reports make up the contact now; none if it is gone."""
        ...


@dataclass
class Consolidator:
    """Applies changes to a memory and says what follows; `producer` stands in every event."""

    memory: Memory
    producer: Producer
    _scores: dict[str, dict[str, int]] = field(default_factory=dict)
    """By record id, the scores with all that it shares two parties with; made when needed, and dropped at will."""

    def apply(self, articles: Mapping[str, Reports]) -> tuple[ContactEvent, ...]:
        """What changes when these are the live reports of these articles; in the order of the consolidated ids.

        Args:
            articles: all live reports of each article that has changed, by article id; none if none holds.
        """
        if len(self._scores) > _MOST_SCORED:
            self._scores.clear()
        changes = _Changes.between(articles, self.memory)
        old = self._members(changes.touched)
        around = {record_id for members in old.values() for record_id in members}
        around |= {other for record_id in changes.gone for other in self._scored(self.memory.get(record_id))}
        self._exchange(changes)
        region = self._region((around | changes.touched) - changes.removed)
        # What was removed counts among the members that a contact had.
        old = self._members(region) | old
        new = self._contacts(region)
        events = tuple(events_between(old, new, changes.touched, self.producer))
        for consolidated_id in old.keys() | new.keys():
            members = frozenset(one.report.record_id for one in new.get(consolidated_id, ()))
            self.memory.assign(consolidated_id, members)
        return events

    def _members(self, record_ids: Iterable[str]) -> dict[str, frozenset[str]]:
        contacts = {self.memory.contact_of(record_id) for record_id in record_ids} - {None}
        return {one: self.memory.members(one) for one in contacts if one is not None}

    def _exchange(self, changes: "_Changes") -> None:
        """Forget what no longer holds, and remember what now does, in the scores as well."""
        for record_id in changes.gone:
            for other in self._scores.pop(record_id, ()):
                self._scores.get(other, {}).pop(record_id, None)
        for record_id in changes.removed:
            self.memory.remove(record_id)
        for features in changes.added:
            self.memory.add(features, block_keys(features), day_of(features))
        for features in changes.added:
            record_id = features.report.record_id
            for other, found in self._scored(features).items():
                if other in self._scores:
                    self._scores[other][record_id] = found

    def _scored(self, features: Features) -> dict[str, int]:
        record_id = features.report.record_id
        if record_id not in self._scores:
            day = day_of(features)
            found = self.memory.near(block_keys(features), day - WINDOW_DAYS, day + WINDOW_DAYS)
            scored = ((other.report.record_id, score(features, other)) for other in found)
            self._scores[record_id] = {
                other: fitting for other, fitting in scored if fitting is not None and other != record_id
            }
        return self._scores[record_id]

    def _region(self, seeds: Iterable[str]) -> list[str]:
        """All reports that hang together with the seeds."""
        found: dict[str, None] = dict.fromkeys(sorted(seeds))
        left = list(found)
        while left:
            scored = self._scored(self.memory.get(left.pop()))
            more = [other for other, fitting in scored.items() if fitting >= SAME and other not in found]
            found |= dict.fromkeys(more)
            left += more
        return list(found)

    def _contacts(self, region: Sequence[str]) -> dict[str, tuple[Features, ...]]:
        """The contacts that the reports of a region make up, by id."""
        divided = clusters(map(self.memory.get, region), self._scores)
        return {contact_id([one.report for one in cluster]): cluster for cluster in divided}


def events_between(
    old: Mapping[str, frozenset[str]],
    new: Mapping[str, tuple[Features, ...]],
    touched: Collection[str],
    producer: Producer,
) -> Iterator[ContactEvent]:
    """An event for each contact that is new, changed or gone, in the order of the consolidated ids.

    Args:
        old: the record ids of each contact as it was.
        new: the reports of each contact as it is.
        touched: record ids of what is new or other in itself, so that the state of its contact changes.
        producer: who consolidates.
    """
    now = {one.report.record_id: found for found, cluster in new.items() for one in cluster}
    states: dict[str, ConsolidatedContact] = {}

    def state(consolidated_id: str) -> ConsolidatedContact:
        if consolidated_id not in states:
            states[consolidated_id] = consolidated(new[consolidated_id])
        return states[consolidated_id]

    for one in sorted(old.keys() | new.keys()):
        before, after = old.get(one, frozenset()), {each.report.record_id for each in new.get(one, ())}
        if before == after and after.isdisjoint(touched):
            continue
        elsewhere = sorted({now[record_id] for record_id in before if record_id in now} - {one})
        about = _About(consolidated_id=one, producer=producer)
        if one not in new and len(elsewhere) == 1:
            yield ContactsMerged(**about, into=elsewhere[0], contact=state(elsewhere[0]))
        elif elsewhere:
            yield ContactSplit(**about, into=tuple(elsewhere), contact=state(one) if one in new else None)
        elif one in new:
            yield ContactConsolidated(**about, contact=state(one))
        else:
            yield ContactWithdrawn(**about)


@dataclass(frozen=True)
class _Changes:
    """What is new, other or gone among live reports."""

    added: tuple[Features, ...]
    removed: frozenset[str]
    gone: frozenset[str]
    """Removed, or about to be replaced by another version of themselves."""
    touched: frozenset[str]

    @classmethod
    def between(cls, articles: Mapping[str, Reports], memory: Memory) -> Self:
        """The changes that lead from what is remembered to what is live now."""
        old = {one.report.record_id: one.report for article in articles for one in memory.of_article(article)}
        new = {report.record_id: report for reports in articles.values() for report in reports}
        added = tuple(Features(report) for name, report in new.items() if old.get(name) != report)
        changed = frozenset(one.report.record_id for one in added)
        removed = frozenset(old.keys() - new.keys())
        return cls(added, removed, removed | (changed & old.keys()), changed | removed)
