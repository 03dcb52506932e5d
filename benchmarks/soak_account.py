"""What a soak came to: every revision and record counted in the log, and how memory went.

Reads:  manifests and the topics that they speak of, one record at a time
Writes: nothing
"""

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from readout.schemas.manifests import ManifestSealed
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.subscribe import read_topics
from readout.streams.log.topics import DERIVED, MANIFESTS
from readout.streams.settings import Settings
from tests.brokers.topics import header

_SECONDS_AN_HOUR = 3600
_FEWEST_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Account:
    """How many revisions and records there are, and of each how many are missing, or there once too often."""

    articles: int
    articles_lost: int
    articles_doubled: int
    dead_letters: int
    records: int
    records_lost: int
    records_doubled: int

    def figures(self) -> dict[str, int]:
        """By name."""
        return {name: getattr(self, name) for name in self.__slots__}

    def is_well(self) -> bool:
        """Is everything there, once?"""
        found = (self.articles_lost, self.articles_doubled, self.records_lost, self.records_doubled)
        return not any(found) and not self.dead_letters


async def count_all(settings: Settings, published: Sequence[tuple[str, int]]) -> Account:
    """Read manifests and records, and count."""
    count = Count()
    async for record in read_topics([MANIFESTS.stem], settings=settings):
        count.take_manifest(record)
    async for record in read_topics([topic.stem for topic in DERIVED], settings=settings):
        count.take_record(record.topic.removeprefix(settings.topic_prefix), record)
    return count.account(published)


class Count:
    """Counts manifests against what was published, and records against what the manifests name."""

    def __init__(self) -> None:
        self._sealed: Counter[tuple[str, int]] = Counter()
        self._named: Counter[tuple[str, str]] = Counter()
        self._there: Counter[tuple[str, str]] = Counter()
        self._dead = 0

    def take_manifest(self, record: StoredRecord) -> None:
        """The next manifest of the log."""
        event = ManifestSealed.model_validate_json(record.value or b"")
        self._sealed[event.article_id, event.revision] += 1
        if event.outcome == "dead-lettered":
            self._dead += 1
            return
        self._named.update((line.topic, line.sha256) for line in (*event.live, *event.withdrawn))

    def take_record(self, stem: str, record: StoredRecord) -> None:
        """The next derived record of a topic."""
        self._there[stem, header(record, "ce_id")] += 1

    def account(self, published: Sequence[tuple[str, int]]) -> Account:
        """What it came to, for these revisions."""
        expected = Counter(published)
        return Account(
            articles=expected.total(),
            articles_lost=(expected - self._sealed).total(),
            articles_doubled=(self._sealed - expected).total(),
            dead_letters=self._dead,
            records=self._named.total(),
            records_lost=(self._named - self._there).total(),
            records_doubled=(self._there - self._named).total(),
        )


@dataclass(frozen=True, slots=True)
class Sample:
    """The memory of a worker's processes at a moment of its life and of the run, and the lag in articles."""

    life: int
    age: float
    at: float
    resident_mebibytes: float
    lag: int


def slopes(samples: Sequence[Sample], warm_up: float) -> dict[str, object]:
    """MiB an hour: of each life after its warm-up, of all lives put one on another, and over the whole run."""
    lives: dict[int, list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.age >= warm_up and sample.resident_mebibytes:
            lives[sample.life].append(sample)
    long = [life for life in lives.values() if len(life) >= _FEWEST_SAMPLES]
    if not long:
        return {"lives": 0}
    warm = [sample for life in long for sample in life]
    each = [_an_hour([(one.age, one.resident_mebibytes) for one in life]) for life in long]
    resident = [one.resident_mebibytes for one in warm]
    return {
        "lives": len(long),
        "mebibytes": {
            name: round(of(resident))
            for name, of in (("least", min), ("mean", statistics.mean), ("most", max))
        },
        "slope_of_each_life": {
            "median": round(statistics.median(each), 1),
            "all": [round(one) for one in each],
        },
        "slope_within_lives": round(_an_hour([point for life in long for point in _centred(life)]), 1),
        "slope_over_the_run": round(_an_hour([(one.at, one.resident_mebibytes) for one in warm]), 2),
    }


def _centred(life: Sequence[Sample]) -> list[tuple[float, float]]:
    """Age and memory, both less their mean: what a life started with does not count."""
    age = statistics.mean(one.age for one in life)
    resident = statistics.mean(one.resident_mebibytes for one in life)
    return [(one.age - age, one.resident_mebibytes - resident) for one in life]


def _an_hour(points: Sequence[tuple[float, float]]) -> float:
    ages, resident = zip(*points, strict=True)
    return statistics.linear_regression(ages, resident).slope * _SECONDS_AN_HOUR
