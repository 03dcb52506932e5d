"""A witness cosigns one past of each log, and whoever demands witnesses is shown no other."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from aiohttp import ClientSession

from readout.schemas.checkpoints import Checkpoint, checkpoint_text, parse_checkpoint
from readout.streams.audit.proof.checkpoint import SignedCheckpoint, keep_checkpoints, make_checkpoints
from readout.streams.audit.proof.collect import COSIGNATURES, Witnesses, collect_cosignatures, collect_files
from readout.streams.audit.proof.cosignatures import cosign, cosignatures, require_quorum, with_cosignatures
from readout.streams.audit.proof.leaves import record_leaf_hash
from readout.streams.audit.proof.merkle import RangeRoots, Tree, consistency_ranges, is_consistent, leaf_hash
from readout.streams.audit.proof.notes import LOG, WITNESS, new_key, open_note, parse_public_key, sign
from readout.streams.audit.proof.proof_files import Demands, check, proof_json
from readout.streams.audit.proof.prove import consistency_hashes, prove_inclusion
from readout.streams.audit.proof.witness import Refusal, Witness
from readout.streams.audit.proof.witness_port import ask_witness, parse_request, witness_port
from readout.streams.errors import ConfigurationError, ReplayMismatch, TransientError
from tests.audit.auditing import KEY, sign_log
from tests.audit.ledger import MemoryLog, honest_ledger

NOW = 1_700_000_000
LEAVES = [leaf_hash(str(number).encode()) for number in range(40)]
# The cosigned checkpoint that c2sp.org/tlog-cosignature shows.
C2SP_COSIGNED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+"
    "zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0x"
    "Ue+mbIUBkBIfZ+qnA==\n"
)


def root_of(leaves: Sequence[bytes]) -> bytes:
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def note_of(leaves: Sequence[bytes], origin: str = "auditor.example/news/0") -> str:
    return sign(checkpoint_text(Checkpoint(origin, len(leaves), root_of(leaves), len(leaves))), KEY)


def proof_of(leaves: Sequence[bytes], old: int) -> tuple[bytes, ...]:
    collected = RangeRoots(consistency_ranges(old, len(leaves)) if 0 < old < len(leaves) else ())
    for leaf in leaves:
        collected.add(leaf)
    return collected.roots()


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(new_key("witness.example/one", WITNESS), [KEY.public], tmp_path / "state")


def refused(witness: Witness, note: str, old: int, proof: Sequence[bytes]) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        witness.cosign(note, old, proof, NOW)
    return refusal.value


def test_a_log_that_grows_is_cosigned_at_every_size(witness: Witness) -> None:
    old = 0
    for size in (1, 2, 3, 7, 8, 21, 40):
        note = note_of(LEAVES[:size])
        line = witness.cosign(note, old, proof_of(LEAVES[:size], old), NOW + size)
        assert cosignatures(note + line, [witness.key.public]) == {witness.key.public.line(): NOW + size}
        old = size


def test_a_cosigned_note_is_still_signed_by_the_log(witness: Witness) -> None:
    note = note_of(LEAVES)
    assert open_note(note + witness.cosign(note, 0, (), NOW), KEY.public) == checkpoint_text(
        Checkpoint("auditor.example/news/0", 40, root_of(LEAVES), 40)
    )


@pytest.mark.parametrize("old", [1, 7, 8, 20])
@pytest.mark.parametrize("new", [20, 21, 40])
def test_a_changed_past_is_not_cosigned(witness: Witness, old: int, new: int) -> None:
    witness.cosign(note_of(LEAVES[:old]), 0, (), NOW)
    forged = [leaf_hash(b"other"), *LEAVES[1:new]]
    for proof in (proof_of(forged, old), proof_of(LEAVES[:new], old), ()):
        assert refused(witness, note_of(forged), old, proof).status in {409, 422}
    last = witness.last("auditor.example/news/0")
    assert last is not None
    assert last.size == old


def test_a_split_view_is_named_with_both_roots(witness: Witness) -> None:
    witness.cosign(note_of(LEAVES[:9]), 0, (), NOW)
    other = [leaf_hash(b"other"), *LEAVES[1:9]]
    refusal = refused(witness, note_of(other), 9, ())
    assert refusal.status == 409
    assert "two roots for 9 records" in str(refusal)


def test_what_is_smaller_than_what_was_seen_is_refused_with_the_size_that_is_known(witness: Witness) -> None:
    witness.cosign(note_of(LEAVES[:9]), 0, (), NOW)
    assert refused(witness, note_of(LEAVES[:5]), 0, ()).known_size == 9
    assert refused(witness, note_of(LEAVES[:5]), 9, ()).status == 400


def test_a_log_that_nobody_named_and_a_signature_of_nobody_are_refused(witness: Witness) -> None:
    assert refused(witness, note_of(LEAVES, "somebody/news/0"), 0, ()).status == 404
    thief = replace(new_key("x"), name=KEY.name)
    text = checkpoint_text(Checkpoint("auditor.example/news/0", 1, b"r" * 32))
    assert refused(witness, sign(text, thief), 0, ()).status == 403
    assert refused(witness, "no note", 0, ()).status == 400


def test_a_witness_that_starts_again_remembers(witness: Witness) -> None:
    witness.cosign(note_of(LEAVES[:9]), 0, (), NOW)
    again = Witness(witness.key, witness.logs, witness.folder)
    assert refused(again, note_of(LEAVES[:12]), 0, ()).known_size == 9


def test_the_keys_of_logs_and_witnesses_do_not_serve_for_each_other(witness: Witness) -> None:
    note = note_of(LEAVES)
    as_log = replace(witness.key, kind=LOG)
    with pytest.raises(ConfigurationError, match="signs no notes"):
        sign("text\n", witness.key)
    with pytest.raises(ConfigurationError, match="no key of a witness"):
        cosign("text\n", as_log, NOW)
    assert witness.key.public.id != as_log.public.id
    assert parse_public_key(witness.key.public.line()) == witness.key.public
    signed = sign(note.partition("\n\n")[0] + "\n", as_log)
    assert cosignatures(signed, [witness.key.public, as_log.public]) == {}


def test_the_cosigned_example_of_the_specification_is_read() -> None:
    """Its witness's key is not published; what is read of the line is the key id and the time."""
    assert cosignatures(C2SP_COSIGNED, [new_key("witness.example.com/w1", WITNESS).public]) == {}
    assert parse_checkpoint(C2SP_COSIGNED.partition("\n\n")[0] + "\n").size == 20852163


@pytest.mark.parametrize("change", ["time", "signature", "text", "name"])
def test_an_altered_cosignature_counts_for_nothing(witness: Witness, change: str) -> None:
    note = note_of(LEAVES)
    text, _, _ = note.partition("\n\n")
    line = cosign(text + "\n", witness.key, NOW)
    if change == "text":
        note = note_of(LEAVES[:-1])
    elif change == "name":
        line = line.replace("example/one", "example/two")
    else:
        encoded = list(line)
        spot = line.index(" ", 3) + (12 if change == "time" else 40)
        encoded[spot] = "A" if encoded[spot] != "A" else "B"
        line = "".join(encoded)
    assert cosignatures(note + line, [witness.key.public]) == {}


def test_a_quorum_counts_witnesses_and_not_lines() -> None:
    keys = [new_key(f"witness.example/{number}", WITNESS) for number in range(3)]
    publics = [key.public for key in keys]
    note = note_of(LEAVES)
    text = note.partition("\n\n")[0] + "\n"
    twice = note + cosign(text, keys[0], NOW) + cosign(text, keys[0], NOW + 1)
    assert require_quorum(twice, publics, 1) == "cosigned by witness.example/0"
    with pytest.raises(ReplayMismatch, match="cosigned by 1 of 3 witnesses, 2 are demanded"):
        require_quorum(twice, publics, 2)
    with pytest.raises(ConfigurationError, match="cannot be reached"):
        require_quorum(twice, [publics[0], publics[0]], 2)
    both = with_cosignatures(
        note, [cosign(text, key, NOW) for key in keys[:2]] + ["— junk eA==", "junk"], publics
    )
    assert require_quorum(both, publics, 2) == "cosigned by witness.example/0, witness.example/1"
    assert both.count("\n") == note.count("\n") + 2


@pytest.mark.parametrize(
    "body",
    [
        "",
        "old\n\n",
        "old 01\n\nx",
        "old -1\n\nx",
        "old 1\n!\n\nx",
        "new 1\n\nx",
        "old 0\n" + "AA==\n" * 64 + "\nx",
    ],
)
def test_a_request_of_another_form_is_refused(body: str) -> None:
    with pytest.raises(Refusal) as refusal:
        parse_request(body)
    assert refusal.value.status == 400


async def test_checkpoints_are_cosigned_over_http_as_the_log_grows(witness: Witness) -> None:
    ledger = await honest_ledger(6)
    missed: list[str] = []
    async with witness_port(witness, "127.0.0.1", 0, lambda: NOW) as port:
        witnesses = Witnesses([f"http://127.0.0.1:{port}/", "http://127.0.0.1:9"], [witness.key.public])
        for _ in range(2):
            made = await make_checkpoints(ledger.log, KEY, "2022-10-25T14:00:00Z")
            cosigned = await collect_cosignatures(ledger.log, made, KEY.public, witnesses, missed.append)
            assert cosigned
            for one in cosigned:
                assert require_quorum(one.note, [witness.key.public], 1)
                ledger.log.append(one.record, one.place.number, 1)
            for record in (await honest_ledger(3)).log.all():
                if record.topic == "news":
                    ledger.publish_raw(record.value, record.partition, record.key)
        assert all("127.0.0.1:9" in one for one in missed)
        news = ledger.log.place("news")
        proof = proof_json(await prove_inclusion(ledger.log, ledger.log.records[news][0]))
        assert "cosigned by witness.example/one" in check(
            proof, Demands(KEY.public, None, (witness.key.public,), 1)
        )
        other = new_key("witness.example/two", WITNESS).public
        with pytest.raises(ReplayMismatch, match="cosigned by 1 of 2"):
            check(proof, Demands(KEY.public, None, (witness.key.public, other), 2))


async def test_a_witness_that_saw_another_log_stops_the_signer(witness: Witness) -> None:
    log = (await honest_ledger(6)).log
    async with witness_port(witness, "127.0.0.1", 0, lambda: NOW) as port:
        witnesses = Witnesses([f"http://127.0.0.1:{port}"], [witness.key.public])

        async def collect(log: MemoryLog) -> list[SignedCheckpoint]:
            made = await make_checkpoints(log, KEY, "2022-10-25T14:00:00Z")
            return await collect_cosignatures(log, made, KEY.public, witnesses, pytest.fail)

        await collect(log)
        log.edit(log.place("news"), 0, timestamp=1)
        with pytest.raises(ReplayMismatch, match="does not cosign"):
            await collect(log)


async def test_the_port_speaks_the_protocol(witness: Witness) -> None:
    async with witness_port(witness, "127.0.0.1", 0, lambda: NOW) as port, ClientSession() as session:
        url = f"http://127.0.0.1:{port}/add-checkpoint"
        async with session.post(url, data=f"old 0\n\n{note_of(LEAVES[:5])}") as answer:
            assert (answer.status, (await answer.text())[:21]) == (200, "— witness.example/one")
        async with session.post(url, data=f"old 0\n\n{note_of(LEAVES)}") as answer:
            assert (answer.status, answer.content_type) == (409, "text/x.tlog.size")
            assert await answer.text() == "5\n"
        for body, status in [
            (b"\xff\xfe", 400),
            (b"x" * 100_000, 413),
            (b"old 5\n\n" + note_of(LEAVES).encode(), 422),
        ]:
            async with session.post(url, data=body) as answer:
                assert answer.status == status


async def test_a_witness_that_does_not_answer_is_no_refusal() -> None:
    async def no_proof(_: int) -> tuple[bytes, ...]:
        return ()

    with pytest.raises(TransientError, match="does not answer"):
        await ask_witness("http://127.0.0.1:9", note_of(LEAVES), no_proof)


async def test_two_at_a_time_are_not_cosigned_apart(witness: Witness) -> None:
    """Of two pasts that come at once, one is cosigned."""
    notes = [note_of([leaf_hash(bytes([number])), *LEAVES[1:]]) for number in range(20)]

    def attempt(note: str) -> bool:
        try:
            return bool(witness.cosign(note, 0, (), NOW))
        except Refusal:
            return False

    assert sum(await asyncio.gather(*(asyncio.to_thread(partial(attempt, note)) for note in notes))) == 1


async def test_cosignatures_that_a_witness_left_in_files_are_collected(
    witness: Witness, tmp_path: Path
) -> None:
    log = (await honest_ledger(4)).log
    made = await make_checkpoints(log, KEY, "2022-10-25T14:00:00Z")
    paths = keep_checkpoints(made, tmp_path / "notes", KEY.public)
    for path in paths:
        line = witness.cosign(path.read_text(), 0, (), NOW)
        path.with_name(path.name + COSIGNATURES).write_text("junk\n" + line)
    assert collect_files(tmp_path / "notes", KEY.public, [witness.key.public]) == sorted(paths)
    assert collect_files(tmp_path / "notes", KEY.public, [witness.key.public]) == []
    assert all(require_quorum(path.read_text(), [witness.key.public], 1) for path in paths)
    await sign_log(log)
    assert await make_checkpoints(log, KEY, "2022-10-25T15:00:00Z", folder=tmp_path / "notes") == []


async def test_the_hashes_for_a_witness_prove_growth_from_every_size() -> None:
    log = (await honest_ledger(6)).log
    (one,) = [
        one
        for one in await make_checkpoints(log, KEY, "2022-10-25T14:00:00Z")
        if one.place == log.place("entities")
    ]
    leaves, new = [record_leaf_hash(record) for record in log.records[one.place]], one.checkpoint
    for old in range(1, new.size):
        hashes = await consistency_hashes(log, new, old, KEY.public)
        assert is_consistent((old, root_of(leaves[:old])), (new.size, new.root), hashes)
        assert not is_consistent((old, root_of(leaves[1 : old + 1])), (new.size, new.root), hashes)
