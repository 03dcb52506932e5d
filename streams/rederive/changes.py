"""Derive sealed articles again with newer code: what would change, and then the change itself.

Reads:  manifests and news of one partition at a time, each twice: what is sealed last, then the articles
Writes: nothing; `run` does: the new records, withdrawals with the reason `rederived`, a manifest for each article
Both generations stay in the log. What was not derived by other code, or is not usable any more, is left alone, so
a second run changes nothing.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import orjson

from readout.schemas.envelope import Record, canonical_json
from readout.schemas.event import Producer
from readout.schemas.ids import sha256_hex
from readout.schemas.manifests import ManifestSealed, SealedRecord
from readout.schemas.news import ArticlePublished
from readout.streams.audit.log import Log, snapshot
from readout.streams.audit.replay.fold import fold_manifests
from readout.streams.audit.scratch import Scratch
from readout.streams.deliver.batch_plan import why_too_large
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.log.decoding import decode_article
from readout.streams.log.topics import MANIFESTS, NEWS
from readout.streams.processors.records import Derivation, DerivationFailure, article_event_id
from readout.streams.processors.sealing import plan_again
from readout.streams.settings import Settings

Derived = Derivation | DerivationFailure
Derive = Callable[[Sequence[ArticlePublished]], Awaitable[list[Derived]]]
_EXAMPLES = 3
_Stale = tuple[StoredRecord, ArticlePublished, ManifestSealed]


@dataclass(frozen=True, slots=True)
class Rederivation:
    """An article derived again: its record of news, what was sealed before, and the records that are to follow."""

    source: StoredRecord
    derivation: Derivation
    previous: ManifestSealed
    records: tuple[Record, ...]


@dataclass
class Changes:
    """What a rederivation changes, by CloudEvents type; `failed` counts articles that newer code cannot derive."""

    articles: int = 0
    failed: int = 0
    unchanged: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    altered: Counter[str] = field(default_factory=Counter)
    withdrawn: Counter[str] = field(default_factory=Counter)
    examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """A few record ids of each change and type, with the article."""

    def count(self, one: Rederivation) -> None:
        """Count what one article changes."""
        self.articles += 1
        before = {(line.type, line.record_id): line for line in one.previous.live}
        manifest = ManifestSealed.model_validate_json(one.records[-1].value or b"")
        values = {sha256_hex(record.value or b""): record.value or b"" for record in one.records}
        for line in manifest.live:
            old = before.pop((line.type, line.record_id), None)
            change = _change(old, values.get(line.sha256, b""), one.previous.producer)
            getattr(self, change)[line.type] += 1
            self._example(change, line, one)
        for line in before.values():
            self.withdrawn[line.type] += 1
            self._example("withdrawn", line, one)

    def _example(self, change: str, line: SealedRecord, one: Rederivation) -> None:
        examples = self.examples.setdefault((change, line.type), [])
        if change != "unchanged" and len(examples) < _EXAMPLES:
            examples.append(f"{line.record_id[:16]} of article {one.derivation.article.article_id}")


def _change(old: SealedRecord | None, value: bytes, producer: Producer) -> str:
    if old is None:
        return "added"
    # With the older producer's name in it, a record that says the same has the older digest.
    data = orjson.loads(value) | {"producer": producer.model_dump(mode="json")}
    return "unchanged" if sha256_hex(canonical_json(data)) == old.sha256 else "altered"


@dataclass(frozen=True, slots=True)
class Rederiver:
    """Derives again what `producer` has not sealed, `settings.batch_size` articles at a time."""

    settings: Settings
    derive: Derive
    producer: Producer


async def rederivations(
    log: Log, number: int, rederiver: Rederiver, changes: Changes
) -> AsyncIterator[list[Rederivation]]:
    """Every article of a partition whose last revision was sealed by other code, derived again, in batches."""
    bounds = await snapshot(log, [number])
    with Scratch() as scratch:
        seals = Partition(log.prefix + MANIFESTS.stem, number)
        await fold_manifests(log, seals, bounds[seals], scratch)
        news = Partition(log.prefix + NEWS.stem, number)
        batch: list[_Stale] = []
        async for record in log.read(news, bounds[news]):
            stale = _stale(record, rederiver.producer, scratch)
            if stale:
                batch.append(stale)
            if len(batch) >= rederiver.settings.batch_size:
                yield await _rederive(batch, rederiver, changes)
                batch = []
        yield await _rederive(batch, rederiver, changes)


def _stale(record: StoredRecord, producer: Producer, scratch: Scratch) -> _Stale | None:
    """The article and its last manifest, if that is by other code and of this very revision."""
    try:
        article = decode_article(record.key, record.value, record.headers)
    except InvalidRecord:
        return None
    last = scratch.manifest(article.article_id)
    if last is None or last.producer == producer or article.status != "usable":
        return None
    digest = bytes.fromhex(last.article_event_id)
    if last.article_event_id != article_event_id(article) or scratch.has_digest(digest):
        return None
    scratch.add_digests([digest])
    return record, article, last


async def _rederive(batch: Sequence[_Stale], rederiver: Rederiver, changes: Changes) -> list[Rederivation]:
    done = []
    derived = await rederiver.derive([article for _, article, _ in batch])
    for (record, article, previous), one in zip(batch, derived, strict=True):
        if isinstance(one, DerivationFailure):
            # What was a dead letter before and still is has not changed.
            changes.failed += previous.outcome != "dead-lettered"
            continue
        records = plan_again(article, one, previous, rederiver.producer)
        if why_too_large(records, rederiver.settings):
            changes.failed += 1
        elif records:
            done.append(Rederivation(record, one, previous, records))
            changes.count(done[-1])
    return done
