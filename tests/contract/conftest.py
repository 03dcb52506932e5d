"""Tools of other languages: skipped with the reason where they are missing, required where everything must run."""

import functools
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.brokers.one_at_a_time import one_at_a_time

CLIENTS = Path(__file__).parent / "clients"
NodeFolder = Callable[[str], Path]
_INSTALLED_WITHIN_SECONDS = 900


def require(*programs: str) -> None:
    """Skip the test if a program is missing; fail it where READOUT_REQUIRE_KAFKA says that all must run."""
    missing = [program for program in programs if shutil.which(program) is None]
    if not missing:
        return
    reason = f"{', '.join(missing)} not installed"
    if os.environ.get("READOUT_REQUIRE_KAFKA") == "1":
        pytest.fail(f"{reason}, and READOUT_REQUIRE_KAFKA=1")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def node_folder() -> Callable[[str], Path]:
    """Gives a folder of `clients` with the packages of its lock file installed."""

    def installed(name: str) -> Path:
        require("node", "npm")
        folder = CLIENTS / name
        lock, done = folder / "package-lock.json", folder / "node_modules" / ".installed"
        with one_at_a_time():
            if not done.exists() or done.read_bytes() != lock.read_bytes():
                run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
                done.write_bytes(lock.read_bytes())
        return folder

    return installed


@pytest.fixture(scope="session")
def java_folder() -> Callable[[str], Path]:
    """Gives a folder of `clients` compiled, with its libraries in `target/libraries`."""

    @functools.cache
    def compiled(name: str) -> Path:
        require("java", "mvn")
        folder = CLIENTS / name
        with one_at_a_time():
            run(["mvn", "-q", "-B", "compile", "dependency:copy-dependencies"], folder)
        return folder

    return compiled


def run(command: Sequence[str], folder: Path) -> None:
    """Run an installer, and show what it said if it fails."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=_INSTALLED_WITHIN_SECONDS, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
