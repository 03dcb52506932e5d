"""How long a command takes before it begins its work: `python -m benchmarks.opening_commands`.

Each is started with `--help`, `--version` or on brokers that are not there; the best of the rounds is printed
beside the median, with the processor time, which tells more on a machine that does other things as well. Bytecode
is kept, as of an installed package; a first round that makes it is not counted.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping

# Nobody listens there, and the connection is refused at once: what is measured ends where work would begin.
_NOWHERE = ("--bootstrap-servers", "127.0.0.1:1")
COMMANDS = {
    "--version": ("--version",),
    "--help": ("--help",),
    "tail --help": ("tail", "--help"),
    "tail": ("tail", "contact-log", *_NOWHERE),
    "topics": ("topics", *_NOWHERE),
    "publish": ("publish", "-", *_NOWHERE),
    "replay": ("replay", "contact-log", *_NOWHERE),
    "audit check --help": ("audit", "check", "--help"),
    "audit verify": ("audit", "verify", *_NOWHERE),
    "derive, one short article": ("derive", "-"),
}
_ARTICLE = b"date 2022-10-25 Ann Lee met Bob Ray in Paris on Monday."


def started(
    arguments: tuple[str, ...], environment: Mapping[str, str], stdin: bytes = b""
) -> tuple[float, float]:
    """Run a command to its end; seconds on the wall, and of the processor."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "readout", *arguments],
        input=stdin,
        env=environment,
        capture_output=True,
        check=False,
    )
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a line for each command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        kept = {"READOUT_CONFIG": "", "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}
        for name, arguments in COMMANDS.items():
            stdin = _ARTICLE if "derive" in arguments else b""
            times = [started(arguments, {**os.environ, **kept}, stdin) for _ in range(rounds + 1)]
            _print(name, times[1:])


def _print(name: str, times: list[tuple[float, float]]) -> None:
    """Best, median and processor time."""
    best, median = min(took for took, _ in times), statistics.median(took for took, _ in times)
    processor = min(used for _, used in times)
    print(f"{name:28} best {best:5.2f} s   median {median:5.2f} s   processor {processor:5.2f} s")


if __name__ == "__main__":
    main()
