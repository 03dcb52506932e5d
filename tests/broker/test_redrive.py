"""Redrive: what was poisoned and then repaired ends up as if nothing had happened."""

import asyncio
from collections import defaultdict
from pathlib import Path

from readout.schemas.envelope import Record
from readout.streams.log.origin import own_headers
from readout.streams.log.run_facts import APPLICATION, RECORDED_TIME, SOURCE_OFFSET
from readout.streams.log.topics import DERIVED, ensure_topics
from readout.streams.publish.redrive import Wanted, redrive_letters, waiting_letters
from readout.streams.settings import Settings
from tests.brokers.topics import all_records, generated_article, manifests, publish_articles, publish_records
from tests.brokers.workers import until_all_sealed, worker
from tests.conftest import Broker, installation_on

_POISONED = 50
_OF_THE_RUN = (RECORDED_TIME, SOURCE_OFFSET, APPLICATION)


async def test_poisoned_articles_give_after_a_redrive_what_a_clean_run_gives(
    installation: Settings, broker: Broker, tmp_path: Path
) -> None:
    articles = [generated_article(number) for number in range(_POISONED)]
    poisoned = installation.model_copy(update={"max_article_characters": 50, "dead_letter_limit": 1000})
    await ensure_topics(installation)
    await publish_articles(installation, articles)
    with worker(poisoned, tmp_path / "poisoned.log") as one:
        await until_all_sealed(poisoned, _POISONED, [one])
        assert one.stop() == 0
    letters = [one async for one in waiting_letters(installation, Wanted())]
    assert {letter.error for letter in letters} == {"ArticleTooLong"}
    await redrive_letters(installation, waiting_letters(installation, Wanted()))
    # The repaired worker passes over what is sealed as a dead letter and derives what was put through again.
    with worker(installation, tmp_path / "repaired.log") as one:
        await _until_derived(installation)
        assert one.stop() == 0
    assert [one async for one in waiting_letters(installation, Wanted())] == []

    clean = installation_on(broker)
    await ensure_topics(clean)
    await publish_articles(clean, articles)
    with worker(clean, tmp_path / "clean.log") as one:
        await until_all_sealed(clean, _POISONED, [one])
        assert one.stop() == 0
    for topic in DERIVED:
        redriven = await _by_article(installation, topic.stem)
        assert len(redriven) > _POISONED // 2, topic.stem
        assert redriven == await _by_article(clean, topic.stem), topic.stem
    # Beside the seals of the failures, which stay, the same seals.
    sealed, clean_sealed = await _by_article(installation, "manifests"), await _by_article(clean, "manifests")
    assert {key: records[1:] for key, records in sealed.items()} == clean_sealed


async def test_letters_are_chosen_by_error_and_article_and_each_content_counts_once(
    installation: Settings, tmp_path: Path
) -> None:
    junk = Record("news", b"k", b"junk", (("a", b"1"),))
    strict = installation.model_copy(update={"max_article_characters": 50})
    await ensure_topics(installation)
    await publish_records(installation, [junk, junk], partition=1)
    await publish_articles(installation, [generated_article(1), generated_article(2)])
    with worker(strict, tmp_path / "worker.log") as one:
        await until_all_sealed(strict, 2, [one])
        assert one.stop() == 0
    assert len([one async for one in waiting_letters(installation, Wanted())]) == 3
    junk_alone = Wanted(errors=frozenset({"InvalidRecord"}))
    (unreadable,) = [one async for one in waiting_letters(installation, junk_alone)]
    assert (unreadable.partition, unreadable.offset, unreadable.article_id) == (1, 1, None)
    second_alone = Wanted(article_ids=frozenset({"article-2"}))
    (long,) = [one async for one in waiting_letters(installation, second_alone)]
    assert long.error == "ArticleTooLong"
    await redrive_letters(installation, waiting_letters(installation, junk_alone))
    again = [record for record in await all_records(installation, "news") if record.value == b"junk"]
    assert [(record.key, own_headers(record.headers)) for record in again] == [(b"k", (("a", b"1"),))] * 3


async def _until_derived(settings: Settings) -> None:
    async with asyncio.timeout(90):
        while {event.outcome for event in (await manifests(settings)).values()} != {"derived"}:  # noqa: ASYNC110
            await asyncio.sleep(0.3)


async def _by_article(settings: Settings, stem: str) -> dict[bytes | None, list[object]]:
    """Partition, value and headers of each article's records in order, but for when and where from they were made."""
    found: dict[bytes | None, list[object]] = defaultdict(list)
    for record in await all_records(settings, stem):
        headers = [one for one in own_headers(record.headers) if one[0] not in _OF_THE_RUN]
        found[record.key].append((record.partition, record.value, headers))
    return found
