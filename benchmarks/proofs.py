"""What a proof costs: to make one from a log in memory, and to check one, by the size of the partition.

    python benchmarks/proofs.py [RECORDS ...]

Making reads the partition up to twice, so that its cost grows with it; checking takes a hash for each level of the
tree and one signature. Milliseconds of processor time, the median of several; reading from a broker or archive is
left out.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.merkle import records
from readout.schemas.checkpoints import Checkpoint, checkpoint_text
from readout.streams.audit.proof.bundle import check_file
from readout.streams.audit.proof.leaves import record_leaf_hash
from readout.streams.audit.proof.merkle import Tree
from readout.streams.audit.proof.notes import new_key, sign
from readout.streams.audit.proof.proof_files import Demands, proof_json
from readout.streams.audit.proof.prove import prove_inclusion
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord

_MADE = 3
_CHECKED = 50


class _Log:
    """One partition in memory."""

    prefix = ""

    def __init__(self, stored: list[StoredRecord]) -> None:
        self._stored = stored

    async def partitions(self) -> int:
        """One."""
        return 1

    async def bounds(self, places: Sequence[Partition]) -> dict[Partition, Bounds]:
        """All of it."""
        return {place: Bounds(0, len(self._stored)) for place in places}

    async def read(self, place: Partition, bounds: Bounds) -> AsyncIterator[StoredRecord]:
        """Its records."""
        for record in self._stored[bounds.first : bounds.next] if place.number == 0 else ():
            yield record


def main() -> int:
    """Measure and print."""
    for count in map(int, sys.argv[1:] or ("1000", "10000", "100000")):
        stored = list(records(count))
        tree = Tree()
        for record in stored:
            tree.append(record_leaf_hash(record))
        key = new_key("benchmark.example")
        note = sign(checkpoint_text(Checkpoint("benchmark.example/contact-log/0", count, tree.root())), key)
        log, demands = _Log(stored), Demands(key.public)
        making, proof = [], b""
        for number in range(_MADE):
            started = time.process_time()
            proof = proof_json(asyncio.run(prove_inclusion(log, stored[number * count // _MADE], note)))
            making.append(time.process_time() - started)
        checking = []
        for _ in range(_CHECKED):
            started = time.process_time()
            check_file(proof, demands)
            checking.append(time.process_time() - started)
        made, checked = statistics.median(making) * 1000, statistics.median(checking) * 1000
        print(f"{count} records: made in {made:,.0f} ms, checked in {checked:.2f} ms, {len(proof):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
