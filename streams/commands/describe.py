"""`readout topics`, `readout config`: what is there, and what it promises."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from readout.streams.audit.wording import count_of
from readout.streams.commands import reach, terminal
from readout.streams.commands.terminal import Json
from readout.streams.log.partition_report import PartitionReport, describe_topics
from readout.streams.log.topics import TOPICS_BY_STEM, ensure_topics
from readout.streams.settings import Settings


def topics(
    *,
    partitions: Annotated[bool, typer.Option("--partitions", help="A row each partition.")] = False,
    as_json: Json = False,
) -> None:
    """Create the topics that are missing, and show all of them.

    The lag counts articles that the workers have not derived; hidden are offsets of open transactions.
    """
    settings = terminal.start()
    created, reports = terminal.run(_topics(settings))
    for name in created:
        terminal.note(f"created {name}")
    if as_json:
        terminal.print_json([asdict(report) for report in reports])
    elif terminal.out.is_terminal:
        terminal.show(_by_partition(reports) if partitions else _by_topic(reports, settings))
    else:
        for report in reports:
            terminal.plain("\t".join(_cells(report)))
    for note in _notes(reports):
        terminal.note(note)


async def _topics(settings: Settings) -> tuple[tuple[str, ...], tuple[PartitionReport, ...]]:
    return await ensure_topics(settings), await describe_topics(settings)


def _by_topic(reports: Sequence[PartitionReport], settings: Settings) -> Table:
    """A row each topic: the sums of its partitions, and what it is for."""
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False, expand=True)
    table.add_column("topic", no_wrap=True, style="bold")
    parts = [list(group) for _, group in groupby(reports, key=lambda one: one.topic)]
    differ = len({len(one) for one in parts}) > 1
    hidden = any(one.hidden for one in reports)
    numbers = [*(["partitions"] * differ), "offsets", "lag", *(["hidden"] * hidden)]
    for column in numbers:
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("what is in it", no_wrap=True, overflow="ellipsis", ratio=1)
    for group in parts:
        lags = [one.lag for one in group if one.lag is not None]
        counts = {
            "partitions": len(group),
            "offsets": sum(one.next_offset - one.first_offset for one in group),
            "lag": sum(lags) if lags else "",
            "hidden": sum(one.hidden for one in group) or "",
        }
        name = group[0].topic
        meaning = TOPICS_BY_STEM[name.removeprefix(settings.topic_prefix)].meaning
        shortest = re.split("[:;,.]", meaning)[0]
        table.add_row(escape(name), *(str(counts[column]) for column in numbers), shortest)
    if not differ and parts:
        table.caption = f"{count_of(len(parts[0]), 'partition')} each; --partitions shows them"
        table.caption_justify = "left"
    return table


def _by_partition(reports: Sequence[PartitionReport]) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    table.add_column("topic", no_wrap=True, style="bold")
    for column in ("partition", "first", "next", "lag", "hidden"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("worker", overflow="ellipsis", no_wrap=True)
    before = ""
    for report in reports:
        topic, *cells = map(escape, _cells(report))
        table.add_row("" if topic == before else topic, *cells)
        before = topic
    return table


def _cells(report: PartitionReport) -> tuple[str, ...]:
    numbers = (report.partition, report.first_offset, report.next_offset)
    of_news = ("" if report.lag is None else str(report.lag), str(report.hidden or ""), report.owner or "")
    return (report.topic, *map(str, numbers), *of_news)


def _notes(reports: tuple[PartitionReport, ...]) -> list[str]:
    """What needs somebody's attention, a line each."""
    notes = [
        f"{one.topic} partition {one.partition}: an open transaction hides {count_of(one.hidden, 'offset')}"
        for one in reports
        if one.hidden
    ]
    alone = [one for one in reports if one.is_orphan]
    if alone:
        numbers = ", ".join(str(one.partition) for one in alone)
        waiting = count_of(sum(one.lag or 0 for one in alone), "record")
        notes.append(f"{alone[0].topic}: no worker has partition {numbers}; {waiting} to derive there")
    return notes


def show(*, as_json: Json = False) -> None:
    """Show every setting, its variable and where it comes from; secrets stay hidden."""
    terminal.start()
    found = reach.typed_settings()
    values = {name: _shown(getattr(found.settings, name)) for name in Settings.model_fields}
    if as_json:
        told = {
            name: {"value": one, "from": found.origins.get(name, "default")} for name, one in values.items()
        }
        terminal.print_json(told)
        return
    for name, value in values.items():
        origin = found.origins.get(name, "")
        known = not origin or origin == f"READOUT_{name.upper()}"
        terminal.plain(f"READOUT_{name.upper()}={value}" + ("" if known else f"  # {origin}"))


def _shown(value: object) -> str:
    return "" if value is None else str(value)
