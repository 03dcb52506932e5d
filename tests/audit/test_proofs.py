"""Proofs convince whoever has the public key, and nobody else can make them; keys stay where they are."""

import stat
from pathlib import Path

import orjson
import pytest

from readout.schemas.checkpoints import parse_checkpoint
from readout.streams.audit.proof.key_files import create_key, public_path, read_private_key, read_public_key
from readout.streams.audit.proof.notes import new_key, split_note
from readout.streams.audit.proof.proof_files import Demands, check, proof_json
from readout.streams.audit.proof.prove import prove_consistency, prove_inclusion
from readout.streams.audit.replay.found import marked, sentences_with
from readout.streams.audit.replay.locate import find_all, find_one
from readout.streams.audit.replay.trace import trace
from readout.streams.errors import ConfigurationError, ReplayMismatch
from tests.audit.auditing import KEY, altered, paths, sign_log
from tests.audit.ledger import Ledger, MemoryLog, article, body_of, honest_ledger


@pytest.fixture
async def signed() -> MemoryLog:
    """A log that was signed twice."""
    ledger = await honest_ledger(10)
    await sign_log(ledger.log)
    for number in range(40, 44):
        ledger.publish(article(f"article-{number}", body_of(number)))
    await ledger.derive()
    await sign_log(ledger.log)
    return ledger.log


async def test_every_record_can_be_proved(signed: MemoryLog) -> None:
    for record in [one for one in signed.all() if one.topic != "checkpoints"][::7]:
        proof = proof_json(await prove_inclusion(signed, record))
        assert check(proof, Demands(KEY.public)).startswith(
            f"proved: {record.topic}/{record.partition}@{record.offset} is"
        )


async def test_a_proof_with_any_field_changed_proves_nothing(signed: MemoryLog) -> None:
    record = signed.records[signed.place("contact-log")][1]
    proof = proof_json(await prove_inclusion(signed, record))
    for path in paths(orjson.loads(proof)):
        with pytest.raises(ReplayMismatch):
            check(altered(proof, path), Demands(KEY.public))


async def test_a_proof_means_nothing_to_another_key(signed: MemoryLog) -> None:
    proof = proof_json(await prove_inclusion(signed, signed.records[signed.place("news")][0]))
    with pytest.raises(ReplayMismatch, match="is not signed by"):
        check(proof, Demands(new_key("somebody.example").public))


def notes_of(log: MemoryLog, key: bytes) -> list[str]:
    records = log.records[log.place("checkpoints")]
    return [(record.value or b"").decode() for record in records if record.key == key]


async def test_a_log_that_only_grew_is_proved_so(signed: MemoryLog) -> None:
    old, new = notes_of(signed, b"entities-0")
    proof = proof_json(await prove_consistency(signed, old))
    assert "begins with" in check(proof, Demands(KEY.public))
    kept = parse_checkpoint(split_note(old)[0])
    assert check(proof, Demands(KEY.public, kept))
    with pytest.raises(ReplayMismatch, match="not at the checkpoint that was kept"):
        check(proof, Demands(KEY.public, parse_checkpoint(split_note(new)[0])))
    for path in paths(orjson.loads(proof)):
        with pytest.raises(ReplayMismatch):
            check(altered(proof, path), Demands(KEY.public))


async def test_a_rewritten_log_cannot_be_proved_consistent(signed: MemoryLog) -> None:
    old, _ = notes_of(signed, b"entities-0")
    place = signed.place("entities")
    signed.edit(place, 0, timestamp=1)
    with pytest.raises(ReplayMismatch, match="not those that were signed"):
        await prove_consistency(signed, old)


async def test_a_shortened_log_cannot_be_proved_consistent(signed: MemoryLog) -> None:
    old, new = notes_of(signed, b"entities-0")
    with pytest.raises(ReplayMismatch, match=r"fewer than the .* newer checkpoints or records are missing"):
        await prove_consistency(signed, new, old)


async def test_a_record_after_the_last_checkpoint_is_not_proved() -> None:
    ledger = await honest_ledger(10)
    await sign_log(ledger.log)
    ledger.publish(article("late", body_of(9)))
    record = next(one for one in ledger.log.all() if one.key == b"late")
    with pytest.raises(ReplayMismatch, match="was added after the checkpoint"):
        await prove_inclusion(ledger.log, record)


async def test_a_checkpoint_alone_is_checked_too(signed: MemoryLog) -> None:
    note = notes_of(signed, b"entities-0")[0]
    assert check(note.encode(), Demands(KEY.public)).startswith(
        "signed by auditor.example: auditor.example/entities/0 with"
    )


@pytest.mark.parametrize(
    "data", [b"", b"{}", b'{"format":"readout inclusion proof 1"}', b"text\n\nno note\n"]
)
def test_what_is_no_proof_is_refused(data: bytes) -> None:
    with pytest.raises(ReplayMismatch):
        check(data, Demands(KEY.public))


async def test_a_record_is_found_by_its_id_its_beginning_or_its_place(signed: MemoryLog) -> None:
    record = signed.records[signed.place("contact-log")][0]
    contact_id = orjson.loads(record.value or b"")["contact_id"]
    assert record in await find_all(signed, contact_id)
    assert record in await find_all(signed, contact_id[:16])
    assert await find_one(signed, f"contact-log/0@{record.offset}") == record


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("f" * 64, "no record has an id"),
        ("ab", "too short"),
        ("news/0@99999", "no record at"),
        ("news/9@1", "no partition 9"),
    ],
)
async def test_what_cannot_be_found_is_said(signed: MemoryLog, wanted: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        await find_one(signed, wanted)


async def test_a_trace_shows_revisions_withdrawals_manifests_and_the_checkpoint() -> None:
    ledger = Ledger()
    ledger.publish(article("a", "Shoigu called Austin."))
    ledger.publish(article("a", "", revision=2, status="withheld"))
    await ledger.derive()
    await sign_log(ledger.log)
    first = next(record for record in ledger.log.all() if record.topic == "contact-log")
    contact_id = orjson.loads(first.value or b"")["contact_id"]
    found = await trace(ledger.log, contact_id[:12])
    assert [one.event.event_type for one in found.records if one.event] == [
        "readout.contact.logged.v1",
        "readout.record.withdrawn.v1",
    ]
    assert len(found.articles) == 2
    assert len(found.manifests) == 2
    assert [marked(one, "[", "]") for one in found.sentences] == ["[Shoigu] called [Austin]."]
    assert found.checkpoint is not None
    assert found.checkpoint.signers == ("auditor.example",)


def test_evidence_is_marked_in_its_sentences_only() -> None:
    body = "He left. “We agreed,” Austin said.\nThe U.S. was silent. Nobody else spoke."
    sentences = sentences_with(body, [(10, 19), (body.index("Austin"), body.index("Austin") + 6)])
    assert [marked(one, "<", ">") for one in sentences] == ["“<We agreed>,” <Austin> said."]
    assert sentences_with(body, []) == ()


def test_a_private_key_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.key"
    public = create_key(path, "readout.example/log")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_private_key(path).public.line() == public.line() == read_public_key(public_path(path)).line()
    with pytest.raises(ConfigurationError, match="is there already"):
        create_key(path, "readout.example/log")
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="can be read by others"):
        read_private_key(path)


@pytest.mark.parametrize("content", [b"", b"\xff", b"PRIVATE+KEY+a+b+c"])
def test_a_file_that_is_no_key_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)
    for read in (read_private_key, read_public_key):
        with pytest.raises(ConfigurationError):
            read(path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_public_key(tmp_path / "absent")
