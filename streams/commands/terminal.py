"""What a person sees: results on standard output, everything else on standard error, colours where wanted.

rich honours `NO_COLOR` and writes plain text when piped.
"""

import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from readout.streams.logs import configure_logs
from readout.streams.settings import Settings, read_settings

T = TypeVar("T")

out = Console(highlight=False, soft_wrap=True)
notes = Console(stderr=True, highlight=False, soft_wrap=True)


def plain(line: str) -> None:
    """One line of a result for a pipe: rich would turn its tabs into spaces."""
    sys.stdout.write(line + "\n")


def refuse(where: str, reason: str) -> None:
    """One line about something that was not taken."""
    notes.print(f"refused: {where}: {reason}", markup=False)


def start() -> Settings:
    """Read the settings and start logging: the first line of every command.

    Raises:
        ConfigurationError: a setting does not fit.
    """
    settings = read_settings(os.environ)
    configure_logs(settings.log_level)
    return settings


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run asynchronous work to its end."""
    return asyncio.run(work)


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        """The rate, once there is one."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:.0f}/s" if speed >= 10 else f"{speed:.1f}/s")


def progress(total: int, what: str) -> Progress:
    """A progress bar on standard error, shown for many files on a terminal only."""
    bar = Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=notes,
        transient=True,
        disable=total < 20 or not notes.is_terminal,
    )
    bar.add_task(what, total=total)
    return bar
