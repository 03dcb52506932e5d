"""How fast a Merkle tree grows: records of 1 KiB, one process, the floor is 100,000 a second.

    python benchmarks/merkle.py [RECORDS]

Exits 1 below the floor, which is of processor time: other processes are not ours to measure. The records have the
headers that ours have; the tree is grown as `readout audit checkpoint` grows it, reading from the broker left out.
"""

import sys
import time
from collections.abc import Iterator

from readout.streams.audit.proof.leaves import record_leaf_hash
from readout.streams.audit.proof.merkle import Tree
from readout.streams.kafka.connection import StoredRecord

_FLOOR = 100_000
_VALUE_BYTES = 1024
_HEADERS = (
    ("ce_specversion", b"1.0"),
    ("ce_id", b"0" * 64),
    ("ce_source", b"urn:readout:derive"),
    ("ce_type", b"readout.contact.logged.v1"),
    ("ce_subject", b"https://news.example/2022/10/25/calls"),
    ("ce_time", b"2022-10-25T00:00:00Z"),
    ("ce_dataschema", b"urn:readout:schema:contact.logged.v1"),
    ("ce_correlationid", b"https://news.example/2022/10/25/calls"),
    ("ce_causationid", b"1" * 64),
    ("content-type", b"application/json"),
    ("ce_recordedtime", b"2022-10-25T12:00:00.000Z"),
    ("ce_sourcepartition", b"0"),
    ("ce_sourceoffset", b"17"),
    ("readout.salt", b"2" * 32),
)


def records(count: int) -> Iterator[StoredRecord]:
    """Records that differ in offset, time and value."""
    padding = b"x" * (_VALUE_BYTES - 16)
    for offset in range(count):
        value = b"%016d" % offset + padding
        yield StoredRecord(
            "contact-log", 0, offset, 1_666_699_200_000 + offset, 1, b"article", value, _HEADERS
        )


def main() -> int:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    stored = list(records(count))
    tree = Tree()
    started, wall = time.process_time(), time.perf_counter()
    for record in stored:
        tree.append(record_leaf_hash(record))
    rate = count / (time.process_time() - started)
    seconds = time.perf_counter() - wall
    root = tree.root().hex()[:16]
    print(f"{count} records of {_VALUE_BYTES} bytes: {rate:,.0f} records/s ({seconds:.1f} s), root {root}…")
    return 0 if rate >= _FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
