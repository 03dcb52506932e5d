"""Write units on a broker without transactions: each step acknowledged, and after a crash reconciled by id.

Reads:  the ends of the derived topics and of dead-letters, for what an older writer has left unsealed
Writes: all derived records of a unit, then, when all are acknowledged, each manifest and dead letter by itself
Nothing fences an older writer here. A request whose answer was lost is not repeated (`kafka.once_producer`), and a
process that did not run for a while sends nothing more (`sleep_guard`); that is all there is.
"""

from collections.abc import Callable, Sequence

from readout.schemas.envelope import Header, Record
from readout.schemas.manifests import ManifestSealed
from readout.streams.deliver.sealed_partition import SealedPartition
from readout.streams.deliver.unit_writer import DuePages, no_pages, send_all
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.kafka.reader import Reader
from readout.streams.log.dead_letters import dead_letter_facts
from readout.streams.log.origin import origin_of
from readout.streams.log.topics import DEAD_LETTERS, DERIVED, topic_name
from readout.streams.settings import Settings

Mark = tuple[str, bytes]
"""A topic without its prefix, and what tells a record of it from all others."""

_TAIL = 256
_DERIVED_STEMS = frozenset(topic.stem for topic in DERIVED)


class ConfirmedWriter:
    """A unit is in the log when its manifests are, and they follow everything that they seal."""

    def __init__(self, settings: Settings, number: int, check_alive: Callable[[], None]) -> None:
        """A writer; `check_alive` raises Fenced when another process may have taken over."""
        self._producer = RecordProducer(settings, may_send=check_alive)
        self._settings = settings
        self._number = number
        self._check_alive = check_alive
        self._left_behind: frozenset[Mark] = frozenset()

    async def open(self) -> None:
        """Connect."""
        await self._producer.start()

    async def reconcile(self, sealed: SealedPartition, reader: Reader) -> None:
        """Find what is left of a unit that was not finished, so as not to write it twice."""
        places = {self._place(topic.stem): topic.stem for topic in (*DERIVED, DEAD_LETTERS)}
        found: set[Mark] = set()
        for place, bounds in (await reader.bounds(places)).items():
            left = await left_behind(sealed, reader, place, bounds)
            found |= {(places[place], mark_of(record.headers)) for record in left}
        self._left_behind = frozenset(found)

    async def write(self, records: Sequence[Record], due: DuePages = no_pages) -> list[StoredRecord]:
        """Write a unit: derived records first; then each seal, when all before it are there; then pages of them."""
        missing = [one for one in records if (one.topic, mark_of(one.headers)) not in self._left_behind]
        self._check_alive()
        await self._send([record for record in missing if record.topic in _DERIVED_STEMS])
        written = []
        for record in missing:
            if record.topic not in _DERIVED_STEMS:
                self._check_alive()
                written += await self._send([record])
        for page in due(written):
            self._check_alive()
            written += await self._send([page])
        return written

    async def abandon(self) -> None:
        """Disconnect at once."""
        await self._producer.abandon()

    async def _send(self, records: Sequence[Record]) -> list[StoredRecord]:
        return await send_all(self._producer, self._settings, self._number, records)

    def _place(self, stem: str) -> Partition:
        return Partition(topic_name(self._settings, stem), self._number)


async def left_behind(
    sealed: SealedPartition, reader: Reader, place: Partition, bounds: Bounds
) -> list[StoredRecord]:
    """What nothing seals at the end of a topic: all after the last record that is sealed."""
    found: list[StoredRecord] = []
    seals = _Seals(sealed, reader)
    stop, length = bounds.next, _TAIL
    while stop > bounds.first:
        start = max(bounds.first, stop - length)
        records = [record async for record in reader.read({place: start}, {place: stop})]
        for record in reversed(records):
            if await seals.has(record):
                return found
            found.append(record)
        stop, length = start, 2 * length
    return found


class _Seals:
    """Tells what is sealed; looks each article's last manifest up once."""

    def __init__(self, sealed: SealedPartition, reader: Reader) -> None:
        self._sealed = sealed
        self._reader = reader
        self._manifests: dict[bytes | None, ManifestSealed | None] = {}

    async def has(self, record: StoredRecord) -> bool:
        """A dead letter is told by its place in news; a derived record by the manifest that names it."""
        if "offset" in dead_letter_facts(record.headers):
            # A restored letter tells itself from others by an offset that another record may have now.
            return bool(origin_of(record).restored) or self._sealed.accounts_for(record)
        manifest = await self._manifest(record.key)
        digest = mark_of(record.headers).decode(errors="replace")
        lines = (*manifest.live, *manifest.withdrawn) if manifest else ()
        return any(line.sha256 == digest for line in lines)

    async def _manifest(self, key: bytes | None) -> ManifestSealed | None:
        if key not in self._manifests:
            article_id = (key or b"").decode(errors="replace")
            self._manifests[key] = await self._sealed.last_manifest(self._reader, article_id)
        return self._manifests[key]


def mark_of(headers: tuple[Header, ...]) -> bytes:
    """What tells a record from all others of its topic: its event id; for a dead letter its origin."""
    facts = dead_letter_facts(headers)
    if "offset" in facts:
        return facts["offset"].encode()
    return next((text for name, text in headers if name == "ce_id" and text is not None), b"")
