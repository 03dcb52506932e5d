"""The vigil: a process that slept through its session notices before it writes."""

import pytest

from readout.streams.deliver.sleep_guard import Vigil
from readout.streams.errors import Fenced


class _Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_process_that_never_slept_goes_on() -> None:
    clock = _Clock()
    vigil = Vigil(clock, 10)
    for _ in range(5):
        clock.seconds += 9.9
        vigil.check()


def test_a_process_that_slept_too_long_is_fenced_until_it_is_assigned_again() -> None:
    clock = _Clock()
    vigil = Vigil(clock, 10)
    clock.seconds += 10.1
    for _ in range(2):
        with pytest.raises(Fenced, match="asleep for more than 10 s"):
            vigil.check()
    vigil.renew()
    vigil.check()
