"""Ctrl-C while a command loads: one line and status 130, whatever was being imported."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Interrupts the process when the module named in INTERRUPT_AT is asked for.
PLANTED = """
import os, signal, sys

class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["INTERRUPT_AT"]:
            sys.meta_path.remove(self)
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Interrupts())
"""
COMMANDS = {
    "readout.streams.cli": ("--help",),
    "pydantic": ("--version",),
    "rich.console": ("tail", "news"),
    "aiokafka": ("tail", "news"),
    "readout.streams.audit.verify.run": ("audit", "verify"),
    "spacy": ("derive", "-"),
}


@pytest.mark.parametrize("module", COMMANDS)
def test_an_interrupted_import_is_one_line(module: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(PLANTED, "utf-8")
    paths = os.pathsep.join((str(tmp_path), str(ROOT / "src")))
    done = subprocess.run(
        [sys.executable, "-m", "readout", *COMMANDS[module]],
        env={**os.environ, "PYTHONPATH": paths, "INTERRUPT_AT": module},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "readout: interrupted\n")


def test_one_that_ignores_interrupts_goes_on_ignoring_them(tmp_path: Path) -> None:
    """As a shell starts what runs in the background."""
    (tmp_path / "sitecustomize.py").write_text(PLANTED, "utf-8")
    paths = os.pathsep.join((str(tmp_path), str(ROOT / "src")))
    done = subprocess.run(
        [sys.executable, "-m", "readout", "--version"],
        env={**os.environ, "PYTHONPATH": paths, "INTERRUPT_AT": "pydantic"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    assert done.returncode == 0
    assert done.stdout.startswith("readout ")
