"""One pipeline for each partition, from the consumer to the writer: none waits for another.

Reads:  records that the consumer has taken, of all partitions
Writes: batches of one partition, in its order, to `process`; what that has done is acknowledged

A pipeline that has enough has the consumer hold its partition, and go on when it needs more. It takes whatever is
there, up to a batch: a large article in one partition lets the others pass at their own pace.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from readout.streams.kafka.connection import StoredRecord

_HELD_BATCHES, _WANTED_BATCHES = 3, 1


class Taken(NamedTuple):
    """A record that the consumer has taken, and how to tell it what became of it."""

    record: StoredRecord
    acknowledge: Callable[[], Awaitable[object]]
    give_up: Callable[[], object]


Process = Callable[[Sequence[StoredRecord]], Awaitable[None]]
Hold = Callable[[int, bool], None]


class Pipelines:
    """The pipelines of a worker's partitions, made when something comes for them."""

    def __init__(
        self,
        batch_size: int,
        process: Process,
        *,
        commit: Callable[[], Awaitable[object]],
        hold: Hold,
        fail: Callable[[BaseException], None],
    ) -> None:
        """`hold` is told which partition has enough, and when it wants more; `fail` what ends the worker."""
        self._batch_size = batch_size
        self._process = process
        self._commit = commit
        self._hold = hold
        self._fail = fail
        self._queues: dict[int, deque[Taken]] = {}
        self._held: set[int] = set()
        self._working: dict[int, asyncio.Task[None]] = {}
        self._is_stopping = False

    def put(self, taken: Taken) -> None:
        """Records of a partition come in the order of their offsets."""
        if self._is_stopping:
            taken.give_up()
            return
        number = taken.record.partition
        queue = self._queues.setdefault(number, deque())
        queue.append(taken)
        if len(queue) >= _HELD_BATCHES * self._batch_size and number not in self._held:
            self._held.add(number)
            self._hold(number, True)
        if number not in self._working:
            self._working[number] = asyncio.create_task(self._work(number, queue))

    def give_up(self) -> None:
        """Forget what no pipeline has begun with: the log knows where to start again."""
        for number, queue in self._queues.items():
            while queue:
                queue.popleft().give_up()
            self._ask_for_more(number)

    def finish(self) -> None:
        """Let each pipeline finish the batch at hand, and take nothing more."""
        self._is_stopping = True
        self.give_up()

    async def close(self) -> None:
        """Stop at once."""
        self.finish()
        working = list(self._working.values())
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)

    async def _work(self, number: int, queue: deque[Taken]) -> None:
        """Work off what there is of a partition."""
        try:
            while queue:
                batch = [queue.popleft() for _ in range(min(len(queue), self._batch_size))]
                await self._process([taken.record for taken in batch])
                for taken in batch:
                    await taken.acknowledge()
                if len(queue) <= _WANTED_BATCHES * self._batch_size:
                    self._ask_for_more(number)
                await self._commit()
        except Exception as error:  # noqa: BLE001 - nothing of it may be acknowledged; the worker ends with it
            self._is_stopping = True
            self._fail(error)
        finally:
            del self._working[number]

    def _ask_for_more(self, number: int) -> None:
        if number in self._held:
            self._held.discard(number)
            self._hold(number, False)
