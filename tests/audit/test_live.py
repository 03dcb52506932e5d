"""Audits of live topics say what audits of archives say; archives restore into another installation."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.restore import restore
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.findings import Kind, Outcome, Status
from readout.streams.audit.log import LiveLog, snapshot
from readout.streams.audit.proof.checkpoint import make_checkpoints, write_checkpoints
from readout.streams.audit.replay.copy_out import copy_out
from readout.streams.audit.replay.select import Selection, replay
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.administration import Administration
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.log.origin import before_restoring, origin_of, own_headers
from readout.streams.log.topics import TOPICS, topic_name
from readout.streams.settings import Settings
from tests.audit.auditing import KEY, altered, audit, with_value
from tests.audit.conftest import pour, settings_on
from tests.audit.ledger import Ledger, MemoryLog, article, body_of
from tests.conftest import Broker

NOW = "2022-10-25T13:00:00Z"
# A client that waits for what is not there does so for 30 seconds.
_AT_ONCE_SECONDS = 20


async def live_ledger(settings: Settings, articles: int = 24) -> Ledger:
    """A log on the broker, as a publisher and a worker leave it."""
    ledger = Ledger(MemoryLog(settings.topic_prefix))
    for number in range(articles):
        ledger.publish(article(f"article-{number}", body_of(number)))
        if number % 5 == 2:
            ledger.publish(article(f"article-{number}", body_of(number + 1), revision=2))
        if number % 7 == 3:
            ledger.publish(article(f"article-{number}", "", revision=3, status="withheld"))
            ledger.publish_raw(b"{}", number % 2)
    await ledger.derive(gaps=False)
    await pour(ledger.log, settings)
    return ledger


async def sign_live(settings: Settings) -> None:
    made = await make_checkpoints(LiveLog(settings), KEY, NOW)
    await write_checkpoints(made, settings)


async def test_an_honest_live_log_has_no_findings(live: Settings) -> None:
    await live_ledger(live)
    await sign_live(live)
    account, found = await audit(LiveLog(live), key=KEY.public)
    assert found == []
    assert account.checkpoints >= 10
    assert account.status() is Status.WELL


async def test_live_topics_and_their_archive_give_the_same_account(live: Settings, tmp_path: Path) -> None:
    await live_ledger(live)
    await sign_live(live)
    await write_archive(LiveLog(live), tmp_path)
    archived, found = await audit(ArchiveLog(tmp_path), key=KEY.public)
    assert archived.archive is not None
    archived.archive = None
    assert (archived, found) == await audit(LiveLog(live), key=KEY.public)


async def test_with_a_key_a_log_without_checkpoints_is_not_well_live_and_archived(
    live: Settings, tmp_path: Path
) -> None:
    await live_ledger(live, 6)
    await write_archive(LiveLog(live), tmp_path)
    for log in (LiveLog(live), ArchiveLog(tmp_path)):
        account, found = await audit(log, key=KEY.public)
        assert {one.kind for one in found} == {Kind.NO_CHECKPOINT}
        assert account.status() is Status.FINDING


async def test_a_checkpoint_is_extended_and_then_there_is_nothing_to_sign(live: Settings) -> None:
    ledger = await live_ledger(live, 6)
    await sign_live(live)
    later = Ledger(MemoryLog(live.topic_prefix))
    later.publish(article("article-later", body_of(50)))
    await pour(later.log, live)
    made = await make_checkpoints(LiveLog(live), KEY, NOW)
    (grown,) = made
    assert grown.checkpoint.size == len(ledger.log.records[grown.place]) + 1
    await write_checkpoints(made, live)
    assert await make_checkpoints(LiveLog(live), KEY, NOW) == []


async def test_an_archive_restores_into_another_installation_and_audits_clean(
    live: Settings, broker: Broker, tmp_path: Path
) -> None:
    await live_ledger(live)
    await sign_live(live)
    await write_archive(LiveLog(live), tmp_path)
    other = settings_on(broker)
    assert await restore(ArchiveLog(tmp_path), other) > 100
    account, found = await audit(LiveLog(other), key=KEY.public)
    assert found == []
    assert account.checkpoints >= 10, "the old checkpoints hold for what the records were"
    await sign_live(other)
    signed_again, found = await audit(LiveLog(other), key=KEY.public)
    assert found == []
    assert signed_again.checkpoints > account.checkpoints


async def test_a_restored_log_is_archived_and_restored_again(
    live: Settings, broker: Broker, tmp_path: Path
) -> None:
    await live_ledger(live, 8)
    await sign_live(live)
    await write_archive(LiveLog(live), tmp_path / "first")
    second = settings_on(broker)
    await restore(ArchiveLog(tmp_path / "first"), second)
    await sign_live(second)
    await write_archive(LiveLog(second), tmp_path / "second")
    third = settings_on(broker)
    await restore(ArchiveLog(tmp_path / "second"), third)
    account, found = await audit(LiveLog(third), key=KEY.public)
    assert found == []
    assert account.checkpoints >= 12


@pytest.mark.parametrize(
    ("source", "target"), [("embedded_broker", "kafka_broker"), ("kafka_broker", "embedded_broker")]
)
async def test_an_archive_of_one_broker_audits_clean_on_the_other(
    source: str, target: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    first = settings_on(request.getfixturevalue(source))
    ledger = await live_ledger(first)
    await sign_live(first)
    await write_archive(LiveLog(first), tmp_path)
    second = settings_on(request.getfixturevalue(target))
    await restore(ArchiveLog(tmp_path), second)
    account, found = await audit(LiveLog(second), key=KEY.public)
    assert found == []
    assert account.outcomes[Outcome.IDENTICAL] >= 20
    restored = LiveLog(second)
    for place, bounds in (await snapshot(restored)).items():
        stem = place.topic.removeprefix(second.topic_prefix)
        if stem == "checkpoints":
            continue
        copies = [record async for record in restored.read(place, bounds)]
        originals = ledger.log.records[ledger.log.place(stem, place.number)]
        assert [(one.key, one.value, own_headers(one.headers)) for one in copies] == [
            (one.key, one.value, one.headers) for one in originals
        ]
        assert [origin_of(one).offset for one in copies] == [one.offset for one in originals]


async def test_a_restore_that_was_interrupted_goes_on(live: Settings, broker: Broker, tmp_path: Path) -> None:
    await live_ledger(live, 8)
    await write_archive(LiveLog(live), tmp_path)
    other = settings_on(broker)

    class Unplugged(OSError):
        pass

    def pull_the_plug(_: int) -> None:
        raise Unplugged

    with pytest.raises(Unplugged):
        await restore(ArchiveLog(tmp_path), other, advance=pull_the_plug)
    await restore(ArchiveLog(tmp_path), other)
    before, after = await snapshot(LiveLog(live)), await snapshot(LiveLog(other))
    assert [bounds for _, bounds in sorted(before.items())] == [bounds for _, bounds in sorted(after.items())]
    assert (await audit(LiveLog(other)))[1] == []


async def test_topics_that_hold_something_else_are_not_restored_into(live: Settings, tmp_path: Path) -> None:
    await live_ledger(live, 4)
    await write_archive(LiveLog(live), tmp_path)
    with pytest.raises(ConfigurationError, match="is not empty: restore into a new cluster"):
        await restore(ArchiveLog(tmp_path), live)


def unsigned(record: StoredRecord) -> StoredRecord:
    return replace(record, value=(record.value or b"").replace(b"\n", b"1\n", 2))


APPENDED: list[tuple[str, Callable[[StoredRecord], StoredRecord], Kind]] = [
    ("contact-log", lambda record: record, Kind.DUPLICATE),
    (
        "entities",
        lambda record: with_value(record, altered(record.value or b"", ("name",)), hashed=True),
        Kind.EXTRA,
    ),
    ("statements", lambda record: replace(record, key=b"another"), Kind.WRONG_KEY),
    ("manifests", lambda record: record, Kind.DUPLICATE),
    ("dead-letters", lambda record: record, Kind.EXTRA),
    ("checkpoints", unsigned, Kind.SIGNATURE),
]


@pytest.mark.parametrize(("stem", "forge", "kind"), APPENDED, ids=[case[0] for case in APPENDED])
async def test_what_somebody_adds_to_live_topics_is_found(
    live: Settings, stem: str, forge: Callable[[StoredRecord], StoredRecord], kind: Kind
) -> None:
    await live_ledger(live)
    await sign_live(live)
    log = LiveLog(live)
    place = Partition(live.topic_prefix + stem, 0)
    bounds = (await log.bounds([place]))[place]
    first, *_ = [record async for record in log.read(place, bounds)]
    forger = MemoryLog(live.topic_prefix)
    forger.records[place] = [forge(first)]
    await pour(forger, live)
    _, found = await audit(log, key=KEY.public)
    assert (kind, stem, bounds.next) in {
        (one.kind, one.topic.removeprefix(live.topic_prefix), one.offset) for one in found
    }


async def test_a_record_larger_than_a_fetch_is_read(live: Settings) -> None:
    ledger = Ledger(MemoryLog(live.topic_prefix))
    ledger.publish(article("small", body_of(1)))
    ledger.publish(article("large", body_of(2) + " €" * 450_000))
    ledger.publish(article("last", body_of(3)))
    await ledger.derive(gaps=False)
    await pour(ledger.log, live)
    account, found = await audit(LiveLog(live))
    assert found == []
    assert account.outcomes[Outcome.IDENTICAL] == 3


async def test_replayed_records_are_copied_only_where_somebody_says(live: Settings) -> None:
    await live_ledger(live, 6)
    log, own = LiveLog(live), f"{live.topic_prefix}copies"
    with pytest.raises(ConfigurationError, match="is a topic of this installation"):
        await copy_out(replay(log, Selection()), live, f"{live.topic_prefix}entities", same_cluster=True)
    with pytest.raises(ConfigurationError, match="does not exist"):
        await copy_out(replay(log, Selection()), live, own, same_cluster=True)
    async with Administration(live) as administration:
        await administration.create([own], partitions=1, replicas=1, config={})
    selection = Selection(stems=("contact-log",))
    copied = await copy_out(replay(log, selection), live, own, same_cluster=True)
    originals = [record async for record in replay(log, selection)]
    bounds = await log.bounds([Partition(own, 0)])
    copies = [record async for record in log.read(Partition(own, 0), bounds[Partition(own, 0)])]
    assert copied == len(copies) == len(originals)
    assert [before_restoring(copy, 1) for copy in copies] == originals


async def test_a_partition_that_is_not_there_is_refused_at_once(live: Settings) -> None:
    await live_ledger(live, 4)
    for numbers in ((9,), (0, 9)):
        with pytest.raises(ConfigurationError, match="there is no partition 9: the topics have 2"):
            await asyncio.wait_for(snapshot(LiveLog(live), numbers), _AT_ONCE_SECONDS)
    for place in (Partition(f"{live.topic_prefix}news", 9), Partition("of-another-log", 0)):
        with pytest.raises(
            ConfigurationError, match=f"has no partition {place.number} of topic '{place.topic}'"
        ):
            await asyncio.wait_for(LiveLog(live).bounds([place]), _AT_ONCE_SECONDS)


async def test_topics_with_different_numbers_of_partitions_are_refused_at_once(live: Settings) -> None:
    names = [topic_name(live, topic.stem) for topic in TOPICS]
    async with Administration(live) as administration:
        await administration.create(names[:1], partitions=3, replicas=1, config={})
        await administration.create(names[1:], partitions=2, replicas=1, config={})
    with pytest.raises(ConfigurationError, match=r"different numbers of partitions \(.*news 3, .*entities 2"):
        await asyncio.wait_for(snapshot(LiveLog(live)), _AT_ONCE_SECONDS)
