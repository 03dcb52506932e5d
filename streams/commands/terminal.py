"""What a person sees: results on standard output, everything else on standard error, colours where wanted.

rich honours `NO_COLOR` and writes plain text when piped. Text that comes from a log may be anybody's: characters
that a terminal would obey (escape sequences, overrides of the writing direction) are shown as escapes, on
terminals and in pipes alike. Programs read `--json`, which is exact.
"""

import signal
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import orjson
import typer
from rich.console import Console, RenderableType
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

from readout.streams.commands.reach import typed_settings
from readout.streams.log.shown_text import one_line as one_line  # noqa: PLC0414 - commands say terminal.one_line
from readout.streams.log.shown_text import visible as visible  # noqa: PLC0414

if TYPE_CHECKING:
    from readout.streams.settings import Settings

T = TypeVar("T")
Json = Annotated[bool, typer.Option("--json", help="JSON, for a program.")]


class _SafeConsole(Console):
    """A console that shows control characters of text instead of passing them on; tables escape their own cells."""

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401 - as rich declares it
        """Print; see `visible` for what becomes of text."""
        super().print(*(visible(one) if isinstance(one, str) else one for one in objects), **options)


out = _SafeConsole(highlight=False, soft_wrap=True, emoji=False)
notes = _SafeConsole(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def show(what: RenderableType) -> None:
    """Something laid out for the width of the terminal, such as a card or a table."""
    out.print(what, soft_wrap=False)


def plain(line: str) -> None:
    """One line of a result for a pipe: rich would turn its tabs into spaces."""
    sys.stdout.write(visible(line, keep="\t") + "\n")


def print_json(value: object) -> None:
    """One line of JSON, exact."""
    sys.stdout.buffer.write(orjson.dumps(value) + b"\n")
    sys.stdout.buffer.flush()


def note(line: str) -> None:
    """One line on standard error, none of it markup."""
    notes.print(one_line(line), markup=False)


def refuse(where: str, reason: str) -> None:
    """One line about something that was not taken."""
    note(f"refused: {where}: {reason}")


def start() -> "Settings":
    """Read the settings and start logging: the first line of every command.

    Raises:
        ConfigurationError: a setting does not fit.
    """
    from readout.streams.logs import configure_logs  # noqa: PLC0415 - `--help` and `--version` write no log

    settings = typed_settings().settings
    configure_logs(settings.log_level)
    _let_interrupts_be_raised()
    return settings


def _let_interrupts_be_raised() -> None:
    """From here on there may be something to clean up: until now Ctrl-C has ended the process at once."""
    # Only if it is our own entry point that ends it.
    if getattr(signal.getsignal(signal.SIGINT), "__module__", "") in {"__main__", "readout.__main__"}:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run asynchronous work to its end."""
    import asyncio  # noqa: PLC0415 - as above

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
