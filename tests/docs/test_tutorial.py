"""docs/tutorial.md is so: every step runs, one after the other, on what `readout up` starts."""

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from readout.streams.settings import Settings
from tests.brokers.topics import until_sealed

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
STEPS = re.findall(r"```(sh|python)\n(.*?)```", PAGE, re.DOTALL)
# What the worker derives is there some time after it was published: manifests after the seed and each publishing.
_SEALED = {"readout publish feed.xml": 3, "readout publish --withhold": 4}


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Where `readout up` runs, and a `readout` on the path that is ours."""
    command = tmp_path / "bin" / "readout"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m readout "$@"\n', "utf-8")
    command.chmod(0o755)
    own = {name: value for name, value in os.environ.items() if not name.startswith("READOUT_")}
    path = os.pathsep.join((str(command.parent), str(Path(sys.executable).parent), own["PATH"]))
    own |= {"PATH": path, "READOUT_CONFIG": "", "PYTHONPATH": str(ROOT / "src")}
    up = [sys.executable, "-m", "readout", "up"]
    with subprocess.Popen(
        up, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        address = next(line for line in process.stderr if line.startswith("running: "))
        variables = dict(word.split("=") for word in address.split() if word.startswith("READOUT_"))
        yield own | variables
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130


def run(kind: str, step: str, environment: dict[str, str], folder: Path) -> str:
    command = ["bash", "-eu", "-o", "pipefail", "-c", step] if kind == "sh" else [sys.executable, "-c", step]
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, f"{step}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_every_step_runs(environment: dict[str, str], tmp_path: Path) -> None:
    shown = {}
    for kind, step in STEPS:
        shown[step.splitlines()[0]] = run(kind, step, environment, tmp_path)
        for publishing, number in _SEALED.items():
            if publishing in step:
                settings = Settings(bootstrap_servers=environment["READOUT_BOOTSTRAP_SERVERS"])
                asyncio.run(until_sealed(settings, number, within_seconds=120))
    weber = shown["readout tail contact-log --person Weber"]
    assert "2022-11-01\tcall\theld\tAnna Weber (DE); Omar Haddad (KE)" in weber
    assert "Olaf Scholz" in shown["readout tail contact-log --country CN --mode meeting"]
    assert "Xi Jinping" in shown["from readout import ContactLogged, Filter, read"]
    assert "withheld" in shown["readout tail contact-log -n 1"]
    assert (tmp_path / "contacts.csv").read_text("utf-8").count("\n") >= 4
    assert (
        sqlite3.connect(tmp_path / "contacts.sqlite")
        .execute("SELECT count(*) FROM sqlite_master")
        .fetchone()[0]
    )
    assert (tmp_path / "report.html").read_text("utf-8").count("Scholz") > 1
