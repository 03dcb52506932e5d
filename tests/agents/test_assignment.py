"""The assignment and its writers: what is released stays released, and a rival of whom the group knows nothing is told.

On a log in memory whose producers fence and are fenced as real ones are.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any

import pytest
import structlog.testing

from readout.schemas.envelope import Record
from readout.streams.deliver import assignment as assignments
from readout.streams.deliver import confirmed, partition_writer, unit_writer, visible
from readout.streams.deliver.assignment import Assignment
from readout.streams.deliver.batch_plan import BatchPlanner, Processed
from readout.streams.deliver.partition_writer import Delivery, PartitionWriter
from readout.streams.deliver.sleep_guard import SleepGuard
from readout.streams.errors import ConfigurationError, Fenced, ReadoutError, TransientError
from readout.streams.kafka.connection import StoredRecord
from readout.streams.publish.publisher import article_record
from readout.streams.settings import DeliveryMode, Settings
from tests.agents.made import PRODUCER, article, derived
from tests.corrections.memory_log import MemoryLog, MemoryProducer, MemoryReader

_SETTINGS = Settings(retry_seconds=5)
_PATIENCE_SECONDS = 10


class _Slow(MemoryProducer):
    """Stops at a chosen step until it is told to go on; counts those that were started and not abandoned."""

    stops_at: str | None = None
    reached = asyncio.Event()
    go_on = asyncio.Event()
    fails = False
    open_ones = 0

    async def start(self) -> None:
        await self._stop("start")
        await super().start()
        type(self).open_ones += 1

    async def send(
        self, record: Record, topic: str, *, partition: int | None = None
    ) -> Coroutine[Any, Any, StoredRecord]:
        await self._stop("send")
        return await super().send(record, topic, partition=partition)

    async def commit(self) -> None:
        await self._stop("commit")
        await super().commit()

    async def abandon(self) -> None:
        if self._epoch and not self._failed:
            type(self).open_ones -= 1
        await super().abandon()

    async def _stop(self, step: str) -> None:
        if self.stops_at == step:
            self.reached.set()
            await self.go_on.wait()
            if self.fails:
                raise TransientError("the connection was lost")


class _Worker:
    """An assignment, and what it has asked of the worker around it."""

    def __init__(
        self,
        *,
        reclaim_seconds: float = 1000,
        mode: DeliveryMode = "transactional",
        retry_seconds: float = 5,
    ) -> None:
        self.seconds = 0.0
        self.sought: list[tuple[int, int]] = []
        self.failures: list[ReadoutError] = []
        guard = SleepGuard(lambda: self.seconds, 10)
        settings = _SETTINGS.model_copy(update={"delivery": mode, "retry_seconds": retry_seconds})
        planner = BatchPlanner(settings, PRODUCER)
        self.delivery = Delivery(settings, planner, lambda: "2022-10-25T00:00:00Z", guard)
        self.assignment = Assignment(
            self.delivery, seek=self._seek, fail=self.failures.append, reclaim_seconds=reclaim_seconds
        )

    async def _seek(self, number: int, offset: int) -> None:
        self.sought.append((number, offset))


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> MemoryLog:
    made = MemoryLog()
    for number in range(3):
        made.append("news", article_record(article(number)))
    monkeypatch.setattr(_Slow, "stops_at", None)
    monkeypatch.setattr(_Slow, "reached", asyncio.Event())
    monkeypatch.setattr(_Slow, "go_on", asyncio.Event())
    monkeypatch.setattr(_Slow, "fails", False)
    monkeypatch.setattr(_Slow, "open_ones", 0)

    def producer(_: Settings, **options: Any) -> _Slow:
        return _Slow(made, **options)

    monkeypatch.setattr(unit_writer, "RecordProducer", producer)
    monkeypatch.setattr(confirmed, "RecordProducer", producer)
    monkeypatch.setattr(partition_writer, "Reader", lambda _, **__: MemoryReader(made))
    monkeypatch.setattr(partition_writer, "_FIRST_PAUSE_SECONDS", 0.01)
    return made


@pytest.fixture
async def worker(log: MemoryLog) -> AsyncIterator[_Worker]:  # noqa: ARG001 - it works on the log
    made = _Worker()
    yield made
    await made.assignment.close()


def _batch(log: MemoryLog) -> list[Processed]:
    return [_processed(record, number) for number, record in enumerate(log.committed("news"))]


def _processed(record: StoredRecord, number: int) -> Processed:
    one = article(number)
    return Processed(record, one, derived(one))


def _accept(_: Sequence[Processed]) -> None:
    """Nothing is wrong with it."""


def _stop_at(monkeypatch: pytest.MonkeyPatch, step: str, *, fails: bool = False) -> None:
    monkeypatch.setattr(_Slow, "stops_at", step)
    monkeypatch.setattr(_Slow, "fails", fails)


@pytest.mark.parametrize("step", ["commit", "start"])
@pytest.mark.parametrize("fails", [False, True])
async def test_a_writer_that_is_released_while_it_delivers_never_comes_back(
    log: MemoryLog, worker: _Worker, monkeypatch: pytest.MonkeyPatch, step: str, *, fails: bool
) -> None:
    await worker.assignment.assign([0])
    if step == "start":  # it has lost its connection, and is about to open again
        writer = worker.assignment.writer(0)
        assert writer is not None
        await writer._close()
    _stop_at(monkeypatch, step, fails=fails)
    delivering = asyncio.create_task(worker.assignment.deliver(0, _batch(log), _accept))
    await asyncio.wait_for(_Slow.reached.wait(), _PATIENCE_SECONDS)
    await worker.assignment.assign([])
    monkeypatch.setattr(_Slow, "stops_at", None)
    successor = _Worker()
    await successor.assignment.assign([0])
    epoch = dict(log.epochs)
    _Slow.go_on.set()
    assert await asyncio.wait_for(delivering, _PATIENCE_SECONDS) is None
    assert log.epochs == epoch, "it has fenced its successor"
    assert await successor.assignment.deliver(0, _batch(log), _accept)
    assert len(log.committed("manifests")) == 3
    await successor.assignment.close()
    assert _Slow.open_ones == 0, "a producer was left open"


@pytest.mark.parametrize("mode", ["transactional", "confirmed"])
async def test_what_is_under_way_ends_before_a_partition_is_assigned_anew(
    log: MemoryLog, monkeypatch: pytest.MonkeyPatch, mode: DeliveryMode
) -> None:
    """The process did not run while another had the partition, and hears of it together with its new assignment."""
    worker, other = _Worker(mode=mode), _Worker(mode=mode)
    await worker.assignment.assign([0])
    _stop_at(monkeypatch, "send")
    delivering = asyncio.create_task(worker.assignment.deliver(0, _batch(log), _accept))
    await asyncio.wait_for(_Slow.reached.wait(), _PATIENCE_SECONDS)
    monkeypatch.setattr(_Slow, "stops_at", None)
    worker.seconds += 100
    await other.assignment.assign([0])
    assert await other.assignment.deliver(0, _batch(log), _accept)
    await other.assignment.close()
    written = {stem: log.committed(stem) for stem in ("entities", "manifests")}
    _Slow.go_on.set()
    assert await worker.assignment.assign([0]) == {0: 3}
    assert await asyncio.wait_for(delivering, _PATIENCE_SECONDS) is None
    assert {stem: log.committed(stem) for stem in written} == written
    assert worker.assignment.writer(0) is not None
    await worker.assignment.close()


async def test_an_opening_under_way_goes_on_when_the_same_partition_is_assigned_once_more(
    worker: _Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading a long log would begin from the start again, with every assignment that comes meanwhile."""
    _stop_at(monkeypatch, "start")
    first = asyncio.create_task(worker.assignment.assign([0]))
    await asyncio.wait_for(_Slow.reached.wait(), _PATIENCE_SECONDS)
    second = asyncio.create_task(worker.assignment.assign([0]))
    await asyncio.sleep(0.05)
    _Slow.go_on.set()
    with structlog.testing.capture_logs() as lines:
        assert await first == await second == {0: 0}
    assert [line["event"] for line in lines] == ["partitions.assigned"] * 2


async def test_nothing_opens_a_released_writer(worker: _Worker, log: MemoryLog) -> None:
    writer = PartitionWriter(worker.delivery, 0)
    await writer.open()
    await writer.release()
    for attempt in (writer.open(), writer.deliver(_batch(log)), writer.read_source(0, 1)):
        with pytest.raises(Fenced, match="partition 0 was released"):
            await attempt


async def test_a_fenced_writer_comes_back_when_the_group_gives_its_partition_to_nobody_else(
    log: MemoryLog,
) -> None:
    worker = _Worker(reclaim_seconds=0.05)
    await worker.assignment.assign([0])
    other = PartitionWriter(_Worker().delivery, 0)
    await other.open()
    await other.release()
    assert await worker.assignment.deliver(0, _batch(log), _accept) is None
    assert worker.assignment.writer(0) is None
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not worker.sought:  # noqa: ASYNC110 - it tells nobody else
            await asyncio.sleep(0.01)
    assert worker.sought == [(0, 0)]
    assert await worker.assignment.deliver(0, _batch(log), _accept)
    await worker.assignment.close()


async def test_a_reclaim_that_is_under_way_ends_when_the_partition_is_released(
    log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = _Worker(reclaim_seconds=0.01)
    await worker.assignment.assign([0])
    rival = PartitionWriter(_Worker().delivery, 0)
    await rival.open()
    assert await worker.assignment.deliver(0, _batch(log), _accept) is None
    _stop_at(monkeypatch, "start")
    await asyncio.wait_for(_Slow.reached.wait(), _PATIENCE_SECONDS)
    await worker.assignment.assign([])
    monkeypatch.setattr(_Slow, "stops_at", None)
    _Slow.go_on.set()
    await asyncio.gather(*worker.assignment._reclaiming)
    assert worker.sought == []
    assert await rival.deliver(_batch(log)), "it was fenced by a reclaim that should have ended"
    await rival.release()


async def test_whoever_is_fenced_again_and_again_warns_and_ends(log: MemoryLog) -> None:
    worker = _Worker(reclaim_seconds=0.01)
    await worker.assignment.assign([0])
    with structlog.testing.capture_logs() as lines:
        for _ in range(assignments._MOST_FENCINGS):
            rival = PartitionWriter(_Worker().delivery, 0)
            await rival.open()
            await rival.release()
            async with asyncio.timeout(_PATIENCE_SECONDS):
                assert await worker.assignment.deliver(0, _batch(log), _accept) is None
                while worker.assignment.writer(0) is None and not worker.failures:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
    fenced = [line for line in lines if line["event"] == "partition.fenced"]
    assert [line["log_level"] for line in fenced] == ["info", *["warning"] * (len(fenced) - 1)]
    (failure,) = worker.failures
    assert isinstance(failure, ConfigurationError)
    assert "taken over 5 times" in str(failure)
    assert "'readout-writer-0'" in str(failure)
    await worker.assignment.close()


@pytest.mark.parametrize("retry_seconds", [0, 5])
async def test_who_did_not_run_for_a_while_does_not_open_again_after_an_error(
    log: MemoryLog, monkeypatch: pytest.MonkeyPatch, retry_seconds: float
) -> None:
    """Its commit may end in a lost connection; opening again would fence whoever has the partition now."""
    worker = _Worker(retry_seconds=retry_seconds)
    await worker.assignment.assign([0])
    _stop_at(monkeypatch, "commit", fails=True)
    delivering = asyncio.create_task(worker.assignment.deliver(0, _batch(log), _accept))
    await asyncio.wait_for(_Slow.reached.wait(), _PATIENCE_SECONDS)
    worker.seconds += 100
    epoch = dict(log.epochs)
    _Slow.go_on.set()
    assert await asyncio.wait_for(delivering, _PATIENCE_SECONDS) is None
    assert log.epochs == epoch
    assert worker.assignment.writer(0) is None
    await worker.assignment.close()


async def test_who_did_not_run_comes_back_if_the_group_has_not_noticed(log: MemoryLog) -> None:
    worker = _Worker(reclaim_seconds=0.01)
    await worker.assignment.assign([0])
    writer = worker.assignment.writer(0)
    assert writer is not None
    await writer._close()
    worker.seconds += 100
    assert await worker.assignment.deliver(0, _batch(log), _accept) is None
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while worker.assignment.writer(0) is None:  # noqa: ASYNC110 - it tells nobody else
            await asyncio.sleep(0.01)
    assert await worker.assignment.deliver(0, _batch(log), _accept)
    await worker.assignment.close()


async def test_gaps_are_read_on_one_connection_with_the_retries_of_everything_else(
    log: MemoryLog, worker: _Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await worker.assignment.assign([0])
    writer = worker.assignment.writer(0)
    assert writer is not None
    opened: list[MemoryReader] = []

    def reader(_: Settings, **__: Any) -> MemoryReader:
        opened.append(_Failing(log) if not opened else MemoryReader(log))
        return opened[-1]

    monkeypatch.setattr(partition_writer, "Reader", reader)
    assert [one.offset for one in await writer.read_source(0, 2)] == [0, 1]
    after_the_first = len(opened)
    for number in range(3):
        assert [one.offset for one in await writer.read_source(number, number + 1)] == [number]
    assert len(opened) == after_the_first


class _Failing(MemoryReader):
    """Has lost its connection."""

    async def start(self) -> None:
        raise TransientError("nobody answers")


async def test_what_another_transaction_hides_is_waited_for(
    log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visible, "_LOOK_AGAIN_SECONDS", 0.01)
    foreign = MemoryProducer(log, transactional_id="foreign")
    await foreign.start()
    await foreign.begin()
    await (await foreign.send(Record("manifests", b"k", b"{}", ()), "manifests", partition=0))
    first = _Worker()
    opening = asyncio.create_task(first.assignment.assign([0]))
    with structlog.testing.capture_logs() as lines:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not lines:  # noqa: ASYNC110 - it tells nobody else
                await asyncio.sleep(0.01)
    assert not opening.done()
    (line,) = (one for one in lines if one["event"] == "partition.held_up")
    assert "hides manifests partition 0 from offset 0 on" in line["reason"]
    await foreign.commit()
    assert await opening == {0: 0}
    await first.assignment.close()


async def test_a_transaction_that_stays_open_too_long_ends_the_waiting_with_its_place(
    log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visible, "_LOOK_AGAIN_SECONDS", 0.01)
    foreign = MemoryProducer(log, transactional_id="foreign")
    await foreign.start()
    await foreign.begin()
    await (await foreign.send(Record("dead-letters", b"k", b"{}", ()), "dead-letters", partition=0))
    impatient = _SETTINGS.model_copy(update={"retry_seconds": 0.1})
    with pytest.raises(
        TransientError, match="open transaction hides dead-letters partition 0 from offset 0 on for"
    ):
        await PartitionWriter(_delivery(impatient), 0).open()


async def test_another_application_on_the_same_log_is_refused_with_both_names(
    log: MemoryLog, worker: _Worker
) -> None:
    await worker.assignment.assign([0])
    assert await worker.assignment.deliver(0, _batch(log), _accept)
    other = _SETTINGS.model_copy(update={"application_id": "other"})
    with pytest.raises(ConfigurationError, match=r"sealed by .* 'readout-derive', and this is 'other'"):
        await PartitionWriter(_delivery(other), 0).open()
    heir = other.model_copy(update={"take_over_from": "readout-derive"})
    writer = PartitionWriter(_delivery(heir), 0)
    assert await writer.open() == 3
    await writer.release()


def _delivery(settings: Settings) -> Delivery:
    guard = SleepGuard(lambda: 0, 10)
    return Delivery(settings, BatchPlanner(settings, PRODUCER), lambda: "2022-10-25T00:00:00Z", guard)
