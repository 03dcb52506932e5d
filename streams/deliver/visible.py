"""Wait until everything that seals is visible: another producer's open transaction hides what comes after it.

Reads:  the ends of partitions, visible and real
Writes: log lines that name what is held up
Whoever went on before would not see the newest manifests, and derive their articles again.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence

from readout.streams.errors import TransientError
from readout.streams.kafka.connection import Partition
from readout.streams.kafka.reader import Ends, Reader
from readout.streams.logs import EventLogger
from readout.streams.settings import Settings

log = EventLogger(__name__)
_LOOK_AGAIN_SECONDS = 0.25
_SAY_AGAIN_SECONDS = 10.0


async def until_visible(settings: Settings, reader: Reader, places: Sequence[Partition]) -> None:
    """Return when readers of committed records see what now is in these partitions.

    Args:
        settings: how long to wait: `retry_seconds`.
        reader: one that reads committed records.
        places: the partitions; nobody else may be writing what is waited for.

    Raises:
        TransientError: a transaction stayed open for longer.
    """
    ends = await reader.ends(places)
    wanted = {place: end.high for place, end in ends.items()}
    started, said = time.monotonic(), -_SAY_AGAIN_SECONDS
    while held := {place: end for place, end in ends.items() if end.visible < wanted[place]}:
        waited = time.monotonic() - started
        if waited > settings.retry_seconds:
            raise TransientError(f"{_held_up(held)} for {waited:.0f} s: end that producer")
        if waited - said >= _SAY_AGAIN_SECONDS:
            said = waited
            log.warning("partition.held_up", reason=_held_up(held), waited_seconds=round(waited))
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        ends |= await reader.ends(held)


def _held_up(held: Mapping[Partition, Ends]) -> str:
    places = [
        f"{place.topic} partition {place.number} from offset {end.visible} on" for place, end in held.items()
    ]
    return f"another producer's open transaction hides {', '.join(places)}"
