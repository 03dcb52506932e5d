"""Pipelines: each partition at its own pace, in its order, acknowledged when done and not before."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from readout.streams.kafka.connection import StoredRecord
from readout.streams.worker.pipelines import Pipelines, Taken


class _Worker:
    """What a pipeline works with: partition 0 takes as long as it is told to."""

    def __init__(self, batch_size: int = 4) -> None:
        self.may_go_on = asyncio.Event()
        self.done: defaultdict[int, list[int]] = defaultdict(list)
        self.acknowledged: list[tuple[int, int]] = []
        self.given_up: list[tuple[int, int]] = []
        self.held: list[tuple[int, bool]] = []
        self.failures: list[BaseException] = []
        self.commits = 0
        self.breaks_at: int | None = None
        self.pipelines = Pipelines(
            batch_size, self.process, commit=self.commit, hold=self.hold, fail=self.failures.append
        )

    async def process(self, records: Sequence[StoredRecord]) -> None:
        if records[0].partition == 0:
            await self.may_go_on.wait()
        if any(record.offset == self.breaks_at for record in records):
            raise ValueError("odd")
        self.done[records[0].partition] += [record.offset for record in records]

    async def commit(self) -> None:
        self.commits += 1

    def hold(self, number: int, is_held: bool) -> None:  # noqa: FBT001 - as it is called
        self.held.append((number, is_held))

    def put(self, number: int, *offsets: int) -> None:
        for offset in offsets:
            self.pipelines.put(self._taken(number, offset))

    def _taken(self, number: int, offset: int) -> Taken:
        async def acknowledge() -> None:
            self.acknowledged.append((number, offset))

        record = StoredRecord("news", number, offset, 0, 1, b"k", b"v", ())
        return Taken(record, acknowledge, lambda: self.given_up.append((number, offset)))

    async def settle(self) -> None:
        for _ in range(50):
            await asyncio.sleep(0)


async def test_a_partition_that_is_slow_holds_up_no_other() -> None:
    worker = _Worker()
    worker.put(0, *range(6))
    worker.put(1, *range(6))
    await worker.settle()
    assert worker.done == {1: list(range(6))}
    assert worker.acknowledged == [(1, offset) for offset in range(6)]
    worker.may_go_on.set()
    await worker.settle()
    assert worker.done[0] == list(range(6))
    assert [place for place in worker.acknowledged if place[0] == 0] == [(0, offset) for offset in range(6)]


async def test_a_partition_that_has_enough_is_held_until_it_wants_more() -> None:
    worker = _Worker(batch_size=4)
    worker.put(0, *range(11))
    assert worker.held == []
    worker.put(0, *range(11, 15))
    assert worker.held == [(0, True)]
    worker.may_go_on.set()
    await worker.settle()
    assert worker.held == [(0, True), (0, False)]
    assert worker.done[0] == list(range(15))


async def test_nothing_is_acknowledged_or_taken_after_a_failure() -> None:
    worker = _Worker(batch_size=2)
    worker.breaks_at = 3
    worker.put(1, *range(6))
    await worker.settle()
    assert worker.acknowledged == [(1, 0), (1, 1)]
    assert [str(failure) for failure in worker.failures] == ["odd"]
    worker.put(1, 6)
    await worker.settle()
    assert (1, 6) in worker.given_up
    assert worker.done == {1: [0, 1]}


async def test_at_the_end_the_batch_at_hand_is_finished_and_the_rest_given_up() -> None:
    worker = _Worker(batch_size=2)
    worker.put(0, *range(8))
    await worker.settle()
    worker.pipelines.finish()
    assert worker.given_up == [(0, offset) for offset in range(2, 8)]
    assert worker.held == [(0, True), (0, False)]
    worker.may_go_on.set()
    await worker.settle()
    assert worker.acknowledged == [(0, 0), (0, 1)]


async def test_after_a_rebalance_it_takes_records_again() -> None:
    worker = _Worker(batch_size=2)
    worker.may_go_on.set()
    worker.put(0, 5)
    worker.pipelines.give_up()
    worker.put(0, 3, 4, 5)
    await worker.settle()
    assert worker.done[0] == [3, 4, 5]
    assert worker.given_up == [(0, 5)]


async def test_closing_ends_a_pipeline_that_would_go_on_for_ever() -> None:
    worker = _Worker()
    worker.put(0, 0)
    await worker.settle()
    await worker.pipelines.close()
    assert worker.acknowledged == []
    assert worker.failures == []
