"""The tamper matrix: what somebody can do to a log, by who can do it, and what finds it.

Each kind is done to an honest log (`act`) or to its signed archive (`act_on`), and carries what is to be found: with
the public key alone, with checkpoints that the auditor kept, and with witnesses. `test_matrix` does all of it;
`table` writes it down for docs/audit.md.
"""

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import orjson

from readout.schemas.envelope import canonical_json
from readout.streams.audit.archive.index import read_index, write_index
from readout.streams.audit.findings import Kind
from readout.streams.audit.proof.erasures import erased_record
from readout.streams.audit.proof.notes import new_key, sign, split_note
from readout.streams.kafka.connection import StoredRecord
from tests.audit import test_completeness as index_lies
from tests.audit import test_tampering as edits
from tests.audit.auditing import KEY, with_value
from tests.audit.hostile import change_index
from tests.audit.ledger import Ledger, MemoryLog, article, body_of

NOW = "2022-10-25T15:00:00Z"
STEMS = ("news", "entities", "statements", "contact-log", "manifests", "dead-letters")


class Who(StrEnum):
    """Who can do it."""

    HOLDER = "archive holder"
    OPERATOR = "broker operator"
    THIEF = "key thief"


Act = Callable[[MemoryLog], Awaitable[None] | object]


@dataclass(frozen=True)
class Tampering:
    """A kind of tampering; `alone`, `kept` and `witnesses` say whether it is found, `kind` as what.

    Attributes:
        what: what is done, for the table.
        act: does it to a log that is signed to its end; a thief then signs anew.
        act_on: does it to the folder of an archive of that log.
        kind: one of the findings.
        alone: is it found with the public key alone?
        kept: and with the checkpoints that the auditor kept?
        witnesses: and where witnesses must have cosigned?
        why: explains every no.
        tail: is it done to a log whose end nobody has signed yet?
    """

    who: Who
    what: str
    kind: Kind | None
    act: Act | None = None
    act_on: Callable[[Path], object] | None = None
    alone: bool = True
    kept: bool = True
    witnesses: bool = True
    why: str = ""
    tail: bool = False


def without_checkpoints(log: MemoryLog) -> None:
    """The topic `checkpoints` is emptied."""
    for number in range(2):
        log.records[log.place("checkpoints", number)].clear()


def and_without_checkpoints(act: Callable[[MemoryLog], object]) -> Callable[[MemoryLog], None]:
    """Do something, and take away what would contradict it."""

    def done(log: MemoryLog) -> None:
        act(log)
        without_checkpoints(log)

    return done


def back_to_the_first_signing(log: MemoryLog) -> None:
    """The log as it was when it was first signed, with the checkpoints of then: an honest log, but an old one."""
    for number in range(2):
        notes = log.place("checkpoints", number)
        first = {record.key: record for record in reversed(log.records[notes])}
        log.records[notes] = sorted(first.values(), key=lambda one: one.offset)
        for stem in STEMS:
            place = log.place(stem, number)
            note = first.get(f"{stem}-{number}".encode())
            size = int((note.value or b"").split(b"\n")[1]) if note else 0
            log.records[place] = log.records[place][:size]
            log.next_offsets[place] = log.records[place][-1].offset + 1 if size else 0
        log.next_offsets[notes] = log.records[notes][-1].offset + 1


async def new_topics(log: MemoryLog) -> None:
    """The topics are made anew, with another past and no checkpoints."""
    for place in list(log.records):
        log.records[place].clear()
        log.next_offsets[place] = 0
    ledger = Ledger(log)
    for number in range(8):
        ledger.publish(article(f"invented-{number}", body_of(number)))
    await ledger.derive()


def replay_old_note(log: MemoryLog) -> None:
    """The newer notes of each partition in `checkpoints` go, and the first ones are added once more."""
    for number in range(2):
        place = log.place("checkpoints", number)
        first = list({record.key: record for record in reversed(log.records[place])}.values())[::-1]
        again = [replace(old, offset=log.next_offsets[place] + at) for at, old in enumerate(first)]
        log.records[place] = [*first, *again]
        log.next_offsets[place] += len(again)


def junk_note(log: MemoryLog) -> None:
    """Something that is no note is added to `checkpoints`."""
    place = log.place("checkpoints")
    log.records[place].append(replace(log.records[place][-1], value=b"junk", offset=log.next_offsets[place]))
    log.next_offsets[place] += 1


def forge_note_header(log: MemoryLog) -> None:
    """The header of a checkpoint, which nobody signs, says that another offset comes next."""
    place = log.place("checkpoints")
    record = log.records[place][0]
    headers = tuple((name, b"1" if name == "ce_nextoffset" else text) for name, text in record.headers)
    log.edit(place, 0, headers=headers)


def note_of_another_key(log: MemoryLog) -> None:
    """A checkpoint in the name of the owner, signed with another key."""
    place = log.place("checkpoints")
    record = log.records[place][0]
    note = sign(split_note((record.value or b"").decode())[0], new_key(KEY.name))
    log.records[place][0] = with_value(record, note.encode(), hashed=True)


def change_tail_timestamp(log: MemoryLog) -> None:
    """The broker's time of the newest article."""
    log.edit(log.place("news"), -1, timestamp=log.records[log.place("news")][-1].timestamp + 60_000)


def change_tail_value(log: MemoryLog) -> None:
    """The newest derived record says something else, and its hash fits."""
    place = log.place("contact-log")
    record = log.records[place][-1]
    value = (record.value or b"").replace(b'"mode":"call"', b'"mode":"visit"')
    log.records[place][-1] = with_value(record, value, hashed=True)


def change_tail_header(log: MemoryLog) -> None:
    """A header of the newest article."""
    place = log.place("news")
    headers = log.records[place][-1].headers
    log.edit(
        place, -1, headers=tuple((name, b"x" if name == "ce_source" else text) for name, text in headers)
    )


def cut_unsigned_tail(log: MemoryLog) -> None:
    """All that nobody has signed yet goes, from every topic."""
    for number in range(2):
        sizes = {
            record.key: int((record.value or b"").split(b"\n")[1])
            for record in log.records[log.place("checkpoints", number)]
        }
        for stem in STEMS:
            place = log.place(stem, number)
            del log.records[place][sizes.get(f"{stem}-{number}".encode(), 0) :]
            log.next_offsets[place] = log.records[place][-1].offset + 1 if log.records[place] else 0


def claim_another_build(log: MemoryLog) -> None:
    """A speaker is changed; record and manifest say that another build has derived them."""
    for stem in ("manifests", "statements", "entities", "contact-log"):
        for number in range(2):
            place = log.place(stem, number)
            log.records[place] = [_of_another_build(record) for record in log.records[place]]


def _of_another_build(record: StoredRecord) -> StoredRecord:
    value = (record.value or b"").replace(b'"build":"' + b"0" * 64, b'"build":"' + b"e" * 64)
    return with_value(record, value, hashed=True)


async def publish_an_invention(log: MemoryLog) -> None:
    """Somebody publishes an article that no newsroom wrote, and the worker derives from it."""
    ledger = Ledger(log)
    ledger.derived_already()
    ledger.publish(article("invention", body_of(77)))
    await ledger.derive()


def cut_beginning(log: MemoryLog) -> None:
    """The first records of `news` are deleted, as retention would."""
    place = log.place("news")
    log.records[place] = log.records[place][2:]


def erase_unsigned(log: MemoryLog) -> None:
    """An article and all of its records are nulled."""
    key = log.records[log.place("news")][0].key
    for stem in STEMS:
        place = log.place(stem)
        log.records[place] = [
            replace(one, value=None, headers=()) if one.key == key else one for one in log.records[place]
        ]


def erase_signed(log: MemoryLog) -> None:
    """The same by `readout erase`, with the key."""
    key = log.records[log.place("news")][0].key
    for stem in STEMS:
        place = log.place(stem)
        log.records[place] = [
            erased_record(one, KEY, NOW, "asked for") if one.key == key else one for one in log.records[place]
        ]


def first_value(stem: str, old: bytes, new: bytes) -> Callable[[MemoryLog], None]:
    """Change the first record of a topic that says something, hash and manifest included."""

    def change(log: MemoryLog) -> None:
        place = log.place(stem)
        index, record = next(
            (index, one) for index, one in enumerate(log.records[place]) if old in (one.value or b"")
        )
        forged = with_value(record, (record.value or b"").replace(old, new, 1), hashed=True)
        log.records[place][index] = forged
        _reseal(log, record, forged)

    return change


def _reseal(log: MemoryLog, record: StoredRecord, forged: StoredRecord) -> None:
    digests = [dict(one.headers)["ce_id"] or b"" for one in (record, forged)]
    seals = log.place("manifests", record.partition)
    log.records[seals] = [
        with_value(seal, (seal.value or b"").replace(digests[0], digests[1]), hashed=True)
        if digests[0] in (seal.value or b"")
        else seal
        for seal in log.records[seals]
    ]


def change_headline(log: MemoryLog) -> None:
    """The headline of an article, which no selector points into, with its hash."""
    place = log.place("news")
    record = log.records[place][0]
    data = orjson.loads(record.value or b"") | {"headline": "Another headline"}
    log.records[place][0] = with_value(record, canonical_json(data), hashed=True)


def segments(folder: Path) -> list[Path]:
    """The segments of an archive, in order."""
    return sorted(folder.rglob("*.zst"))


def truncate_segment(folder: Path) -> None:
    segments(folder)[0].write_bytes(segments(folder)[0].read_bytes()[:-20])


def flip_a_bit(folder: Path) -> None:
    data = bytearray(segments(folder)[0].read_bytes())
    data[len(data) // 2] ^= 1
    segments(folder)[0].write_bytes(bytes(data))


def swap_segments(folder: Path) -> None:
    shutil.copy(segments(folder)[1], segments(folder)[0])


def remove_segment(folder: Path) -> None:
    segments(folder)[0].unlink()


def change_schema(folder: Path) -> None:
    next((folder / "schemas").iterdir()).write_text("{}")


def remove_statement(folder: Path) -> None:
    (folder / "index.json.note").unlink()


def remove_partition_and_statement(folder: Path) -> None:
    index_lies.remove_partition_1(folder)
    remove_statement(folder)


def remove_all_and_statement(folder: Path) -> None:
    index_lies.remove_everything(folder)
    remove_statement(folder)


def remove_topic_with_its_digests(folder: Path) -> None:
    """All segments of a topic go; the index says that it is empty."""
    shutil.rmtree(folder / "contact-log")
    change_index(
        folder,
        lambda index: index.update(
            segments=[one for one in index["segments"] if one["topic"] != "contact-log"],  # type: ignore[attr-defined]
            reach=[
                one | ({"first": 0, "next": 0} if one["topic"] == "contact-log" else {})
                for one in index["reach"]  # type: ignore[attr-defined]
            ],
        ),
    )


def as_it_was_before(folder: Path) -> None:
    """The index is written anew, byte for byte another file with the same content."""
    index = read_index(folder)
    assert index is not None
    write_index(folder, index.model_copy(update={"segments": tuple(reversed(index.segments))}))


_OLD = (
    "An old log is an honest one. Whoever kept a newer checkpoint, or asks a witness for the newest that it knows, sees "
    "that records are missing."
)
_TAIL = (
    "What nobody has signed yet has no past that could be compared. The report says from which offset on nothing is "
    "signed: sign often, and audit again after the next signing."
)
_COVERED = "Nothing is wrong with the records: the checkpoints that were kept cover all of them, and agree."
_THIEF = (
    "Whoever has the key can sign another past. It contradicts every checkpoint that somebody kept, and a witness does "
    "not cosign it: this is what both are for."
)
_INVENTED = (
    "A log proves what was published and what follows from it, not that it is true. Who may write to `news` is a matter "
    "of access control (docs/security.md)."
)
_ERASED = (
    "It is no finding but part of the report: what was erased, when, why, and with whose signature. Whether the owner "
    "did it only the owner can say."
)

A, B, C = Who.HOLDER, Who.OPERATOR, Who.THIEF
MATRIX: list[Tampering] = [
    # In an archive, with all digests made to fit where that is possible.
    Tampering(A, "a segment is truncated", Kind.ARCHIVE, act_on=truncate_segment),
    Tampering(A, "a bit of a segment is turned", Kind.ARCHIVE, act_on=flip_a_bit),
    Tampering(A, "a segment is exchanged for another", Kind.ARCHIVE, act_on=swap_segments),
    Tampering(A, "a segment is removed", Kind.ARCHIVE, act_on=remove_segment),
    Tampering(A, "a JSON Schema is changed", Kind.ARCHIVE, act_on=change_schema),
    Tampering(
        A, "the index says that there are no partitions", Kind.ARCHIVE, act_on=index_lies.no_partitions
    ),
    Tampering(
        A, "the index says that there are fewer partitions", Kind.ARCHIVE, act_on=index_lies.fewer_partitions
    ),
    Tampering(
        A, "the index says that there are more partitions", Kind.ARCHIVE, act_on=index_lies.more_partitions
    ),
    Tampering(A, "the index names no segments", Kind.ARCHIVE, act_on=index_lies.no_segments),
    Tampering(A, "the index leaves a topic out", Kind.ARCHIVE, act_on=index_lies.without_the_topic),
    Tampering(A, "the index leaves a partition out", Kind.ARCHIVE, act_on=index_lies.without_a_partition),
    Tampering(A, "the index leaves the checkpoints out", Kind.ARCHIVE, act_on=index_lies.without_checkpoints),
    Tampering(A, "the index speaks of other topics", Kind.ARCHIVE, act_on=index_lies.another_prefix),
    Tampering(A, "the index says that partitions end earlier", Kind.ARCHIVE, act_on=index_lies.shorter_reach),
    Tampering(A, "the index names the same in another order", Kind.SIGNATURE, act_on=as_it_was_before),
    Tampering(
        A,
        "a topic goes, and the index says that it was empty",
        Kind.MISSING,
        act_on=remove_topic_with_its_digests,
    ),
    Tampering(
        A,
        "a partition goes, checkpoints and statement included",
        Kind.SIGNATURE,
        act_on=remove_partition_and_statement,
    ),
    Tampering(A, "everything goes, the statement included", Kind.SIGNATURE, act_on=remove_all_and_statement),
    Tampering(A, "the statement that the archive is whole goes", Kind.SIGNATURE, act_on=remove_statement),
    # In the topics, without the key.
    Tampering(B, "a derived record is removed", Kind.MISSING, edits.drop),
    Tampering(B, "a derived record is added", Kind.EXTRA, edits.add),
    Tampering(B, "a derived record is repeated", Kind.DUPLICATE, edits.repeat),
    Tampering(B, "two derived records change places", Kind.OUT_OF_ORDER, edits.swap),
    Tampering(B, "two manifests change places", Kind.OUT_OF_ORDER, edits.swap_manifests),
    Tampering(
        B,
        "a field of a record is changed, hash and manifest made to fit",
        Kind.DIFFERS,
        first_value("contact-log", b'"mode":"call"', b'"mode":"visit"'),
    ),
    Tampering(B, "two headers change places", Kind.HEADERS, edits.turn_headers),
    Tampering(B, "a header is changed", Kind.HEADERS, edits.change_header),
    Tampering(B, "a header is added", Kind.HEADERS, edits.add_header),
    Tampering(B, "a record says that it comes from another article", Kind.HEADERS, edits.change_run_fact),
    Tampering(B, "a key is changed", Kind.WRONG_KEY, edits.change_key),
    Tampering(B, "a record names another producer than its manifest", Kind.DIFFERS, edits.change_producer),
    Tampering(B, "the body of an article is changed", Kind.DIFFERS, edits.change_body),
    Tampering(B, "the headline of an article is changed", Kind.MANIFEST, change_headline),
    Tampering(B, "the key of an article is changed", Kind.WRONG_KEY, edits.change_news_key),
    Tampering(B, "a record is removed, and its manifest made to fit", Kind.MANIFEST, edits.replace_manifest),
    Tampering(B, "a manifest is removed", Kind.MISSING, edits.drop_manifest),
    Tampering(B, "a manifest is repeated", Kind.DUPLICATE, edits.repeat_manifest),
    Tampering(
        B, "a record is moved to another partition", Kind.WRONG_PARTITION, edits.move_to_another_partition
    ),
    Tampering(B, "a value becomes unreadable", Kind.DIFFERS, edits.break_value),
    Tampering(B, "a dead letter is removed", Kind.UNREADABLE, edits.drop_dead_letter),
    Tampering(B, "a dead letter is changed", Kind.DEAD_LETTER, edits.edit_dead_letter),
    Tampering(B, "a broker's timestamp is changed", Kind.CHECKPOINT, edits.change_timestamp),
    Tampering(B, "the type of a timestamp is changed", Kind.CHECKPOINT, edits.change_timestamp_type),
    Tampering(B, "a null becomes an empty value", Kind.CHECKPOINT, edits.null_instead_of_empty),
    Tampering(B, "the end of a partition is cut off", Kind.TRUNCATED, edits.cut_tail),
    Tampering(B, "an article goes with all that was derived from it", Kind.BEGINNING, edits.rewrite_prefix),
    Tampering(B, "a partition is emptied", Kind.TRUNCATED, edits.empty_a_topic),
    Tampering(B, "the first records of a topic are deleted", Kind.BEGINNING, cut_beginning),
    Tampering(
        B, "the checkpoints are deleted", Kind.NO_CHECKPOINT, without_checkpoints, kept=False, why=_COVERED
    ),
    Tampering(
        B,
        "a timestamp is changed, and the checkpoints are deleted",
        Kind.CHECKPOINT,
        and_without_checkpoints(edits.change_timestamp),
    ),
    Tampering(B, "the topics are made anew with another past", Kind.TRUNCATED, new_topics),
    Tampering(B, "something that is no checkpoint is added to them", Kind.SIGNATURE, junk_note),
    Tampering(
        B, "a checkpoint is signed with another key of the same name", Kind.SIGNATURE, note_of_another_key
    ),
    Tampering(B, "a header of a checkpoint is changed", Kind.HEADERS, forge_note_header),
    Tampering(
        B,
        "old checkpoints are added again in place of the new ones",
        None,
        replay_old_note,
        alone=False,
        kept=False,
        why="Nothing was changed but the notes: the records agree with those that are left and with those that were kept. The report says that nothing is signed after the last of them, and the signer, who finds its own notes, goes on from the newest kept one.",
    ),
    Tampering(
        B,
        "everything is put back to an earlier signing",
        Kind.TRUNCATED,
        back_to_the_first_signing,
        alone=False,
        why=_OLD,
    ),
    Tampering(B, "an article is nulled with all of its records", Kind.CHECKPOINT, erase_unsigned),
    Tampering(
        B,
        "all is said to be derived by another build, and a speaker is changed",
        Kind.PRODUCER,
        claim_another_build,
    ),
    Tampering(
        B, "a derived record of the unsigned end is changed", Kind.DIFFERS, change_tail_value, tail=True
    ),
    Tampering(
        B,
        "a header of an article of the unsigned end is changed",
        Kind.HEADERS,
        change_tail_header,
        tail=True,
    ),
    Tampering(
        B,
        "a broker's timestamp of the unsigned end is changed",
        None,
        change_tail_timestamp,
        alone=False,
        kept=False,
        witnesses=False,
        why=_TAIL,
        tail=True,
    ),
    Tampering(
        B,
        "the unsigned end is cut off everywhere",
        None,
        cut_unsigned_tail,
        alone=False,
        kept=False,
        witnesses=False,
        why=_TAIL,
        tail=True,
    ),
    # With the key.
    Tampering(
        C,
        "a field is changed, and all is signed anew",
        Kind.DIFFERS,
        first_value("contact-log", b'"mode":"call"', b'"mode":"visit"'),
    ),
    Tampering(
        C,
        "a timestamp is changed, and all is signed anew",
        Kind.CHECKPOINT,
        edits.change_timestamp,
        alone=False,
        why=_THIEF,
    ),
    Tampering(
        C,
        "everything is put back to an earlier state, and signed anew",
        Kind.TRUNCATED,
        back_to_the_first_signing,
        alone=False,
        why=_THIEF,
    ),
    Tampering(
        C, "another log is signed under the same name", Kind.TRUNCATED, new_topics, alone=False, why=_THIEF
    ),
    Tampering(
        C,
        "an invented article is published and signed",
        None,
        publish_an_invention,
        alone=False,
        kept=False,
        witnesses=False,
        why=_INVENTED,
    ),
    Tampering(
        C,
        "an article is erased with a signature",
        None,
        erase_signed,
        alone=False,
        kept=False,
        witnesses=False,
        why=_ERASED,
    ),
]


def table() -> str:
    """The matrix as Markdown, with a note for every no."""
    notes = list(dict.fromkeys(one.why for one in MATRIX if one.why))
    rows = [
        "| who | what is done | found as | public key alone | kept checkpoints | with witnesses |",
        "|---|---|---|---|---|---|",
    ]
    for one in MATRIX:
        mark = f" ({notes.index(one.why) + 1})" if one.why else ""
        cells = [("yes" if found else f"no{mark}") for found in (one.alone, one.kept, one.witnesses)]
        rows.append(f"| {one.who} | {one.what} | {one.kind or '-'} | {' | '.join(cells)} |")
    explained = [f"{number}. {note}" for number, note in enumerate(notes, start=1)]
    return "\n".join([*rows, "", "Every no, explained:", "", *explained]) + "\n"
