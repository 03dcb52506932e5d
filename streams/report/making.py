"""Make a report: a log into an index that vanishes afterwards, and the index into one file.

Reads:  a log
Writes: one HTML file, whole or not at all
"""

import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from readout.streams.audit.log import Log
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.connection import Bounds, Partition
from readout.streams.report.contents import Contents, Making
from readout.streams.report.file import html_file
from readout.streams.report.fill import fill
from readout.streams.report.index import Index, connect
from readout.streams.report.kept import Json


async def write_report(
    log: Log,
    out: Path,
    making: Making,
    bounds: Mapping[Partition, Bounds],
    advance: Callable[[int], None] | None = None,
) -> Json:
    """Write the pages of a log, up to these bounds; returns how many contacts, statements and articles they show.

    Raises:
        ConfigurationError: the file cannot be written, or nothing of what was asked for is there.
        ReplayMismatch: an archive is damaged.
        TransientError: the brokers cannot be reached.
    """
    with tempfile.TemporaryDirectory(prefix="readout-report-") as folder:
        path = Path(folder) / "index.sqlite"
        with Index(path, log.prefix, making.key, with_text=making.with_text) as index:
            await fill(log, index, bounds, advance)
        with closing(connect(path)) as database:
            return _write(database, out, making)


def _write(database: sqlite3.Connection, out: Path, making: Making) -> Json:
    contents = Contents(database, making)
    lists = contents.lists()
    if not lists["articles"]:
        raise ConfigurationError("nothing in the log is what was asked for: no report was written")
    partial = out.with_name(out.name + ".part")
    try:
        with partial.open("wb") as file:
            file.writelines(html_file(lists, contents.documents(lists)))
        partial.replace(out)
    except OSError as error:
        raise ConfigurationError(f"{out} cannot be written: {error.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)
    return {name: len(lists[name]) for name in ("articles", "contacts", "statements")}
