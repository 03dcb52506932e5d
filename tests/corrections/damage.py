"""Damage to what a worker may lose at any time: its local index, and the pages of `seals`."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from readout.schemas.envelope import Record
from tests.corrections.memory_log import MemoryLog

Damage = Callable[[Path], None]


def deleted(file: Path) -> None:
    """It is gone."""
    file.unlink(missing_ok=True)


def truncated(file: Path) -> None:
    """Half of it is gone."""
    os.truncate(file, file.stat().st_size // 2)


def overwritten(file: Path) -> None:
    """It is no database any more."""
    file.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 64)


def a_row_is_missing(file: Path) -> None:
    """An article has no manifest any more."""
    _edit(file, "DELETE FROM articles WHERE high = (SELECT max(high) FROM articles)")


def all_rows_are_missing(file: Path) -> None:
    """No article has a manifest any more, and nothing says that there were any but the progress."""
    _edit(file, "DELETE FROM articles", "DELETE FROM buckets")


def rows_point_elsewhere(file: Path) -> None:
    """Every article has the manifest of another one, or an older one."""
    _edit(file, "UPDATE articles SET offset = max(offset - 1, 0)")


def rows_say_newer(file: Path) -> None:
    """Every article has a revision that was never published."""
    _edit(file, "UPDATE articles SET revision = 1000, outcome = 0")


def keys_are_others(file: Path) -> None:
    """The rows are of other articles, in the same buckets."""
    _edit(file, "UPDATE articles SET low = low + 1")


def progress_is_further(file: Path) -> None:
    """It says that it is further than it is."""
    _edit(file, "UPDATE progress SET value = replace(value, '\"next_manifest\":', '\"next_manifest\":1')")


def _edit(file: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as database:
        for statement in statements:
            with contextlib.suppress(sqlite3.Error):
                database.execute(statement)


DAMAGES: tuple[Damage, ...] = (
    deleted,
    truncated,
    overwritten,
    a_row_is_missing,
    all_rows_are_missing,
    rows_point_elsewhere,
    rows_say_newer,
    keys_are_others,
    progress_is_further,
)


def keep_a_copy(folder: Path, copy: Path) -> None:
    """Keep the indexes as they are now, for later."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)


def put_back(folder: Path, copy: Path) -> None:
    """The indexes are again what they were then: too old, or, in another log, of another cluster or the future."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(copy, folder)


def spoil_pages(log: MemoryLog, change: Callable[[bytes], bytes]) -> None:
    """Write the last page once more, otherwise than it was."""
    pages = log.committed("seals")
    if pages:
        last = pages[-1]
        log.append("seals", Record("seals", last.key, change(last.value or b""), last.headers))
