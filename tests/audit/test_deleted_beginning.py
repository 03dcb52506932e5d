"""Of a log whose beginning was deleted, all that is left is verified, and what cannot be is said.

Retention deletes each topic from its beginning, and every one up to another offset. An auditor who knows of it says
`--tolerate deleted-beginning`, and then the log is well; nobody can use that for more than was deleted.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from readout.schemas.envelope import Record, canonical_json
from readout.schemas.ids import sha256_hex
from readout.schemas.manifests import ManifestSealed, SealedRecord
from readout.schemas.news import ArticlePublished
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.findings import Finding, Kind, Status, Tolerance
from readout.streams.audit.log import LiveLog, Log
from readout.streams.audit.proof.checkpoint import make_checkpoints, write_checkpoints
from readout.streams.audit.proof.notes import PublicKey
from readout.streams.audit.verify.run import Scope
from readout.streams.audit.verify.state import InstalledCode
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.log.decoding import decode_article
from readout.streams.log.run_facts import RUN_FACTS
from readout.streams.log.seal_pages import SealPage, pack, page_record, seal_of
from readout.streams.log.topics import topic_name
from readout.streams.processors.records import Derivation
from readout.streams.processors.sealing import withdrawal
from readout.streams.settings import Settings
from tests.audit.auditing import HERE, KEY, audit, sign_log, with_value
from tests.audit.conftest import pour, settings_on
from tests.audit.ledger import BREAKS, PARTITIONS, PRODUCER, Ledger, MemoryLog, article, body_of
from tests.audit.ledger import derive as derive_here
from tests.audit.test_rederive import NEWER, derive_newer, rederive
from tests.brokers.topics import publish_records
from tests.conftest import Broker

DELETED = frozenset({Tolerance.DELETED_BEGINNING})
CUT = ("news", "entities", "statements", "contact-log", "manifests", "dead-letters")
SHARES = [0.2, 0.5, 0.8]
EVERY_OTHER = [
    ("news",),
    ("manifests",),
    ("dead-letters",),
    ("entities", "contact-log"),
    ("news", "manifests"),
    ("manifests", "entities", "statements", "contact-log"),
    CUT,
]


async def older_code(articles: Sequence[ArticlePublished]) -> list[Derivation | None]:
    return [one if isinstance(one, Derivation) else None for one in derive_here(articles)]


BOTH = InstalledCode(NEWER, HERE, Settings(), older={PRODUCER: older_code})


async def verified(log: Log, key: PublicKey | None = None) -> list[Finding]:
    """The findings of an audit that has both generations of the code; its status is what they come to."""
    account, found = await audit(log, scope=Scope(public_key=key), installed=BOTH, derive=derive_newer)
    is_well = {one.kind for one in found} <= {Kind.BEGINNING}
    assert account.status(DELETED) is (Status.WELL if is_well else Status.FINDING)
    assert account.status() is Status.FINDING or not found, "never well without the tolerance"
    return found


def corrected(ledger: Ledger, number: int, revision: int) -> None:
    ledger.publish(article(f"article-{number}", body_of(number + 1), revision=revision))


def withheld(ledger: Ledger, number: int, revision: int) -> None:
    ledger.publish(article(f"article-{number}", "", revision=revision, status="withheld"))


def canceled(ledger: Ledger, number: int, revision: int) -> None:
    ledger.publish(article(f"article-{number}", "", revision=revision, status="canceled"))


def dead_lettered(ledger: Ledger, number: int, revision: int) -> None:
    ledger.publish(article(f"article-{number}", f"{BREAKS} called Anchor.", revision=revision))


def contradicted(ledger: Ledger, number: int, revision: int) -> None:
    ledger.publish(article(f"article-{number}", "Something Else.", revision=revision - 1))


def unreadable(ledger: Ledger, number: int, revision: int) -> None:
    ledger.publish_raw(b'{"no": "article"}', (number + revision) % PARTITIONS, key=b"x")


LATER = [corrected, withheld, canceled, dead_lettered, contradicted, unreadable]


async def log_of(
    *later: Callable[[Ledger, int, int], None],
    again: bool = False,
    articles: int = 16,
    gaps: bool = True,
    prefix: str = "",
) -> MemoryLog:
    """Articles, and then of each what comes later."""
    ledger = Ledger(MemoryLog(prefix))
    for number in range(articles):
        ledger.publish(article(f"article-{number}", body_of(number)))
    await ledger.derive(gaps=gaps)
    if again:
        await rederive(ledger)
    for revision, change in enumerate(later, start=2):
        for number in range(articles):
            change(ledger, number, revision)
        await ledger.derive(gaps=gaps)
    for number in range(articles, articles + 4):
        ledger.publish(article(f"article-{number}", body_of(number)))
    await ledger.derive(gaps=gaps)
    return ledger.log


def cut(log: MemoryLog, stems: Sequence[str], share: float) -> MemoryLog:
    """The log without a share of the records of some topics."""
    shortened = log.copy()
    for place in list(shortened.records):
        held = shortened.records[place]
        if place.topic in stems and held:
            shortened.delete_before(place, held[int(len(held) * share)].offset)
    return shortened


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("later", LATER, ids=lambda one: one.__name__)
async def test_a_later_revision_is_verified_without_the_earlier_one(
    later: Callable[[Ledger, int, int], None], share: float, tmp_path: Path
) -> None:
    log = await log_of(later)
    assert await verified(log) == []
    for number, stems in enumerate(EVERY_OTHER):
        shortened = cut(log, stems, share)
        assert {one.kind for one in await verified(shortened)} <= {Kind.BEGINNING}, stems
        if stems == CUT:
            await write_archive(shortened, tmp_path / str(number))
            assert await verified(ArchiveLog(tmp_path / str(number))) == await verified(shortened)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("stems", EVERY_OTHER, ids="+".join)
async def test_what_newer_code_derived_again_is_verified_without_the_first_time(
    stems: tuple[str, ...], share: float
) -> None:
    log = await log_of(corrected, again=True)
    assert await verified(log) == []
    assert {one.kind for one in await verified(cut(log, stems, share))} <= {Kind.BEGINNING}


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_is_deleted_from_the_beginnings_what_is_left_is_well(seed: int) -> None:
    chance = random.Random(seed)
    log = await log_of(*chance.choices([corrected, withheld, dead_lettered, unreadable], k=3), articles=8)
    for place in [one for one in log.records if one.topic in CUT and log.records[one]]:
        log.delete_before(place, chance.choice(log.records[place]).offset)
    assert {one.kind for one in await verified(log)} <= {Kind.BEGINNING}


async def test_topics_that_were_deleted_to_their_end_are_no_fault(tmp_path: Path) -> None:
    log = await log_of(corrected)
    await sign_log(log)
    for place in [one for one in log.records if one.topic in CUT and one.number == 1]:
        log.delete_before(place, log.next_offsets[place])
    assert {one.kind for one in await verified(log, KEY.public)} == {Kind.BEGINNING}
    await write_archive(log, tmp_path)
    assert {one.kind for one in await verified(ArchiveLog(tmp_path), KEY.public)} == {Kind.BEGINNING}


async def test_what_is_left_is_compared_with_checkpoints() -> None:
    """From the first checkpoint on whose later records are all there; where there is none, that is said."""
    log = await log_of()
    await sign_log(log)
    ledger = Ledger(log)
    ledger.derived_already()
    for number in range(40, 60):
        ledger.publish(article(f"article-{number}", body_of(number)))
    await ledger.derive()
    await sign_log(log)
    between, behind = cut(log, CUT, 0.2), cut(log, CUT, 0.8)
    for shortened in (between, behind):
        assert {one.kind for one in await verified(shortened, KEY.public)} == {Kind.BEGINNING}
    between.edit(between.place("entities"), -1, timestamp=5)
    assert Kind.CHECKPOINT in {one.kind for one in await verified(between, KEY.public)}
    said = [one.detail for one in await verified(behind, KEY.public) if one.topic == "entities"]
    assert any("cannot be compared: the checkpoint that covers" in one for one in said)


async def test_a_checkpoint_without_its_frontier_is_found() -> None:
    """Without it nobody could go on from there: whoever takes it away wants less to be compared."""
    log = await log_of()
    await sign_log(log)
    place = log.place("checkpoints")
    headers = tuple(one for one in log.records[place][0].headers if one[0] != "ce_frontier")
    log.edit(place, 0, headers=headers)
    assert [one.kind for one in await verified(log, KEY.public)] == [Kind.HEADERS]


Forgery = Callable[[MemoryLog], None]


def _resealed(log: MemoryLog, index: int, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the manifest at an index of partition 0, and make its id fit."""
    place = log.place("manifests")
    data = orjson.loads(log.records[place][index].value or b"")
    change(data)
    log.records[place][index] = with_value(log.records[place][index], canonical_json(data), hashed=True)


def _withdraw_of(log: MemoryLog, revision: int) -> None:
    """Have the last manifest of this revision take back a contact that nobody ever recorded."""
    place = log.place("manifests")
    seals = [ManifestSealed.model_validate_json(one.value or b"") for one in log.records[place]]
    index = max(i for i, one in enumerate(seals) if one.revision == revision and one.outcome == "derived")
    news = log.records[log.place("news")]
    one = next(
        a for a in map(_article, news) if (a.article_id, a.revision) == (seals[index].article_id, revision)
    )
    gone = SealedRecord(
        topic="contact-log", type="readout.contact.logged.v1", record_id="a" * 64, sha256="b" * 64
    )
    record, line = withdrawal(one, gone, PRODUCER, "superseded")
    said = next(r for r in log.records[log.place("contact-log")] if r.key == one.article_id.encode())
    facts = tuple(h for h in said.headers if h[0] in RUN_FACTS)
    log.append(replace(record, headers=(*record.headers, *facts)), 0, said.timestamp)
    _resealed(log, index, lambda data: data["withdrawn"].append(line.model_dump()))


def _article(record: StoredRecord) -> ArticlePublished:
    return decode_article(record.key, record.value, record.headers)


def a_first_revision_takes_something_back(log: MemoryLog) -> None:
    _withdraw_of(log, 1)


def a_withdrawal_names_another_reason(log: MemoryLog) -> None:
    place = log.place("entities")
    index = max(i for i, r in enumerate(log.records[place]) if b'"reason":"superseded"' in (r.value or b""))
    before = log.records[place][index]
    value = (before.value or b"").replace(b'"superseded"', b'"canceled"')
    log.records[place][index] = with_value(before, value, hashed=True)
    old, new = sha256_hex(before.value or b""), sha256_hex(value)
    for at, seal in enumerate(log.records[log.place("manifests")]):
        if old.encode() in (seal.value or b""):
            fitted = (seal.value or b"").replace(old.encode(), new.encode())
            log.records[log.place("manifests")][at] = with_value(seal, fitted, hashed=True)


def a_record_of_a_deleted_article_is_changed(log: MemoryLog) -> None:
    before = log.records[log.place("contact-log")][0]
    value = (before.value or b"").replace(b'"mode":"call"', b'"mode":"visit"')
    log.records[log.place("contact-log")][0] = with_value(before, value, hashed=True)


def a_header_of_it_is_changed(log: MemoryLog) -> None:
    headers = log.records[log.place("entities")][0].headers
    changed = tuple((name, b"2001-01-01T00:00:00Z" if name == "ce_time" else text) for name, text in headers)
    log.edit(log.place("entities"), 0, headers=changed)


def its_key_is_changed(log: MemoryLog) -> None:
    log.edit(log.place("statements"), 0, key=b"article-other")


def a_record_of_it_is_removed(log: MemoryLog) -> None:
    del log.records[log.place("entities")][1]


def a_record_of_it_is_added_at_the_end(log: MemoryLog) -> None:
    before = log.records[log.place("entities")][0]
    added = with_value(before, (before.value or b"").replace(b'"person"', b'"place"'), hashed=True)
    log.append(Record("entities", added.key, added.value, added.headers), 0, before.timestamp)


def a_manifest_of_it_is_added_at_the_end(log: MemoryLog) -> None:
    before = log.records[log.place("manifests")][0]
    value = (before.value or b"").replace(b'"article_id":"article-', b'"article_id":"invented-')
    added = with_value(before, value, hashed=True)
    log.append(Record("manifests", added.key, added.value, added.headers), 0, before.timestamp)


def its_manifest_is_changed(log: MemoryLog) -> None:
    _resealed(log, 0, lambda data: data["live"].pop())


def its_dead_letter_is_repeated(log: MemoryLog) -> None:
    before = log.records[log.place("dead-letters")][0]
    log.append(Record("dead-letters", before.key, before.value, before.headers), 0, before.timestamp)


FORGERIES = [
    pytest.param(a_first_revision_takes_something_back, ("news", "manifests"), id="first revision"),
    pytest.param(a_withdrawal_names_another_reason, ("news", "manifests"), id="another reason"),
    pytest.param(a_record_of_a_deleted_article_is_changed, ("news",), id="changed record"),
    pytest.param(a_header_of_it_is_changed, ("news",), id="changed header"),
    pytest.param(its_key_is_changed, ("news",), id="changed key"),
    pytest.param(a_record_of_it_is_removed, ("news",), id="removed record"),
    pytest.param(a_record_of_it_is_added_at_the_end, ("news", "manifests"), id="added record"),
    pytest.param(a_manifest_of_it_is_added_at_the_end, ("news",), id="added manifest"),
    pytest.param(its_manifest_is_changed, ("news",), id="changed manifest"),
    pytest.param(its_dead_letter_is_repeated, ("news",), id="repeated dead letter"),
]


@pytest.mark.parametrize(("forge", "stems"), FORGERIES)
async def test_nobody_can_say_more_was_deleted_than_was(
    forge: Forgery, stems: tuple[str, ...], tmp_path: Path
) -> None:
    log = cut(await log_of(corrected, dead_lettered), stems, 0.2)
    assert {one.kind for one in await verified(log)} == {Kind.BEGINNING}
    forge(log)
    assert not {one.kind for one in await verified(log)} <= {Kind.BEGINNING}
    await write_archive(log, tmp_path)
    assert not {one.kind for one in await verified(ArchiveLog(tmp_path))} <= {Kind.BEGINNING}


async def test_where_the_beginning_is_there_nothing_can_have_been_deleted() -> None:
    log = await log_of(corrected)
    _withdraw_of(log, 2)
    assert {one.kind for one in await verified(log)} >= {Kind.EXTRA, Kind.MANIFEST}
    assert {one.kind for one in await verified(cut(log, ("entities",), 0.2))} >= {Kind.EXTRA, Kind.MANIFEST}


def delete_on_the_broker(settings: Settings, log: MemoryLog) -> None:
    """Delete from a cluster what was deleted from a log in memory."""
    client = AdminClient({"bootstrap.servers": settings.bootstrap_servers})
    firsts = [TopicPartition(*place, offset) for place, offset in log.deleted_before.items() if offset]
    for done in client.delete_records(firsts).values():
        done.result()


async def page_of(settings: Settings) -> Record:
    """One page over all manifests of partition 0, as a worker leaves it."""
    log = LiveLog(settings)
    place = Partition(topic_name(settings, "manifests"), 0)
    seals = [seal_of(one) async for one in log.read(place, (await log.bounds([place]))[place])]
    return page_record(SealPage(0, pack(seals), "", 0, None, 0), "seals")


async def test_live_topics_say_the_same_as_their_archive(kafka_broker: Broker, tmp_path: Path) -> None:
    """Deleted by the broker; a page of seals speaks of manifests that are gone."""
    settings = settings_on(kafka_broker)
    log = await log_of(corrected, dead_lettered, unreadable, gaps=False, prefix=settings.topic_prefix)
    await pour(log, settings)
    await write_checkpoints(await make_checkpoints(LiveLog(settings), KEY, "2022-10-25T13:00:00Z"), settings)
    await publish_records(settings, [await page_of(settings)], partition=0)
    assert await verified(LiveLog(settings), KEY.public) == []
    shortened = cut(log, [log.prefix + stem for stem in CUT], 0.5)
    delete_on_the_broker(settings, shortened)
    found = await verified(LiveLog(settings), KEY.public)
    assert {one.kind for one in found} == {Kind.BEGINNING}
    await write_archive(LiveLog(settings), tmp_path)
    assert await verified(ArchiveLog(tmp_path), KEY.public) == found
