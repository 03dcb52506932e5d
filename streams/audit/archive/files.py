"""Open the files of an archive that a stranger may have made: regular files below the folder, of bounded size.

Reads:  one named file, each folder on the way opened without following symbolic links
Writes: nothing
A device, a pipe or a link is refused before anything is read from it, and a file that grows meanwhile at its limit.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from readout.streams.errors import InvalidRecord

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK a pipe would be waited for before anybody could see that it is one.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def read_regular(folder: Path, name: str, most_bytes: int) -> bytes:
    """The content of a file of an archive.

    Args:
        folder: the archive; may itself be reached by a link, because the caller has named it.
        name: path below the folder, parts separated by `/`.
        most_bytes: a larger file is refused.

    Raises:
        FileNotFoundError: there is none.
        InvalidRecord: it is no regular file below the folder, is too large, or cannot be read.
    """
    parts = name.split("/")
    if any(part in {"", ".", ".."} or "\0" in part for part in parts):
        raise InvalidRecord("its name does not stay below the archive")
    try:
        with _descriptor(folder, parts) as descriptor:
            return _bounded(descriptor, most_bytes)
    except FileNotFoundError:
        raise
    except OSError as error:
        reason = "it is a symbolic link" if error.errno == errno.ELOOP else error.strerror
        raise InvalidRecord(f"it cannot be read as a regular file below the archive: {reason}") from None


@contextmanager
def _descriptor(folder: Path, parts: list[str]) -> Iterator[int]:
    opened = [os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]
    try:
        for part in parts[:-1]:
            opened.append(os.open(part, _FOLDER, dir_fd=opened[-1]))
        opened.append(os.open(parts[-1], _FILE, dir_fd=opened[-1]))
        yield opened[-1]
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _bounded(descriptor: int, most_bytes: int) -> bytes:
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        raise InvalidRecord("it is no regular file")
    if facts.st_size > most_bytes:
        raise InvalidRecord(f"it has {facts.st_size:,} bytes; at most {most_bytes:,} are read")
    with os.fdopen(os.dup(descriptor), "rb") as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise InvalidRecord(f"it grew beyond {most_bytes:,} bytes while it was read")
    return data
