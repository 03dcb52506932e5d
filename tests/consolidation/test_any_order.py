"""Whatever order records and corrections arrive in, in whatever batches: the same contacts, under the same ids."""

import random
from collections.abc import Iterator

import pytest

from readout.schemas.contacts import ConsolidatedContact, ContactReport
from readout.streams.consolidate.store import ReportStore
from readout.streams.processors.consolidation.consolidation import Consolidator, Memory
from tests.consolidation.dict_memory import DictMemory
from tests.consolidation.logs import versions_of
from tests.consolidation.made import PRODUCER, fold, reports_of

INTERLEAVINGS = 1000
Reports = tuple[ContactReport, ...]


def interleaved(versions: dict[str, list[Reports]], chance: random.Random) -> Iterator[dict[str, Reports]]:
    """Batches in which each article's versions come in their order."""
    order = [article for article, found in versions.items() for _ in found]
    chance.shuffle(order)
    left = {article: iter(found) for article, found in versions.items()}
    batch: dict[str, Reports] = {}
    for article in order:
        batch[article] = next(left[article])
        if chance.random() < 0.5:
            yield batch
            batch = {}
    yield batch


def states_of(batches: Iterator[dict[str, Reports]], memory: Memory) -> dict[str, ConsolidatedContact]:
    consolidator = Consolidator(memory, PRODUCER)
    held: dict[str, ConsolidatedContact] = {}
    for batch in batches:
        held = fold(consolidator.apply(batch), held)
    return held


def drawn(seed: int) -> tuple[dict[str, list[Reports]], random.Random]:
    chance = random.Random(seed)
    names = [f"a{number}" for number in range(chance.randint(3, 9))]
    found = {name: versions_of(name, chance) for name in names}
    return {
        name: [reports_of(one.article, *one.contacts) for one in some] for name, some in found.items()
    }, chance


@pytest.mark.parametrize("part", range(4))
def test_any_interleaving_ends_in_the_same_contacts(part: int) -> None:
    merged = 0
    for seed in range(part, INTERLEAVINGS, 4):
        versions, chance = drawn(seed)
        last = {article: found[-1] for article, found in versions.items()}
        fresh = states_of(iter([last]), DictMemory())
        assert states_of(interleaved(versions, chance), DictMemory()) == fresh, seed
        merged += any(len(state.reports) > 2 for state in fresh.values())
    assert merged > INTERLEAVINGS // 25


def test_a_memory_on_disk_gives_the_same() -> None:
    for seed in range(120):
        versions, chance = drawn(seed)
        last = {article: found[-1] for article, found in versions.items()}
        with ReportStore() as store:
            found = states_of(interleaved(versions, chance), store)
            assert found == states_of(iter([last]), DictMemory()), seed
            assert {one: len(members) for one, members in store.contacts()} == {
                one: len(state.reports) for one, state in found.items()
            }
