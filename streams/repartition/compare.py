"""Compare a log with its copy: the new one follows from itself, and holds what the old one holds, record by record.

Reads:  both logs, each partition once
Writes: nothing
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from readout.schemas.event import Producer
from readout.schemas.news import ArticlePublished
from readout.streams.audit.findings import NOT_CHECKED, Finding, Kind
from readout.streams.audit.log import Log, snapshot
from readout.streams.audit.proof.erasures import is_claimed
from readout.streams.audit.verify.examine import Derived
from readout.streams.audit.verify.run import Scope, verify
from readout.streams.audit.verify.state import InstalledCode
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.origin import own_headers
from readout.streams.log.topics import DEAD_LETTERS, DERIVED, MANIFESTS, NEWS
from readout.streams.settings import Settings

_MODULUS = 1 << 256
# What carried records cannot show, or what is as it was in the old log.
_ALLOWED = NOT_CHECKED | {Kind.DERIVES_NOW}


@dataclass(frozen=True, slots=True)
class Holding:
    """How many records a topic holds, and a sum of digests of all of them that no order changes."""

    records: int = 0
    digest: int = 0

    def adding(self, record: StoredRecord, *, with_headers: bool) -> "Holding":
        """The same with one more record: its key and value, and its own headers where they stay what they were."""
        parts = [record.key, record.value]
        if with_headers:
            parts += [part for name, text in own_headers(record.headers) for part in (name.encode(), text)]
        digest = hashlib.sha256()
        for part in parts:
            digest.update(b"null;" if part is None else b"%d;%b" % (len(part), part))
        return Holding(self.records + 1, (self.digest + int.from_bytes(digest.digest())) % _MODULUS)


async def compare_logs(
    old: Log, bounds: dict[Partition, Bounds], new: Log, settings: Settings, producer: Producer
) -> int:
    """Make sure that a copy is one; returns how many records both hold.

    Args:
        old: the log that was copied.
        bounds: how far it was copied.
        new: its copy.
        settings: of the copy.
        producer: this code; nothing is derived again.

    Raises:
        ReplayMismatch: it is not.
    """
    await _verify(new, settings, producer)
    before = await _holdings(old, bounds)
    after = await _holdings(new, await snapshot(new))
    for stem, held in before.items():
        if after[stem] != held:
            raise ReplayMismatch(
                f"{new.prefix}{stem} does not hold what {old.prefix}{stem} holds ({after[stem].records} records, "
                f"there {held.records}): verify both logs, and copy into another --topic-prefix"
            )
    return sum(held.records for held in before.values())


async def _verify(new: Log, settings: Settings, producer: Producer) -> None:
    """Everything but the derivation: every record where its manifest says, and every manifest as it must be."""
    found: list[Finding] = []

    def report(finding: Finding) -> None:
        if finding.kind not in _ALLOWED and not found:
            found.append(finding)

    await verify(new, _derive_nothing, InstalledCode(producer, "", settings), Scope(sample=0), report)
    if found:
        raise ReplayMismatch(f"the copy is not as it must be: {found[0]}")


async def _derive_nothing(articles: Sequence[ArticlePublished]) -> list[Derived]:
    raise ReplayMismatch(f"the copy has no manifest of article {articles[0].article_id!r}")


async def _holdings(log: Log, bounds: dict[Partition, Bounds]) -> dict[str, Holding]:
    found = {topic.stem: Holding() for topic in (NEWS, *DERIVED, MANIFESTS, DEAD_LETTERS)}
    for place, reach in bounds.items():
        stem = place.topic.removeprefix(log.prefix)
        if stem not in found:
            continue
        async for record in log.read(place, reach):
            if not is_claimed(record):
                found[stem] = found[stem].adding(record, with_headers=stem == NEWS.stem)
    return found
