"""Export a log: read what is new into a store, then write the format from it; once, or for as long as asked.

Reads:  live topics or an archive
Writes: the place that is named, and there alone. A database and a Parquet folder that are kept current hold their
        positions in the log themselves; the folder in `readout.db`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from readout.streams.audit.log import Log
from readout.streams.errors import ConfigurationError
from readout.streams.export.catch_up import catch_up, follow
from readout.streams.export.export_format import ExportFormat, LeftOut, file_format, folder_format
from readout.streams.export.places import new_file, place_for
from readout.streams.export.store import Store
from readout.streams.export.to_topic import TopicTable
from readout.streams.log.filters import Filter
from readout.streams.settings import Settings

STATE = "readout.db"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to export.

    Attributes:
        format: how.
        filter: which records.
        until: as of a moment, milliseconds since 1970.
    """

    format: ExportFormat
    filter: Filter = field(default_factory=Filter)
    until: int | None = None


async def export_once(log: Log, wanted: Wanted, place: Path | BinaryIO) -> LeftOut:
    """Write what holds now into a new file or folder, or to a stream.

    Raises:
        ConfigurationError: it cannot be written there, or a package is missing.
        ReplayMismatch: the log does not hold together.
    """
    if wanted.format.gives == "database":
        with new_file(_path(place)) as partial, Store(partial, wanted.filter) as store:
            await catch_up(log, store, wanted.until)
        return LeftOut()
    # The module first: who lacks a package should not wait for the log to be read.
    if wanted.format.gives == "folder":
        write_folder = folder_format(wanted.format).write_folder
        with Store(None, wanted.filter) as store:
            await catch_up(log, store, wanted.until)
            return write_folder(store, _path(place), None)
    write_file = file_format(wanted.format).write_file
    with Store(None, wanted.filter) as store:
        await catch_up(log, store, wanted.until)
        if not isinstance(place, Path):
            return write_file(store, place)
        with new_file(place) as partial, partial.open("wb") as out:
            return write_file(store, out)


async def export_and_follow(
    log: Log, wanted: Wanted, place: Path, *, every_seconds: float, told: Callable[[], None]
) -> None:
    """Keep a database or a Parquet folder current, from wherever it was left, until cancelled.

    Args:
        log: live topics, or an archive that grows.
        wanted: what; the same filters every time.
        place: the file or folder.
        every_seconds: how long to wait at the end of the log.
        told: called when the place is current again after something was new.

    Raises:
        ConfigurationError: the place was made from another log, or with other filters.
    """
    if not wanted.format.follows or wanted.until is not None:
        raise ConfigurationError("--follow keeps sqlite and parquet current, and knows no --as-of")
    if wanted.format.gives == "database":
        with Store(place_for(place), wanted.filter) as store:
            await follow(log, store, lambda _: told(), every_seconds=every_seconds)
    write_folder = folder_format(wanted.format).write_folder
    with Store(place_for(place / STATE), wanted.filter) as store:

        def write() -> None:
            write_folder(store, place, store.unwritten)
            store.written()
            told()

        if store.unwritten:
            # We were ended between reading and writing.
            write()
        await follow(log, store, lambda _: write(), every_seconds=every_seconds)


async def export_to_topic(
    log: Log, wanted: Wanted, settings: Settings, topic: str, *, every_seconds: float | None
) -> int:
    """Bring a topic up to date for Kafka Connect; keep it so until cancelled, if it is told how often to look.

    Returns:
        How many records were written.

    Raises:
        ConfigurationError: the topic is one of the installation's own.
        TransientError: the brokers cannot be reached.
    """
    async with TopicTable(settings, topic) as table:
        with Store(None, wanted.filter) as store:
            await catch_up(log, store, wanted.until)
            count = await table.update(store)
            while every_seconds is not None:
                await asyncio.sleep(every_seconds)
                if await catch_up(log, store):
                    count += await table.update(store)
    return count


def _path(place: Path | BinaryIO) -> Path:
    if isinstance(place, Path):
        return place
    raise ConfigurationError("this format is no single stream: say where with --out")
