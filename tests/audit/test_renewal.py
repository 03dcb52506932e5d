"""Rederiving a live log: written once whatever happens, and verified afterwards."""

from collections.abc import Sequence

import pytest

from readout.schemas.event import Producer
from readout.schemas.news import ArticlePublished
from readout.streams.audit.findings import Kind
from readout.streams.audit.log import LiveLog, snapshot
from readout.streams.audit.verify.examine import Derived
from readout.streams.audit.verify.state import InstalledCode
from readout.streams.rederive import run as renewal
from readout.streams.rederive.changes import Changes, renewals
from readout.streams.rederive.renew import RenewalWriter
from readout.streams.settings import Settings
from tests.audit.auditing import HERE, audit
from tests.audit.conftest import pour
from tests.audit.ledger import PRODUCER, Ledger, MemoryLog, article, body_of, derive

NEWER = PRODUCER.model_copy(update={"version": "0.2.0"})


async def derive_newer(articles: Sequence[ArticlePublished]) -> list[Derived]:
    return derive(articles, NEWER)


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code that is installed is newer than that which derived the log."""

    def producer_here(_: Settings) -> Producer:
        return NEWER

    monkeypatch.setattr(renewal, "load_producer", producer_here)


async def live_ledger(settings: Settings) -> Ledger:
    ledger = Ledger(MemoryLog(settings.topic_prefix))
    for number in range(20):
        ledger.publish(article(f"article-{number}", body_of(number)))
    await ledger.derive(gaps=False)
    await pour(ledger.log, settings)
    return ledger


async def assert_verified(settings: Settings) -> None:
    log = LiveLog(settings)
    _, found = await audit(log, installed=InstalledCode(NEWER, HERE, Settings()), derive=derive_newer)
    assert {one.kind for one in found} == {Kind.PRODUCER}, [str(one) for one in found]


@pytest.mark.usefixtures("newer")
async def test_a_dry_run_writes_nothing_and_a_real_run_writes_once(live: Settings) -> None:
    await live_ledger(live)
    before = await snapshot(LiveLog(live))
    would = await renewal.renew_all(live, derive_newer, dry_run=True)
    assert await snapshot(LiveLog(live)) == before
    done = await renewal.renew_all(live, derive_newer, dry_run=False)
    assert would == done
    assert done.articles == 20
    await assert_verified(live)
    after = await snapshot(LiveLog(live))
    again = await renewal.renew_all(live, derive_newer, dry_run=False)
    assert again.articles == 0
    assert await snapshot(LiveLog(live)) == after


@pytest.mark.usefixtures("newer")
async def test_a_run_that_dies_between_records_and_manifest_is_finished_without_duplicates(
    live: Settings,
) -> None:
    """Without transactions: the next run finds what was left, and writes the rest."""
    confirmed = live.model_copy(update={"delivery": "confirmed"})
    await live_ledger(confirmed)
    log, changes = LiveLog(confirmed), Changes()
    found = [one async for one in renewals(log, 0, derive_newer, NEWER, changes)]
    writer = RenewalWriter(
        confirmed, 0, transactional=False, recorded_time=lambda: "2022-10-26T12:00:00.000Z"
    )
    async with writer:
        await writer.write(found[:2])
        await writer._send(found[2], found[2].records[:-1])
    await renewal.renew_all(confirmed, derive_newer, dry_run=False)
    await assert_verified(confirmed)
