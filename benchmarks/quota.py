"""A processor quota for processes, by control groups of Linux, version 2 or 1; needs the right to make one."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from readout.streams.errors import ConfigurationError

_ROOT = Path("/sys/fs/cgroup")
_OLD_ROOT = _ROOT / "cpu"
_PERIOD_MICROSECONDS = 100_000
_EMPTY_WITHIN_SECONDS = 10

Confine = Callable[[int], None]
"""Puts a process, by its id, and whatever it starts from now on, below the quota."""


def processor_quota(cores: float | None) -> AbstractContextManager[Confine]:
    """So many cores together for all processes that are put below it; None for no quota.

    Raises:
        ConfigurationError: control groups cannot be made here.
    """
    return nullcontext(lambda _: None) if cores is None else _group(cores)


@contextmanager
def _group(cores: float) -> Iterator[Confine]:
    microseconds = round(cores * _PERIOD_MICROSECONDS)
    is_new = (_ROOT / "cgroup.controllers").exists()
    group = (_ROOT if is_new else _OLD_ROOT) / f"readout-benchmark-{os.getpid()}"
    try:
        group.mkdir()
        if is_new:
            (group / "cpu.max").write_text(f"{microseconds} {_PERIOD_MICROSECONDS}")
        else:
            (group / "cpu.cfs_period_us").write_text(str(_PERIOD_MICROSECONDS))
            (group / "cpu.cfs_quota_us").write_text(str(microseconds))
    except OSError as error:
        raise ConfigurationError(f"no processor quota: {error}; leave it out") from None
    try:
        yield lambda pid: _put(group, pid)
    finally:
        _remove(group)


def _remove(group: Path) -> None:
    """A group can be removed when its last process has ended, which those of a pool do after their worker."""
    deadline = time.monotonic() + _EMPTY_WITHIN_SECONDS
    while (group / "cgroup.procs").read_text() and time.monotonic() < deadline:
        time.sleep(0.1)
    group.rmdir()


def _put(group: Path, pid: int) -> None:
    (group / "cgroup.procs").write_text(str(pid))
