"""Replay a log: its records again, all or those somebody asks for, in order within each partition.

Reads:  live topics or an archive, from the beginning, from a moment, or between offsets
Writes: nothing
The moments are those of the log in which a record was first, also after it was restored elsewhere.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from readout.streams.audit.log import LiveLog, Log, snapshot
from readout.streams.audit.proof.leaves import record_digest
from readout.streams.audit.replay.fold import fold_manifests
from readout.streams.audit.scratch import Scratch
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.filters import data_of, names_person
from readout.streams.log.origin import origin_of
from readout.streams.log.topics import KEPT, MANIFESTS


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records to replay; None and empty select all.

    Attributes:
        stems: topics, without the installation's prefix.
        numbers: partition numbers.
        offsets: first and last offset (exclusive), in every partition.
        since: first moment, milliseconds since 1970.
        until: last moment (exclusive), milliseconds since 1970.
        article: an article id.
        person: a name or a part of it, or the beginning of an entity id.
        contact: the beginning of a contact id.
    """

    stems: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    offsets: Bounds | None = None
    since: int | None = None
    until: int | None = None
    article: str | None = None
    person: str | None = None
    contact: str | None = None


async def replay(log: Log, selection: Selection) -> AsyncIterator[StoredRecord]:
    """The selected records, topic by topic and partition by partition.

    Raises:
        ConfigurationError: there is no such topic or partition.
    """
    places = await _places(log, selection)
    if isinstance(log, LiveLog) and (selection.since is not None or selection.until is not None):
        places = await log.within(places, selection.since, selection.until)
    for place, bounds in places.items():
        async for record in log.read(place, _cut(bounds, selection.offsets)):
            if _is_selected(record, selection):
                yield record


async def replay_as_of(log: Log, selection: Selection, moment: int) -> AsyncIterator[StoredRecord]:
    """What the log said at a moment: the last revision of each article, and the records that were live.

    What had been withdrawn, superseded or not yet sealed by then is left out.

    Raises:
        ConfigurationError: there is no such topic or partition.
        ReplayMismatch: a manifest cannot be read.
    """
    places = await _places(log, selection)
    for number in sorted({place.number for place in places}):
        with Scratch() as scratch:
            seals = Partition(log.prefix + MANIFESTS.stem, number)
            reach = (await log.bounds([seals]))[seals]
            await fold_manifests(log, seals, reach, scratch, until=moment)
            for place, bounds in places.items():
                if place.number != number:
                    continue
                async for record in log.read(place, _cut(bounds, selection.offsets)):
                    if _is_live(record, scratch) and _is_selected(record, selection):
                        yield record


async def _places(log: Log, selection: Selection) -> dict[Partition, Bounds]:
    known = [topic.stem for topic in KEPT]
    for stem in selection.stems:
        if stem not in known:
            raise ConfigurationError(f"there is no topic {stem!r} to replay; choose from {', '.join(known)}")
    bounds = await snapshot(log, selection.numbers or None)
    stems = selection.stems or known
    return {
        place: reach for stem in stems for place, reach in bounds.items() if place.topic == log.prefix + stem
    }


def _cut(bounds: Bounds, offsets: Bounds | None) -> Bounds:
    if offsets is None:
        return bounds
    return Bounds(max(bounds.first, offsets.first), min(bounds.next, offsets.next))


def _is_selected(record: StoredRecord, selection: Selection) -> bool:
    moment = origin_of(record).timestamp
    if selection.since is not None and moment < selection.since:
        return False
    if selection.until is not None and moment >= selection.until:
        return False
    if selection.article is not None and record.key != selection.article.encode():
        return False
    if selection.contact is not None and not _is_contact(record, selection.contact):
        return False
    return selection.person is None or names_person(data_of(record), selection.person)


def _is_contact(record: StoredRecord, contact: str) -> bool:
    """A contact, or its withdrawal."""
    data = data_of(record)
    ids = (data.get("contact_id"), data.get("record_id"))
    return any(isinstance(one, str) and one.startswith(contact) for one in ids)


def _is_live(record: StoredRecord, scratch: Scratch) -> bool:
    manifest = scratch.manifest((record.key or b"").decode(errors="replace"))
    if manifest is None:
        return False
    digest = record_digest(record)
    listed = {manifest.article_event_id, *(line.sha256 for line in manifest.live)}
    if digest.hex() not in listed or scratch.has_digest(digest):
        return False
    scratch.add_digests([digest])
    return True
