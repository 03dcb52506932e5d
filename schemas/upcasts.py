"""Old events are read for ever: each step lifts the stored data of one event version to the next.

Stored bytes are never touched: a step is a pure function from data to data, applied after a record was read. To
change an event so that readers would break: give its class the next `event_type`, write `upcast_…_v1_v2` here,
enter it below, and keep the released example in the tests.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import orjson
from pydantic import JsonValue

from readout.schemas.envelope import canonical_json

JsonObject = dict[str, JsonValue]


class Upcast(NamedTuple):
    """One step: the event type that comes out, and how its data is made of the older data."""

    event_type: str
    lift: Callable[[JsonObject], JsonObject]


# Event type of the stored record -> the step away from it. No event has an older version yet.
UPCASTS: Mapping[str, Upcast] = MappingProxyType({})


def upcast(
    event_type: str, data: JsonObject, steps: Mapping[str, Upcast] = UPCASTS
) -> tuple[str, JsonObject]:
    """Lift data to the newest version of its event; data of the newest version comes back as it is.

    Args:
        event_type: `ce_type` of the stored record.
        data: its value, parsed; not changed.
        steps: the known steps, for tests.
    """
    while (step := steps.get(event_type)) is not None:
        event_type, data = step.event_type, step.lift(dict(data))
    return event_type, data


def newest(event_type: str, value: bytes, steps: Mapping[str, Upcast] = UPCASTS) -> tuple[str, bytes]:
    """`upcast` for the bytes of a value; those of the newest version come back unread.

    Raises:
        ValueError: an old value is no JSON object, or lacks what its schema promised.
    """
    if event_type not in steps:
        return event_type, value
    data = orjson.loads(value)
    if not isinstance(data, dict):
        raise ValueError("the value is no JSON object")  # noqa: TRY004 - bad data, no bad call
    try:
        event_type, data = upcast(event_type, data, steps)
    except (LookupError, TypeError) as error:
        raise ValueError(
            f"{type(error).__name__} on the way to {steps[event_type].event_type}: {error}"
        ) from error
    return event_type, canonical_json(data)
