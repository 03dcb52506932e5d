"""Confirmed delivery: what an older writer has left unsealed is found, however much it is, and nothing else."""

import pytest

from readout.schemas.envelope import Record
from readout.schemas.manifests import ManifestSealed
from readout.streams.deliver.batch_plan import BatchPlanner, Processed
from readout.streams.deliver.confirmed import left_behind
from readout.streams.deliver.sealed_partition import SealedPartition
from readout.streams.kafka.connection import Partition
from readout.streams.kafka.reader import Reader
from readout.streams.publish.publisher import article_record
from readout.streams.settings import Settings
from tests.agents.made import PRODUCER, article, derived
from tests.corrections.memory_log import MemoryLog, MemoryReader

_ENTITIES = Partition("entities", 0)
_NEWER = PRODUCER.model_copy(update={"version": "1"})


async def _write(
    log: MemoryLog, number: int, revision: int = 1, *, sealed: bool = True
) -> tuple[Record, ...]:
    """Add an article and what is derived from it; without its manifest if it is not to be sealed."""
    one = article(number, revision)
    source = log.append("news", article_record(one))

    async def nothing_before(_: str) -> None:
        return None

    plan = await BatchPlanner(Settings(), PRODUCER).plan(
        [Processed(source, one, derived(one))], nothing_before, "2022-10-25T00:00:00Z"
    )
    for record in plan.records:
        if sealed or record.topic != "manifests":
            log.append(record.topic, record)
    return plan.records


async def _left(log: MemoryLog) -> list[int]:
    """The offsets of the entities that are left behind."""
    sealed, reader = SealedPartition(Settings(), 0), MemoryReader(log)
    real: Reader = reader  # type: ignore[assignment]
    await sealed.catch_up(real)
    bounds = await reader.bounds([_ENTITIES])
    return sorted(one.offset for one in await left_behind(sealed, real, _ENTITIES, bounds[_ENTITIES]))


async def test_nothing_is_left_behind_where_all_is_sealed() -> None:
    log = MemoryLog()
    for number in range(5):
        await _write(log, number)
    assert await _left(log) == []


@pytest.mark.parametrize("unsealed", [1, 40, 300])
async def test_all_that_follows_the_last_sealed_record_is_left_behind(unsealed: int) -> None:
    log = MemoryLog()
    for number in range(30):
        await _write(log, number)
    for number in range(unsealed):
        await _write(log, 100 + number, sealed=False)
    assert await _left(log) == list(range(60, 60 + 2 * unsealed))


async def test_records_of_a_newer_revision_are_told_from_those_that_are_sealed() -> None:
    log = MemoryLog()
    await _write(log, 1)
    await _write(log, 1, revision=2, sealed=False)
    assert await _left(log) == [2, 3]


async def test_what_a_rederivation_has_left_behind_is_found_though_its_articles_are_sealed() -> None:
    log = MemoryLog()
    for number in range(3):
        await _write(log, number)
    source = log.committed("news")[0]

    async def last_manifest(article_id: str) -> ManifestSealed | None:
        found = [one for one in log.committed("manifests") if one.key == article_id.encode()]
        return ManifestSealed.model_validate_json(found[-1].value or b"") if found else None

    one = article(0)
    again = Processed(source, one, derived(one, producer=_NEWER))
    plan = await BatchPlanner(Settings(), _NEWER).plan_again([again], last_manifest, "2022-10-25T00:00:00Z")
    *records, _ = plan.records
    for record in records:
        log.append(record.topic, record)
    assert await _left(log) == [6, 7]
