"""`readout archive`, `readout restore`, and how every audit command comes to its log."""

from pathlib import Path
from typing import Annotated

import typer

from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.restore import restore as restore_log
from readout.streams.audit.archive.write import Archived, write_archive
from readout.streams.audit.log import LiveLog, Log, snapshot
from readout.streams.audit.proof.key_files import read_private_key
from readout.streams.audit.proof.notes import PrivateKey
from readout.streams.audit.wording import count_of
from readout.streams.commands import terminal
from readout.streams.commands.terminal import Json
from readout.streams.settings import Settings

Archive = Annotated[
    Path | None, typer.Option("--archive", metavar="DIR", help="An archive, instead of the live topics.")
]


def open_log(settings: Settings, archive: Path | None) -> Log:
    """The log that a command is about.

    Raises:
        ConfigurationError: the folder holds no archive.
    """
    if archive is None:
        return LiveLog(settings)
    return ArchiveLog(archive, segment_bytes=settings.max_segment_bytes)


def archive(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder of the archive; resumed if it is one.")
    ],
    *,
    key: Annotated[
        Path | None, typer.Option(help="Private key: sign that the archive holds all there is.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Copy all topics into compressed segments, without losing anything."""
    settings = terminal.start()
    private = read_private_key(key) if key else None
    added = terminal.run(_archive(LiveLog(settings), out, private))
    for place in added.unseen:
        terminal.note(
            f"{place.topic}/{place.number} was deleted from its beginning: what was archived of it stays, but "
            f"could not be compared with the topic"
        )
    if added.unsigned:
        terminal.note(f"{out} is no longer signed: archive with --key to sign it again")
    if as_json:
        counts = {"records": added.records, "segments": added.segments}
        terminal.print_json(counts | {"folder": str(out), "signed_by": private.name if private else None})
        return
    signed = f", signed by {private.name}" if private else ""
    terminal.note(
        f"{count_of(added.records, 'record')} in {count_of(added.segments, 'segment')} added to {out}{signed}"
    )


async def _archive(log: Log, out: Path, key: PrivateKey | None) -> Archived:
    bounds = await snapshot(log)
    total = sum(reach.next - reach.first for reach in bounds.values())
    with terminal.progress(total, "archiving") as bar:
        return await write_archive(
            log, out, bounds, key=key, advance=lambda done: bar.advance(bar.task_ids[0], done)
        )


def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An archive.")],
    *,
    as_json: Json = False,
) -> None:
    """Put an archive into an empty cluster; a restore that was interrupted goes on."""
    settings = terminal.start()
    log = ArchiveLog(folder, segment_bytes=settings.max_segment_bytes)
    written = terminal.run(_restore(log, settings))
    if as_json:
        terminal.print_json({"records": written, "folder": str(folder)})
    else:
        terminal.note(f"{count_of(written, 'record')} restored from {folder}")


async def _restore(log: ArchiveLog, settings: Settings) -> int:
    total = sum(reach.next - reach.first for reach in (await snapshot(log)).values())
    with terminal.progress(total, "restoring") as bar:
        return await restore_log(log, settings, advance=lambda done: bar.advance(bar.task_ids[0], done))
