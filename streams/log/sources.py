"""Which record of `news` a manifest or a dead letter is of, and which of two is the later one.

Reads:  news, where a restored log has to be searched for the record that was meant
Writes: nothing
"""

from collections.abc import Iterable

from readout.schemas.envelope import Header
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.log.dead_letters import dead_letter_facts
from readout.streams.log.origin import Position, is_before, offsets_of, origin_of
from readout.streams.log.run_facts import SOURCE_OFFSET


def source_of(record: StoredRecord) -> Position | None:
    """Where in `news` a record comes from, in the log as it was when it was written; None if it does not say."""
    text = dead_letter_facts(record.headers).get("offset") or _header(record.headers, SOURCE_OFFSET).decode()
    return (origin_of(record).restored, int(text)) if text.isdecimal() else None


def later(one: Position | None, other: Position | None) -> Position | None:
    """The later of two positions: what was restored less often was written later."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda position: (-position[0], position[1]))


async def first_after(last: Position | None, reader: Reader, news: Partition, reach: Bounds) -> int:
    """The offset after a record of `news`; in a restored log, after the one that was there then. 0 for none."""
    if last is None:
        return 0
    if not last[0]:
        return last[1] + 1
    low, high = reach.first, reach.next
    while low < high:
        middle = (low + high) // 2
        record = await anext(reader.read({news: middle}, {news: high}), None)
        if record is None or is_before(last, offsets_of(record)):
            high = middle
        else:
            low = record.offset + 1
    return low


def _header(headers: Iterable[Header], name: str) -> bytes:
    return next((text for key, text in headers if key == name and text is not None), b"")
