"""The attacks on the signer where they would happen: in the topics of a broker, and in an archive."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from readout.schemas.checkpoints import TOPIC, Checkpoint, checkpoint_text
from readout.schemas.envelope import Record
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.log import LiveLog
from readout.streams.audit.proof.checkpoint import keep_checkpoints, make_checkpoints, write_checkpoints
from readout.streams.audit.proof.notes import PrivateKey, new_key, sign
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.topics import ensure_topics, topic_name
from readout.streams.settings import Settings
from tests.audit.auditing import KEY, rewrite, sign_log
from tests.audit.conftest import pour
from tests.audit.ledger import Ledger, MemoryLog, article, body_of, honest_ledger

NOW = "2022-10-25T14:00:00Z"


async def poured(settings: Settings) -> None:
    ledger = Ledger(MemoryLog(settings.topic_prefix))
    for number in range(6):
        ledger.publish(article(f"article-{number}", body_of(number)))
    await ledger.derive(gaps=False)
    await pour(ledger.log, settings)


async def write(settings: Settings, *records: Record) -> None:
    """Write to `checkpoints`, as anybody can who may write to the cluster."""
    producer = RecordProducer(settings)
    await producer.start()
    for record in records:
        await (await producer.send(record, topic_name(settings, TOPIC), partition=0))
    await producer.close()


async def delete(settings: Settings, stem: str) -> None:
    """Delete a topic and make it again, empty."""
    client = AdminClient({"bootstrap.servers": settings.bootstrap_servers})
    (deleted,) = client.delete_topics([topic_name(settings, stem)]).values()
    await asyncio.to_thread(deleted.result, 30)
    async with asyncio.timeout(60):
        while not await ensure_topics(settings):  # noqa: ASYNC110 - a broker deletes when it comes to it
            await asyncio.sleep(0.2)


async def test_what_anybody_writes_to_the_topic_changes_nothing_that_is_signed(
    live: Settings, tmp_path: Path
) -> None:
    await poured(live)
    first = await make_checkpoints(LiveLog(live), KEY, NOW)
    await write_checkpoints(first, live)
    keep_checkpoints(first, tmp_path, KEY.public)
    later = Ledger(MemoryLog(live.topic_prefix))
    for number in range(20, 24):
        later.publish(article(f"article-{number}", body_of(number)))
    await pour(later.log, live)
    honest = [(one.place, one.checkpoint) for one in await make_checkpoints(LiveLog(live), KEY, NOW)]
    assert honest
    old = next(one for one in first if one.place.topic.endswith("news")).record
    headers = dict(old.headers) | {"ce_nextoffset": b"3", "ce_treesize": b"1", "ce_frontier": b"00"}
    origin = first[0].checkpoint.origin
    impostor = sign(
        checkpoint_text(Checkpoint(origin, 99, b"r" * 32, 99)), PrivateKey(KEY.name, new_key("x").key)
    )
    await write(
        live,
        Record(TOPIC, b"news-0", b"junk", ()),
        Record(TOPIC, None, None, ()),
        replace(old, headers=tuple(headers.items())),
        old,
        replace(old, value=impostor.encode()),
    )
    assert [(one.place, one.checkpoint) for one in await make_checkpoints(LiveLog(live), KEY, NOW)] == honest


@pytest.mark.parametrize("emptied", [("entities",), ("checkpoints", "entities")])
async def test_a_topic_that_was_emptied_and_made_again_is_refused(
    live: Settings, tmp_path: Path, emptied: tuple[str, ...]
) -> None:
    await poured(live)
    first = await make_checkpoints(LiveLog(live), KEY, NOW)
    await write_checkpoints(first, live)
    keep_checkpoints(first, tmp_path, KEY.public)
    for stem in emptied:
        await delete(live, stem)
    with pytest.raises(ReplayMismatch, match="records were lost, and nothing is signed"):
        await make_checkpoints(LiveLog(live), KEY, NOW, folder=tmp_path)


def junk_notes(record: StoredRecord) -> StoredRecord:
    return replace(record, value=b"junk") if record.topic == TOPIC else record


def forged_headers(record: StoredRecord) -> StoredRecord:
    headers = tuple((name, b"1" if name == "ce_nextoffset" else text) for name, text in record.headers)
    return replace(record, headers=headers) if record.topic == TOPIC else record


def changed_past(record: StoredRecord) -> StoredRecord:
    return replace(record, timestamp=1) if record.topic == "news" else record


@pytest.mark.parametrize("change", [junk_notes, forged_headers])
async def test_an_archive_that_is_signed_is_compared_with_what_was_kept(
    tmp_path: Path, change: Callable[[StoredRecord], StoredRecord]
) -> None:
    log = (await honest_ledger(8)).log
    await sign_log(log)
    keep_checkpoints(await make_checkpoints(_unsigned(log), KEY, NOW), tmp_path / "notes", KEY.public)
    await write_archive(log, tmp_path / "archive")
    rewrite(tmp_path / "archive", change)
    archive = ArchiveLog(tmp_path / "archive")
    assert await make_checkpoints(archive, KEY, NOW, folder=tmp_path / "notes") == []
    rewrite(tmp_path / "archive", changed_past)
    with pytest.raises(ReplayMismatch, match="something was changed, and nothing is signed"):
        await make_checkpoints(ArchiveLog(tmp_path / "archive"), KEY, NOW, folder=tmp_path / "notes")


def _unsigned(log: MemoryLog) -> MemoryLog:
    copy = log.copy()
    for number in range(2):
        copy.records[log.place("checkpoints", number)].clear()
    return copy
