"""A verifier in another language, written from docs/formats.md, and ours say the same of every proof and archive."""

import random
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from readout.schemas.checkpoints import Checkpoint
from readout.schemas.envelope import SALT, Record
from readout.schemas.links import Link, link_text
from readout.streams.audit.archive.erase import Request, erase_article
from readout.streams.audit.archive.index import read_index
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.archive.segments import decode_segment
from readout.streams.audit.archive.write import write_archive
from readout.streams.audit.log import Log
from readout.streams.audit.proof.bundle import LEAF_ENCODING, bundle_json, check_file, make_bundle
from readout.streams.audit.proof.checkpoint import make_checkpoints
from readout.streams.audit.proof.cosignatures import cosign
from readout.streams.audit.proof.leaves import tree_of
from readout.streams.audit.proof.notes import WITNESS, PrivateKey, new_key, sign
from readout.streams.audit.proof.proof_files import Demands, proof_json
from readout.streams.audit.proof.prove import prove_consistency, prove_inclusion
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.origin import restored_header
from tests.audit.auditing import KEY, altered, paths, sign_log
from tests.audit.ledger import PARTITIONS, Ledger, MemoryLog, article, body_of, honest_ledger
from tests.contract.conftest import CLIENTS, NodeFolder

NOW = "2026-01-02T03:04:05Z"
PROOFS = 1_000
VERIFIER = "verify.mjs"


def salted(log: MemoryLog) -> None:
    """Give each record that has none the salt that a broker's copy would have."""
    for place, records in log.records.items():
        for index, record in enumerate(records):
            if place.topic != "checkpoints" and not any(name == SALT for name, _ in record.headers):
                log.edit(place, index, headers=(*record.headers, (SALT, f"{place} {index}".encode())))


async def grown_log() -> MemoryLog:
    """A log that was signed five times while it grew."""
    ledger: Ledger = await honest_ledger(12)
    for step in range(5):
        salted(ledger.log)
        await sign_log(ledger.log)
        for number in range(100 + 3 * step, 103 + 3 * step):
            ledger.publish(article(f"article-{number}", body_of(number)))
        await ledger.derive()
    return ledger.log


def notes_of(log: MemoryLog) -> list[str]:
    records = [one for number in range(2) for one in log.records[log.place("checkpoints", number)]]
    return [(one.value or b"").decode() for one in records]


async def proofs_of(log: MemoryLog, count: int) -> list[bytes]:
    """Proofs of records and of growth, for checkpoints of all sizes."""
    draw, notes = random.Random(7), notes_of(log)
    made: list[bytes] = []
    while len(made) < count:
        note, other = draw.choice(notes), draw.choice(notes)
        name = tree_of(note.partition("\n")[0])
        assert name is not None
        record = draw.choice(log.records[name.place])
        size = int(note.split("\n")[1])
        if log.records[name.place].index(record) < size:
            made.append(proof_json(await prove_inclusion(log, record, note)))
        if note.partition("\n")[0] == other.partition("\n")[0] and size <= int(other.split("\n")[1]):
            made.append(proof_json(await prove_consistency(log, note, other)))
    return made[:count]


class Verifiers:
    """Both verifiers, on files that are written for them."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self._command = ["node", str(folder / VERIFIER), "--key", str(scratch / "key.pub")]
        self._scratch = scratch
        (scratch / "key.pub").write_text(KEY.public.line() + "\n")

    def theirs(self, paths: Sequence[Path], *options: str) -> list[bool]:
        """What the other verifier says, in order."""
        verdicts = []
        for start in range(0, len(paths), 500):
            names = [str(path) for path in paths[start : start + 500]]
            done = subprocess.run(
                [*self._command, *options, *names], capture_output=True, text=True, timeout=120, check=False
            )
            lines = [line.split("\t") for line in done.stdout.splitlines()]
            assert [line[0] for line in lines] == names, done.stderr[-2000:]
            verdicts += [line[1] == "ok" for line in lines]
        return verdicts

    def both(self, proofs: Sequence[bytes]) -> tuple[list[bool], list[bool]]:
        """What ours and theirs say of files."""
        files = [self._scratch / f"{number}.json" for number in range(len(proofs))]
        for path, proof in zip(files, proofs, strict=True):
            path.write_bytes(proof)
        return [is_proved(proof) for proof in proofs], self.theirs(files)


def is_proved(proof: bytes, demands: Demands | None = None) -> bool:
    try:
        return bool(check_file(proof, demands or Demands(KEY.public)))
    except ReplayMismatch:
        return False


@pytest.fixture
def verifiers(node_folder: NodeFolder, tmp_path: Path) -> Verifiers:
    return Verifiers(node_folder("verifier"), tmp_path)


def test_the_second_verifier_is_short_enough_to_be_read() -> None:
    assert len((CLIENTS / "verifier" / VERIFIER).read_text().splitlines()) < 200


def test_the_page_has_the_encoding_that_bundles_carry() -> None:
    page = (Path(__file__).parents[2] / "docs" / "formats.md").read_text("utf-8")
    assert "\n" + "\n".join(LEAF_ENCODING) + "\n" in page


async def test_both_agree_on_a_thousand_proofs_and_on_each_one_altered(verifiers: Verifiers) -> None:
    proofs = await proofs_of(await grown_log(), PROOFS)
    ours, theirs = verifiers.both(proofs)
    assert ours == theirs == [True] * PROOFS
    draw = random.Random(11)
    changed = [altered(proof, draw.choice(paths(orjson.loads(proof)))) for proof in proofs]
    ours, theirs = verifiers.both(changed)
    assert ours == theirs == [False] * PROOFS


async def test_both_refuse_every_field_altered_of_proofs_and_bundles(verifiers: Verifiers) -> None:
    log = await grown_log()
    record = next(
        one for one in log.records[log.place("contact-log")] if b"participants" in (one.value or b"")
    )
    files = [*await proofs_of(log, 6), bundle_json(await make_bundle(log, record))]
    assert verifiers.both(files) == ([True] * 7, [True] * 7)
    changed = [
        altered(one, path) for one in files for path in paths(orjson.loads(one)) if path[0] != "schemas"
    ]
    ours, theirs = verifiers.both(changed)
    assert ours == theirs == [False] * len(changed)
    assert len(changed) > 200


async def test_both_agree_on_keys_erasures_and_witnesses(verifiers: Verifiers, tmp_path: Path) -> None:
    log = await grown_log()
    await write_archive(log, tmp_path / "archive")
    erased = erase_article(tmp_path / "archive", Request("article-101", "court order", NOW, KEY))
    proofs = [proof_json(await prove_inclusion(ArchiveLog(tmp_path / "archive"), one)) for one in erased]
    assert verifiers.both(proofs) == ([True] * len(proofs), [True] * len(proofs))
    text = notes_of(log)[0].partition("\n\n")[0] + "\n"
    thief = PrivateKey(KEY.name, new_key("x").key)
    notes = [
        sign(text, KEY),
        sign(text, thief),
        sign(text, KEY) + sign(text, thief).partition("\n\n")[2],
        "junk",
    ]
    assert verifiers.both([note.encode() for note in notes]) == ([True, False, True, False],) * 2
    witness, other = new_key("witness.example", WITNESS), new_key("other.example", WITNESS)
    (tmp_path / "w.pub").write_text(witness.public.line())
    cosigned = [sign(text, KEY) + cosign(text, one, 1_700_000_000) for one in (witness, other)]
    files = [tmp_path / "cosigned", tmp_path / "not"]
    for path, note in zip(files, cosigned, strict=True):
        path.write_text(note)
    demands = Demands(KEY.public, None, (witness.public,), 1)
    ours = [is_proved(note.encode(), demands) for note in cosigned]
    assert (
        ours
        == verifiers.theirs(files, "--witness", str(tmp_path / "w.pub"), "--quorum", "1")
        == [True, False]
    )


async def restored_log(log: MemoryLog) -> MemoryLog:
    """The log as it is after an archive of it was restored elsewhere, and signed again."""
    copy = MemoryLog("b.")
    for place, records in log.records.items():
        into = copy.place(place.topic, place.number)
        for offset, record in enumerate(records):
            headers = (
                *record.headers,
                restored_header(record),
                *(() if _has_salt(record) else ((SALT, b"late"),)),
            )
            moved = replace(
                record, topic=into.topic, offset=offset, timestamp=record.timestamp + 5, headers=headers
            )
            copy.records[into].append(moved)
        copy.next_offsets[into] = len(records)
    for one in await make_checkpoints(copy, KEY, NOW):
        copy.append(one.record, one.place.number, 1)
    return copy


def _has_salt(record: StoredRecord) -> bool:
    return any(name == SALT for name, _ in record.headers)


async def archived(log: Log, folder: Path) -> Path:
    await write_archive(log, folder)
    return folder


async def test_the_second_verifier_finds_honest_archives_well_and_every_change_in_them(
    verifiers: Verifiers, tmp_path: Path
) -> None:
    log = await grown_log()
    honest = [
        await archived(log, tmp_path / "log"),
        await archived(log, tmp_path / "erased"),
        await archived(await restored_log(log), tmp_path / "restored"),
        await archived(await linked_log(log), tmp_path / "linked"),
    ]
    erase_article(honest[1], Request("article-3", "court order", NOW, KEY))
    assert verifiers.theirs(honest) == [True] * 4
    forged = [await archived(changed, tmp_path / f"forged-{n}") for n, changed in enumerate(changes(log))]
    assert verifiers.theirs(forged) == [False] * len(forged)
    assert len(forged) > 10


async def linked_log(log: MemoryLog, root: bytes | None = None) -> MemoryLog:
    """The log with a link that names its heads; with a root that is not its own it is a lie."""
    copy, unsigned = log.copy(), log.copy()
    for number in range(PARTITIONS):
        unsigned.records[log.place("checkpoints", number)].clear()
    heads = [one.checkpoint for one in await make_checkpoints(unsigned, KEY, NOW)]
    before = (Checkpoint("log.example/news/0", 3, b"r" * 32),)
    after = (replace(heads[0], root=root or heads[0].root), *heads[1:])
    note = sign(link_text(Link(NOW, before, after)), KEY).encode()
    copy.append(Record("checkpoints", b"link", note, ()), 0, 1)
    return copy


async def test_the_second_verifier_holds_a_link_against_the_log(verifiers: Verifiers, tmp_path: Path) -> None:
    forged = await linked_log(await grown_log(), b"x" * 32)
    assert verifiers.theirs([await archived(forged, tmp_path / "log")]) == [False]


def changes(log: MemoryLog) -> list[MemoryLog]:
    """The log with one thing changed, each time another; every digest of its archive will fit."""
    made = []
    for stem, changed in (
        ("news", {"value": b"{}"}),
        ("news", {"key": b"k"}),
        ("entities", {"timestamp": 1}),
        ("entities", {"timestamp_type": 0}),
        ("statements", {"headers": ()}),
        ("contact-log", {"value": None}),
        ("manifests", {"key": None, "value": None, "headers": ()}),
        ("dead-letters", {"headers": (("readout.erased", b"so"),)}),
    ):
        copy = log.copy()
        copy.edit(copy.place(stem), 0, **changed)
        made.append(copy)
    for stem in ("news", "entities", "statements", "contact-log"):
        copy = log.copy()
        del copy.records[copy.place(stem)][0 if stem == "news" else -1]
        if stem != "news":
            del copy.records[copy.place(stem)][1:]
        made.append(copy)
    return made


async def test_a_damaged_segment_is_refused(verifiers: Verifiers, tmp_path: Path) -> None:
    folder = await archived(await grown_log(), tmp_path / "log")
    index = read_index(folder)
    assert index is not None
    path = folder / index.segments[0].file
    assert list(decode_segment(path.read_bytes()))
    path.write_bytes(path.read_bytes()[:-1])
    assert verifiers.theirs([folder]) == [False]
