"""Commands that are imported when they are run: what a person need not wait for is not loaded.

A group knows of each command its name, where it lives and its summary; `--help` and completion need no more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from readout.streams.commands.reach import with_reach

_HOME = "readout.streams.commands"
_GIVEN = {Path: "PATH", int: "N", float: "N"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A command before it is loaded.

    Attributes:
        home: module of `streams.commands` and the function in it, as `read:tail`; of a group, its entries.
        summary: the first line of its docstring.
        panel: under which heading `--help` shows it.
    """

    name: str
    home: "str | tuple[Entry, ...]"
    summary: str
    panel: str | None = None


def application(
    entries: tuple[Entry, ...], callback: Callable[..., None] | None = None, *, completion: bool = False
) -> typer.Typer:
    """The command line with these commands; `callback` has the options that stand before them."""
    return typer.Typer(
        cls=_group_of(entries),
        callback=callback or _nothing,
        no_args_is_help=True,
        add_completion=completion,
        pretty_exceptions_enable=False,
    )


def load(entry: Entry) -> Any:  # noqa: ANN401 - Typer does not publish the type of its commands
    """The command itself."""
    if isinstance(entry.home, tuple):
        loaded = get_command(application(entry.home))
        loaded.help = entry.summary
    else:
        module, _, name = entry.home.partition(":")
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        app.command()(with_reach(getattr(import_module(f"{_HOME}.{module}"), name)))
        loaded = get_command(app)
    # Lines end where the terminal ends, not where they do in the code.
    loaded.help = "\n\n".join(" ".join(part.split()) for part in (loaded.help or "").split("\n\n"))
    loaded.name = entry.name
    _say_what_is_given(loaded)
    return loaded


def _say_what_is_given(command: Any) -> None:  # noqa: ANN401 - as above
    """Help says PATH and TEXT; Typer would say `<path>`, `<list[str]>`, and `<bool>` where no value is taken."""
    for one in (command.get_help_option(typer.Context(command)), *command.params):
        if one.param_type_name == "argument":
            one.metavar = one.metavar or one.name.upper()
            one.display_type_rich = _no_type
        elif one.is_flag:
            one.metavar = ""
        elif one.metavar is None and not one.type_descriptor.is_choice:
            one.metavar = _GIVEN.get(_single(one.type_descriptor.annotation), "TEXT")


def _no_type(ctx: Any) -> None:  # noqa: ANN401 - as Typer calls it
    """The name of an argument says enough."""


def _single(kind: Any) -> Any:  # noqa: ANN401 - any type
    """What one value of a repeated option is."""
    return (get_args(kind) or (kind,))[0]


def _nothing() -> None:
    """A group whose commands have all the options."""


def _group_of(entries: tuple[Entry, ...]) -> type[TyperGroup]:
    by_name = {one.name: one for one in entries}

    class Lazy(TyperGroup):
        """A group that lists its commands unloaded, and loads the one that is run."""

        def __init__(self, **options: Any) -> None:  # noqa: ANN401 - as Typer declares it
            super().__init__(**options)
            for one in entries:
                self.add_command(TyperCommand(one.name, help=one.summary, rich_help_panel=one.panel))

        def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as Typer declares it
            _say_what_is_given(self)
            super().format_help(ctx, formatter)

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - as Typer declares it
            name, command, rest = super().resolve_command(ctx, args)
            return name, load(by_name[name]) if name in by_name else command, rest

    return Lazy
