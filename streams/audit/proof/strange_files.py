"""Read a file that a stranger may have made: a proof, a checkpoint, a key. Never more than belongs into one.

Reads:  one file, or what a shell puts in its place
Writes: nothing
"""

import sys
from pathlib import Path

from readout.streams.errors import ConfigurationError

NOTE_BYTES = 64 * 1024
"""More than any key or checkpoint with all its cosignatures has."""
PROOF_BYTES = 64 * 1024 * 1024
"""More than a bundle of the largest record and article has."""


def read_strange(path: Path, most_bytes: int, what: str = "") -> bytes:
    """What a file holds, or standard input for `-`; `what` it should be is said where it is not.

    Raises:
        ConfigurationError: it cannot be read, or has more than `most_bytes`.
    """
    failed = f"{path} cannot be read as a {what}" if what else f"{path} cannot be read"
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(most_bytes + 1)
        else:
            with path.open("rb") as file:
                data = file.read(most_bytes + 1)
    except OSError as error:
        raise ConfigurationError(f"{failed}: {error.strerror}") from None
    if len(data) > most_bytes:
        raise ConfigurationError(f"{failed}: it has more than {most_bytes:,} bytes")
    return data


def strange_note(path: Path) -> str:
    """The text of a file that should hold a note; empty where no regular file of that size is.

    Raises:
        OSError: it cannot be read.
    """
    if not path.is_file() or path.stat().st_size > NOTE_BYTES:
        return ""
    return path.read_text("utf-8", errors="replace")
