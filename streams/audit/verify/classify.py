"""Say what a record is that no article asks for: a duplicate, one of another partition, or an addition.

Pure, but for the memory of the audit that it asks.
"""

from readout.streams.audit.facts import header
from readout.streams.audit.findings import Finding, Kind, at
from readout.streams.audit.proof.leaves import record_digest
from readout.streams.audit.scratch import Scratch
from readout.streams.deliver.sealed_partition import SOURCE_PARTITION
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.decoding import decode_event
from readout.streams.log.origin import origin_of


def unexpected(record: StoredRecord, scratch: Scratch) -> Finding:
    """The finding about a derived record that belongs to no article."""
    number = header(record, SOURCE_PARTITION)
    if number is not None and number != str(origin_of(record).partition):
        return at(record, Kind.WRONG_PARTITION, f"its article is in partition {number}")
    try:
        event = decode_event(record.value, record.headers)
    except InvalidRecord as error:
        return at(record, Kind.UNREADABLE, f"{error}; no manifest lists it")
    detail = f"{event.event_type} of article {event.article_id!r} revision {event.revision}"
    if record.key != event.article_id.encode():
        detail = f"{detail}, but its key is {record.key!r}; no manifest lists it"
        return at(record, Kind.WRONG_KEY, detail)
    if scratch.has_digest(record_digest(record)):
        return at(record, Kind.DUPLICATE, f"{detail} is there more than once")
    return at(record, Kind.EXTRA, f"{detail}; no manifest lists it")
