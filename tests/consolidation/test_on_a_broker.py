"""The consolidation on brokers: exactly once, whatever is killed, and always what a fresh derivation gives."""

import os
import random
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from readout.schemas.envelope import Record, encode_value
from readout.schemas.event import Producer
from readout.schemas.ids import sha256_hex
from readout.streams.consolidate.consolidation import Consolidating, Consolidation
from readout.streams.consolidate.knowledge import consolidating_producer
from readout.streams.deliver.sleep_guard import SleepGuard
from readout.streams.errors import Fenced, TransientError
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.topics import ensure_topics
from readout.streams.settings import Settings
from tests.brokers.topics import all_records
from tests.brokers.workers import WorkerProcess
from tests.conftest import Broker, installation_on
from tests.consolidation.logs import (
    Version,
    current_states,
    fresh_states,
    versions,
    write_versions,
    written_states,
)
from tests.consolidation.made import knowledge

_LONGER = int(os.environ.get("READOUT_FAULT_ROUNDS", "1"))
_KILLS = 2 * _LONGER
_CONSOLIDATED_WITHIN_SECONDS = 60


@cache
def producer(aliases: tuple[tuple[str, str], ...]) -> Producer:
    return consolidating_producer(knowledge(aliases))


def consolidating(settings: Settings, aliases: tuple[tuple[str, str], ...] = ()) -> Consolidating:
    known = knowledge(aliases)
    guard = SleepGuard(time.monotonic, settings.session_timeout_seconds)
    return Consolidating(settings, known, producer(aliases), lambda: "2022-10-26T00:00:00Z", guard)


@asynccontextmanager
async def opened(with_: Consolidating) -> AsyncIterator[Consolidation]:
    consolidation = Consolidation(with_)
    try:
        await consolidation.open()
        yield consolidation
    finally:
        await consolidation.close()


async def consolidate(settings: Settings) -> int:
    """Consolidate all there is; returns the number of the last step."""
    async with opened(consolidating(settings)) as consolidation:
        while await consolidation.step():
            pass
        return consolidation.number


async def assert_as_derived(settings: Settings) -> None:
    fresh = await fresh_states(settings)
    assert await written_states(settings) == fresh
    current = await current_states(settings)
    assert current.keys() == fresh.keys()
    for one, state in fresh.items():
        assert encode_value(state) in current[one]


async def test_every_change_is_written_once_and_a_restart_adds_nothing(installation: Settings) -> None:
    settings = installation.model_copy(update={"consolidate_records": 5})
    await ensure_topics(settings)
    live: dict[str, Version] = {}
    mixed = versions(16, seed=1)
    await write_versions(settings, mixed[:20], live)
    steps = await consolidate(settings)
    await assert_as_derived(settings)
    assert steps > 1
    assert await consolidate(settings) == steps
    await write_versions(settings, mixed[20:], live)
    assert await consolidate(settings) > steps
    await assert_as_derived(settings)


async def test_a_later_one_fences_the_earlier_one(kafka_broker: Broker) -> None:
    settings = installation_on(kafka_broker)
    await ensure_topics(settings)
    await write_versions(settings, versions(4, seed=2), {})
    async with opened(consolidating(settings)) as first, opened(consolidating(settings)) as second:
        with pytest.raises(Fenced):
            await first.step()
        assert await second.step()
    await assert_as_derived(settings)


@pytest.mark.parametrize("sent", [1, 4, 9])
async def test_what_a_crash_left_out_of_a_step_is_written_at_the_next_start(
    embedded_broker: Broker, sent: int
) -> None:
    """On a broker without transactions: the step is whole in the end, and nothing is there twice."""
    settings = installation_on(embedded_broker)
    await ensure_topics(settings)
    live: dict[str, Version] = {}
    await write_versions(settings, versions(8, seed=3), live)
    await consolidate(settings)
    await write_versions(settings, versions(6, seed=4), live)
    async with opened(consolidating(settings)) as consolidation:
        consolidation.producer.send = _breaking(consolidation, sent)  # type: ignore[method-assign]
        with pytest.raises(TransientError):
            await consolidation.step()
    before = len(await all_records(settings, "contacts"))
    await consolidate(settings)
    await assert_as_derived(settings)
    assert len(await all_records(settings, "contacts")) >= before


def _breaking(consolidation: Consolidation, after: int) -> Any:
    send, left = consolidation.producer.send, iter(range(after))

    async def breaking(
        record: Record, topic: str, *, partition: int | None
    ) -> Coroutine[Any, Any, StoredRecord]:
        if next(left, None) is None:
            raise TransientError("the process was killed")
        stored = await (await send(record, topic, partition=partition))

        async def done() -> StoredRecord:
            return stored

        return done()

    return breaking


async def test_other_code_consolidates_everything_again(installation: Settings) -> None:
    await ensure_topics(installation)
    await write_versions(installation, versions(8, seed=5), {})
    steps = await consolidate(installation)
    with_aliases = consolidating(installation, (("sergei lavrov", "Q58217"), ("lavrov", "Q58217")))
    async with opened(with_aliases) as consolidation:
        assert consolidation.number == steps + 1
    states = (await written_states(installation)).values()
    assert any(party.identity == "Q58217" for state in states for party in state.participants)
    digests = {sha256_hex(value) for value in (await current_states(installation)).values()}
    assert len(digests) == len(states)


async def test_nothing_is_lost_or_twice_when_it_is_killed(kafka_broker: Broker, tmp_path: Path) -> None:
    """READOUT_FAULT_ROUNDS=10 makes twenty kills."""
    settings = installation_on(kafka_broker).model_copy(update={"consolidate_records": 4})
    await ensure_topics(settings)
    live: dict[str, Version] = {}
    chance = random.Random(7)
    for round_ in range(_KILLS):
        standing = WorkerProcess(settings, tmp_path / f"log{round_}", ("readout", "consolidate"))
        before = len(await all_records(settings, "contacts"))
        await write_versions(settings, versions(10, seed=100 + round_), live)
        await _until(settings, before + chance.randint(1, 12), standing)
        standing.kill()
    await consolidate(settings)
    await assert_as_derived(settings)


async def _until(settings: Settings, records: int, running: WorkerProcess) -> None:
    deadline = time.monotonic() + _CONSOLIDATED_WITHIN_SECONDS
    while len(await all_records(settings, "contacts")) < records:
        assert time.monotonic() < deadline, running.log_tail()
        assert running.is_running(), running.log_tail()
