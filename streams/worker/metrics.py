"""What a worker tells Prometheus of its work: every metric once, with its name and what it means.

Reads:  what the agent reports of each batch
Writes: the Prometheus text format, by way of `health`
Counters start at nothing with each worker: what was derived is in the log, and nothing here is needed to go on.
Deliberately absent: article ids, names and texts; a metric has few labels and closed sets of values.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest

from readout.schemas.event import Producer
from readout.streams.deliver.batch_plan import Processed

MetricName = Literal[
    "readout_articles",
    "readout_records",
    "readout_dead_letters",
    "readout_batch_articles",
    "readout_stage_seconds",
    "readout_lag_seconds",
    "readout_consumer_lag",
    "readout_loop_delay_seconds",
    "readout_partitions",
    "readout_stalled_derivations",
    "readout_processes_replaced",
    "readout_producer",
]
MEANINGS: Mapping[MetricName, str] = {
    "readout_articles": "Article revisions gone through, by outcome; a repeated one was in the log already.",
    "readout_records": "Derived records in the log, by topic.",
    "readout_dead_letters": "Records set aside, by error.",
    "readout_batch_articles": "Articles delivered as one unit.",
    "readout_stage_seconds": "Seconds that a batch spent in a stage: derive, deliver.",
    "readout_lag_seconds": "Seconds from the broker's time stamp of an article to its delivery.",
    "readout_consumer_lag": "Records of news behind the end of the partition, by partition.",
    "readout_loop_delay_seconds": "How late the event loop was with a timer.",
    "readout_partitions": "Partitions of news that are this worker's.",
    "readout_stalled_derivations": "Articles that take much longer to derive than expected, just now.",
    "readout_processes_replaced": "Processes of the pool that have ended and were replaced.",
    "readout_producer": "Which code and models derive: package, version, build, configuration, models.",
}
Stage = Literal["derive", "deliver"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BATCHES = (1, 2, 4, 8, 16, 32, 64)
_SECONDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_LAGS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3600.0)
_DELAYS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
_TICK_SECONDS = 0.05


class Metrics:
    """The metrics of one worker, in a registry of their own: two workers of one process would not mix."""

    def __init__(self, producer: Producer) -> None:
        self._registry = CollectorRegistry()
        self._articles = Counter(*_named("readout_articles"), ["outcome"], registry=self._registry)
        self._records = Counter(*_named("readout_records"), ["topic"], registry=self._registry)
        self._dead = Counter(*_named("readout_dead_letters"), ["error"], registry=self._registry)
        self._batch = Histogram(*_named("readout_batch_articles"), buckets=_BATCHES, registry=self._registry)
        self._stages = Histogram(
            *_named("readout_stage_seconds"), ["stage"], buckets=_SECONDS, registry=self._registry
        )
        self._lag = Histogram(*_named("readout_lag_seconds"), buckets=_LAGS, registry=self._registry)
        self._behind = Gauge(*_named("readout_consumer_lag"), ["partition"], registry=self._registry)
        self._delay = Histogram(
            *_named("readout_loop_delay_seconds"), buckets=_DELAYS, registry=self._registry
        )
        self._partitions = Gauge(*_named("readout_partitions"), registry=self._registry)
        self._stalled = Gauge(*_named("readout_stalled_derivations"), registry=self._registry)
        self._replaced = Gauge(*_named("readout_processes_replaced"), registry=self._registry)
        Info(*_named("readout_producer"), registry=self._registry).info(_labels(producer))

    def delivered(self, batch: Sequence[Processed], now_seconds: float) -> None:
        """A batch is in the log; `now_seconds` since 1970, as the broker's time stamps."""
        if batch:
            self._batch.observe(len(batch))
        for one in batch:
            if one.reason:
                self._dead.labels(one.reason.error).inc()
            self._articles.labels(_outcome(one)).inc()
            self._lag.observe(max(0.0, now_seconds - one.source.timestamp / 1000))
            for record in one.derivation.records if one.derivation else ():
                self._records.labels(record.topic).inc()

    def timed(self, stage: Stage) -> AbstractContextManager[object]:
        """The context in which a batch goes through a stage."""
        timer: AbstractContextManager[object] = self._stages.labels(stage).time()
        return timer

    def assigned(self, behind: Mapping[int, int | None]) -> None:
        """These partitions are ours, each so many records behind its end; None where nobody knows."""
        self._partitions.set(len(behind))
        self._behind.clear()
        for number, records in behind.items():
            if records is not None:
                self._behind.labels(str(number)).set(records)

    def deriving(self, stalled: int, replaced: int) -> None:
        """So many articles are stalled now, and so many processes have been replaced since the start."""
        self._stalled.set(stalled)
        self._replaced.set(replaced)

    async def watch_loop(self) -> None:
        """Note how late the event loop is, until cancelled."""
        while True:
            due = time.monotonic() + _TICK_SECONDS
            await asyncio.sleep(_TICK_SECONDS)
            self._delay.observe(max(0.0, time.monotonic() - due))

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)


def _named(name: MetricName) -> tuple[str, str]:
    return name, MEANINGS[name]


def _outcome(one: Processed) -> str:
    if one.reason:
        return "dead-lettered"
    if one.is_repeated:
        return "repeated"
    return "derived" if one.derivation else "withdrawn"


def _labels(producer: Producer) -> dict[str, str]:
    return {
        "package": producer.package,
        "version": producer.version,
        "build": producer.build,
        "configuration": producer.configuration,
        "models": ", ".join(f"{model.name} {model.version} {model.sha256[:12]}" for model in producer.models),
    }
