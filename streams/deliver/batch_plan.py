"""Plan a batch: which records each article of it writes, in order, given the last manifest of each.

Reads:  what was derived, and manifests by way of the caller
Writes: nothing; `partition_writer` does
A record's value never depends on the run. What does (when it was recorded, where its article was read) is added
here, as headers.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from readout.schemas.envelope import Record
from readout.schemas.event import Producer
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.dead_letters import PROCESSING, REFUSED, UNREADABLE, Reason, dead_letter
from readout.streams.log.run_facts import with_run_facts
from readout.streams.log.topics import MANIFESTS
from readout.streams.processors.records import Derivation
from readout.streams.processors.sealing import contradicts, is_news, plan, plan_again, seal_dead_letter
from readout.streams.settings import Settings

# Keys, headers and framing beside the value.
_RECORD_OVERHEAD_BYTES = 8 * 1024

LastManifest = Callable[[str], Awaitable[ManifestSealed | None]]


@dataclass(frozen=True, slots=True)
class Processed:
    """A record of `news` and what came of it.

    `derivation` is None unless the article is usable and was derived; `reason` is None unless the record goes to
    the dead letters; `article` is None if it could not be read. `is_repeated` when the log holds this revision or a
    newer one, so that nothing is written: found before it was derived, or by the plan.
    """

    source: StoredRecord
    article: ArticlePublished | None
    derivation: Derivation | None = None
    reason: Reason | None = None
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch comes to: its records of `news` as the plan has judged them, and what is to be written."""

    batch: tuple[Processed, ...]
    records: tuple[Record, ...]


class NotDerived(Exception):
    """An article was taken for one that is sealed, and is none: derive it."""


_Planned = tuple[Processed, tuple[Record, ...]]


@dataclass(frozen=True, slots=True)
class BatchPlanner:
    """Plans batches of one application; `producer` is who derives, and `environment` on what."""

    settings: Settings
    producer: Producer
    environment: str | None = None

    async def plan(self, batch: Sequence[Processed], last_manifest: LastManifest, recorded_time: str) -> Plan:
        """All records of a batch, in order; the last one of each readable article is its manifest.

        Args:
            batch: consecutive records of a partition.
            last_manifest: the last manifest in the log by article id.
            recorded_time: now, in RFC 3339.
        """
        return await self._plan(batch, last_manifest, recorded_time, self._plan_one)

    async def plan_again(
        self, batch: Sequence[Processed], last_manifest: LastManifest, recorded_time: str
    ) -> Plan:
        """All records that newer code writes for articles that were sealed before; none for what it has sealed."""
        return await self._plan(batch, last_manifest, recorded_time, self._plan_one_again)

    async def _plan(
        self,
        batch: Sequence[Processed],
        last_manifest: LastManifest,
        recorded_time: str,
        plan_one: Callable[[Processed, ManifestSealed | None], _Planned],
    ) -> Plan:
        judged: list[Processed] = []
        planned: list[Record] = []
        in_batch: dict[str, Record] = {}
        for one in batch:
            found, records = plan_one(one, await self._previous(one, in_batch, last_manifest))
            if one.article is not None and records and records[-1].topic == MANIFESTS.stem:
                in_batch[one.article.article_id] = records[-1]
            judged.append(found)
            planned += [self._with_run_facts(record, one.source, recorded_time) for record in records]
        return Plan(tuple(judged), tuple(planned))

    def _with_run_facts(self, record: Record, source: StoredRecord, recorded_time: str) -> Record:
        return with_run_facts(record, source, recorded_time, self.environment, self.settings.application_id)

    async def _previous(
        self, one: Processed, in_batch: dict[str, Record], last_manifest: LastManifest
    ) -> ManifestSealed | None:
        """An article may come twice in one batch: then its last manifest is not in the log yet."""
        if one.article is None:
            return None
        record = in_batch.get(one.article.article_id)
        if record is None:
            return await last_manifest(one.article.article_id)
        return ManifestSealed.model_validate_json(record.value or b"")

    def _plan_one(self, one: Processed, previous: ManifestSealed | None) -> _Planned:
        if one.article is None:
            return self._set_aside(one, one.reason or Reason(UNREADABLE, "InvalidRecord", "unreadable"))
        if contradicts(one.article, previous):
            return self._set_aside(one, _contradiction(one.article))
        if one.is_repeated and is_news(one.article, previous):
            raise NotDerived(
                f"article {one.article.article_id!r} revision {one.article.revision} is not sealed"
            )
        if one.reason is not None:
            return self._refused(one, one.article, one.reason, previous)
        records = plan(one.article, one.derivation, previous, self.producer)
        too_large = why_too_large(records, self.settings)
        if too_large:
            return self._refused(one, one.article, too_large, previous)
        return (one, records) if records else (_repeated(one), ())

    def _plan_one_again(self, one: Processed, previous: ManifestSealed | None) -> _Planned:
        if one.article is None or one.derivation is None:
            return _repeated(one), ()
        records = plan_again(one.article, one.derivation, previous, self.producer)
        return (_repeated(one), ()) if why_too_large(records, self.settings) else (one, records)

    def _set_aside(self, one: Processed, reason: Reason) -> _Planned:
        """A dead letter without a manifest: it alone accounts for the record."""
        return replace(one, derivation=None, reason=reason), (self._letter(one, reason),)

    def _refused(
        self, one: Processed, article: ArticlePublished, reason: Reason, previous: ManifestSealed | None
    ) -> _Planned:
        seal = seal_dead_letter(article, previous, self.producer, f"{reason.error}: {reason.message}"[:500])
        if not seal:
            return _repeated(one), ()
        return replace(one, derivation=None, reason=reason), (self._letter(one, reason), *seal)

    def _letter(self, one: Processed, reason: Reason) -> Record:
        return dead_letter(one.source, reason, application_id=self.settings.application_id)


def why_too_large(records: Sequence[Record], settings: Settings) -> Reason | None:
    """The reason why records of an article cannot be written; None if they can."""
    largest = max((len(record.value or b"") for record in records), default=0)
    if largest + _RECORD_OVERHEAD_BYTES <= settings.max_record_bytes:
        return None
    message = f"a derived record has {largest} bytes, more than READOUT_MAX_RECORD_BYTES allows"
    return Reason(PROCESSING, "RecordTooLarge", message)


def _repeated(one: Processed) -> Processed:
    return replace(one, derivation=None, reason=None, is_repeated=True)


def _contradiction(article: ArticlePublished) -> Reason:
    message = (
        f"revision {article.revision} of article {article.article_id!r} is sealed with another content: "
        f"publish this one as a newer revision"
    )
    return Reason(REFUSED, "ContradictoryRevision", message)
