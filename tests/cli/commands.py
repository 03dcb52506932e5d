"""Run `readout` as a person does: a process of its own, its output and its status."""

import os
import subprocess
import sys
from collections.abc import Mapping

from readout.streams.settings import Settings, environment_of


def readout(
    *arguments: str,
    settings: Settings | None = None,
    stdin: bytes = b"",
    extra: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end; a hung one fails the test."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("READOUT_")}
    environment |= environment_of(settings) if settings else {}
    return subprocess.run(
        [sys.executable, "-m", "readout", *arguments],
        input=stdin,
        env=environment | dict(extra or {}),
        capture_output=True,
        timeout=180,
        check=False,
    )
