"""Newer code derives the same articles again: both generations stay, and both are verified."""

from collections.abc import Sequence

from readout.schemas.news import ArticlePublished
from readout.streams.audit.findings import Account, Finding, Kind, Outcome, Status
from readout.streams.audit.replay.select import Selection, replay_as_of
from readout.streams.audit.verify.state import InstalledCode
from readout.streams.log.run_facts import with_run_facts
from readout.streams.processors.records import Derivation, DerivationFailure
from readout.streams.rederive.changes import Changes, Rederiver, rederivations
from readout.streams.settings import Settings
from tests.audit.auditing import HERE, audit
from tests.audit.ledger import PARTITIONS, PRODUCER, Ledger, article, body_of, derive, honest_ledger

NEWER = PRODUCER.model_copy(update={"version": "0.2.0", "build": "7" * 64})
WHEN = "2022-10-26T12:00:00.000Z"


async def derive_newer(articles: Sequence[ArticlePublished]) -> list[Derivation | DerivationFailure]:
    """Newer code, which no longer finds Wallace and alters nothing else."""
    derived: list[Derivation | DerivationFailure] = []
    for one in derive(articles, NEWER):
        if isinstance(one, Derivation):
            kept = [
                (r, line)
                for r, line in zip(one.records, one.live, strict=True)
                if b'"Wallace"' not in (r.value or b"")
            ]
            derived.append(
                Derivation(one.article, tuple(r for r, _ in kept), tuple(line for _, line in kept))
            )
        else:
            derived.append(one)
    return derived


async def rederive(ledger: Ledger, *, dry_run: bool = False) -> Changes:
    changes = Changes()
    for number in range(PARTITIONS):
        rederiver = Rederiver(Settings(), derive_newer, NEWER)
        batches = [one async for one in rederivations(ledger.log, number, rederiver, changes)]
        for one in () if dry_run else [one for batch in batches for one in batch]:
            stamped = [with_run_facts(record, one.source, WHEN) for record in one.records]
            ledger.write(stamped, number)
    return changes


async def newer_audit(ledger: Ledger) -> tuple[Account, list[Finding]]:
    return await audit(ledger.log, installed=InstalledCode(NEWER, HERE, Settings()), derive=derive_newer)


async def test_a_dry_run_counts_what_would_change_and_writes_nothing() -> None:
    ledger = await honest_ledger(24)
    before = list(ledger.log.all())
    changes = await rederive(ledger, dry_run=True)
    assert list(ledger.log.all()) == before
    assert changes.articles > 10
    assert changes.withdrawn["readout.entity.mentioned.v1"] > 0
    assert changes.unchanged["readout.entity.mentioned.v1"] > 20
    assert not changes.added
    assert not changes.altered
    assert (
        changes.examples["withdrawn", "readout.contact.logged.v1"][0]
        .split(" of ")[1]
        .startswith("article article-")
    )


async def test_a_rederived_log_is_verified_by_either_code() -> None:
    ledger = await honest_ledger(24)
    await rederive(ledger)
    for account, found in (await newer_audit(ledger), await audit(ledger.log)):
        assert [one.kind for one in found] == [Kind.PRODUCER], "the other code is not here"
        assert account.status() is Status.NOT_CHECKED


async def test_what_newer_code_no_longer_finds_is_withdrawn_as_rederived() -> None:
    ledger = await honest_ledger(24)
    changes = await rederive(ledger)
    reasons = [
        record.value or b"" for record in ledger.log.all() if b'"reason":"rederived"' in (record.value or b"")
    ]
    assert len(reasons) == changes.withdrawn.total() > 0


async def test_both_generations_can_be_seen_as_of_their_time() -> None:
    ledger = await honest_ledger(12)
    between = ledger.tick()
    await rederive(ledger)

    async def producers(moment: int) -> set[bytes]:
        selection = Selection(stems=("entities",))
        found = [record.value or b"" async for record in replay_as_of(ledger.log, selection, moment)]
        return {value.split(b'"version":"')[1][:5] for value in found}

    assert await producers(between) == {b"0.1.0"}
    assert await producers(ledger.tick()) == {b"0.2.0"}


async def test_a_second_run_changes_nothing() -> None:
    ledger = await honest_ledger(12)
    await rederive(ledger)
    before = list(ledger.log.all())
    changes = await rederive(ledger)
    assert changes.articles == 0
    assert list(ledger.log.all()) == before


async def test_revisions_after_a_rederivation_are_verified_too() -> None:
    ledger = await honest_ledger(12)
    await rederive(ledger)
    ledger.publish(article("article-1", body_of(40), revision=9))
    await ledger.derive()
    account, found = await newer_audit(ledger)
    assert [one.kind for one in found] == [Kind.PRODUCER]
    assert account.outcomes[Outcome.IDENTICAL] > 5


async def test_tampering_with_a_rederived_record_is_found() -> None:
    ledger = await honest_ledger(12)
    await rederive(ledger)
    place = ledger.log.place("entities", 1)
    last = ledger.log.records[place][-1]
    ledger.log.edit(
        place,
        len(ledger.log.records[place]) - 1,
        value=(last.value or b"").replace(b'"name":"', b'"name":"X'),
    )
    _, found = await newer_audit(ledger)
    assert any(
        one.offset == last.offset and one.kind is Kind.DIFFERS for one in found if one.topic == "entities"
    )
