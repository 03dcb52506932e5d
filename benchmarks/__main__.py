"""Measure Readout against spaCy alone: `python -m benchmarks --help`.

Every pair is interleaved in one run, and every figure is a median of rounds: ratios hold where seconds do not.
Real Kafka takes part where Java and Maven are. Results go to `benchmarks/results/` as JSON, and to the terminal
as a table.
"""

import argparse
import asyncio
import datetime
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import orjson

from benchmarks.articles import MEDIAN_WORDS, SIGMA, generated_articles, read_folder, words_of
from benchmarks.latency import Latency, measure_latency
from benchmarks.machine import describe_machine
from benchmarks.report import Figures, print_table
from benchmarks.runs import Rate, run_alone, run_derive, work_off, write_articles
from readout.schemas.news import ArticlePublished
from readout.streams.kafka.embedded import embedded_broker
from readout.streams.settings import Settings
from tests.brokers.kafka import KafkaUnavailable, kafka_cluster

RESULTS = Path(__file__).parent / "results"
SUITES = ("alone", "derive", "embedded", "kafka", "stages", "identity", "latency")
_LATENCY_SECONDS = 30.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for, print the table, keep the figures."""
    asked = _parser().parse_args(arguments)
    articles = (
        read_folder(asked.folder, asked.articles) if asked.folder else generated_articles(asked.articles)
    )
    with tempfile.TemporaryDirectory() as scratch:
        figures = asyncio.run(_Benchmark(articles, asked, Path(scratch)).run())
    print_table(figures)
    if asked.output:
        asked.output.parent.mkdir(parents=True, exist_ok=True)
        asked.output.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2) + b"\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--articles", type=int, default=200, help="how many (default: 200)")
    parser.add_argument("--folder", type=Path, help="measure with the articles of this folder instead")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds; medians are shown")
    parser.add_argument("--suites", nargs="+", choices=SUITES, default=list(SUITES), help="default: all")
    parser.add_argument("--output", type=Path, default=RESULTS / "latest.json", help="where the JSON goes")
    return parser


class _Benchmark:
    """One invocation: the articles, what was asked for, and what each round gave."""

    def __init__(
        self, articles: Sequence[ArticlePublished], asked: argparse.Namespace, scratch: Path
    ) -> None:
        self._articles = articles
        self._asked = asked
        self._scratch = scratch
        self._all = write_articles(articles, scratch / "all.jsonl")
        self._one = write_articles(articles[:1], scratch / "one.jsonl")
        self._rates: dict[str, list[Rate]] = defaultdict(list)
        self._more: dict[str, list[dict[str, float]]] = defaultdict(list)
        self._runs = 0

    async def run(self) -> Figures:
        with ExitStack() as stack:
            brokers = self._brokers(stack)
            for number in range(self._asked.rounds):
                sys.stderr.write(f"round {number + 1} of {self._asked.rounds}\n")
                await self._round(brokers)
            figures = self._figures()
            if "latency" in self._asked.suites and brokers:
                figures["latency"] = await self._latency(brokers)
        if "stages" in self._asked.suites:
            staged = run_alone("stages", self._all, core=0)
            figures |= {name: staged[name] for name in ("stages", "stages_mebibytes")}
            self._add_delivery(figures)
        if "identity" in self._asked.suites:
            figures["identity"] = self._identity()
        return figures

    def _brokers(self, stack: ExitStack) -> dict[str, str]:
        brokers = {}
        if "embedded" in self._asked.suites:
            brokers["embedded"] = stack.enter_context(embedded_broker()).bootstrap_servers
        if "kafka" in self._asked.suites:
            try:
                cluster = stack.enter_context(kafka_cluster(self._scratch / "kafka", 1))
                brokers["kafka"] = cluster.bootstrap_servers
            except KafkaUnavailable as reason:
                sys.stderr.write(f"without Apache Kafka: {reason}\n")
        return brokers

    async def _round(self, brokers: dict[str, str]) -> None:
        if "alone" in self._asked.suites:
            for kind in ("default", "tuned"):
                self._note_alone(kind)
        if "derive" in self._asked.suites:
            self._derive()
        for broker, servers in brokers.items():
            await self._work(broker, servers, cores=(0,))
            await self._work(broker, servers, cores=(0, 1))

    def _note_alone(self, kind: str) -> None:
        figures = run_alone(kind, self._all, core=0)
        cpu, wall = (float(str(figures[name])) for name in ("cpu_seconds", "wall_seconds"))
        self._rates[f"{kind} spaCy"].append(Rate(len(self._articles), cpu, wall))

    def _derive(self) -> None:
        """The start is measured with one article, and taken off."""
        cpu, wall = run_derive(self._all, core=0)
        start_cpu, start_wall = run_derive(self._one, core=0)
        rate = Rate(len(self._articles) - 1, cpu - start_cpu, wall - start_wall)
        self._rates["readout derive"].append(rate)
        self._more["readout derive"].append({"start_seconds": start_wall})

    async def _work(self, broker: str, servers: str, *, cores: Sequence[int]) -> None:
        settings = self._settings(broker, servers)
        log = self._scratch / f"{settings.application_id}.log"
        done = await work_off(self._articles, settings, cores, log)
        name = f"worker on {broker}" if len(cores) == 1 else f"{len(cores)} workers on {broker}"
        self._rates[name].append(done.rate)
        self._more[name].append(
            {"start_seconds": done.start_seconds, "peak_mebibytes": done.peak_mebibytes / len(cores)}
        )

    async def _latency(self, brokers: dict[str, str]) -> dict[str, Latency]:
        """At half of what one worker did on that broker."""
        found = {}
        for broker, servers in brokers.items():
            full = statistics.median(rate.per_second for rate in self._rates[f"worker on {broker}"])
            found[broker] = await measure_latency(
                self._articles,
                self._settings(broker, servers),
                rate=full / 2,
                seconds=_LATENCY_SECONDS,
                log=self._scratch / "workers.log",
            )
        return found

    def _add_delivery(self, figures: Figures) -> None:
        """What a worker takes more than deriving alone: reading, planning, writing, passing between processes."""
        rates = figures["rates"]
        if "readout derive" not in rates:
            return
        derived = 1 / rates["readout derive"]["articles_per_cpu_second"]
        for broker in ("embedded", "kafka"):
            worker = rates.get(f"worker on {broker}")
            if worker:
                more = 1 / worker["articles_per_cpu_second"] - derived
                figures["stages"][f"delivery to {broker}"] = more * len(self._articles)

    def _identity(self) -> dict[str, object]:
        """How many articles come out to the byte as they do on everything that is default."""
        ours, untuned = (run_alone(kind, self._all)["digests"] for kind in ("ours", "untuned"))
        if not isinstance(ours, list) or not isinstance(untuned, list):
            raise TypeError("benchmarks.alone printed no digests")
        return {
            "articles": len(ours),
            "identical": sum(one == other for one, other in zip(ours, untuned, strict=True)),
        }

    def _settings(self, broker: str, servers: str) -> Settings:
        """Topics and a group that no other run sees; one process derives, and belongs to one core."""
        self._runs += 1
        name = f"bench{self._runs}"
        return Settings(
            bootstrap_servers=servers,
            topic_prefix=f"{name}.",
            application_id=name,
            delivery="confirmed" if broker == "embedded" else "transactional",
            derive_processes=1,
            session_timeout_seconds=6,
            rebalance_timeout_seconds=4,
            log_level="info",
        )

    def _figures(self) -> Figures:
        rates = {
            name: {
                "articles_per_cpu_second": statistics.median(rate.per_cpu_second for rate in found),
                "articles_per_second": statistics.median(rate.per_second for rate in found),
                **{
                    field: statistics.median(one[field] for one in self._more[name])
                    for field in (self._more[name] or [{}])[0]
                },
            }
            for name, found in self._rates.items()
        }
        return {
            "measured_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "machine": describe_machine(),
            "articles": {
                "count": len(self._articles),
                "words": words_of(self._articles),
                "origin": "a folder"
                if self._asked.folder
                else f"generated, log-normal, median {MEDIAN_WORDS} words, sigma {SIGMA}",
            },
            "rounds": self._asked.rounds,
            "rates": rates,
        }


if __name__ == "__main__":
    sys.exit(main())
