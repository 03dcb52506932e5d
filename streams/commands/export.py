"""`readout export`: what holds, in the shape of other people's tools."""

import sys
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from readout.schemas.registry import EVENT_CLASSES
from readout.streams.audit.log import Log
from readout.streams.audit.wording import count_of
from readout.streams.commands import terminal
from readout.streams.commands.logs import Archive, open_log
from readout.streams.commands.moments import moment_of
from readout.streams.errors import ConfigurationError
from readout.streams.export.export_format import FORMATS, ExportFormat, LeftOut
from readout.streams.export.run import Wanted, export_and_follow, export_once, export_to_topic
from readout.streams.log.filters import Filter

_NAMES = ", ".join(FORMATS)


def export(  # noqa: PLR0913 - a person's options
    name: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of: {_NAMES}.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="PLACE", help="File or folder; default: standard output.")
    ] = None,
    archive: Archive = None,
    *,
    to_topic: Annotated[
        str | None, typer.Option(metavar="TOPIC", help="With connect: contacts for Kafka Connect's sinks.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Keep sqlite, parquet or connect current; Ctrl-C ends.")
    ] = False,
    every: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.1, help="With --follow: how often to look.")
    ] = 5.0,
    as_of: Annotated[
        str | None, typer.Option(metavar="TIME", help="What held then instead of what holds now.")
    ] = None,
    article: Annotated[list[str] | None, typer.Option(metavar="ID", help="Of these articles.")] = None,
    person: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Naming somebody, by name or entity id.")
    ] = None,
    country: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Of a country, such as US.")
    ] = None,
    mode: Annotated[
        list[str] | None, typer.Option(metavar="MODE", help="How they were in contact, such as call.")
    ] = None,
    status: Annotated[
        list[str] | None, typer.Option(metavar="STATUS", help="Such as held or planned.")
    ] = None,
) -> None:
    """Write what holds as SQLite, Parquet, CSV, FollowTheMoney, GraphML, PROV, STIX and more.

    What a record refers to goes with it. The same log gives the same bytes.
    """
    settings = terminal.start()
    chosen = Filter(
        article=tuple(article or ()),
        person=tuple(person or ()),
        country=tuple(country or ()),
        mode=tuple(mode or ()),
        status=tuple(status or ()),
    )
    chosen.check(EVENT_CLASSES)
    moment = moment_of("--as-of", as_of)
    until = None if moment is None else round(moment.timestamp() * 1000)
    wanted = Wanted(_format(name), chosen, until)
    log = open_log(settings, archive)
    if (to_topic is None) == (wanted.format.gives == "topic"):
        raise ConfigurationError("connect writes a topic, and nothing else does: connect --to-topic TOPIC")
    if to_topic:
        work = export_to_topic(log, wanted, settings, to_topic, every_seconds=every if follow else None)
        terminal.note(f"{count_of(terminal.run(work), 'record')} written to {to_topic}")
        return
    if follow:
        terminal.run(_follow(log, wanted, out, every))
        return
    for reason, count in sorted(terminal.run(_once(log, wanted, out)).items()):
        terminal.note(f"left out: {count} {reason}")


def _format(name: str) -> ExportFormat:
    if name not in FORMATS:
        raise ConfigurationError(f"there is no format {name!r}; choose from {_NAMES}")
    return FORMATS[name]


async def _once(log: Log, wanted: Wanted, out: Path | None) -> LeftOut:
    place: Path | BinaryIO = out or sys.stdout.buffer
    if out is None and wanted.format.gives != "file":
        raise ConfigurationError(f"{wanted.format.name} is no stream: say where with --out PLACE")
    return await export_once(log, wanted, place)


async def _follow(log: Log, wanted: Wanted, out: Path | None, every: float) -> None:
    if out is None:
        raise ConfigurationError("--follow needs a place to keep current: --out PLACE")
    told = f"{out} is current"
    await export_and_follow(log, wanted, out, every_seconds=every, told=lambda: terminal.note(told))
