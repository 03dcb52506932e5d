"""Workers that die, end, sleep and come back: on either broker nothing is lost and nothing is there twice.

`READOUT_FAULT_ROUNDS` makes the rounds longer than CI has time for.
"""

import os
from pathlib import Path

import pytest

from streams.settings import Settings
from tests.faults.harness import (
    Fault,
    kill_and_replace,
    kill_while_starting,
    sleep_through_the_session,
    stop_and_replace,
    survive,
)

_LONGER = int(os.environ.get("READOUT_FAULT_ROUNDS", "1"))
_SEED = 20221025
CASES = [
    pytest.param(kill_and_replace, 3, id="killed at work"),
    pytest.param(kill_while_starting, 2, id="killed while starting"),
    pytest.param(stop_and_replace, 2, id="stopped in order"),
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
