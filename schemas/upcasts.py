"""Old events are read for ever: each step lifts the stored data of one event version to the next.

Stored bytes are never touched: a step is a pure function from data to data, applied after a record was read. To
change an event so that readers would break: give its class the next `event_type`, write `upcast_…_v1_v2` here,
enter it below, and keep the released example in the tests.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from pydantic import JsonValue

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
