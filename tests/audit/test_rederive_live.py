"""Rederiving a live log: written once whatever happens, and verified afterwards."""

from collections.abc import Coroutine, Sequence
from typing import Any

import orjson
import pytest

from readout.schemas.envelope import Record
from readout.schemas.event import Producer
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.streams.audit.findings import Kind
from readout.streams.audit.log import LiveLog, snapshot
from readout.streams.audit.verify.examine import Derived
from readout.streams.audit.verify.state import InstalledCode
from readout.streams.deliver import confirmed, unit_writer
from readout.streams.errors import TransientError
from readout.streams.kafka.connection import StoredRecord
from readout.streams.kafka.producer import RecordProducer
from readout.streams.log.topics import DERIVED
from readout.streams.rederive import run as rederiving
from readout.streams.settings import DeliveryMode, Settings
from tests.audit.auditing import HERE, audit
from tests.audit.conftest import pour
from tests.audit.ledger import PARTITIONS, PRODUCER, Ledger, MemoryLog, article, body_of, derive
from tests.brokers.topics import all_records, header
from tests.conftest import Broker, installation_on

NEWER = PRODUCER.model_copy(update={"version": "0.2.0"})
_ARTICLES = 20
_IDS = ("record_id", "entity_id", "statement_id", "contact_id")
_CASES: list[tuple[str, DeliveryMode]] = [
    ("embedded_broker", "confirmed"),
    ("kafka_broker", "confirmed"),
    ("kafka_broker", "transactional"),
]


async def derive_newer(articles: Sequence[ArticlePublished]) -> list[Derived]:
    return derive(articles, NEWER)


async def derive_older(articles: Sequence[ArticlePublished]) -> list[Derived]:
    return derive(articles, PRODUCER)


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code that is installed is newer than that which derived the log."""
    _install(monkeypatch, NEWER)


@pytest.fixture(params=_CASES, ids=lambda case: f"{case[1]} on {case[0]}")
def case(request: pytest.FixtureRequest) -> Settings:
    """A new installation on either broker, in every way to deliver that it has."""
    broker: Broker = request.getfixturevalue(request.param[0])
    return installation_on(broker).model_copy(
        update={
            "partitions": PARTITIONS,
            "delivery": request.param[1],
            "retry_seconds": 0.1,
            # The one that has sealed the log that is poured in.
            "application_id": Settings().application_id,
        }
    )


def _install(monkeypatch: pytest.MonkeyPatch, producer: Producer) -> None:
    def producer_here(_: Settings) -> Producer:
        return producer

    monkeypatch.setattr(rederiving, "load_producer", producer_here)


async def live_ledger(settings: Settings) -> Ledger:
    ledger = Ledger(MemoryLog(settings.topic_prefix))
    for number in range(_ARTICLES):
        ledger.publish(article(f"article-{number}", body_of(number)))
    await ledger.derive(gaps=False)
    await pour(ledger.log, settings)
    return ledger


async def assert_verified(settings: Settings) -> None:
    log = LiveLog(settings)
    _, found = await audit(log, installed=InstalledCode(NEWER, HERE, Settings()), derive=derive_newer)
    assert {one.kind for one in found} == {Kind.PRODUCER}, [str(one) for one in found]


async def assert_what_is_live_was_written_last(settings: Settings) -> None:
    """Of each record id that an article's last manifest lists, the last record is the one that it lists."""
    manifests = [
        ManifestSealed.model_validate_json(one.value or b"")
        for one in await all_records(settings, "manifests")
    ]
    last = {one.article_id: one for one in manifests}
    listed = {(line.topic, line.record_id): line.sha256 for one in last.values() for line in one.live}
    written: dict[tuple[str, str], str] = {}
    for topic in DERIVED:
        for record in await all_records(settings, topic.stem):
            value = orjson.loads(record.value or b"{}")
            found = next(value[name] for name in _IDS if name in value)
            written[topic.stem, found] = header(record, "ce_id")
    assert listed
    assert {key: written.get(key) for key in listed} == listed


def _dying_after(sends: int) -> type[RecordProducer]:
    """A producer that sends so many records and no more, whoever opens it."""
    left = [sends]

    class Dying(RecordProducer):
        async def send(
            self, record: Record, topic: str, *, partition: int | None = None
        ) -> Coroutine[Any, Any, StoredRecord]:
            left[0] -= 1
            if left[0] < 0:
                raise TransientError("the process has died here")
            sent = await super().send(record, topic, partition=partition)
            stored = await sent
            return _done(stored)

    return Dying


async def _done(stored: StoredRecord) -> StoredRecord:
    return stored


@pytest.mark.usefixtures("newer")
async def test_a_dry_run_writes_nothing_and_a_real_run_writes_once(case: Settings) -> None:
    await live_ledger(case)
    before = await snapshot(LiveLog(case))
    would = await rederiving.rederive_log(case, derive_newer, dry_run=True)
    assert await snapshot(LiveLog(case)) == before
    done = await rederiving.rederive_log(case, derive_newer, dry_run=False)
    assert would == done
    assert done.articles == _ARTICLES
    await assert_verified(case)
    after = await snapshot(LiveLog(case))
    again = await rederiving.rederive_log(case, derive_newer, dry_run=False)
    assert again.articles == 0
    assert await snapshot(LiveLog(case)) == after


@pytest.mark.usefixtures("newer")
@pytest.mark.parametrize("sends", [1, 12, 40])
async def test_a_run_that_dies_anywhere_is_finished_by_the_next_without_duplicates(
    case: Settings, monkeypatch: pytest.MonkeyPatch, sends: int
) -> None:
    await live_ledger(case)
    with monkeypatch.context() as patch:
        dying = _dying_after(sends)
        patch.setattr(unit_writer, "RecordProducer", dying)
        patch.setattr(confirmed, "RecordProducer", dying)
        with pytest.raises(TransientError, match="has died here"):
            await rederiving.rederive_log(case, derive_newer, dry_run=False)
    await rederiving.rederive_log(case, derive_newer, dry_run=False)
    await assert_verified(case)
    await assert_what_is_live_was_written_last(case)


async def test_going_back_to_the_older_code_writes_its_records_again(
    case: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are there to the byte, from before; but a reader takes what came last."""
    await live_ledger(case)
    _install(monkeypatch, NEWER)
    await rederiving.rederive_log(case, derive_newer, dry_run=False)
    _install(monkeypatch, PRODUCER)
    await rederiving.rederive_log(case, derive_older, dry_run=False)
    await assert_what_is_live_was_written_last(case)
