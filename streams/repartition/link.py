"""Sign both logs as they are, and link them: the new log begins with the heads of the one that it was copied from.

Reads:  both logs and all that the key has signed of them
Writes: checkpoints of both, into their topics and a folder; the link, into `checkpoints` of the new log
"""

from dataclasses import dataclass
from pathlib import Path

from readout.schemas.checkpoints import CONTENT_TYPE, Checkpoint
from readout.schemas.envelope import Record
from readout.schemas.ids import sha256_hex
from readout.schemas.links import EVENT_TYPE, KEY, Link, is_link, link_text, parse_link
from readout.streams.audit.log import LiveLog
from readout.streams.audit.proof.checkpoint import (
    SOURCE,
    keep_checkpoints,
    make_checkpoints,
    write_checkpoints,
)
from readout.streams.audit.proof.notes import PrivateKey, PublicKey, open_note, sign
from readout.streams.audit.proof.signer_state import SignerState
from readout.streams.errors import ReplayMismatch, TransientError
from readout.streams.kafka.connection import Bounds, Partition
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.topics import CHECKPOINTS, TOPICS, topic_name
from readout.streams.settings import Settings

_PARTITION = 0


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, when, where the notes are kept, and what the signer remembers."""

    key: PrivateKey
    time: str
    folder: Path
    state: SignerState


async def link_logs(old: Settings, bounds: dict[Partition, Bounds], new: Settings, signer: Signer) -> Link:
    """Sign and link a log and its copy; what was signed and linked before is not written again.

    Args:
        old: the log that was copied.
        bounds: how far it was copied.
        new: its copy.
        signer: who signs.

    Raises:
        ReplayMismatch: a log is not what was signed before.
        TransientError: the old log has grown meanwhile, or the brokers do not acknowledge.
    """
    before = await _signed(old, signer)
    for name, head in before.items():
        if (head.next_offset or 0) > bounds[name].next:
            raise TransientError(
                f"{name.topic}/{name.number} has grown since it was copied: stop who writes there, then run this "
                f"again"
            )
    after = await _signed(new, signer)
    link = Link(signer.time, tuple(before.values()), tuple(after.values()))
    there = await _links(new, signer.key.public)
    same = next((one for one in there if (one.before, one.after) == (link.before, link.after)), None)
    if same is None:
        await _write(link, new, signer.key)
    return same or link


async def _signed(settings: Settings, signer: Signer) -> dict[Partition, Checkpoint]:
    """The heads of all partitions of a log, once they are signed."""
    log = LiveLog(settings)
    made = await make_checkpoints(
        log, signer.key, signer.time, folder=signer.folder, to_topic=True, state=signer.state
    )
    keep_checkpoints(made, signer.folder, signer.key.public)
    await write_checkpoints(made, settings)
    topics = {topic_name(settings, topic.stem) for topic in TOPICS}
    heads = [(name, head) for name, head in signer.state.heads.items() if name.place.topic in topics]
    return {
        name.place: Checkpoint(head.origin, head.size, head.tree().root(), head.next_offset)
        for name, head in sorted(heads, key=lambda one: (one[0].place, one[0].restored))
    }


async def _links(settings: Settings, key: PublicKey) -> list[Link]:
    """The links of this key that a log holds."""
    log, place = LiveLog(settings), Partition(topic_name(settings, CHECKPOINTS.stem), _PARTITION)
    bounds = (await log.bounds([place]))[place]
    found = []
    async for record in log.read(place, bounds):
        if is_link(record.value or b""):
            try:
                found.append(parse_link(open_note((record.value or b"").decode(errors="replace"), key)))
            except (ReplayMismatch, ValueError):
                continue
    return found


async def _write(link: Link, settings: Settings, key: PrivateKey) -> None:
    note = sign(link_text(link), key).encode()
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": sha256_hex(note),
        "ce_source": SOURCE,
        "ce_type": EVENT_TYPE,
        "ce_subject": KEY,
        "ce_time": link.time,
        "content-type": CONTENT_TYPE,
    }
    headers = tuple((name, text.encode()) for name, text in attributes.items())
    producer = RecordProducer(settings)
    await producer.start()
    try:
        record = Record(CHECKPOINTS.stem, KEY.encode(), note, headers)
        sent = await producer.send(record, topic_name(settings, CHECKPOINTS.stem), partition=_PARTITION)
        await sent
    finally:
        await producer.close()
