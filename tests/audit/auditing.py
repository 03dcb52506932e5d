"""Run audits in tests: verify a log with the stand-in derivation, sign it, and tamper with values."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from readout.schemas.envelope import canonical_json
from readout.schemas.ids import sha256_hex
from readout.schemas.news import ArticlePublished
from readout.streams.audit.archive.index import read_index, write_index, write_whole
from readout.streams.audit.archive.segments import SegmentBuilder, decode_segment
from readout.streams.audit.findings import Account, Finding
from readout.streams.audit.log import Log
from readout.streams.audit.proof.checkpoint import make_checkpoints
from readout.streams.audit.proof.notes import PrivateKey, PublicKey, parse_private_key
from readout.streams.audit.verify.run import Derive, Scope, verify
from readout.streams.audit.verify.state import InstalledCode
from readout.streams.kafka.connection import StoredRecord
from readout.streams.processors.records import Derivation, DerivationFailure
from readout.streams.settings import Settings
from tests.audit.ledger import PRODUCER, MemoryLog
from tests.audit.ledger import derive as derive_here

# Made for these tests; it signs nothing else.
KEY: PrivateKey = parse_private_key(
    "PRIVATE+KEY+auditor.example+9a0daeae+Af51vTt7+w1w1wsXV7Hidt8pesonKj2ReO60BiRW6tWR"
)
HERE = "python 3.11; machine tests"


async def stand_in(articles: Sequence[ArticlePublished]) -> list[Derivation | DerivationFailure]:
    return derive_here(articles)


async def audit(
    log: Log,
    *,
    key: PublicKey | None = None,
    scope: Scope | None = None,
    installed: InstalledCode | None = None,
    derive: Derive = stand_in,
) -> tuple[Account, list[Finding]]:
    """Verify a log; the account and every finding."""
    found: list[Finding] = []
    installed = installed or InstalledCode(PRODUCER, HERE, Settings())
    account = await verify(log, derive, installed, scope or Scope(public_key=key), found.append)
    return account, found


async def sign_log(log: MemoryLog, key: PrivateKey = KEY) -> None:
    """Add a checkpoint of every partition that has grown."""
    for one in await make_checkpoints(log, key, "2022-10-25T13:00:00Z"):
        log.append(one.record, one.place.number, 1_666_700_000_000)


def with_value(record: StoredRecord, value: bytes, *, hashed: bool) -> StoredRecord:
    """A record with another value; `hashed` makes its id fit, as a careful forger would."""
    if not hashed:
        return replace(record, value=value)
    digest = sha256_hex(value).encode()
    headers = tuple((name, digest if name == "ce_id" else text) for name, text in record.headers)
    return replace(record, value=value, headers=headers)


def rewrite(folder: Path, change: Callable[[StoredRecord], StoredRecord]) -> None:
    """Change records of an archive, and make every digest fit."""
    index = read_index(folder)
    assert index is not None
    entries = []
    for entry in index.segments:
        segment = SegmentBuilder(entry.place)
        for record in decode_segment((folder / entry.file).read_bytes()):
            segment.add(change(record))
        write_whole(folder / entry.file, segment.file())
        digest = hashlib.sha256((folder / entry.file).read_bytes()).hexdigest()
        entries.append(entry.model_copy(update={"sha256": digest}))
    write_index(folder, index.model_copy(update={"segments": tuple(entries)}))


def paths(data: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of all fields of a JSON value."""
    match data:
        case dict() if data:
            return [one for name, part in data.items() for one in paths(part, (*path, name))]
        case list() if data:
            return [one for index, part in enumerate(data) for one in paths(part, (*path, index))]
    return [path]


def altered(value: bytes, path: tuple[str | int, ...]) -> bytes:
    """The value with one field changed by as little as possible."""
    data = orjson.loads(value)
    part = data
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = _other(part[path[-1]])
    return canonical_json(data)


def _other(value: object) -> object:
    match value:
        case str() if value:
            return value[:-1] + ("a" if value[-1] != "a" else "b")
        case int():
            return value + 1
        case None | "":
            return "x"
    return ["x"]
