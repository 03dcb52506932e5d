"""What a signing takes after new articles on a long log, beside signing as many alone, and building all again.

    python -m benchmarks.signing [--old 20000] [--new 1000] [--rounds 3]

The articles are made by the tests' stand-in, about eight records each, and lie in memory, so that reading from a
broker is left out, as it is in `benchmarks/merkle.py`. All three are signed in turn in one process; prints one JSON
object with medians of processor seconds. Exits 1 if going on takes more than 1.3 times what the new articles take.
"""

import argparse
import asyncio
import copy
import statistics
import sys
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence

import orjson

from readout.streams.audit.proof.checkpoint import make_checkpoints
from readout.streams.audit.proof.notes import new_key
from readout.streams.audit.proof.signer_state import SignerState
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from tests.audit.ledger import Ledger, MemoryLog, article, body_of

_CEILING = 1.3
_KEY = new_key("benchmark.example")
_NOW = "2022-10-25T12:00:00Z"
_PIECE = 5000


async def main(arguments: Sequence[str] | None = None) -> int:
    """Make both logs, sign them in turn, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.signing")
    parser.add_argument("--old", type=int, default=20_000)
    parser.add_argument("--new", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    long, state = await _log(chosen.old, chosen.new)
    short, nothing = await _log(0, chosen.new)
    rounds = [
        (await _seconds(short, nothing), await _seconds(long, state), await _seconds(long, SignerState()))
        for _ in range(chosen.rounds)
    ]
    alone, after, rebuilt = (statistics.median(one) for one in zip(*rounds, strict=True))
    found = {
        "new_articles": chosen.new,
        "old_articles": chosen.old,
        "old_records": sum(head.size for head in state.heads.values()),
        "seconds_alone": round(alone, 2),
        "seconds_going_on": round(after, 2),
        "seconds_built_again": round(rebuilt, 2),
        "ratio": round(after / alone, 2),
    }
    sys.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
    return 0 if after <= _CEILING * alone else 1


class _Log(MemoryLog):
    """A log that is read from where it is asked for, as brokers do it."""

    async def read(self, place: Partition, bounds: Bounds) -> AsyncIterator[StoredRecord]:
        records = self.records[place]
        first = bisect_left(records, bounds.first, key=lambda one: one.offset)
        for index in range(first, len(records)):
            if records[index].offset >= bounds.next:
                return
            yield records[index]


async def _log(old: int, new: int) -> tuple[MemoryLog, SignerState]:
    """A log of old articles and new ones; what the signer remembers of the old ones."""
    ledger, state = Ledger(_Log()), SignerState()
    await _add(ledger, 0, old)
    for one in await make_checkpoints(ledger.log, _KEY, _NOW, state=state):
        ledger.log.append(one.record, one.place.number, 1)
    await _add(ledger, old, old + new)
    return ledger.log, state


async def _add(ledger: Ledger, first: int, last: int) -> None:
    for start in range(first, last, _PIECE):
        for number in range(start, min(last, start + _PIECE)):
            ledger.publish(article(f"article-{number}", body_of(number)))
        await ledger.derive(batch=16)


async def _seconds(log: MemoryLog, state: SignerState) -> float:
    state, started = copy.deepcopy(state), time.process_time()
    made = await make_checkpoints(log, _KEY, _NOW, state=state)
    seconds = time.process_time() - started
    if not made:
        raise RuntimeError("nothing was signed")
    return seconds


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
