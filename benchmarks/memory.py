"""Memory of verify, checkpoint and archive on a small and a large log: it must not grow with the log.

    python benchmarks/memory.py [SMALL LARGE]

Prints the highest resident memory of a process for each command, on an embedded broker with so many records. The
derivation is the tests' stand-in, because a language model would hide everything else behind its own memory.
Exits 1 if the large log takes more than a quarter more than the small one.
"""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.machine import high_water
from readout.schemas.news import ArticlePublished
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.log import LiveLog
from readout.streams.audit.proof.checkpoint import make_checkpoints
from readout.streams.audit.proof.notes import new_key
from readout.streams.audit.verify.examine import Derived
from readout.streams.audit.verify.run import Scope, verify
from readout.streams.audit.verify.state import InstalledCode
from readout.streams.kafka.embedded import embedded_broker
from readout.streams.settings import Settings
from tests.audit.conftest import pour
from tests.audit.ledger import PARTITIONS, PRODUCER, Ledger, MemoryLog, article, body_of, stand_in

_COMMANDS = ("verify", "checkpoint", "archive")
_GROWTH = 1.25


async def derive(articles: Sequence[ArticlePublished]) -> list[Derived]:
    """The stand-in."""
    return stand_in(articles)


async def fill(settings: Settings, records: int) -> int:
    """Write a log of about so many records."""
    ledger = Ledger(MemoryLog(settings.topic_prefix))
    number = 0
    while sum(len(part) for part in ledger.log.records.values()) < records:
        for _ in range(500):
            ledger.publish(article(f"article-{number}", body_of(number)))
            number += 1
        await ledger.derive(gaps=False)
    await pour(ledger.log, settings)
    return sum(len(part) for part in ledger.log.records.values())


async def run(command: str, settings: Settings) -> None:
    """One command, in this process."""
    log = LiveLog(settings)
    if command == "verify":
        account = await verify(log, derive, InstalledCode(PRODUCER, "", settings), Scope(), print)
        if account.status():
            raise SystemExit("not all is well")
    elif command == "checkpoint":
        await make_checkpoints(log, new_key("benchmark.example"), "2022-10-25T12:00:00Z")
    else:
        with tempfile.TemporaryDirectory() as folder:
            await write_archive(log, Path(folder))


def measured(command: str, servers: str) -> float:
    """Highest resident memory in MiB of a process that runs one command."""
    asked = [sys.executable, __file__, command, servers]
    answer = subprocess.run(asked, capture_output=True, text=True, check=True)  # noqa: S603 - ourselves
    return float(answer.stdout.splitlines()[-1])


def main(sizes: Sequence[int]) -> int:
    """Measure and print."""
    found: dict[str, list[float]] = {command: [] for command in _COMMANDS}
    for size in sizes:
        with embedded_broker() as broker:
            settings = Settings(bootstrap_servers=broker.bootstrap_servers, partitions=PARTITIONS)
            records = asyncio.run(fill(settings, size))
            for command in _COMMANDS:
                found[command].append(measured(command, broker.bootstrap_servers))
                print(f"{command}: {records} records, {found[command][-1]:.0f} MiB", flush=True)
    return 0 if all(large <= _GROWTH * small for small, large in found.values()) else 1


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in _COMMANDS:
        asyncio.run(run(sys.argv[1], Settings(bootstrap_servers=sys.argv[2], partitions=PARTITIONS)))
        print(high_water())
        sys.exit(0)
    sys.exit(main([int(text) for text in sys.argv[1:3]] or [10_000, 200_000]))
