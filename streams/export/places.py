"""Where exports are written: beside the place first, and in the place when they are whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from readout.streams.errors import ConfigurationError

PARTIAL = ".partial"


@contextmanager
def replaced(file: Path) -> Iterator[BinaryIO]:
    """A stream whose file is in its place when it was written whole; until then the old one stays.

    Raises:
        ConfigurationError: it cannot be written there.
    """
    with new_file(file) as partial, partial.open("wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())


def place_for(file: Path) -> Path:
    """The file, with the folders above it made.

    Raises:
        ConfigurationError: they cannot be made.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{file.parent} cannot be made: {error.strerror}") from None
    return file


@contextmanager
def new_file(file: Path) -> Iterator[Path]:
    """A path beside a file that takes its place when all went well, and goes when not.

    Raises:
        ConfigurationError: it cannot be written there.
    """
    partial = file.with_name(file.name + PARTIAL)
    try:
        place_for(partial)
        partial.unlink(missing_ok=True)
        yield partial
        partial.replace(file)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
