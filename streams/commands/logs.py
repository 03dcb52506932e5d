"""`readout archive`, `readout restore`, and how every audit command comes to its log."""

from pathlib import Path
from typing import Annotated

import typer

from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.restore import restore as restore_log
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.log import LiveLog, Log, snapshot
from readout.streams.audit.wording import count_of
from readout.streams.commands import terminal
from readout.streams.settings import Settings

Archive = Annotated[
    Path | None, typer.Option("--archive", metavar="DIR", help="An archive, instead of the live topics.")
]


def open_log(settings: Settings, archive: Path | None) -> Log:
    """The log that a command is about.

    Raises:
        ConfigurationError: the folder holds no archive.
    """
    return ArchiveLog(archive) if archive else LiveLog(settings)


def archive(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder of the archive; resumed if it is one.")
    ],
) -> None:
    """Copy all topics into compressed segments, without losing anything."""
    settings = terminal.start()
    done = terminal.run(_archive(LiveLog(settings), out))
    terminal.notes.print(done, markup=False)


async def _archive(log: Log, out: Path) -> str:
    bounds = await snapshot(log)
    total = sum(reach.next - reach.first for reach in bounds.values())
    with terminal.progress(total, "archiving") as bar:
        added = await write_archive(log, out, bounds, advance=lambda done: bar.advance(bar.task_ids[0], done))
    return f"{count_of(added.records, 'record')} in {count_of(added.segments, 'segment')} added to {out}"


def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An archive.")],
) -> None:
    """Put an archive into an empty cluster; a restore that was interrupted goes on."""
    settings = terminal.start()
    written = terminal.run(_restore(ArchiveLog(folder), settings))
    terminal.notes.print(f"{count_of(written, 'record')} restored from {folder}", markup=False)


async def _restore(log: ArchiveLog, settings: Settings) -> int:
    total = sum(reach.next - reach.first for reach in (await snapshot(log)).values())
    with terminal.progress(total, "restoring") as bar:
        return await restore_log(log, settings, advance=lambda done: bar.advance(bar.task_ids[0], done))
