"""A bundle convinces whoever has public keys and nothing else, and nobody once a byte of it was changed."""

from dataclasses import replace

import orjson
import pytest

from readout.streams.audit.proof.bundle import LEAF_ENCODING, bundle_json, check_file, make_bundle
from readout.streams.audit.proof.checkpoint import make_checkpoints
from readout.streams.audit.proof.cosignatures import cosign
from readout.streams.audit.proof.notes import WITNESS, new_key
from readout.streams.audit.proof.proof_files import Demands
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import StoredRecord
from tests.audit.auditing import KEY, altered, paths, sign_log
from tests.audit.ledger import MemoryLog, honest_ledger

DEMANDS = Demands(KEY.public)


@pytest.fixture
async def log() -> MemoryLog:
    log = (await honest_ledger(10)).log
    await sign_log(log)
    return log


def a_contact(log: MemoryLog) -> StoredRecord:
    return next(one for one in log.records[log.place("contact-log")] if b"participants" in (one.value or b""))


async def test_every_kind_of_record_can_be_bundled(log: MemoryLog) -> None:
    for stem in ("news", "entities", "statements", "contact-log", "manifests", "dead-letters"):
        for record in log.records[log.place(stem)][:5]:
            lines = check_file(bundle_json(await make_bundle(log, record)), DEMANDS)
            assert lines[0].startswith(f"proved: {stem}/0@{record.offset} is record")
            derived = stem not in {"news", "dead-letters"}
            assert any(line.startswith("derived from article") for line in lines) == derived
            assert lines[-1] == "schemas: those that are published here"


async def test_without_its_article_a_record_is_proved_and_no_more(log: MemoryLog) -> None:
    bundle = bundle_json(await make_bundle(log, a_contact(log), with_article=False))
    proved, schemas = check_file(bundle, DEMANDS)
    assert proved.startswith("proved: contact-log")
    assert schemas.startswith("schemas: those")
    assert orjson.loads(bundle)["article"] is None


async def test_a_bundle_with_any_field_changed_proves_nothing(log: MemoryLog) -> None:
    bundle = bundle_json(await make_bundle(log, a_contact(log)))
    fields = [path for path in paths(orjson.loads(bundle)) if path[0] != "schemas"]
    assert len(fields) > 60
    for path in fields:
        with pytest.raises(ReplayMismatch):
            check_file(altered(bundle, path), DEMANDS)


async def test_the_article_of_another_record_is_not_this_one_s(log: MemoryLog) -> None:
    mine = await make_bundle(log, a_contact(log))
    for other in log.records[log.place("news")][:5]:
        proof = (await make_bundle(log, other)).record
        if mine.article is None or proof.index == mine.article.index:
            continue
        with pytest.raises(
            ReplayMismatch, match=r"another article or revision|does not hold|no readout|no ce_type"
        ):
            check_file(bundle_json(mine.model_copy(update={"article": proof})), DEMANDS)


async def test_changed_schemas_are_told_of(log: MemoryLog) -> None:
    bundle = await make_bundle(log, a_contact(log))
    changed = bundle.model_copy(update={"schemas": {}})
    assert check_file(bundle_json(changed), DEMANDS)[-1] == "schemas: not those that are published here"


async def test_a_quorum_is_demanded_of_both_checkpoints() -> None:
    log = (await honest_ledger(10)).log
    witness = new_key("witness.example", WITNESS)
    for one in await make_checkpoints(log, KEY, "2022-10-25T13:00:00Z"):
        text = one.note.partition("\n\n")[0] + "\n"
        note = one.note + cosign(text, witness, 1_700_000_000) if one.place.topic != "news" else one.note
        log.append(replace(one, note=note).record, one.place.number, 1)
    bundle = bundle_json(await make_bundle(log, a_contact(log)))
    demands = Demands(KEY.public, None, (witness.public,), 1)
    with pytest.raises(ReplayMismatch, match="cosigned by 0 of 1"):
        check_file(bundle, demands)
    alone = bundle_json(await make_bundle(log, a_contact(log), with_article=False))
    assert "cosigned by witness.example" in check_file(alone, demands)[0]


def test_the_encoding_is_told_in_words() -> None:
    assert all(line.isascii() for line in LEAF_ENCODING)
