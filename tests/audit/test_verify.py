"""What verification says of logs that nobody tampered with: other code, other machines, work not done yet."""

from collections.abc import Sequence
from dataclasses import replace

import orjson
import pytest

from readout.schemas.envelope import canonical_json
from readout.schemas.ids import sha256_hex
from readout.schemas.news import ArticlePublished
from readout.streams.audit.findings import Kind, Outcome, Status, Tolerance
from readout.streams.audit.verify.examine import Derived
from readout.streams.audit.verify.run import Scope
from readout.streams.audit.verify.state import InstalledCode
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.dead_letters import UNREADABLE, Reason, dead_letter
from readout.streams.processors.records import Derivation
from readout.streams.settings import Settings
from tests.audit.auditing import HERE, audit, with_value
from tests.audit.ledger import BREAKS, PRODUCER, Ledger, MemoryLog, article, body_of, derive, honest_ledger

ELSEWHERE = b"python 3.12; machine elsewhere"
OTHER_CODE = PRODUCER.model_copy(update={"version": "0.2.0"})


@pytest.mark.parametrize("articles", [0, 1, 300])
async def test_an_honest_log_has_no_findings_five_times(articles: int) -> None:
    ledger = await honest_ledger(articles)
    accounts = [await audit(ledger.log, scope=Scope(batch_size=size)) for size in (1, 3, 16, 64, 1000)]
    assert [found for _, found in accounts] == [[]] * 5
    assert all(account == accounts[0][0] for account, _ in accounts), "the batches decide nothing"


async def test_the_outcomes_add_up_to_the_records_of_news() -> None:
    ledger = await honest_ledger(60)
    account, _ = await audit(ledger.log)
    news = [record for record in ledger.log.all() if record.topic == "news"]
    assert account.outcomes.total() == len(news)
    assert {Outcome.IDENTICAL, Outcome.WITHDRAWN, Outcome.DEAD_LETTERED, Outcome.IGNORED} == set(
        account.outcomes
    )


async def test_work_that_is_not_done_yet_is_pending_and_may_be_tolerated() -> None:
    ledger = await honest_ledger(8)
    ledger.publish(article("late", body_of(70)))
    ledger.publish_raw(b"late too")
    account, found = await audit(ledger.log)
    assert {one.kind for one in found} == {Kind.PENDING}
    assert account.outcomes[Outcome.PENDING] == 2
    assert account.status() is Status.FINDING
    assert account.status(frozenset({Tolerance.PENDING})) is Status.WELL


async def test_records_of_an_article_that_is_being_written_are_pending_too() -> None:
    ledger = await honest_ledger(8)
    ledger.publish(article("late", body_of(70)))
    await ledger.derive()
    for number in range(2):
        seals = ledger.log.records[ledger.log.place("manifests", number)]
        seals[:] = [seal for seal in seals if seal.key != b"late"]
    account, found = await audit(ledger.log)
    assert {one.kind for one in found} == {Kind.PENDING}
    assert account.status(frozenset({Tolerance.PENDING})) is Status.WELL


async def test_records_of_other_code_are_checked_as_far_as_they_can_be() -> None:
    ledger = await honest_ledger(20)
    installed = InstalledCode(OTHER_CODE, HERE, Settings())
    account, found = await audit(ledger.log, installed=installed)
    assert [one.kind for one in found] == [Kind.PRODUCER]
    assert account.outcomes[Outcome.NOT_CHECKED] > 10
    place = ledger.log.place("statements")
    record = ledger.log.records[place][1]
    data = orjson.loads(record.value or b"")
    data["cue"]["selectors"][0]["start"] += 1
    data["cue"]["selectors"][0]["end"] += 1
    ledger.log.records[place][1] = reseal(
        ledger.log, with_value(record, canonical_json(data), hashed=True), record
    )
    _, found = await audit(ledger.log, installed=installed)
    assert (Kind.EVIDENCE, record.offset) in {(one.kind, one.offset) for one in found}


def reseal(log: MemoryLog, forged: StoredRecord, record: StoredRecord) -> StoredRecord:
    """Make the manifest fit a forged record."""
    before, after = sha256_hex(record.value or b""), sha256_hex(forged.value or b"")
    place = log.place("manifests", record.partition)
    for index, seal in enumerate(log.records[place]):
        value = (seal.value or b"").replace(before.encode(), after.encode())
        if value != seal.value:
            log.records[place][index] = with_value(seal, value, hashed=True)
    return forged


async def test_a_forger_who_also_rewrites_the_manifest_is_found_by_the_derivation() -> None:
    ledger = await honest_ledger(12)
    place = ledger.log.place("contact-log", 1)
    record = ledger.log.records[place][0]
    value = (record.value or b"").replace(b'"mode":"call"', b'"mode":"visit"')
    ledger.log.records[place][0] = reseal(ledger.log, with_value(record, value, hashed=True), record)
    _, found = await audit(ledger.log)
    (finding,) = [one for one in found if one.topic == "contact-log"]
    assert finding.kind is Kind.DIFFERS
    assert [(one.path, one.expected, one.found) for one in finding.differences] == [
        ("$.mode", '"call"', '"visit"')
    ]


async def test_other_bytes_from_another_machine_are_no_forgery() -> None:
    ledger = await honest_ledger(12)
    place = ledger.log.place("contact-log", 1)
    record = ledger.log.records[place][0]
    value = (record.value or b"").replace(b'"mode":"call"', b'"mode":"video"')
    ledger.log.records[place][0] = reseal(ledger.log, with_value(record, value, hashed=True), record)
    seals = ledger.log.place("manifests", 1)
    ledger.log.records[seals] = [
        replace(seal, headers=(*seal.headers, ("ce_environment", ELSEWHERE)))
        for seal in ledger.log.records[seals]
    ]
    account, found = await audit(ledger.log)
    assert {one.kind for one in found} == {Kind.ENVIRONMENT}
    assert "machine elsewhere" in found[0].detail
    assert "machine tests" in found[0].detail
    assert account.status() is Status.NOT_CHECKED


async def test_another_machine_is_no_excuse_for_a_record_that_its_manifest_does_not_list() -> None:
    ledger = await honest_ledger(12)
    seals = ledger.log.place("manifests", 1)
    ledger.log.records[seals] = [
        replace(seal, headers=(*seal.headers, ("ce_environment", ELSEWHERE)))
        for seal in ledger.log.records[seals]
    ]
    place = ledger.log.place("contact-log", 1)
    record = ledger.log.records[place][0]
    value = (record.value or b"").replace(b'"mode":"call"', b'"mode":"visit"')
    ledger.log.records[place][0] = with_value(record, value, hashed=True)
    _, found = await audit(ledger.log)
    assert {one.kind for one in found} == {Kind.DIFFERS}


async def test_a_sample_derives_some_and_checks_the_rest_otherwise() -> None:
    ledger = await honest_ledger(100)
    account, found = await audit(ledger.log, scope=Scope(sample=20, seed="a"))
    assert found == []
    assert 5 < account.outcomes[Outcome.IDENTICAL] < 50
    assert account.outcomes[Outcome.SEALED] > 40
    again, _ = await audit(ledger.log, scope=Scope(sample=20, seed="a"))
    other, _ = await audit(ledger.log, scope=Scope(sample=20, seed="b"))
    assert again == account
    assert other != account


async def test_only_some_partitions_are_verified_when_asked() -> None:
    ledger = await honest_ledger(20)
    whole, _ = await audit(ledger.log)
    parts = [(await audit(ledger.log, scope=Scope(numbers=(number,))))[0] for number in range(2)]
    assert parts[0].records + parts[1].records == whole.records


async def test_a_dead_letter_that_could_be_derived_is_pointed_out() -> None:
    ledger = Ledger()
    ledger.publish(article("a", f"{BREAKS} called Anchor."))
    await ledger.derive()

    async def mended(articles: Sequence[ArticlePublished]) -> list[Derived]:
        harmless = [one.model_copy(update={"body": one.body.replace(BREAKS, "Somebod")}) for one in articles]
        return derive(harmless)

    account, found = await audit(ledger.log, derive=mended)
    assert [one.kind for one in found] == [Kind.DERIVES_NOW]
    assert account.status(frozenset({Tolerance.DEAD_LETTERS})) is Status.WELL


async def test_a_dead_letter_that_was_put_through_again_is_overcome() -> None:
    ledger = Ledger()
    stuck = article("a", f"{BREAKS} called Anchor.")
    ledger.publish(stuck)
    await ledger.derive()
    mended = Ledger(ledger.log, derive=derive_mended)
    mended._last, mended._derived = ledger._last, ledger._derived
    mended.publish(stuck)
    await mended.derive()

    async def derive_here(articles: Sequence[ArticlePublished]) -> list[Derived]:
        return derive_mended(articles)

    account, found = await audit(ledger.log, derive=derive_here)
    assert found == []
    assert account.outcomes == {Outcome.DEAD_LETTERED: 1, Outcome.IDENTICAL: 1}


def derive_mended(articles: Sequence[ArticlePublished]) -> list[Derived]:
    """Code that the word does not break any more; it finds nothing in such an article."""
    return [Derivation(one, (), ()) if BREAKS in one.body else derive([one])[0] for one in articles]


async def test_a_letter_that_older_code_could_not_read_is_pointed_out_until_it_is_put_through() -> None:
    ledger = Ledger()
    first = ledger.publish(article("a", body_of(1)))
    reason = Reason(UNREADABLE, "UnknownEventType", "ce_type unknown")
    ledger.log.append(dead_letter(first, reason, application_id="x"), first.partition, ledger.tick())
    ledger._derived[first.partition] = 1
    ledger.publish(article("c", body_of(2)))
    await ledger.derive()
    _, found = await audit(ledger.log)
    assert [(one.kind, one.topic, one.offset) for one in found] == [(Kind.DERIVES_NOW, "news", 0)]
    ledger.publish(article("a", body_of(1)))
    await ledger.derive()
    assert (await audit(ledger.log))[1] == []


async def test_a_log_that_lost_its_beginning_is_found() -> None:
    ledger = await honest_ledger(8)
    place = ledger.log.place("news")
    del ledger.log.records[place][:2]
    _, found = await audit(ledger.log)
    assert (Kind.BEGINNING, "news", 2) in {(one.kind, one.topic, one.offset) for one in found}
