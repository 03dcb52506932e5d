"""The table that `python -m benchmarks` prints: every rate beside its ratio to default spaCy."""

from typing import Any

from rich.console import Console
from rich.table import Table

Figures = dict[str, Any]
BASELINE = "default spaCy"
DELIVERIES = ("delivery to embedded", "delivery to kafka")


def print_table(figures: Figures) -> None:
    """Print what was measured."""
    console = Console(width=110, highlight=False)
    console.print(_rates(figures))
    if "stages" in figures:
        console.print(_stages(figures))
    if "identity" in figures:
        console.print(
            "identical to the untuned path: {identical} of {articles} articles".format(**figures["identity"])
        )
    for broker, latency in figures.get("latency", {}).items():
        shown = ", ".join(f"{name} {value:.2f}" for name, value in latency.items())
        console.print(f"latency on {broker}, seconds: {shown}")


def ratios(figures: Figures, unit: str) -> dict[str, float]:
    """Each rate as a multiple of default spaCy's; empty if that was not measured."""
    rates = figures["rates"]
    if BASELINE not in rates:
        return {}
    return {name: rate[unit] / rates[BASELINE][unit] for name, rate in rates.items()}


def _rates(figures: Figures) -> Table:
    table = Table(title=f"{figures['articles']['count']} articles, medians of {figures['rounds']}")
    table.add_column("what")
    for heading in ("articles/CPU s", "x default", "articles/s", "x default", "start s", "peak MiB"):
        table.add_column(heading, justify="right")
    by_cpu, by_wall = (ratios(figures, f"articles_per_{unit}") for unit in ("cpu_second", "second"))
    for name, rate in figures["rates"].items():
        table.add_row(
            name,
            f"{rate['articles_per_cpu_second']:.1f}",
            f"{by_cpu[name]:.2f}" if by_cpu else "",
            f"{rate['articles_per_second']:.1f}",
            f"{by_wall[name]:.2f}" if by_wall else "",
            f"{rate['start_seconds']:.1f}" if "start_seconds" in rate else "",
            f"{rate['peak_mebibytes']:.0f}" if "peak_mebibytes" in rate else "",
        )
    return table


def _stages(figures: Figures) -> Table:
    table = Table(title="an article by stage: processor time, and memory held at once for sixteen")
    for heading in ("stage", "ms", "share", "MiB"):
        table.add_column(heading, justify="left" if heading == "stage" else "right")
    stages: dict[str, float] = figures["stages"]
    for name, seconds in stages.items():
        milliseconds = 1000 * seconds / figures["articles"]["count"]
        share = seconds / _altogether(stages, name)
        held = figures["stages_mebibytes"].get(name)
        table.add_row(name, f"{milliseconds:.2f}", f"{share:.1%}", f"{held:.1f}" if held else "")
    return table


def _altogether(stages: dict[str, float], name: str) -> float:
    """What the share of a stage is of: all of a worker on one broker, embedded for what both have."""
    broker = name if name in DELIVERIES else next((one for one in DELIVERIES if one in stages), None)
    return sum(seconds for stage, seconds in stages.items() if stage not in DELIVERIES or stage == broker)
