"""The whole chain: a worker that dies in the middle, and five audits of what it left, all without a finding."""

import shutil
from pathlib import Path

import pytest

from readout.schemas.envelope import Record
from readout.schemas.news import ArticlePublished
from readout.streams.audit.archive.erase import Request, erase_article
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.restore import restore
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.findings import Account, Finding, Outcome
from readout.streams.audit.log import LiveLog, Log
from readout.streams.audit.proof.checkpoint import make_checkpoints, write_checkpoints
from readout.streams.audit.verify.run import Scope, verify
from readout.streams.audit.verify.state import InstalledCode
from readout.streams.derive.environment import environment_text
from readout.streams.derive.producer_block import load_producer
from readout.streams.derive.without_broker import deriver
from readout.streams.log.topics import ensure_topics
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings
from tests.audit.auditing import KEY
from tests.brokers.topics import generated_article, manifests, publish_articles, publish_records
from tests.brokers.workers import until_all_sealed, worker
from tests.conftest import Broker, installation_on

_ARTICLES = 120
_KILLED_AFTER = 40


def revisions() -> list[ArticlePublished]:
    """Articles with revisions, some withheld, some canceled, some repeated."""
    found = []
    for number in range(_ARTICLES):
        found.append(generated_article(number))
        if number % 10 == 3:
            found.append(generated_article(number, revision=2))
        if number % 20 == 5:
            found.append(taken_back(number, "withheld"))
        if number % 30 == 7:
            found.append(taken_back(number, "canceled"))
        if number % 25 == 11:
            found.append(generated_article(number))
    return found


def taken_back(number: int, status: str) -> ArticlePublished:
    return generated_article(number).model_copy(update={"revision": 3, "status": status, "body": ""})


async def audited(log: Log, settings: Settings, jobs: int, scope: Scope) -> tuple[Account, list[Finding]]:
    found: list[Finding] = []
    installed = InstalledCode(load_producer(settings), environment_text(), settings)
    async with deriver(settings, jobs) as derive:
        return await verify(log, derive, installed, scope, found.append), found


@pytest.mark.parametrize("name", ["embedded_broker", "kafka_broker"])
async def test_five_audits_of_an_honest_log_find_nothing(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    broker: Broker = request.getfixturevalue(name)
    settings = installation_on(broker)
    await ensure_topics(settings)
    published = revisions()
    await publish_articles(settings, published[:80])
    junk = [Record("news", b"k", value, (("ce_type", b"x"),)) for value in (None, b"", b"\xff", b"{}")]
    await publish_records(settings, junk)
    await publish_records(settings, [article_record(one) for one in published[80:]])
    expected = {(one.article_id, one.revision) for one in published}
    with worker(settings, tmp_path / "first.log") as first:
        await until_all_sealed(settings, _KILLED_AFTER, [first])
        first.kill()
    assert len(await manifests(settings)) < len(expected), "it was killed in the middle"
    with worker(settings, tmp_path / "second.log") as second:
        await until_all_sealed(settings, len(expected), [second])
        assert second.stop() == 0
    live = LiveLog(settings)
    await write_checkpoints(await make_checkpoints(live, KEY, "2022-10-25T13:00:00Z"), settings)
    await write_archive(live, tmp_path / "archive")
    archive = ArchiveLog(tmp_path / "archive")
    shutil.copytree(tmp_path / "archive", tmp_path / "erased")
    order = Request(published[0].article_id, "court order", "2022-10-25T13:00:00Z", KEY)
    erased = erase_article(tmp_path / "erased", order)
    other = installation_on(broker)
    await restore(ArchiveLog(tmp_path / "erased"), other)
    accounts = [
        await audited(live, settings, 1, Scope(public_key=KEY.public)),
        await audited(archive, settings, 2, Scope(public_key=KEY.public, sample=40, seed="a")),
        await audited(LiveLog(other), other, 1, Scope(public_key=KEY.public, sample=40)),
        await audited(live, settings, 1, Scope(sample=40, seed="b", batch_size=3)),
        await audited(archive, settings, 1, Scope(sample=40, seed="c", public_key=KEY.public)),
    ]
    assert [[str(one) for one in found] for _, found in accounts] == [[]] * 5
    assert accounts[0][0].outcomes[Outcome.IDENTICAL] >= _ARTICLES
    assert accounts[0][0].outcomes[Outcome.DEAD_LETTERED] == len(junk)
    all_of_them = len(published) + len(junk)
    of_the_erased = sum(one.topic.endswith("news") for one in erased)
    assert [account.outcomes.total() for account, _ in accounts] == [
        all_of_them, all_of_them, all_of_them - of_the_erased, all_of_them, all_of_them,
    ]  # fmt: skip
    assert accounts[2][0].erased.total() == len(erased)
