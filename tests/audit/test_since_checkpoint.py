"""An audit goes on from checkpoints that it first proves: what came after is derived again, and nothing else."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from readout.schemas.event import Producer
from readout.schemas.ids import sha256_hex
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.findings import Account, Finding, Kind, Outcome
from readout.streams.audit.log import Log
from readout.streams.audit.proof.checkpoint import SignedCheckpoint, keep_checkpoints, make_checkpoints
from readout.streams.audit.scratch import KnownCheckpoint
from readout.streams.audit.verify.checkpoints import read_note
from readout.streams.audit.verify.run import Scope
from readout.streams.audit.verify.state import InstalledCode
from readout.streams.deliver.batch_plan import BatchPlanner, Processed
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.log.decoding import decode_article
from readout.streams.log.origin import restored_header
from readout.streams.processors.records import Derivation, DerivationFailure
from readout.streams.settings import Settings
from tests.audit.auditing import HERE, KEY, audit, stand_in
from tests.audit.ledger import BREAKS, PRODUCER, Ledger, MemoryLog, article, body_of, derive, honest_ledger
from tests.audit.test_commands import Typed, typed

__all__ = ["typed"]
NOW = "2022-10-25T14:00:00Z"
NEWS, MANIFESTS, ENTITIES = Partition("news", 0), Partition("manifests", 0), Partition("entities", 0)


async def signed(log: Log) -> list[SignedCheckpoint]:
    return await make_checkpoints(log, KEY, NOW)


def known(made: Sequence[SignedCheckpoint]) -> tuple[KnownCheckpoint, ...]:
    return tuple(read_note(one.note, KEY.public, one.file) for one in made)


def grow(ledger: Ledger) -> None:
    """New articles, and revisions, withdrawals and repeats of those that were there."""
    for number in range(100, 112):
        ledger.publish(article(f"article-{number}", body_of(number)))
    ledger.publish(article("article-0", body_of(50), revision=2))
    ledger.publish(article("article-1", "", revision=5, status="withheld"))
    ledger.publish(article("article-8", body_of(8)))
    ledger.publish(article("broken-200", f"{BREAKS} called Anchor."))
    for number in range(2):
        ledger.publish_raw(b"junk", number, key=b"x")


class Counting:
    """The stand-in, and which articles it was asked for."""

    def __init__(self) -> None:
        self.derived: list[str] = []

    async def __call__(self, articles: Sequence[ArticlePublished]) -> list[Derivation | DerivationFailure]:
        self.derived += [one.article_id for one in articles]
        return await stand_in(articles)


async def audit_since(
    log: Log, made: Sequence[SignedCheckpoint], counting: Counting | None = None
) -> tuple[Account, list[Finding]]:
    return await audit(log, scope=Scope(since=known(made)), derive=counting or stand_in)


@pytest.fixture
async def grown() -> tuple[Ledger, list[SignedCheckpoint]]:
    """A log that has grown since it was signed."""
    ledger = await honest_ledger(30)
    made = await signed(ledger.log)
    grow(ledger)
    await ledger.derive()
    return ledger, made


Grown = tuple[Ledger, list[SignedCheckpoint]]


async def test_only_what_came_after_is_derived_again(grown: Grown) -> None:
    ledger, made = grown
    counting = Counting()
    account, findings = await audit_since(ledger.log, made, counting)
    assert findings == []
    assert sorted(counting.derived) == sorted(
        ["article-0", "broken-200", *(f"article-{number}" for number in range(100, 112))]
    )
    assert account.outcomes[Outcome.IDENTICAL] == 13
    # What nobody could read after the last manifest is looked at again: its letters are all that seals it.
    assert account.outcomes[Outcome.DEAD_LETTERED] == 5
    assert account.proved == sum(one.checkpoint.size for one in made) - 4
    assert account.checkpoints == len(made)


async def test_where_nothing_came_after_nothing_is_derived() -> None:
    ledger = await honest_ledger(12)
    counting = Counting()
    account, findings = await audit_since(ledger.log, await signed(ledger.log), counting)
    assert (findings, counting.derived, account.records) == ([], [], 0)


@pytest.mark.parametrize("sealed", range(1, 12, 2))
@pytest.mark.parametrize("ahead", [0, 1, 3, 8])
async def test_topics_that_were_longer_than_what_was_sealed_give_no_finding(sealed: int, ahead: int) -> None:
    """A signer looks at manifests first: of the others it may see what no manifest sealed by then."""
    ledger = await honest_ledger(30)
    cut = ledger.log.copy()
    for place, records in cut.records.items():
        if place.topic == "manifests":
            del records[sealed:]
    done = {place.number: _done(cut, place.number) for place in cut.records if place.topic == "manifests"}
    for place, records in cut.records.items():
        if place.topic != "manifests":
            del records[_sealed_length(records, done[place.number], place) + ahead :]
    counting = Counting()
    _, findings = await audit_since(ledger.log, await signed(cut), counting)
    assert findings == []
    _, everything = Counting(), await audit(ledger.log)
    assert everything[1] == []
    assert 0 < len(counting.derived) < sum(everything[0].outcomes.values())


def _done(log: MemoryLog, number: int) -> StoredRecord:
    return log.records[Partition("manifests", number)][-1]


def _sealed_length(records: Sequence[StoredRecord], last: StoredRecord, place: Partition) -> int:
    """How many records of a partition lie no later than the article of the last manifest."""
    reached = int(dict(last.headers)["ce_sourceoffset"] or b"")
    length = 0
    for index, record in enumerate(records):
        facts = dict(record.headers)
        said = facts.get("ce_sourceoffset", facts.get("__connect.errors.offset"))
        offset = record.offset if place.topic == "news" else int(said or b"0")
        length = index + 1 if offset <= reached else length
    return length


def _changed(log: MemoryLog, place: Partition) -> None:
    log.edit(place, 1, timestamp=1)


def _removed(log: MemoryLog, place: Partition) -> None:
    del log.records[place][1]


def _inserted(log: MemoryLog, place: Partition) -> None:
    log.records[place].insert(1, log.records[place][0])


def _cut(log: MemoryLog, place: Partition) -> None:
    del log.records[place][2:]


@pytest.mark.parametrize("stem", ["news", "entities", "statements", "manifests", "dead-letters"])
@pytest.mark.parametrize("attack", [_changed, _removed, _inserted, _cut])
async def test_a_past_that_is_not_the_signed_one_is_found(
    grown: Grown, stem: str, attack: Callable[[MemoryLog, Partition], None]
) -> None:
    ledger, made = grown
    attack(ledger.log, Partition(stem, 0))
    _, findings = await audit_since(ledger.log, made)
    assert {one.kind for one in findings} & {Kind.CHECKPOINT, Kind.TRUNCATED}


async def test_what_came_after_is_checked_as_ever(grown: Grown) -> None:
    ledger, made = grown
    for place in (ENTITIES, MANIFESTS):
        last = ledger.log.records[place][-1]
        value = (last.value or b"").replace(b"article-1", b"article-2").replace(b"broken", b"broked")
        headers = tuple((n, sha256_hex(value).encode() if n == "ce_id" else t) for n, t in last.headers)
        ledger.log.edit(place, -1, value=value, headers=headers)
        _, findings = await audit_since(ledger.log, made)
        assert findings
        ledger.log.edit(place, -1, value=last.value, headers=last.headers)


async def test_a_record_of_before_that_is_written_again_is_extra(grown: Grown) -> None:
    ledger, made = grown
    old = ledger.log.records[ENTITIES][0]
    ledger.log.records[ENTITIES].append(replace(old, offset=ledger.log.next_offsets[ENTITIES]))
    ledger.log.next_offsets[ENTITIES] += 1
    _, findings = await audit_since(ledger.log, made)
    assert [one.kind for one in findings] == [Kind.EXTRA]


async def test_an_article_that_came_to_another_partition_is_found(grown: Grown) -> None:
    ledger, made = grown
    old = ledger.log.records[NEWS][0]
    wrong = Partition("news", 1)
    ledger.log.records[wrong].append(replace(old, partition=1, offset=ledger.log.next_offsets[wrong]))
    ledger.log.next_offsets[wrong] += 1
    _, findings = await audit_since(ledger.log, made)
    assert Kind.WRONG_PARTITION in {one.kind for one in findings}


@pytest.mark.parametrize("stem", ["news", "entities", "statements", "contact-log", "dead-letters"])
async def test_what_no_checkpoint_covers_is_not_passed_over_in_silence(grown: Grown, stem: str) -> None:
    """An auditor forgets a topic, or has an older checkpoint of it: what is done there is proved by nothing."""
    ledger, made = grown
    given = [one for one in made if one.place != Partition(stem, 0)]
    _, findings = await audit_since(ledger.log, given)
    assert {(one.kind, one.topic) for one in findings} == {(Kind.NOT_COMPARED, stem)}
    assert "made in one signing" in findings[0].detail


async def test_without_a_checkpoint_of_manifests_a_partition_is_derived_from_its_beginning(
    grown: Grown,
) -> None:
    ledger, made = grown
    everything = Counting()
    await audit(ledger.log, derive=everything)
    counting = Counting()
    account, findings = await audit_since(
        ledger.log, [one for one in made if one.place.topic != "manifests"], counting
    )
    assert (findings, account.proved, counting.derived) == ([], 0, everything.derived)


async def test_a_checkpoint_of_another_log_is_no_beginning(grown: Grown) -> None:
    ledger, _ = grown
    other = Ledger(MemoryLog("other."))
    other.publish(article("article-1", body_of(1)))
    await other.derive()
    _, findings = await audit_since(ledger.log, await signed(other.log))
    assert {one.kind for one in findings} == {Kind.TRUNCATED}


async def test_articles_of_before_may_be_derived_again_after() -> None:
    """Newer code went over the log after the signing: its manifests speak of articles that are done."""
    ledger = await honest_ledger(12)
    made = await signed(ledger.log)
    newer = PRODUCER.model_copy(update={"build": "2" * 64})
    planner = BatchPlanner(Settings(), newer)

    async def last_manifest(article_id: str) -> ManifestSealed | None:
        return ledger._last.get(article_id)

    for number in (0, 1):
        for source in list(ledger.log.records[Partition("news", number)])[:3]:
            found = [decode_article(source.key, source.value, source.headers)]
            (derived,) = derive(found, newer)
            assert isinstance(derived, Derivation)
            again = [Processed(source, found[0], derived)]
            plan = await planner.plan_again(again, last_manifest, "2022-10-26T12:00:00.000Z")
            ledger.write(plan.records, number)
    grow(ledger)
    await ledger.derive()
    installed = InstalledCode(PRODUCER, HERE, Settings(), {newer: lambda articles: _by(articles, newer)})
    account, findings = await audit(ledger.log, scope=Scope(since=known(made)), installed=installed)
    assert findings == []
    assert len(account.producers) == 2


async def _by(articles: Sequence[ArticlePublished], producer: Producer) -> list[Derivation | None]:
    return [one if isinstance(one, Derivation) else None for one in derive(articles, producer)]


async def test_a_restored_log_is_gone_on_with_from_checkpoints_of_before(grown: Grown) -> None:
    ledger, made = grown
    again = MemoryLog("again.")
    for place, records in ledger.log.records.items():
        for record in records:
            moved = replace(
                record,
                topic=f"again.{place.topic}",
                offset=len(again.records[Partition(f"again.{place.topic}", place.number)]),
                timestamp=record.timestamp + 1,
                headers=(*record.headers, restored_header(record)),
            )
            target = Partition(moved.topic, moved.partition)
            again.records[target].append(moved)
            again.next_offsets[target] = moved.offset + 1
    counting = Counting()
    account, findings = await audit_since(again, made, counting)
    assert findings == []
    assert account.proved == sum(one.checkpoint.size for one in made) - 4
    assert len(counting.derived) == 14


@pytest.fixture
async def evidence(grown: Grown, tmp_path: Path) -> int:
    """An archive, the key, and a folder of kept checkpoints; how many records those prove."""
    ledger, made = grown
    keep_checkpoints(made, tmp_path / "kept", KEY.public)
    await write_archive(ledger.log, tmp_path / "evidence")
    (tmp_path / "key.pub").write_text(KEY.public.line())
    (tmp_path / "empty").mkdir()
    return sum(one.checkpoint.size for one in made) - 4


def test_a_person_goes_on_from_a_folder_of_checkpoints(evidence: int, typed: Typed) -> None:
    verify = ("audit", "verify", "--archive", "evidence", "--public-key", "key.pub")
    _, out, _ = typed(*verify, "--since-checkpoint", "kept")
    (proved,) = [line.split() for line in out.splitlines() if line.startswith("proved")]
    assert " ".join(proved) == f"proved records of before, not derived again {evidence}"
    code, out, err = typed(*verify, "--since-checkpoint", "empty")
    assert (code, out, err) == (1, "", "readout: empty holds no checkpoints: they are files NAME.txt\n")
