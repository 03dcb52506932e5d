"""Worker processes for tests, started as a person starts them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from readout.streams.settings import Settings, environment_of
from tests.brokers.topics import manifests, until_sealed

_STOPS_WITHIN_SECONDS = 40
_SEALED_WITHIN_SECONDS = 90
_LOG_CHARACTERS_SHOWN = 3000


READOUT_WORKER = ("readout", "worker")


class WorkerProcess:
    """A `readout worker`, or another module that works like one; its log is a file of its own."""

    def __init__(self, settings: Settings, log_file: Path, command: Sequence[str] = READOUT_WORKER) -> None:
        self.log_file = log_file
        with log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment(settings),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def send(self, name: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(name)

    def kill(self) -> None:
        """End it without a word."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """Ask it to end, and return its exit status."""
        self._process.terminate()
        return self.wait()

    def wait(self) -> int:
        """Wait for its end, and return its exit status."""
        try:
            return self._process.wait(_STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the worker does not end:\n{self.log_tail()}") from None

    def is_running(self) -> bool:
        """Has it not ended?"""
        return self._process.poll() is None

    def is_asleep(self) -> bool:
        """Was it stopped, and not woken yet?"""
        flags = os.WSTOPPED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self._process.pid, flags) is not None

    def events(self, *names: str, since: int = 0) -> list[dict[str, Any]]:
        """What its log says of these events, from a byte of the file on."""
        lines = self.log_file.read_bytes()[since:].splitlines()
        found = (json.loads(line) for line in lines if line.startswith(b"{") and line.endswith(b"}"))
        return [event for event in found if event["event"] in names]

    def batches_written(self) -> int:
        """How often its log says so: it grows with every batch."""
        return self.log_file.read_bytes().count(b"sealed")

    def log_tail(self) -> str:
        """The end of its log."""
        return self.log_file.read_text(errors="replace")[-_LOG_CHARACTERS_SHOWN:]


@contextmanager
def worker(
    settings: Settings, log_file: Path, command: Sequence[str] = READOUT_WORKER
) -> Iterator[WorkerProcess]:
    """A worker for as long as the context lasts."""
    process = WorkerProcess(settings, log_file, command)
    try:
        yield process
    finally:
        if process.is_running():
            process.kill()


def environment(settings: Settings) -> dict[str, str]:
    """The environment of a process that is to have these settings."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("READOUT_")}
    return others | environment_of(settings)


async def until_all_sealed(settings: Settings, articles: int, workers: list[WorkerProcess]) -> None:
    """Wait for manifests of so many article revisions; if they do not come, show what the workers say."""
    try:
        await until_sealed(
            settings,
            articles,
            within_seconds=_SEALED_WITHIN_SECONDS,
            still_hopeful=lambda: all(one.is_running() for one in workers),
        )
    except (TimeoutError, AssertionError):
        found = len(await manifests(settings))
        logs = "\n".join(one.log_tail() for one in workers)
        pytest.fail(f"{found} of {articles} articles sealed; the workers say:\n{logs}")
