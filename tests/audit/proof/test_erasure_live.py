"""An article goes from the live log by way of an archive and new topics, and both trees are checked there."""

from pathlib import Path

from readout.streams.audit.archive.erase import Request, erase_article
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.restore import restore
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.log import LiveLog, snapshot
from readout.streams.audit.proof.checkpoint import make_checkpoints, write_checkpoints
from readout.streams.audit.proof.prove import prove_inclusion
from readout.streams.deliver.sealed_partition import SealedPartition
from readout.streams.kafka.reader import Reader
from readout.streams.settings import Settings
from tests.audit.auditing import KEY, audit
from tests.audit.conftest import pour, settings_on
from tests.audit.ledger import Ledger, MemoryLog, article, body_of
from tests.conftest import Broker

NOW = "2026-01-02T03:04:05Z"


async def sign(settings: Settings) -> None:
    await write_checkpoints(await make_checkpoints(LiveLog(settings), KEY, NOW), settings)


async def unsealed(settings: Settings) -> list[int]:
    """How many records of `news` a worker would derive, by partition."""
    left = []
    async with Reader(settings) as reader:
        for number in range(settings.partitions):
            partition = SealedPartition(settings, number)
            await partition.catch_up(reader)
            left.append((await reader.bounds([partition.news]))[partition.news].next - partition.next_offset)
    return left


async def test_new_topics_without_the_article_are_verified_signed_and_proved(
    live: Settings, broker: Broker, tmp_path: Path
) -> None:
    ledger = Ledger(MemoryLog(live.topic_prefix))
    for number in range(6):
        ledger.publish(article(f"article-{number}", body_of(number)))
    await ledger.derive(gaps=False)
    await pour(ledger.log, live)
    await sign(live)
    await write_archive(LiveLog(live), tmp_path / "archive")
    erased = erase_article(tmp_path / "archive", Request("article-5", "court order", NOW, KEY))

    other = settings_on(broker)
    await restore(ArchiveLog(tmp_path / "archive"), other)
    account, found = await audit(LiveLog(other), key=KEY.public)
    assert found == []
    assert account.erased.total() == len(erased)
    assert account.checkpoints >= 5, "the checkpoints of the log before hold for what is left"
    assert await unsealed(other) == [0, 0], "no worker takes what was erased for new"
    await sign(other)
    signed_again, found = await audit(LiveLog(other), key=KEY.public)
    assert found == []
    assert signed_again.checkpoints > account.checkpoints
    log = LiveLog(other)
    for place, bounds in (await snapshot(log)).items():
        async for record in log.read(place, bounds):
            assert b"article-5" not in (record.value or b"") + (record.key or b"")
            if not place.topic.endswith("checkpoints"):
                assert await prove_inclusion(log, record)
            break
    await write_archive(log, tmp_path / "again")
    archived, found = await audit(ArchiveLog(tmp_path / "again"), key=KEY.public)
    assert found == []
    assert (archived.erased, archived.checkpoints) == (signed_again.erased, signed_again.checkpoints)
