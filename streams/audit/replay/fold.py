"""Fold the manifests of a partition: what each article was last sealed as, at the end or at a moment.

Reads:  manifests of one partition number
Writes: the memory that the caller hands in
"""

from readout.schemas.manifests import ManifestSealed
from readout.streams.audit.log import Log
from readout.streams.audit.proof.erasures import is_claimed
from readout.streams.audit.scratch import Scratch
from readout.streams.errors import InvalidRecord, ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.decoding import decode_event
from readout.streams.log.origin import origin_of


async def fold_manifests(
    log: Log, place: Partition, bounds: Bounds, scratch: Scratch, until: int | None = None
) -> None:
    """Remember the last manifest of each article; `until` is the last moment, milliseconds since 1970.

    Raises:
        ReplayMismatch: a record is no manifest; nothing that is folded from here on would be true.
    """
    async for record in log.read(place, bounds):
        if is_claimed(record):
            # Its article is gone with it; whether somebody stands for that, `verify` says.
            continue
        if until is None or origin_of(record).timestamp <= until:
            scratch.seal(_manifest(record).article_id, record.value or b"")


def _manifest(record: StoredRecord) -> ManifestSealed:
    where = f"{record.topic}/{record.partition}@{record.offset}"
    try:
        event = decode_event(record.value, record.headers)
    except InvalidRecord as error:
        raise ReplayMismatch(f"{where} is no manifest ({error}): run `readout audit verify`") from None
    if not isinstance(event, ManifestSealed):
        raise ReplayMismatch(f"{where} is no manifest but {event.event_type}: run `readout audit verify`")
    return event
