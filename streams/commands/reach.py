"""The options of every command that say which installation it is about: file, profile, brokers, prefix.

They may stand before the command or after it; what stands after goes before what stands before.
"""

import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from readout.streams.settings_file import CONFIG, PROFILE

if TYPE_CHECKING:
    from readout.streams.settings import Origins

_PANEL = "Which installation"

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Settings; default: readout/readout.toml in ~/.config.",
        rich_help_panel=_PANEL,
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile", metavar="NAME", help="Of that file, \\[profile.NAME] as well.", rich_help_panel=_PANEL
    ),
]
Servers = Annotated[
    str | None,
    typer.Option(
        "--bootstrap-servers", metavar="HOST:PORT,…", help="The Kafka brokers.", rich_help_panel=_PANEL
    ),
]
Prefix = Annotated[
    str | None,
    typer.Option("--prefix", metavar="TEXT", help="In front of every topic name.", rich_help_panel=_PANEL),
]
OPTIONS: Mapping[str, object] = {
    "config": Config,
    "profile": Profile,
    "bootstrap_servers": Servers,
    "prefix": Prefix,
}
_SETTINGS = {"bootstrap_servers": "bootstrap_servers", "prefix": "topic_prefix"}
_VARIABLES = {"config": CONFIG, "profile": PROFILE}
_NOTHING: Mapping[str, object] = MappingProxyType({})
_typed: ContextVar[Mapping[str, object]] = ContextVar("typed", default=_NOTHING)


def remember(options: Mapping[str, object]) -> None:
    """Keep the options that were given, for whatever runs from here on."""
    _typed.set({**_typed.get(), **{name: value for name, value in options.items() if value is not None}})


@contextmanager
def _remembered(options: Mapping[str, object]) -> Iterator[None]:
    before = _typed.set(_typed.get())
    try:
        remember(options)
        yield
    finally:
        _typed.reset(before)


def typed_settings(environment: Mapping[str, str] = os.environ) -> "Origins":
    """The settings in force: what was typed, the environment, the file, the defaults.

    Raises:
        ConfigurationError: one does not fit.
    """
    from readout.streams.settings import read_origins  # noqa: PLC0415 - `--help` and `--version` read none

    typed = _typed.get()
    files = {variable: str(typed[name]) for name, variable in _VARIABLES.items() if name in typed}
    values = {setting: typed[name] for name, setting in _SETTINGS.items() if name in typed}
    return read_origins({**environment, **files}, values)


def with_reach(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command with the options of this module, which it finds in `typed_settings`."""

    @wraps(command)
    def reaching(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever the command takes and gives
        with _remembered({name: options.pop(name, None) for name in OPTIONS}):
            return command(*arguments, **options)

    own = inspect.signature(command, eval_str=True)
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in OPTIONS.items()
    ]
    reaching.__signature__ = own.replace(parameters=[*own.parameters.values(), *more])  # type: ignore[attr-defined]
    reaching.__annotations__ = {**command.__annotations__, **OPTIONS}
    return reaching
