"""What a soak counts: it sees what is lost and what is there twice, and a slope in memory."""

import pytest

from benchmarks.soak_account import Account, Count, Sample, slopes
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.topics import DERIVED
from tests.audit.ledger import Ledger, article, body_of

_ARTICLES = [("one", 1), ("two", 1), ("one", 2)]


async def _records() -> dict[str, list[StoredRecord]]:
    ledger = Ledger()
    for number, (name, revision) in enumerate(_ARTICLES):
        ledger.publish(article(name, body_of(number), revision))
        await ledger.derive()
    found: dict[str, list[StoredRecord]] = {}
    for record in ledger.log.all():
        found.setdefault(record.topic, []).append(record)
    return found


def _account(records: dict[str, list[StoredRecord]]) -> Account:
    count = Count()
    for record in records["manifests"]:
        count.take_manifest(record)
    for topic in DERIVED:
        for record in records.get(topic.stem, []):
            count.take_record(topic.stem, record)
    return count.account(_ARTICLES)


async def test_a_whole_log_is_well() -> None:
    account = _account(await _records())
    assert account.is_well()
    assert account.articles == 3
    assert account.records > 20


@pytest.mark.parametrize("stem", ["manifests", "entities", "statements"])
async def test_one_that_is_missing_and_one_that_is_there_twice_are_counted(stem: str) -> None:
    records = await _records()
    last = records[stem].pop()
    assert not _account(records).is_well()
    records[stem] += [last, last]
    account = _account(records)
    twice = account.articles_doubled if stem == "manifests" else account.records_doubled
    assert (twice, account.is_well()) == (1, False)


def test_slopes_leave_out_the_warm_up_and_what_a_life_began_with() -> None:
    samples = [
        Sample(life, age, 180 * life + age, (900 if age < 60 else 500 + 10 * life) + age / 36, lag=0)
        for life in range(3)
        for age in range(0, 180, 5)
    ]
    found = slopes(samples, 60)
    assert (found["lives"], found["slope_within_lives"]) == (3, 100.0)
