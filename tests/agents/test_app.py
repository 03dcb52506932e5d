"""The app of the worker: what Faust may hand to it at moments that it does not expect."""

from types import SimpleNamespace
from typing import Any

import faust
import pytest
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError
from faust.types import Message

from readout.streams.kafka.diagnosis import group_failure
from readout.streams.settings import Settings
from readout.streams.worker.faust_app import DeriveApp, create_app


@pytest.fixture
def app() -> DeriveApp:
    async def assign(_: set[int]) -> dict[int, int]:
        return {}

    async def process(_: object) -> None:
        raise AssertionError("nothing reaches the agent here")

    return create_app(Settings(), assign=assign, process=process, fail=lambda _: None)


async def test_a_record_of_a_partition_that_faust_does_not_know_yet_waits_to_be_fetched_again(
    app: DeriveApp,
) -> None:
    with pytest.raises(KeyError):
        await app.topics.on_message(_message())
    await app.hand_on(_message())


async def test_another_missing_key_is_an_error_like_any_other(app: DeriveApp) -> None:
    async def broken(_: Message) -> None:
        raise KeyError("title")

    conductor: Any = app.topics
    conductor._tp_to_callback[_message().tp] = broken
    with pytest.raises(KeyError, match="title"):
        await app.hand_on(_message())


def test_it_is_asked_before_the_conductor(app: DeriveApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faust.App, "_new_consumer", lambda _: SimpleNamespace(callback=None))
    made: Any = app._new_consumer()
    assert made.callback == app.hand_on


class _Coordinator:
    """Of aiokafka, with an error that nobody has asked for."""

    def __init__(self, error: Exception | None, *, has_ended: bool) -> None:
        self._error = error
        self._coordination_task = SimpleNamespace(done=lambda: has_ended)

    def check_errors(self) -> None:
        if self._error is not None:
            raise self._error


CASES = [
    (None, "running", None),
    (KafkaError("shaken"), "running", None),
    (KafkaError("over"), "ended", "has lost us: KafkaError: over"),
    (GroupAuthorizationFailedError("g"), "running", "the user needs READ on that consumer group"),
]


@pytest.mark.parametrize(("error", "state", "expected"), CASES)
def test_what_goes_wrong_in_the_group_ends_the_worker_only_if_trying_again_cannot_help(
    error: Exception | None, state: str, expected: str | None
) -> None:
    failure = group_failure(_Coordinator(error, has_ended=state == "ended"), "g")
    assert failure is None if expected is None else expected in str(failure)


def _message() -> Message:
    return Message("news", 3, 7, 0.0, 1, {}, b"k", b"v", None)
