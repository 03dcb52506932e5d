"""Workers that die, end, sleep and come back: on either broker nothing is lost and nothing is there twice.

`READOUT_FAULT_ROUNDS` makes the rounds longer than CI has time for.
"""

import asyncio
import datetime
import os
import random
from contextlib import ExitStack
from pathlib import Path

import pytest

from readout.streams.log.run_facts import RECORDED_TIME
from readout.streams.log.topics import ensure_topics
from readout.streams.settings import Settings
from tests.brokers.topics import all_records, generated_article, header, publish_articles
from tests.faults.harness import (
    Crowd,
    Fault,
    any_of_these,
    join_at_work,
    kill_at_once,
    kill_at_work,
    kill_while_starting,
    sealed,
    sleep_through_the_session,
    stop_in_order,
    survive,
)
from tests.faults.watcher import watching

_LONGER = int(os.environ.get("READOUT_FAULT_ROUNDS", "1"))
_SEED = 20221025
_MOST_ARTICLES = 1200
_HOUR_SECONDS = 3600
CASES = [
    pytest.param(kill_at_work, 3, id="killed at work"),
    pytest.param(kill_while_starting, 2, id="killed while starting"),
    pytest.param(stop_in_order, 2, id="stopped in order"),
    pytest.param(join_at_work, 2, id="released while delivering"),
    pytest.param(sleep_through_the_session, 1, id="asleep, then awake again"),
]


@pytest.mark.parametrize(("fault", "times"), CASES)
async def test_nothing_is_lost_or_twice_when_workers_are(
    installation: Settings, tmp_path: Path, fault: Fault, times: int
) -> None:
    outcome = await survive(
        installation, tmp_path, fault, seed=_SEED, articles=400 * _LONGER, faults=times * _LONGER
    )
    print(f"seed {_SEED}: {outcome}")


@pytest.mark.skipif(_LONGER < 2, reason="takes minutes: set READOUT_FAULT_ROUNDS=5")
async def test_nothing_is_lost_or_twice_over_many_rounds(installation: Settings, tmp_path: Path) -> None:
    outcome = await survive(
        installation, tmp_path, any_of_these(), seed=_SEED, articles=400 * _LONGER, faults=4 * _LONGER
    )
    print(f"seed {_SEED}: {outcome}")
    assert outcome.zombies >= outcome.faults // 11


async def test_a_clock_that_jumps_hours_forwards_and_backwards_costs_nothing(
    installation: Settings, tmp_path: Path
) -> None:
    clock = tmp_path / "seconds off"
    clock.write_text("0")

    async def jump(_crowd: Crowd, draw: random.Random) -> None:
        await asyncio.sleep(draw.uniform(0.5, 2))
        # In one piece: it is read at any moment.
        written = clock.with_suffix(".next")
        written.write_text(str(draw.choice((-1, 1)) * draw.uniform(2, 12) * _HOUR_SECONDS))
        written.replace(clock)

    outcome = await survive(
        installation,
        tmp_path,
        jump,
        seed=_SEED,
        articles=400 * _LONGER,
        faults=4 * _LONGER,
        command=("tests.faults.jumping_clock", str(clock)),
    )
    print(f"seed {_SEED}: {outcome}")
    assert outcome.workers == 2, "a worker ended because of its clock"
    recorded = [header(one, RECORDED_TIME) for one in await all_records(installation, "manifests")]
    times = [datetime.datetime.fromisoformat(one).timestamp() for one in recorded]
    assert max(times) - min(times) > 2 * _HOUR_SECONDS, "the clock did not jump"


async def test_a_plain_agent_writes_twice_so_that_we_know_it_would_be_seen(
    installation: Settings, tmp_path: Path
) -> None:
    await ensure_topics(installation)
    with ExitStack() as stack:
        crowd = Crowd(installation, tmp_path, stack, command=("tests.faults.plain_agent",))
        twice, published, complaints = await _what_kills_show(crowd)
    print(f"seed {_SEED}: {twice} of {published} manifests twice")
    assert twice
    assert "is there a second time" in complaints


async def _what_kills_show(crowd: Crowd) -> tuple[int, int, str]:
    """Kill workers until manifests are there twice: how many, of how many, and what the watcher says."""
    draw = random.Random(_SEED)
    published = twice = 0
    async with watching(crowd.settings) as watcher:
        supervisor = asyncio.create_task(crowd.supervise())
        while not twice and published < _MOST_ARTICLES:
            numbers = range(published, published + 100)
            await publish_articles(crowd.settings, [generated_article(number) for number in numbers])
            published = numbers.stop
            await kill_at_once(crowd, draw)
            await sealed(crowd, published)
            twice = len(await all_records(crowd.settings, "manifests")) - published
        supervisor.cancel()
        with pytest.raises(AssertionError) as seen:
            await watcher.assert_that_it_stayed()
    return twice, published, str(seen.value)
