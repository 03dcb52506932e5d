"""Check pages of seals against the manifests that they speak of.

Reads:  seals, and the manifests of each page, of a live log; archives have none
Writes: nothing; findings are handed on
A worker believes no page that the log does not bear out, but it does not read all manifests to find that out.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress

from readout.streams.audit.findings import Finding, Kind, at
from readout.streams.audit.log import Log
from readout.streams.errors import ConfigurationError, InvalidRecord
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.seal_pages import SealPage, pack, seal_of
from readout.streams.log.topics import MANIFESTS, SEALS


async def verify_pages(
    log: Log, number: int, bounds: Mapping[Partition, Bounds], report: Callable[[Finding], None]
) -> None:
    """Compare the pages of a partition, those of the newest chain, with its manifests; none without the topic."""
    place = Partition(log.prefix + SEALS.stem, number)
    with suppress(ConfigurationError):
        reach = (await log.bounds([place]))[place]
        began = max([page.began async for _, page in _pages(log, place, reach)], default=0)
        async for record, page in _pages(log, place, reach, report):
            if page.began == began and not await _is_right(log, page, number, bounds):
                said = f"the manifests from offset {page.first} to {page.next - 1}"
                report(at(record, Kind.MANIFEST, f"the page does not say what {said} say"))


async def _pages(
    log: Log, place: Partition, reach: Bounds, report: Callable[[Finding], None] = lambda _: None
) -> AsyncIterator[tuple[StoredRecord, SealPage]]:
    async for record in log.read(place, reach):
        try:
            yield record, SealPage.read(record)
        except InvalidRecord as error:
            report(at(record, Kind.UNREADABLE, str(error)))


async def _is_right(log: Log, page: SealPage, number: int, bounds: Mapping[Partition, Bounds]) -> bool:
    place = Partition(log.prefix + MANIFESTS.stem, number)
    if page.next > bounds[place].next:
        # Written since the audit began.
        return True
    first = max(page.first, bounds[place].first)
    manifests = log.read(place, Bounds(first, page.next))
    # Of those that were deleted with the beginning of the partition it may say anything.
    left = pack(seal for seal in page.seals() if seal.offset >= first)
    return pack([seal_of(record) async for record in manifests]) == left
