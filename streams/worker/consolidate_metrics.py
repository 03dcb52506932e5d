"""What the consolidation tells Prometheus of its work.

Deliberately absent: ids and names; a metric has few labels and closed sets of values.
"""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Info, generate_latest

from readout.schemas.event import Producer


class ConsolidateMetrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self, producer: Producer) -> None:
        self._registry = CollectorRegistry()
        self._records = Counter(
            "readout_consolidate_records", "Records of contact-log taken in.", registry=self._registry
        )
        self._behind = Gauge(
            "readout_consolidate_lag",
            "Records of contact-log behind the end of the partition, by partition.",
            ["partition"],
            registry=self._registry,
        )
        self._step = Gauge(
            "readout_consolidate_step", "Number of the last step written.", registry=self._registry
        )
        self._holder = Gauge(
            "readout_consolidate_holder",
            "1 if this process consolidates, 0 if it stands by.",
            registry=self._registry,
        )
        said = {"version": producer.version, "build": producer.build, "configuration": producer.configuration}
        Info("readout_consolidate_producer", "Which code consolidates.", registry=self._registry).info(said)

    def holds(self, *, is_holder: bool) -> None:
        """Note that this process consolidates now, or stands by."""
        self._holder.set(int(is_holder))

    def stepped(self, behind: Mapping[int, int], step: int, taken: int) -> None:
        """Note how far it is: records behind by partition, the last step, and how many records were taken in."""
        for number, records in behind.items():
            self._behind.labels(partition=str(number)).set(records)
        self._step.set(step)
        self._records.inc(taken)

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self._registry)
