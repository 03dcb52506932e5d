"""Whatever order records and corrections arrive in, in whatever batches: the same contacts, under the same ids."""

import random
from collections.abc import Iterator

import pytest

from readout.schemas.contact_log import ContactLogged, ContactMode
from readout.schemas.contacts import ConsolidatedContact, ContactReport
from readout.schemas.news import ArticlePublished
from readout.streams.processors.consolidation.consolidation import Consolidator
from tests.consolidation.dict_memory import DictMemory
from tests.consolidation.made import PRODUCER, Party, article_of, contact, fold, reports_of

INTERLEAVINGS = 1000
_PEOPLE: tuple[tuple[Party, ...], ...] = (
    (("Sergei Lavrov", "foreign minister", "RU"), ("Lavrov", None, "RU"), ("Sergey Lavrov", None, None),
     ("Russian foreign minister", None, "RU"), ("Russia", None, "RU")),
    (("Antony Blinken", "secretary of state", "US"), ("Blinken", None, None), ("Tony Blinken", None, "US")),
    (("Mark Milley", "chairman of the Joint Chiefs", "US"), ("Milley", None, "US")),
    (("Valery Zaluzhny", None, "UA"), ("Zaluzhnyi", None, "UA"), ("Ukraine", None, "UA")),
)  # fmt: skip
_DAYS = ("2022-10-23", "2022-10-24", "2022-10-24", "2022-10-24", "2022-10-25", None)
_MODES: tuple[ContactMode, ...] = ("call", "call", "talks", "meeting")
_BODIES = (
    "The two spoke by phone about the grain corridor and agreed to keep talking in the days to come, aides said.",
    "The two spoke by phone about the grain corridor and agreed to keep on talking in the days to come, aides said.",
    "They held talks on security, on prisoners and on the plant, and neither side gave any details afterwards.",
)
Version = tuple[ContactReport, ...]


def versions_of(article_id: str, chance: random.Random) -> list[Version]:
    """What holds of an article after each of its revisions; nothing where it was withheld."""
    article = article_of(
        article_id, chance.choice(_BODIES), chance.choice(["2022-10-24", "2022-10-25", None])
    )
    return [
        reports_of(article, *_contacts(article, chance)) if chance.random() > 0.2 else ()
        for _ in range(chance.randint(1, 3))
    ]


def _contacts(article: ArticlePublished, chance: random.Random) -> Iterator[ContactLogged]:
    for start in range(chance.randint(1, 2)):
        parties = [chance.choice(people) for people in chance.sample(_PEOPLE, chance.choice([2, 2, 2, 3]))]
        yield contact(
            article,
            parties,
            chance.choice(_DAYS),
            mode=chance.choice(_MODES),
            start=start,
        )


def interleaved(versions: dict[str, list[Version]], chance: random.Random) -> Iterator[dict[str, Version]]:
    """Batches in which each article's versions come in their order."""
    order = [article for article, found in versions.items() for _ in found]
    chance.shuffle(order)
    left = {article: iter(found) for article, found in versions.items()}
    batch: dict[str, Version] = {}
    for article in order:
        batch[article] = next(left[article])
        if chance.random() < 0.5:
            yield batch
            batch = {}
    yield batch


def states_of(batches: Iterator[dict[str, Version]]) -> dict[str, ConsolidatedContact]:
    consolidator = Consolidator(DictMemory(), PRODUCER)
    held: dict[str, ConsolidatedContact] = {}
    for batch in batches:
        held = fold(consolidator.apply(batch), held)
    return held


@pytest.mark.parametrize("part", range(4))
def test_any_interleaving_ends_in_the_same_contacts(part: int) -> None:
    merged = 0
    for seed in range(part, INTERLEAVINGS, 4):
        chance = random.Random(seed)
        versions = {f"a{number}": versions_of(f"a{number}", chance) for number in range(chance.randint(3, 9))}
        fresh = states_of(iter([{article: found[-1] for article, found in versions.items()}]))
        assert states_of(interleaved(versions, chance)) == fresh, seed
        merged += any(len(state.reports) > 2 for state in fresh.values())
    assert merged > INTERLEAVINGS // 16
