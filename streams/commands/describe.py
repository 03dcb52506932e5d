"""`readout topics`, `readout config`: what is there, and what it promises."""

from rich.table import Table

from readout.streams.audit.wording import count_of
from readout.streams.commands import reach, terminal
from readout.streams.commands.terminal import Json
from readout.streams.log.partition_report import PartitionReport, describe_topics
from readout.streams.log.topics import ensure_topics
from readout.streams.settings import Settings


def topics() -> None:
    """Create the topics that are missing and show all of them."""
    settings = terminal.start()
    created, reports = terminal.run(_topics(settings))
    for name in created:
        terminal.notes.print(f"created {name}", markup=False)
    if terminal.out.is_terminal:
        terminal.out.print(_table(reports))
    else:
        for report in reports:
            terminal.plain("\t".join(_cells(report)))
    for note in _notes(reports):
        terminal.notes.print(note, markup=False, soft_wrap=True)


async def _topics(settings: Settings) -> tuple[tuple[str, ...], tuple[PartitionReport, ...]]:
    return await ensure_topics(settings), await describe_topics(settings)


def _table(reports: tuple[PartitionReport, ...]) -> Table:
    table = Table("topic", header_style="bold")
    for column in ("partition", "first offset", "next offset", "lag", "hidden", "owner"):
        table.add_column(column, justify="right")
    for report in reports:
        table.add_row(*_cells(report))
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
