"""Honest logs give no findings, whatever happened to them; each is verified live, on the embedded broker, and archived.

| log | what happened | live | archived |
|---|---|---|---|
| revisions | articles were corrected, repeated and contradicted | yes | yes |
| withdrawals | articles were withheld, published again and canceled | yes | yes |
| erasures | an article was erased with a signature, and the archive restored | yes | yes |
| dead letters | articles could not be derived, records of news not be read | yes | yes |
| a crash | a worker died within a batch, and another one went on | yes | yes |
| a deleted head | the beginning of every topic was deleted | on Apache Kafka, in `test_deleted_beginning` | yes |

The last has the finding that says so, and none besides.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from readout.schemas.manifests import ManifestSealed
from readout.streams.audit.archive.erase import Request, erase_article
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.restore import restore
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.findings import Kind, Status
from readout.streams.audit.log import LiveLog, Log
from readout.streams.audit.proof.checkpoint import make_checkpoints, write_checkpoints
from tests.audit.auditing import KEY, audit, sign_log
from tests.audit.conftest import pour, settings_on
from tests.audit.ledger import BREAKS, PARTITIONS, Ledger, MemoryLog, article, body_of
from tests.audit.test_deleted_beginning import CUT, cut
from tests.conftest import Broker

NOW = "2022-10-25T13:00:00Z"


def revisions(ledger: Ledger, number: int) -> None:
    ledger.publish(article(f"article-{number}", body_of(number + 1), revision=2))
    ledger.publish(article(f"article-{number}", body_of(number), revision=1))
    ledger.publish(article(f"article-{number}", "Something Else.", revision=2))


def withdrawals(ledger: Ledger, number: int) -> None:
    ledger.publish(article(f"article-{number}", "", revision=2, status="withheld"))
    if number % 2:
        ledger.publish(article(f"article-{number}", body_of(number), revision=3))
        ledger.publish(article(f"article-{number}", "", revision=4, status="canceled"))


def dead_letters(ledger: Ledger, number: int) -> None:
    ledger.publish(article(f"article-{number}", f"{BREAKS} called Anchor.", revision=2))
    ledger.publish_raw(b'{"no": "article"}', number % PARTITIONS, key=b"x")


HAPPENED = [revisions, withdrawals, dead_letters]


async def log_with(happened: Callable[[Ledger, int], None], prefix: str = "") -> MemoryLog:
    ledger = Ledger(MemoryLog(prefix))
    for number in range(10):
        ledger.publish(article(f"article-{number}", body_of(number)))
        happened(ledger, number)
    await ledger.derive(gaps=False)
    return ledger.log


async def crashed_log(prefix: str = "") -> MemoryLog:
    """A worker died in the middle of a transaction, and another one wrote what was missing.

    The transaction that was broken off leaves offsets without records.
    """
    log = await log_with(revisions, prefix)
    for number in range(PARTITIONS):
        seals = log.records[log.place("manifests", number)]
        middle = ManifestSealed.model_validate_json(seals[len(seals) // 2].value or b"")
        assert middle.live
        for stem in ("entities", "statements", "contact-log", "manifests"):
            _leave_gap(log, stem, number, middle.article_id.encode())
    return log


def _leave_gap(log: MemoryLog, stem: str, number: int, key: bytes) -> None:
    place = log.place(stem, number)
    first = next(one.offset for one in log.records[place] if one.key == key)
    for index, one in enumerate(log.records[place]):
        if one.offset >= first:
            log.edit(place, index, offset=one.offset + 7)
    log.next_offsets[place] += 7


async def assert_well(log: Log) -> None:
    account, found = await audit(log, key=KEY.public)
    assert [str(one) for one in found] == []
    assert account.status() is Status.WELL
    assert account.checkpoints


@pytest.mark.parametrize("happened", HAPPENED, ids=lambda one: one.__name__)
async def test_an_honest_log_is_well_live_and_archived(
    happened: Callable[[Ledger, int], None], embedded_broker: Broker, tmp_path: Path
) -> None:
    settings = settings_on(embedded_broker)
    await pour(await log_with(happened, settings.topic_prefix), settings)
    await write_checkpoints(await make_checkpoints(LiveLog(settings), KEY, NOW), settings)
    await assert_well(LiveLog(settings))
    await write_archive(LiveLog(settings), tmp_path, key=KEY)
    await assert_well(ArchiveLog(tmp_path))


async def test_an_honest_log_with_an_erasure_is_well_live_and_archived(
    embedded_broker: Broker, tmp_path: Path
) -> None:
    log = await log_with(revisions)
    await sign_log(log)
    await write_archive(log, tmp_path, key=KEY)
    assert erase_article(tmp_path, Request("article-3", "court order", NOW, KEY))
    await assert_well(ArchiveLog(tmp_path))
    settings = settings_on(embedded_broker)
    await restore(ArchiveLog(tmp_path), settings)
    await assert_well(LiveLog(settings))


async def test_an_honest_log_after_a_crash_is_well_live_and_archived(
    embedded_broker: Broker, tmp_path: Path
) -> None:
    """A broker gives offsets of its own: there the log is what the second worker made of it."""
    log = await crashed_log()
    await sign_log(log)
    await assert_well(log)
    await write_archive(log, tmp_path, key=KEY)
    await assert_well(ArchiveLog(tmp_path))
    settings = settings_on(embedded_broker)
    await restore(ArchiveLog(tmp_path), settings)
    await assert_well(LiveLog(settings))


async def test_an_honest_log_with_a_deleted_head_has_that_finding_and_no_other(tmp_path: Path) -> None:
    log = await log_with(revisions)
    await sign_log(log)
    await write_archive(cut(log, CUT, 0.4), tmp_path, key=KEY)
    _, found = await audit(ArchiveLog(tmp_path), key=KEY.public)
    assert {one.kind for one in found} == {Kind.BEGINNING}
