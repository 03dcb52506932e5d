"""Disks that fill up under a broker, and have space again later.

One is a small file system with a ballast file, which needs the right to mount. The other needs no rights: the
system ends every write of the broker's process beyond a file size, which is to the broker the same error.
"""

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import pytest

from tests.brokers.kafka import KafkaNode

_MEBIBYTES = 400
_LEFT_BYTES = 400_000
_PIECE_BYTES = 100_000
_MORE_BYTES_A_FILE = 15_000


class Disk(Protocol):
    """What a broker writes on."""

    def fill(self, node: KafkaNode) -> None:
        """Let almost no space be left."""

    def free(self) -> None:
        """Let there be space again, for a broker that is started anew."""


class SmallFileSystem:
    """A file system of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fill(self, node: KafkaNode) -> None:
        """Write ballast; the node writes as well meanwhile, and may be the one who fills the rest."""
        assert node.folder.is_relative_to(self._folder)
        with suppress(OSError), self._ballast.open("wb") as ballast:
            left = shutil.disk_usage(self._folder).free - _LEFT_BYTES
            for _ in range(left // _PIECE_BYTES):
                ballast.write(bytes(_PIECE_BYTES))

    def free(self) -> None:
        """Throw the ballast off."""
        self._ballast.unlink()

    @property
    def _ballast(self) -> Path:
        return self._folder / "ballast"


class LimitedFiles:
    """The limit of a process for the files that it writes."""

    def fill(self, node: KafkaNode) -> None:
        """Let the topics grow by a few records only."""
        sizes = [file.stat().st_size for file in (node.folder / "data").glob("*entities-*/*.log")]
        limit = max(sizes) + _MORE_BYTES_A_FILE
        resource.prlimit(node.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    def free(self) -> None:
        """Nothing: the limit ends with the process."""


@contextmanager
def small_file_system(folder: Path) -> Iterator[Disk]:
    """Mount one at a folder for as long as the context lasts; skip where that is not allowed."""
    folder.mkdir()
    options = f"size={_MEBIBYTES}m"
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("needs the right to mount a file system")
    try:
        yield SmallFileSystem(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def limited_files(_folder: Path) -> Iterator[Disk]:
    """Limit the broker's files, where the system can."""
    if sys.platform != "linux":
        pytest.skip("only Linux limits the files of another process")
    yield LimitedFiles()
