"""Old events are lifted by pure steps, one version at a time; what is stored stays as it was."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from schemas.registry import EVENTS_BY_TYPE
from schemas.upcasts import UPCASTS, JsonObject, Upcast, upcast

RELEASED = Path(__file__).parent / "released"


def upcast_call_v1_v2(data: JsonObject) -> JsonObject:
    return {"caller": data["from"], "callee": data["to"]}


def upcast_call_v2_v3(data: JsonObject) -> JsonObject:
    return data | {"mode": "call"}


# No event of ours has an older version yet: these are made up.
STEPS: Mapping[str, Upcast] = {
    "call.made.v1": Upcast("call.made.v2", upcast_call_v1_v2),
    "call.made.v2": Upcast("call.made.v3", upcast_call_v2_v3),
}
CASES: list[tuple[str, JsonObject]] = [
    ("call.made.v1", {"from": "Ada", "to": "Bo"}),
    ("call.made.v2", {"caller": "Ada", "callee": "Bo"}),
    ("call.made.v3", {"caller": "Ada", "callee": "Bo", "mode": "call"}),
]


@pytest.mark.parametrize(("event_type", "data"), CASES)
def test_every_version_is_lifted_to_the_newest(event_type: str, data: JsonObject) -> None:
    newest = {"caller": "Ada", "callee": "Bo", "mode": "call"}
    assert upcast(event_type, data, STEPS) == ("call.made.v3", newest)


def test_the_data_that_was_read_stays_as_it_was() -> None:
    data: JsonObject = {"from": "Ada", "to": "Bo"}
    upcast("call.made.v1", data, STEPS)
    assert data == {"from": "Ada", "to": "Bo"}


def test_an_event_without_steps_comes_back_as_it_is() -> None:
    assert upcast("call.ended.v1", {"at": "noon"}, STEPS) == ("call.ended.v1", {"at": "noon"})


def test_every_chain_ends_at_an_event_that_is_still_written() -> None:
    for event_type in UPCASTS:
        newest = event_type
        while newest in UPCASTS:
            newest = UPCASTS[newest].event_type
        assert newest in EVENTS_BY_TYPE, event_type


def test_every_example_ever_released_is_still_read() -> None:
    for file in sorted(RELEASED.glob("*/*.example.json")):
        record = json.loads(file.read_bytes())
        event_type, data = upcast(dict(record["headers"])["ce_type"], record["value"])
        EVENTS_BY_TYPE[event_type].model_validate_json(json.dumps(data))
