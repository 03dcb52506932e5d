"""The machine that was measured on, described without naming it; and what processes use of it.

Reads:  /proc, where there is one; without it the figures that need it are left out
"""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

_PROC = Path("/proc")
_FLAGS = ("avx2", "avx512f", "avx512_bf16", "amx_tile")
_LIBRARIES = ("spacy", "thinc", "blis", "numpy", "pydantic", "orjson", "faust-streaming", "aiokafka")


def describe_machine() -> dict[str, object]:
    """Cores, processor, the flags that decide which kernels run, memory, and versions."""
    processor = _cpu_fields()
    flags = processor.get("flags", "").split()
    return {
        "cores": os.cpu_count(),
        "processor": processor.get("model name", platform.machine()),
        "flags": [flag for flag in _FLAGS if flag in flags],
        "memory_mebibytes": _memory_mebibytes(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process and its descendants have used: processor seconds, and the sum of their peak memories."""

    cpu_seconds: float
    peak_mebibytes: float
    resident_mebibytes: float


def usage_of(pid: int) -> Usage:
    """What a running process and its running descendants have used until now."""
    usages = [_usage(one) for one in family_of(pid)]
    return Usage(
        sum(usage.cpu_seconds for usage in usages),
        sum(usage.peak_mebibytes for usage in usages),
        sum(usage.resident_mebibytes for usage in usages),
    )


def pin(pid: int, core: int | None) -> None:
    """Keep a process, and whatever it starts from now on, on one core; None or one core only: leave it."""
    if core is None or not hasattr(os, "sched_setaffinity") or (os.cpu_count() or 1) < 2:
        return
    os.sched_setaffinity(pid, {core % (os.cpu_count() or 1)})


def high_water() -> float:
    """The highest resident memory of this process so far, in MiB; what its parent had does not count."""
    status = Path("/proc/self/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def family_of(pid: int) -> list[int]:
    """A running process and its running descendants, by their ids."""
    children = [int(text) for text in _read(_PROC / str(pid) / "task" / str(pid) / "children").split()]
    return [pid, *(one for child in children for one in family_of(child))]


def _usage(pid: int) -> Usage:
    status = dict(
        line.split(":", 1) for line in _read(_PROC / str(pid) / "status").splitlines() if ":" in line
    )
    fields = _read(_PROC / str(pid) / "stat").rpartition(")")[2].split()
    ticks = sum(int(text) for text in fields[11:13])
    peak, resident = (
        int(status.get(name, "0 kB").split()[0] or 0) / 1024 if name in status else 0.0
        for name in ("VmHWM", "VmRSS")
    )
    return Usage(ticks / os.sysconf("SC_CLK_TCK"), peak, resident)


def _cpu_fields() -> dict[str, str]:
    lines = _read(_PROC / "cpuinfo").split("\n\n")[0].splitlines()
    return {name.strip(): text.strip() for name, _, text in (line.partition(":") for line in lines)}


def _memory_mebibytes() -> int:
    total = [line for line in _read(_PROC / "meminfo").splitlines() if line.startswith("MemTotal")]
    return int(total[0].split()[1]) // 1024 if total else 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
