"""What is erased is gone; all else is proved as before; and an erasure that nobody signed is found."""

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from readout.schemas.envelope import SALT
from readout.streams.audit.archive.erase import Request, erase_article
from readout.streams.audit.archive.index import read_index, write_whole
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.segments import SegmentBuilder, decode_segment
from readout.streams.audit.archive.statement import sign_archive
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.findings import Kind
from readout.streams.audit.proof.checkpoint import make_checkpoints
from readout.streams.audit.proof.erasures import (
    ERASED,
    erased_record,
    erasure_of,
    first_erasure,
    leaf_hash_of,
)
from readout.streams.audit.proof.leaves import content_digest
from readout.streams.audit.proof.notes import PrivateKey, new_key
from readout.streams.audit.proof.proof_files import Demands, check, proof_json
from readout.streams.audit.proof.prove import prove_inclusion
from readout.streams.audit.replay.select import Selection, replay_as_of
from readout.streams.audit.replay.trace import trace
from readout.streams.errors import ConfigurationError, ReplayMismatch
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.origin import before_restoring, restored_header
from tests.audit.auditing import KEY, audit, rewrite, sign_log
from tests.audit.ledger import MemoryLog, honest_ledger

NOW = "2026-01-02T03:04:05Z"
ARTICLE = "article-2"
REASON = "court order 7 O 12/26"
STATEMENT = f"erased at {NOW}, signed by auditor.example+9a0daeae: {REASON}"


async def salted_log(articles: int = 12) -> MemoryLog:
    """A signed log whose records have salts, as brokers get them from us."""
    log = (await honest_ledger(articles)).log
    for place, records in log.records.items():
        for index, record in enumerate(records):
            salt = hashlib.sha256(f"{place} {index}".encode()).hexdigest()[:32]
            log.edit(place, index, headers=(*record.headers, (SALT, salt.encode())))
    await sign_log(log)
    return log


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    await write_archive(await salted_log(), tmp_path / "archive")
    return tmp_path / "archive"


def request(key: PrivateKey = KEY, article: str = ARTICLE) -> Request:
    return Request(article, REASON, NOW, key)


def all_records(folder: Path) -> list[StoredRecord]:
    index = read_index(folder)
    assert index is not None
    return [one for entry in index.segments for one in decode_segment((folder / entry.file).read_bytes())]


async def test_what_is_erased_is_reported_with_signature_and_time_and_all_else_is_well(folder: Path) -> None:
    before, _ = await audit(ArchiveLog(folder), key=KEY.public)
    erased = erase_article(folder, request())
    account, found = await audit(ArchiveLog(folder), key=KEY.public)
    assert found == []
    assert account.erased == {STATEMENT: len(erased)}
    assert (account.records, account.checkpoints) == (before.records, before.checkpoints)
    assert {one.topic for one in erased} >= {"news", "entities", "statements", "contact-log", "manifests"}


async def test_no_byte_of_the_article_is_left(folder: Path) -> None:
    original = {(one.topic, one.partition, one.offset): one for one in all_records(folder)}
    erased = erase_article(folder, request())
    gone = [original[one.topic, one.partition, one.offset] for one in erased]
    left = b"".join(repr(one).encode() for one in all_records(folder))
    salts = {dict(one.headers)[SALT] for one in gone}
    digests = {hashlib.sha256(one.value or b"").hexdigest().encode() for one in gone}
    secrets = {f'"{ARTICLE}"'.encode(), f"'{ARTICLE}'".encode(), *(salt or b"" for salt in salts), *digests}
    assert {secret for secret in secrets if secret in left} == set()


async def test_every_other_record_is_proved_as_before(folder: Path) -> None:
    erased = {(one.topic, one.partition, one.offset) for one in erase_article(folder, request())}
    log = ArchiveLog(folder)
    checked = 0
    for record in all_records(folder)[::9]:
        if record.topic == "checkpoints":
            continue
        proof = proof_json(await prove_inclusion(log, record))
        said = check(proof, Demands(KEY.public))
        assert (STATEMENT in said) == ((record.topic, record.partition, record.offset) in erased)
        checked += 1
    assert checked > 10


def nulled(record: StoredRecord) -> StoredRecord:
    return replace(record, key=None, value=None, headers=())


def by_another_key(record: StoredRecord) -> StoredRecord:
    return erased_record(record, new_key("somebody.example"), NOW, REASON)


def by_a_key_of_the_same_name(record: StoredRecord) -> StoredRecord:
    return erased_record(record, PrivateKey(KEY.name, new_key("x").key), NOW, REASON)


def with_another_reason(record: StoredRecord) -> StoredRecord:
    stub = erased_record(record, KEY, NOW, REASON)
    return replace(
        stub, headers=tuple((name, (text or b"").replace(b"7 O", b"8 O")) for name, text in stub.headers)
    )


def with_a_statement_of_elsewhere(record: StoredRecord) -> StoredRecord:
    other = erased_record(replace(record, offset=record.offset + 1), KEY, NOW, REASON)
    return replace(other, offset=record.offset)


def with_something_beside_it(record: StoredRecord) -> StoredRecord:
    stub = erased_record(record, KEY, NOW, REASON)
    return replace(stub, headers=(*stub.headers, ("note", b"trust me")))


UNSIGNED = [
    nulled,
    by_another_key,
    by_a_key_of_the_same_name,
    with_another_reason,
    with_a_statement_of_elsewhere,
    with_something_beside_it,
]


@pytest.mark.parametrize("erase", UNSIGNED, ids=[one.__name__ for one in UNSIGNED])
async def test_an_erasure_that_nobody_signed_is_found(
    folder: Path, erase: Callable[[StoredRecord], StoredRecord]
) -> None:
    rewrite(folder, lambda record: erase(record) if request().covers(record) else record)
    account, found = await audit(ArchiveLog(folder), key=KEY.public)
    assert account.erased == {}
    kinds = {one.kind for one in found}
    assert Kind.CHECKPOINT in kinds
    assert (Kind.ERASURE in kinds) == (erase is not nulled)


@pytest.mark.parametrize("topic", ["news", "entities", "manifests"])
async def test_an_article_that_is_gone_in_part_is_found(folder: Path, topic: str) -> None:
    """The owner's key cannot make a record vanish and leave what was made from it, or the other way round."""

    def erase(record: StoredRecord) -> StoredRecord:
        mine = request().covers(record) and record.topic == topic
        return erased_record(record, KEY, NOW, REASON) if mine else record

    rewrite(folder, erase)
    _, found = await audit(ArchiveLog(folder), key=KEY.public)
    assert {one.kind for one in found} & {Kind.MISSING, Kind.EXTRA}


async def test_an_erased_record_cannot_be_given_other_content(folder: Path) -> None:
    erase_article(folder, request())

    def forge(record: StoredRecord) -> StoredRecord:
        return replace(record, key=b"k", value=b"{}", headers=()) if first_erasure(record, None) else record

    rewrite(folder, forge)
    _, found = await audit(ArchiveLog(folder), key=KEY.public)
    assert Kind.CHECKPOINT in {one.kind for one in found}


async def test_erasing_again_finds_nothing_and_another_article_goes_too(folder: Path) -> None:
    first = erase_article(folder, request())
    with pytest.raises(ConfigurationError, match="holds no record of an article"):
        erase_article(folder, request())
    second = erase_article(folder, request(article="article-5"))
    account, found = await audit(ArchiveLog(folder), key=KEY.public)
    assert found == []
    assert account.erased == {STATEMENT: len(first) + len(second)}


async def test_a_dry_run_changes_no_byte(folder: Path) -> None:
    before = all_records(folder), read_index(folder)
    assert erase_article(folder, request(), dry_run=True)
    assert (all_records(folder), read_index(folder)) == before


@pytest.mark.parametrize("reason", ["", "two\nlines", "x" * 501, "bell\a"])
def test_a_reason_is_one_line(reason: str) -> None:
    record = StoredRecord("news", 0, 1, 2, 1, b"k", b"v", ())
    with pytest.raises(ConfigurationError, match="reason"):
        erased_record(record, KEY, NOW, reason)


def test_a_record_that_was_restored_is_erased_in_both_logs() -> None:
    """Its older view keeps its leaf, so that the checkpoints of the log that it was still hold."""
    first = StoredRecord("news", 0, 7, 1000, 1, b"k", b"v", (("a", b"1"), (SALT, b"s")))
    second = replace(
        first, topic="b.news", offset=3, timestamp=2000, headers=(*first.headers, restored_header(first))
    )
    stub = erased_record(second, KEY, NOW, REASON)
    assert erased_record(stub, KEY, NOW, REASON) == stub
    assert leaf_hash_of(stub, [KEY.public]) == leaf_hash_of(second)
    before = before_restoring(stub, 1)
    assert before is not None
    assert leaf_hash_of(before, [KEY.public]) == leaf_hash_of(first)


def test_a_record_that_was_erased_is_restored_as_such() -> None:
    """In its new place it is a record like any other; in its old one it stands for what was erased."""
    record = StoredRecord("manifests", 0, 7, 1000, 1, b"k", b"v", (("ce_sourceoffset", b"5"), (SALT, b"s")))
    stub = erased_record(record, KEY, NOW, REASON)
    copy = replace(
        stub,
        topic="b.manifests",
        offset=3,
        headers=(*stub.headers, restored_header(stub), (SALT, b"another")),
    )
    assert erasure_of(copy, [KEY.public]) is None
    found = first_erasure(copy, [KEY.public])
    assert found is not None
    assert found.content == content_digest(record)
    before = before_restoring(copy, 1)
    assert before == stub
    assert dict(copy.headers)["ce_sourceoffset"] == b"5"


async def test_the_signer_goes_on_after_an_erasure_and_stops_at_one_that_nobody_signed(folder: Path) -> None:
    erase_article(folder, request())
    assert await make_checkpoints(ArchiveLog(folder), KEY, NOW) == []
    rewrite(
        folder, lambda record: nulled(record) if any(name == ERASED for name, _ in record.headers) else record
    )
    with pytest.raises(Exception, match="nothing is signed"):
        await make_checkpoints(ArchiveLog(folder), KEY, NOW)


def test_a_guess_at_what_was_erased_cannot_be_told_from_another() -> None:
    """The digest that stays is of content with a salt that does not stay: the right guess leads nowhere."""
    record = StoredRecord("news", 0, 1, 2, 1, b"k", b"the secret", ((SALT, b"f" * 32),))
    stub = erased_record(record, KEY, NOW, REASON)
    erasure = erasure_of(stub, [KEY.public])
    assert erasure is not None
    guesses = [replace(record, headers=headers) for headers in ((), ((SALT, b""),), ((SALT, b"e" * 32),))]
    assert erasure.content not in {content_digest(guess) for guess in guesses}
    assert erasure.content == content_digest(record)


@pytest.mark.parametrize("stop", [1, 3, 5, 6, 7, 9, 11])
async def test_a_run_that_was_interrupted_is_made_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    """Stopped before any file takes its place: the same run again leaves nothing of the article, and all is well."""
    replaces, done = Path.replace, []

    def replace_or_stop(path: Path, target: Path) -> Path:
        done.append(target)
        if len(done) == stop:
            raise KeyboardInterrupt
        return replaces(path, target)

    monkeypatch.setattr(Path, "replace", replace_or_stop)
    with pytest.raises(KeyboardInterrupt):
        erase_article(folder, request())
    monkeypatch.undo()
    with contextlib.suppress(ConfigurationError):
        erase_article(folder, request())
    assert not any(request().covers(record) for record in all_records(folder))
    account, found = await audit(ArchiveLog(folder), key=KEY.public)
    assert found == []
    assert account.erased
    assert not [path for path in map(str, paths_below(folder)) if path.endswith(".erased")]


def paths_below(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))


async def test_a_forged_archive_gets_no_new_digests_by_an_erasure(folder: Path) -> None:
    index = read_index(folder)
    assert index is not None
    entry = next(one for one in index.segments if one.topic == "news")
    segment = SegmentBuilder(entry.place)
    for record in decode_segment((folder / entry.file).read_bytes()):
        segment.add(replace(record, timestamp=1))
    write_whole(folder / entry.file, segment.file())
    with pytest.raises(ReplayMismatch, match="nothing was erased"):
        erase_article(folder, request())


async def test_a_signed_archive_is_signed_again_but_never_a_forged_one(folder: Path) -> None:
    sign_archive(folder, KEY)
    erase_article(folder, request())
    assert ArchiveLog(folder).check_statement(KEY.public) == f"signed by {KEY.name}"
    rewrite(folder, lambda record: replace(record, timestamp=1))
    with pytest.raises(ReplayMismatch, match="not about this index"):
        erase_article(folder, request(article="article-5"))


async def test_a_replay_as_of_a_moment_and_a_trace_pass_over_what_is_gone(folder: Path) -> None:
    log = ArchiveLog(folder)
    before = [one async for one in replay_as_of(log, Selection(), 1 << 45)]
    erase_article(folder, request())
    log = ArchiveLog(folder)
    after = [one async for one in replay_as_of(log, Selection(), 1 << 45)]
    assert after == [one for one in before if not request().covers(one)]
    assert len(after) < len(before)
    kept = next(one for one in after if one.topic == "contact-log")
    assert (await trace(log, f"{kept.topic}/{kept.partition}@{kept.offset}")).checkpoint is not None
