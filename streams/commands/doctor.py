"""`readout doctor`: look at everything that a worker or a reader needs, and say what is wrong and what to do.

Reads:  settings, model files, disk, and of the brokers whatever may be read
Writes: nothing; a right to write is therefore not tried
"""

from collections.abc import AsyncIterator
from dataclasses import asdict

import typer
from rich.table import Table
from rich.text import Text

from readout.streams.audit.wording import count_of
from readout.streams.commands import terminal
from readout.streams.commands.doctor_checks import OF_BROKERS, OF_THIS_MACHINE, Check, Outcome, reaches
from readout.streams.commands.reach import typed_settings
from readout.streams.commands.terminal import Json
from readout.streams.errors import ReadoutError
from readout.streams.settings import Origins

_COLOURS = {
    Outcome.OK: "green",
    Outcome.NOTE: "cyan",
    Outcome.WARNING: "yellow",
    Outcome.PROBLEM: "bold red",
    Outcome.SKIPPED: "dim",
}


def doctor(*, as_json: Json = False) -> None:
    """Check settings, model, disk, brokers, rights, topics, groups, workers and stalled partitions.

    Nothing is written, so a right to write is not tried. Status 1 if something is a problem; warnings are none.
    """
    terminal.start()
    found: list[Check] = terminal.run(_all(typed_settings(), as_json=as_json))
    if as_json:
        terminal.print_json([asdict(one) for one in found])
    problems = sum(one.outcome is Outcome.PROBLEM for one in found)
    warnings = sum(one.outcome is Outcome.WARNING for one in found)
    terminal.note(
        f"{count_of(len(found), 'check')}: {count_of(problems, 'problem')}, {count_of(warnings, 'warning')}"
    )
    if problems:
        raise typer.Exit(1)


async def _all(origins: Origins, *, as_json: bool) -> list[Check]:
    found = []
    async for one in _checks(origins):
        found.append(one)
        if not as_json:
            _show(one)
    return found


async def _checks(origins: Origins) -> AsyncIterator[Check]:
    """Check after check; without brokers those of brokers are named and left out."""
    for name, look in OF_THIS_MACHINE.items():
        try:
            for check in look(origins):
                yield check
        except ReadoutError as error:
            yield Check(name, Outcome.PROBLEM, str(error))
    first = await reaches(origins.settings)
    yield first
    for name, ask in OF_BROKERS.items():
        if first.outcome is Outcome.PROBLEM:
            yield Check(name, Outcome.SKIPPED, "not looked at: the brokers cannot be reached")
            continue
        try:
            for check in await ask(origins.settings):
                yield check
        except ReadoutError as error:
            yield Check(name, Outcome.PROBLEM, str(error))


def _show(check: Check) -> None:
    if not terminal.out.is_terminal:
        terminal.plain("\t".join((check.outcome, check.name, terminal.one_line(check.text))))
        return
    row = Table.grid(padding=(0, 2, 0, 0))
    row.add_column(width=7)
    row.add_column(width=10)
    row.add_column()
    row.add_row(
        Text(check.outcome, _COLOURS[check.outcome]),
        Text(check.name, "bold"),
        Text(terminal.one_line(check.text)),
    )
    terminal.show(row)
