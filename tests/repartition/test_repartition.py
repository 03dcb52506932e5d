"""A log is copied into one with more partitions: the same records, each once, however often the copy is broken off."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from readout.schemas.envelope import Record
from readout.schemas.manifests import ManifestSealed
from readout.streams.audit.findings import Kind
from readout.streams.audit.log import LiveLog
from readout.streams.audit.proof.key_files import create_key
from readout.streams.audit.verify.run import Scope
from readout.streams.deliver.batch_plan import BatchPlanner, Processed
from readout.streams.errors import ConfigurationError, ReplayMismatch
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.kafka.producer import RecordProducer, partition_of
from readout.streams.log.decoding import decode_article
from readout.streams.log.origin import moved_from, own_headers
from readout.streams.log.topics import DEAD_LETTERS, DERIVED, MANIFESTS, NEWS, ensure_topics
from readout.streams.processors.records import Derivation
from readout.streams.repartition import run
from readout.streams.repartition.compare import compare_logs
from readout.streams.repartition.run import copy_log
from readout.streams.settings import Settings
from tests.audit.auditing import audit
from tests.audit.conftest import pour
from tests.audit.ledger import (
    PARTITIONS,
    PRODUCER,
    Ledger,
    MemoryLog,
    article,
    body_of,
    derive,
    honest_ledger,
)
from tests.brokers.topics import all_records, generated_article, publish_articles, publish_records
from tests.brokers.workers import environment
from tests.cli.commands import readout
from tests.conftest import Broker, installation_on

NEWER = PRODUCER.model_copy(update={"version": "0.2.0"})
MORE = 5


def both_on(broker: Broker) -> tuple[Settings, Settings]:
    """A log of its own, and where its copy belongs."""
    application = Settings().application_id
    old = installation_on(broker).model_copy(update={"partitions": PARTITIONS, "application_id": application})
    return old, old.model_copy(update={"topic_prefix": f"{old.topic_prefix}more.", "partitions": MORE})


async def rederived(ledger: Ledger, articles: int) -> None:
    """Newer code goes over the first articles of each partition."""
    planner = BatchPlanner(Settings(), NEWER)

    async def last_manifest(article_id: str) -> ManifestSealed | None:
        return ledger._last.get(article_id)

    for number in range(PARTITIONS):
        for source in list(ledger.log.records[ledger.log.place(NEWS.stem, number)])[:articles]:
            one = decode_article(source.key, source.value, source.headers)
            (derivation,) = derive([one], NEWER)
            assert isinstance(derivation, Derivation)
            again = [Processed(source, one, derivation)]
            plan = await planner.plan_again(again, last_manifest, "2022-10-26T12:00:00.000Z")
            ledger.write(plan.records, number)


async def poured(settings: Settings, articles: int = 30) -> Ledger:
    """A live log with revisions, withdrawals, repeats, dead letters and articles that were derived again."""
    ledger = await honest_ledger(articles, MemoryLog(settings.topic_prefix), gaps=False)
    await rederived(ledger, 2)
    await pour(ledger.log, settings)
    return ledger


async def contents(settings: Settings, stem: str) -> dict[bytes | None, list[bytes | None]]:
    """The values of each key, in order."""
    found: dict[bytes | None, list[bytes | None]] = defaultdict(list)
    for record in await all_records(settings, stem):
        found[record.key].append(record.value)
    return found


async def assert_is_copy(old: Settings, new: Settings) -> None:
    for topic in (*DERIVED, MANIFESTS):
        assert await contents(new, topic.stem) == await contents(old, topic.stem), topic.stem
    places = {
        Partition(one.topic, one.partition): one
        for record in await all_records(new, NEWS.stem)
        if (one := moved_from(record))
    }
    assert {place.topic for place in places} == {f"{old.topic_prefix}{NEWS.stem}"}
    before = {(one.partition, one.offset): _said(one) for one in await all_records(old, NEWS.stem)}
    after = {}
    for record in await all_records(new, NEWS.stem):
        origin = moved_from(record)
        assert origin is not None
        assert (origin.partition, origin.offset) not in after
        after[origin.partition, origin.offset] = _said(record)
        if record.key is not None:
            assert record.partition == partition_of(record.key, MORE)
    assert after == before
    letters = [_letter(one) for one in await all_records(new, DEAD_LETTERS.stem)]
    assert sorted(letters) == sorted(_letter(one) for one in await all_records(old, DEAD_LETTERS.stem))


def _said(record: StoredRecord) -> tuple[object, ...]:
    return record.key, record.value, own_headers(record.headers)


def _letter(record: StoredRecord) -> tuple[bytes, bytes, bytes]:
    facts = dict(record.headers)
    return record.key or b"", record.value or b"", facts["__connect.errors.exception.message"] or b""


async def findings_of(settings: Settings) -> set[Kind]:
    _, found = await audit(LiveLog(settings))
    return {one.kind for one in found} - {Kind.PRODUCER}


async def test_every_record_is_there_once_and_the_copy_verifies(broker: Broker) -> None:
    old, new = both_on(broker)
    await poured(old)
    done: list[int] = []
    copied = await copy_log(old, new, PRODUCER, done.append)
    assert copied.pending == 0
    assert sum(done) == len(await all_records(old, NEWS.stem))
    await assert_is_copy(old, new)
    assert await findings_of(new) == set()
    same = await compare_logs(LiveLog(old), copied.bounds, LiveLog(new), new, PRODUCER)
    assert same == sum(
        [len(await all_records(old, topic.stem)) for topic in (NEWS, *DERIVED, MANIFESTS, DEAD_LETTERS)]
    )
    written = [len(await all_records(new, topic.stem)) for topic in (NEWS, MANIFESTS)]
    await copy_log(old, new, PRODUCER)
    assert [len(await all_records(new, topic.stem)) for topic in (NEWS, MANIFESTS)] == written


class Killed(Exception):
    """A process would have ended here."""


@pytest.mark.parametrize("at", [3, 9])
async def test_a_copy_that_ends_anywhere_goes_on_and_writes_nothing_twice(
    kafka_broker: Broker, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """The connections stay open, as those of a process that hangs do: opening again fences them."""
    old, new = both_on(kafka_broker)
    await poured(old, 16)
    monkeypatch.setattr(run, "_STEPS", 6)
    left = _ends_after(monkeypatch, at)
    with pytest.raises(Killed):
        await copy_log(old, new, PRODUCER)
    left[0] = at + 3
    with pytest.raises(Killed):
        await copy_log(old, new, PRODUCER)
    left[0] = 10_000
    copied = await copy_log(old, new, PRODUCER)
    await assert_is_copy(old, new)
    assert await compare_logs(LiveLog(old), copied.bounds, LiveLog(new), new, PRODUCER)


def _ends_after(monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """Let sending end for good after so many records; returns what is left, to be set again."""
    left, send = [times * 4], RecordProducer.send

    async def send_some(
        self: RecordProducer, record: Record, topic: str, *, partition: int | None = None
    ) -> Coroutine[Any, Any, StoredRecord]:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        return await send(self, record, topic, partition=partition)

    monkeypatch.setattr(RecordProducer, "send", send_some)
    return left


async def test_what_is_derived_later_is_copied_later(embedded_broker: Broker) -> None:
    old, new = both_on(embedded_broker)
    ledger = await honest_ledger(6, MemoryLog(old.topic_prefix), gaps=False)
    sealed = {place: len(records) for place, records in ledger.log.records.items()}
    for number in range(50, 56):
        ledger.publish(article(f"article-{number}", body_of(number)))
    published = {place: len(records) for place, records in ledger.log.records.items()}
    await pour(ledger.log, old)
    assert (await copy_log(old, new, PRODUCER)).pending == 6
    assert len(await all_records(new, NEWS.stem)) == sum(
        count for place, count in sealed.items() if place.topic.endswith(NEWS.stem)
    )
    await ledger.derive(gaps=False)
    rest = MemoryLog(old.topic_prefix)
    for place, records in ledger.log.records.items():
        rest.records[place] = records[published.get(place, 0) :]
    await pour(rest, old)
    assert (await copy_log(old, new, PRODUCER)).pending == 0
    await assert_is_copy(old, new)


async def test_a_log_that_is_not_well_is_not_copied(embedded_broker: Broker) -> None:
    old, new = both_on(embedded_broker)
    ledger = await honest_ledger(6, MemoryLog(old.topic_prefix), gaps=False)
    del ledger.log.records[ledger.log.place("entities")][3]
    await pour(ledger.log, old)
    with pytest.raises(ReplayMismatch, match="which is not there: a log is copied when"):
        await copy_log(old, new, PRODUCER)


async def test_topics_that_hold_something_else_are_left_alone(embedded_broker: Broker) -> None:
    old, new = both_on(embedded_broker)
    await ensure_topics(old)
    await ensure_topics(new)
    await publish_articles(new, [generated_article(1)])
    with pytest.raises(ConfigurationError, match="was not copied from the log"):
        await copy_log(old, new, PRODUCER)
    with pytest.raises(ConfigurationError, match="another --topic-prefix"):
        await copy_log(old, old, PRODUCER)


async def test_a_copy_that_lacks_or_alters_something_is_found(embedded_broker: Broker) -> None:
    old, new = both_on(embedded_broker)
    await poured(old, 6)
    copied = await copy_log(old, new, PRODUCER)
    one = (await all_records(new, "entities"))[0]
    await publish_records(new, [Record("entities", one.key, one.value, one.headers)], one.partition)
    with pytest.raises(ReplayMismatch, match=r"the copy is not as it must be: .*duplicate"):
        await compare_logs(LiveLog(old), copied.bounds, LiveLog(new), new, PRODUCER)


def test_a_person_copies_a_log_is_killed_twice_and_links_it_in_the_end(
    kafka_broker: Broker, tmp_path: Path
) -> None:
    old, new = both_on(kafka_broker)
    asyncio.run(poured(old, 150))
    copy = ("repartition", "--to", str(MORE), "--topic-prefix", new.topic_prefix)
    for part in (0.01, 0.55):
        _killed_after(part, old, new, copy)
    key = tmp_path / "key"
    public = create_key(key, "log.example")
    signed = (*copy, "--key", str(key), "--out", str(tmp_path / "notes"))
    done = readout(*signed, settings=old)
    assert done.returncode == 0, done.stderr
    assert b"each is there once, with the content that it had" in done.stderr
    assert b"linked by log.example at 20" in done.stderr
    asyncio.run(assert_is_copy(old, new))
    account, found = asyncio.run(audit(LiveLog(new), scope=Scope(public_key=public)))
    assert {one.kind for one in found} == {Kind.PRODUCER}
    (link,) = account.links
    assert link.startswith(f"copied from log.example/{old.topic_prefix}contact-log/0 and ")
    again = readout(*signed, settings=old)
    assert again.returncode == 0, again.stderr
    assert asyncio.run(audit(LiveLog(new), scope=Scope(public_key=public)))[0].links == [link]


def _killed_after(part: float, old: Settings, new: Settings, copy: tuple[str, ...]) -> None:
    """Start the copy, and end it without a word when so much of it is there."""
    wanted = part * len(asyncio.run(all_records(old, NEWS.stem)))
    process = subprocess.Popen(
        [sys.executable, "-m", "readout", *copy],
        env=environment(old),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while asyncio.run(_copied_so_far(new)) < wanted:
        assert process.poll() is None
        assert time.monotonic() < deadline
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


async def _copied_so_far(new: Settings) -> int:
    try:
        return len(await all_records(new, NEWS.stem))
    except ConfigurationError:
        return 0
