"""Origins of checkpoints: which tree a checkpoint is of, in one line.

A key's name, the topic and the partition; and where the log was restored, how often, because a restored log has
other offsets and so another tree, and nobody may sign two trees under one origin.

Pure: values in, text out, and back.
"""

import re
from dataclasses import dataclass

from readout.streams.kafka.connection import Partition

_ORIGIN = re.compile(r"(?P<name>.+?)/(?P<topic>[^/]+)/(?P<number>\d+)(?:/restored/(?P<restored>[1-9]\d*))?")


@dataclass(frozen=True, slots=True)
class TreeName:
    """A partition, and how often its log had been restored."""

    place: Partition
    restored: int = 0

    def suffix(self) -> str:
        """What the origins of this tree end with, whoever signs."""
        again = f"/restored/{self.restored}" if self.restored else ""
        return f"/{self.place.topic}/{self.place.number}{again}"

    def origin(self, key_name: str) -> str:
        """The origin under which a key signs this tree."""
        return key_name + self.suffix()


def tree_of(origin: str) -> TreeName | None:
    """Which tree an origin is of; None if it is none of ours."""
    found = _ORIGIN.fullmatch(origin)
    if found is None:
        return None
    place = Partition(found["topic"], int(found["number"]))
    return TreeName(place, int(found["restored"] or 0))
