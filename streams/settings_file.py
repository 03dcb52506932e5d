"""Settings from a file: `readout.toml`, with profiles for several installations.

    bootstrap_servers = "localhost:9092"

    [profile.production]
    bootstrap_servers = "kafka-1:9093,kafka-2:9093"
    security_protocol = "SASL_SSL"

Reads:  the file that is named, or the first that is found where XDG (on Windows, APPDATA) has such files
Never the current folder: whoever gives you a folder would say where your articles and passwords go.
"""

import os
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from readout.streams.errors import ConfigurationError

CONFIG = "READOUT_CONFIG"
PROFILE = "READOUT_PROFILE"
_FILE = Path("readout", "readout.toml")
_PROFILES = "profile"


@dataclass(frozen=True, slots=True)
class FileSettings:
    """What a file says: the value of each setting, and where in the file it stands."""

    path: Path | None = None
    profile: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)


def settings_path(environment: Mapping[str, str]) -> Path | None:
    """The file of settings: `READOUT_CONFIG`, which may be empty for none, or the first that exists."""
    if CONFIG in environment:
        return Path(environment[CONFIG]) if environment[CONFIG] else None
    return next((path for path in usual_paths(environment) if path.is_file()), None)


def usual_paths(environment: Mapping[str, str]) -> list[Path]:
    """Where such a file is looked for, the first first."""
    if os.name == "nt":
        return [Path(environment["APPDATA"], _FILE)] if environment.get("APPDATA") else []
    home = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "/"), ".config")
    folders = [home, *(environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")]
    # The specification has relative folders ignored.
    return [Path(folder, _FILE) for folder in folders if Path(folder).is_absolute()]


def read_file(path: Path | None, profile: str | None, known: Collection[str]) -> FileSettings:
    """The settings of a file: those at its top, and those of the profile, which go before them.

    Raises:
        ConfigurationError: it cannot be read, names what is no setting, or lacks the profile.
    """
    if path is None:
        if profile:
            raise ConfigurationError(
                f"profile {profile!r}: there is no readout.toml; write one, or name it with --config"
            )
        return FileSettings()
    content = _toml(path)
    profiles = content.pop(_PROFILES, {})
    if not isinstance(profiles, dict) or not all(isinstance(one, dict) for one in profiles.values()):
        raise ConfigurationError(f"{path}: write profiles as [profile.NAME]")
    chosen = _profile(path, profiles, profile)
    for name, part in {"": content, **profiles}.items():
        _check_names(path, f"[profile.{name}] " if name else "", part, known)
    places = dict.fromkeys(content, f"{path}") | dict.fromkeys(chosen, f"{path} [profile.{profile}]")
    return FileSettings(path, profile, content | chosen, places)


def _toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"settings {path} cannot be read: {error.strerror}") from None
    except ValueError as error:  # no UTF-8, or no TOML
        raise ConfigurationError(f"settings {path} are no TOML: {error}") from None


def _profile(path: Path, profiles: Mapping[str, dict[str, object]], name: str | None) -> dict[str, object]:
    if not name:
        return {}
    if name not in profiles:
        there = ", ".join(profiles) or "none"
        raise ConfigurationError(f"{path} has no profile {name!r}; it has: {there}")
    return profiles[name]


def _check_names(path: Path, where: str, part: Mapping[str, object], known: Collection[str]) -> None:
    for name in part:
        if name not in known:
            meant = get_close_matches(name, known, n=1)
            hint = f": did you mean {meant[0]}?" if meant else ""
            raise ConfigurationError(f"{path}: {where}{name} is no setting{hint}")
