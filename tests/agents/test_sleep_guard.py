"""The sleep guard: a process that did not run for longer than its session notices before it writes."""

import pytest

from readout.streams.deliver.sleep_guard import SleepGuard
from readout.streams.errors import Fenced


class _Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_process_that_always_ran_goes_on() -> None:
    clock = _Clock()
    guard = SleepGuard(clock, 10)
    for _ in range(5):
        clock.seconds += 9.9
        guard.check()


def test_a_process_that_stood_still_too_long_is_fenced_until_it_is_assigned_again() -> None:
    clock = _Clock()
    guard = SleepGuard(clock, 10)
    clock.seconds += 10.1
    for _ in range(2):
        with pytest.raises(Fenced, match="did not run for more than 10 s"):
            guard.check()
    guard.reset()
    guard.check()
