"""`readout topics`, `readout config`: what is there, and what it promises."""

import typer
from rich.table import Table

from readout.streams.commands import terminal
from readout.streams.log.topics import PartitionReport, describe_topics, ensure_topics
from readout.streams.settings import Settings

config = typer.Typer(help="The settings in force.", no_args_is_help=True)


def topics() -> None:
    """Create the topics that are missing and show all of them."""
    settings = terminal.start()
    created, reports = terminal.run(_topics(settings))
    for name in created:
        terminal.notes.print(f"created {name}", markup=False)
    if terminal.out.is_terminal:
        terminal.out.print(_table(reports))
        return
    for report in reports:
        terminal.plain("\t".join(_cells(report)))


async def _topics(settings: Settings) -> tuple[tuple[str, ...], tuple[PartitionReport, ...]]:
    return await ensure_topics(settings), await describe_topics(settings)


def _table(reports: tuple[PartitionReport, ...]) -> Table:
    table = Table("topic", header_style="bold")
    for column in ("partition", "first offset", "next offset", "lag"):
        table.add_column(column, justify="right")
    for report in reports:
        table.add_row(*_cells(report))
    return table


def _cells(report: PartitionReport) -> tuple[str, ...]:
    numbers = (report.partition, report.first_offset, report.next_offset)
    return (report.topic, *map(str, numbers), "" if report.lag is None else str(report.lag))


@config.command()
def show() -> None:
    """Show every setting with its environment variable; secrets stay hidden."""
    settings = terminal.start()
    for name in Settings.model_fields:
        terminal.out.print(f"READOUT_{name.upper()}={_shown(getattr(settings, name))}", markup=False)


def _shown(value: object) -> str:
    return "" if value is None else str(value)
