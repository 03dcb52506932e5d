"""Carry over what was sealed: the same records and manifests, to the byte, planned anew for another place.

Reads:  steps of the old log, by way of the caller
Writes: nothing; the delivery's writer does
Every manifest is planned as for an article that was just derived, and must come out as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from readout.schemas.envelope import Record
from readout.schemas.manifests import ManifestSealed
from readout.streams.audit.facts import header
from readout.streams.deliver.batch_plan import BatchPlanner, LastManifest, Plan, Processed
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.run_facts import ENVIRONMENT, RECORDED_TIME
from readout.streams.log.topics import MANIFESTS
from readout.streams.processors.records import Derivation
from readout.streams.repartition.old_partition import Step


@dataclass(frozen=True, slots=True)
class Carried(Processed):
    """A record of `news` in the new log, and the manifest that it had in the old one."""

    seal: StoredRecord | None = None


def carried(step: Step, source: StoredRecord) -> Carried:
    """A step of the old log, for its record of `news` in the new one."""
    manifest, derivation = step.manifest, None
    if step.article is not None and manifest is not None and manifest.outcome == "derived":
        derivation = Derivation(step.article, step.records, manifest.live)
    return Carried(source, step.article, derivation, step.reason, seal=step.seal)


@dataclass(frozen=True, slots=True)
class CarryingPlanner(BatchPlanner):
    """Plans each article as the code and the machine did that sealed it; `producer` counts for no other."""

    async def plan(self, batch: Sequence[Processed], last_manifest: LastManifest, recorded_time: str) -> Plan:
        """All records of a batch, in order.

        Raises:
            ReplayMismatch: a manifest does not come out as it was.
        """
        return await self._carry(batch, last_manifest, recorded_time, is_again=False)

    async def plan_again(
        self, batch: Sequence[Processed], last_manifest: LastManifest, recorded_time: str
    ) -> Plan:
        """All records that other code wrote for articles that were sealed before."""
        return await self._carry(batch, last_manifest, recorded_time, is_again=True)

    async def _carry(
        self, batch: Sequence[Processed], last_manifest: LastManifest, recorded_time: str, *, is_again: bool
    ) -> Plan:
        in_batch: dict[str, ManifestSealed] = {}

        async def last(article_id: str) -> ManifestSealed | None:
            return in_batch.get(article_id) or await last_manifest(article_id)

        judged: list[Processed] = []
        records: list[Record] = []
        for one in batch:
            seal = one.seal if isinstance(one, Carried) else None
            planner, time = self._planner(seal), (seal and header(seal, RECORDED_TIME)) or recorded_time
            plan = await (planner.plan_again if is_again else planner.plan)([one], last, time)
            if is_again and not plan.records and await _is_there(one, seal, last):
                continue
            for manifest in _manifests(plan, seal):
                in_batch[manifest.article_id] = manifest
            judged += plan.batch
            records += plan.records
        return Plan(tuple(judged), tuple(records))

    def _planner(self, seal: StoredRecord | None) -> BatchPlanner:
        if seal is None:
            return BatchPlanner(self.settings, self.producer)
        manifest = ManifestSealed.model_validate_json(seal.value or b"")
        return BatchPlanner(self.settings, manifest.producer, header(seal, ENVIRONMENT))


async def _is_there(one: Processed, seal: StoredRecord | None, last: LastManifest) -> bool:
    """Was it written before an error of which nobody knew what came of it?"""
    previous = await last(one.article.article_id) if one.article else None
    return seal is not None and previous == ManifestSealed.model_validate_json(seal.value or b"")


def _manifests(plan: Plan, seal: StoredRecord | None) -> list[ManifestSealed]:
    """The manifests of a plan, which are that of the old log."""
    planned = [record.value for record in plan.records if record.topic == MANIFESTS.stem]
    if seal is not None and planned != [seal.value]:
        raise ReplayMismatch(
            f"{seal.topic}/{seal.partition}@{seal.offset} does not follow from its article and what was sealed "
            f"before: a log is copied when `readout audit verify` finds nothing wrong"
        )
    return [ManifestSealed.model_validate_json(value or b"") for value in planned]
