"""What `verify --since-checkpoint` takes after new articles on a long log, beside verifying as many on their own.

    python -m benchmarks.since_checkpoint [--old 100000] [--new 1000] [--rounds 3]

The new articles are of the usual lengths, derived by the installed language model. The old ones are
made by the tests' stand-in, about seven records each, because they are only hashed: what they say does not matter,
how many records they are does. A real article has some 58 of them. So the time for a million old records is printed
as well, from which the ratio for any log follows. Both are archives, in turn in one process; prints one JSON object
with medians of processor seconds and exits 1 if the ratio is above 1.3. The old log is made and put into an archive
in pieces: all of it at once takes 60 KB an article in this process's memory.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import orjson

from benchmarks.articles import generated_articles
from benchmarks.machine import high_water
from readout.schemas.news import ArticlePublished
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.findings import Account, Finding
from readout.streams.audit.proof.checkpoint import make_checkpoints
from readout.streams.audit.proof.notes import new_key
from readout.streams.audit.scratch import KnownCheckpoint
from readout.streams.audit.verify.checkpoints import read_note
from readout.streams.audit.verify.run import Derive, Scope, verify
from readout.streams.audit.verify.state import InstalledCode
from readout.streams.derive.environment import environment_text
from readout.streams.derive.language import load_language
from readout.streams.derive.producer_block import load_producer
from readout.streams.derive.without_broker import deriver
from readout.streams.kafka.connection import Bounds, Partition
from readout.streams.processors.derivation import derive_batch
from readout.streams.processors.records import Derived
from readout.streams.settings import Settings
from tests.audit.ledger import Ledger, MemoryLog, article, body_of

_CEILING = 1.3
_KEY = new_key("benchmark.example")
_NOW = "2022-10-25T12:00:00Z"
_PIECE = 5000


async def main(arguments: Sequence[str] | None = None) -> int:
    """Make both logs, verify them in turn, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.since_checkpoint")
    parser.add_argument("--old", type=int, default=100_000)
    parser.add_argument("--new", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    settings = Settings()
    with tempfile.TemporaryDirectory() as name:
        long, short = Path(name) / "long", Path(name) / "short"
        newer = derive_batch(generated_articles(chosen.new), load_language(settings))
        since = await _archived(long, settings, chosen.old, newer)
        await _archived(short, settings, 0, newer)
        del newer
        async with deriver(settings, 1) as derive:
            rounds = [
                (await _seconds(short, settings, derive, ()), await _seconds(long, settings, derive, since))
                for _ in range(chosen.rounds)
            ]
    alone, after = (statistics.median(one) for one in zip(*rounds, strict=True))
    old_records = sum(one.checkpoint.size for one in since)
    found = {
        "new_articles": chosen.new,
        "old_articles": chosen.old,
        "old_records": old_records,
        "seconds_alone": round(alone, 1),
        "seconds_since_checkpoint": round(after, 1),
        "most_mebibytes": round(high_water()),
        "ratio": round(after / alone, 2),
        "seconds_a_million_old_records": round((after - alone) / old_records * 1e6, 1),
    }
    sys.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0 if after <= _CEILING * alone else 1


async def _archived(
    folder: Path, settings: Settings, old: int, newer: Sequence[Derived]
) -> tuple[KnownCheckpoint, ...]:
    """Write an archive of old articles and new ones; the checkpoints that were made between them."""
    log = PassingLog()
    for start in range(0, old, _PIECE):
        pieces = range(start, min(old, start + _PIECE))
        await _append(Ledger(log), [article(f"old-{number}", body_of(number)) for number in pieces], folder)
    made = await make_checkpoints(ArchiveLog(folder), _KEY, _NOW) if old else ()
    known = {derived.article.article_id: derived for derived in newer}
    ledger = Ledger(log, load_producer(settings), lambda batch: [known[one.article_id] for one in batch])
    await _append(ledger, [derived.article for derived in newer], folder)
    return tuple(read_note(one.note, _KEY.public, one.file) for one in made)


async def _append(ledger: Ledger, articles: Sequence[ArticlePublished], folder: Path) -> None:
    """Publish, derive and archive articles, and forget their records."""
    for one in articles:
        ledger.publish(one)
    await ledger.derive(batch=16)
    await write_archive(ledger.log, folder)
    ledger.log.records.clear()


class PassingLog(MemoryLog):
    """A log in memory whose records may be taken away when an archive has them, as retention does."""

    async def bounds(self, places: Sequence[Partition]) -> dict[Partition, Bounds]:
        """From the first that is still there on."""
        found = await super().bounds(places)
        return {
            place: bounds if self.records[place] else Bounds(bounds.next, bounds.next)
            for place, bounds in found.items()
        }


async def _seconds(
    folder: Path, settings: Settings, derive: Derive, since: tuple[KnownCheckpoint, ...]
) -> float:
    findings: list[Finding] = []
    installed = InstalledCode(load_producer(settings), environment_text(), settings)
    started = time.process_time()
    account: Account = await verify(
        ArchiveLog(folder), derive, installed, Scope(since=since), findings.append
    )
    seconds = time.process_time() - started
    if findings or account.checkpoints != len(since):
        raise RuntimeError(f"not all is well: {findings[:1] or account}")
    return seconds


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
