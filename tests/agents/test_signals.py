"""Signals to processes that run until they are stopped, at moments that no person could hit on purpose."""

import signal
import subprocess
import sys

import pytest

AT_ONCE = "readout worker: stopped at once; what was not in the log is derived again\n"
PROGRAM = """
import asyncio, atexit, signal, sys
from readout.streams.worker.starting import stop_on_signals

name, moment = int(sys.argv[1]), sys.argv[2]

async def work():
    if moment == "while the interpreter ends":
        atexit.register(signal.raise_signal, name)
    stopped = stop_on_signals("worker")
    signal.raise_signal(name)
    await stopped.wait()
    if moment == "while it stops":
        signal.raise_signal(name)

asyncio.run(work())
if moment == "after the loop has ended":
    signal.raise_signal(name)
"""
MOMENTS = {
    "never": "",
    "while it stops": AT_ONCE,
    "after the loop has ended": AT_ONCE,
    "while the interpreter ends": "",
}


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_second_signal_ends_the_process_with_status_0(name: signal.Signals, moment: str) -> None:
    command = [sys.executable, "-c", PROGRAM, str(int(name)), moment]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, MOMENTS[moment])
