"""`readout topics`, `readout schemas`, `readout config`: what is there, and what it promises."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from schemas.contract import contract_files
from streams.commands import terminal
from streams.errors import ConfigurationError
from streams.settings import Settings
from streams.topics import PartitionReport, describe_topics, ensure_topics

schemas = typer.Typer(help="The JSON Schemas of all events.", no_args_is_help=True)
config = typer.Typer(help="The settings in force.", no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--to", help="Folder of the schemas and examples.")]
_JSON = Path("schemas/json")


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
        terminal.out.print("\t".join(_cells(report)), markup=False)


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


@schemas.command()
def export(folder: Folder = _JSON) -> None:
    """Write the JSON Schema and an example record of every event type."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contract_files():
        (folder / name).write_bytes(content)
        terminal.out.print(str(folder / name), markup=False)


@schemas.command()
def check(folder: Folder = _JSON) -> None:
    """Compare the committed schemas and examples with what the code says."""
    committed = {file.name: file.read_bytes() for file in sorted(folder.glob("*.json"))}
    current = dict(contract_files())
    stale = sorted(
        name for name in committed.keys() | current.keys() if committed.get(name) != current.get(name)
    )
    if stale:
        raise ConfigurationError(f"stale in {folder}: {', '.join(stale)}; run `readout schemas export`")
    terminal.out.print(f"{len(current)} files in {folder} are fresh", markup=False)


@config.command()
def show() -> None:
    """Show every setting with its environment variable; secrets stay hidden."""
    settings = terminal.start()
    for name in Settings.model_fields:
        terminal.out.print(f"READOUT_{name.upper()}={_shown(getattr(settings, name))}", markup=False)


def _shown(value: object) -> str:
    return "" if value is None else str(value)
