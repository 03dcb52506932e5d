"""Read the schemas of a release: from a folder, or from a commit or tag of this repository."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import orjson

from readout.schemas.contract import JsonObject
from readout.streams.errors import ConfigurationError

SUFFIX = ".schema.json"


def released_schemas(against: str, folder: Path) -> dict[str, JsonObject]:
    """The JSON Schemas of a release, by event type.

    Args:
        against: a folder of schemas, or a git ref such as `v0.1.0`.
        folder: where the schemas are in the repository.

    Raises:
        ConfigurationError: there are none.
    """
    place = Path(against)
    found = dict(_in_folder(place) if place.is_dir() else _in_git(against, folder))
    if not found:
        raise ConfigurationError(
            f"no {SUFFIX[1:]} in {against!r}: name a folder, or a git ref such as v0.1.0"
        )
    return found


def _in_folder(folder: Path) -> Iterator[tuple[str, JsonObject]]:
    for file in sorted(folder.glob(f"*{SUFFIX}")):
        yield file.name.removesuffix(SUFFIX), orjson.loads(file.read_bytes())


def _in_git(ref: str, folder: Path) -> Iterator[tuple[str, JsonObject]]:
    for path in _git("ls-tree", "--name-only", f"{ref}:{folder.as_posix()}").decode().splitlines():
        if path.endswith(SUFFIX):
            content = _git("show", f"{ref}:{folder.as_posix()}/{path}")
            yield path.removesuffix(SUFFIX), orjson.loads(content)


def _git(*arguments: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - a list, and no shell
            ["git", *arguments],  # noqa: S607 - found on PATH
            capture_output=True,
            check=True,
        )
    except FileNotFoundError:
        raise ConfigurationError("git is not installed: compare with a folder of schemas instead") from None
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise ConfigurationError(f"git {' '.join(arguments)}: {reason}") from None
    return done.stdout
