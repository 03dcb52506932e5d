"""A worker that falls asleep in the middle of its first delivery: `python -m tests.faults.sleepwalker`.

With transactions: when everything is written but the end of the transaction. Without: when the derived records are
written and no manifest is. It stops itself, as a suspended machine does, and goes on with exactly that write when
it is woken by SIGCONT.
"""

import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from readout.schemas.envelope import Record
from readout.streams.cli import main
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.topics import MANIFESTS

_write, _commit = RecordProducer.send, RecordProducer.commit
_has_slept: list[bool] = []


def _sleep_once() -> None:
    if not _has_slept:
        _has_slept.append(True)
        os.kill(os.getpid(), signal.SIGSTOP)


async def _send(
    self: RecordProducer, record: Record, topic: str, *, partition: int | None = None
) -> Coroutine[Any, Any, StoredRecord]:
    if record.topic == MANIFESTS.stem and self._producer._txn_manager is None:
        _sleep_once()
    return await _write(self, record, topic, partition=partition)


async def _commit_late(self: RecordProducer) -> None:
    _sleep_once()
    await _commit(self)


if __name__ == "__main__":
    RecordProducer.send, RecordProducer.commit = _send, _commit_late  # type: ignore[method-assign]
    sys.argv = ["readout", "worker"]
    main()
