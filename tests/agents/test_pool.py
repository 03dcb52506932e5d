"""The pool: the order of what was asked, nothing lost when a process dies or hangs, and nobody held up by others."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from readout.schemas.news import ArticlePublished
from readout.streams.derive.pool import DerivationPool
from readout.streams.derive.pool_queue import Waiting
from readout.streams.errors import ConfigurationError
from readout.streams.processors.records import Derivation, DerivationFailure
from readout.streams.settings import Settings
from tests.agents import planted
from tests.brokers.topics import generated_article

_ARTICLES = [generated_article(number) for number in range(12)]
_HASTY = Settings(derive_processes=2, derive_seconds=8)


def _with(sentence: str, number: int = 99) -> ArticlePublished:
    article = generated_article(number)
    return article.model_copy(update={"body": f"{article.body}\n{sentence}"})


async def test_articles_come_back_in_order_though_a_process_is_killed_meanwhile() -> None:
    async with DerivationPool(Settings(derive_processes=2)) as pool:
        undisturbed = await pool.derive(_ARTICLES)
        assert [one.article for one in undisturbed] == _ARTICLES
        assert all(isinstance(one, Derivation) for one in undisturbed)

        work = asyncio.gather(pool.derive(_ARTICLES[:6]), pool.derive(_ARTICLES[6:]))
        await asyncio.sleep(0)
        _kill_one_process(pool)
        first, second = await work
        assert [*first, *second] == undisturbed
        assert await pool.derive(_ARTICLES) == undisturbed


async def test_nothing_to_derive_is_derived_at_once() -> None:
    async with DerivationPool(Settings(derive_processes=1)) as pool:
        assert await pool.derive([]) == []


def _kill_one_process(pool: DerivationPool) -> None:
    pid = next(iter(pool._processes)).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


async def test_it_starts_at_once_and_loads_while_others_work() -> None:
    async with DerivationPool(Settings(derive_processes=1)) as pool:
        assert not pool.is_loaded
        await pool.loaded()
        assert pool.is_loaded


async def test_a_language_that_cannot_be_loaded_is_said_so_and_no_articles_fault() -> None:
    async with DerivationPool(Settings(derive_processes=1, language_model="not_installed")) as pool:
        with pytest.raises(ConfigurationError, match=r"cannot be loaded: .*not_installed"):
            await pool.derive(_ARTICLES)


async def test_processes_that_are_killed_while_they_load_are_said_so_by_their_signal() -> None:
    async with DerivationPool(Settings(derive_processes=1), planted.die_while_loading) as pool:
        with pytest.raises(
            ConfigurationError, match="3 times while it loaded the language, at last by SIGKILL"
        ):
            await pool.derive(_ARTICLES)


async def test_a_process_that_is_killed_once_while_it_loads_is_replaced() -> None:
    async with DerivationPool(Settings(derive_processes=1)) as pool:
        await asyncio.sleep(0.2)
        _kill_one_process(pool)
        assert all(isinstance(one, Derivation) for one in await pool.derive(_ARTICLES[:2]))
        assert pool.replaced == 1


@pytest.mark.parametrize(
    ("sentence", "error"),
    [(planted.HANGS, "DerivationTooSlow"), (planted.DIES, "DerivationEndedProcess")],
)
async def test_one_that_hangs_or_dies_is_a_failure_in_its_place_and_the_others_are_derived(
    sentence: str, error: str
) -> None:
    articles = [*_ARTICLES[:5], _with(sentence), *_ARTICLES[5:]]
    async with DerivationPool(_HASTY, planted.load) as pool:
        derived = await pool.derive(articles)
        assert await pool.derive(_ARTICLES[:2]) == derived[:2]
    assert [one.article for one in derived] == articles
    failed = [one for one in derived if isinstance(one, DerivationFailure)]
    assert [(one.article, one.error) for one in failed] == [(articles[5], error)]
    assert "alone" in failed[0].message


async def test_who_sends_other_articles_does_not_wait_for_one_that_hangs() -> None:
    async with DerivationPool(_HASTY, planted.load) as pool:
        await pool.derive(_ARTICLES)
        hanging = asyncio.create_task(pool.derive([_with(planted.HANGS)]))
        await asyncio.sleep(0.1)
        await pool.derive(_ARTICLES)
        assert not hanging.done()
        while not pool.stalled_seconds():  # noqa: ASYNC110 - nobody tells it but the clock
            await asyncio.sleep(0.1)
        assert list(pool.stalled_seconds()) == [generated_article(99).article_id]
        assert not pool.is_overdue()
        await hanging
        assert pool.stalled_seconds() == {}


@pytest.fixture
def busy() -> Iterator[list[int]]:
    """Processes that take whatever processor they get."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(6)]
    yield [one.pid for one in processes]
    for one in processes:
        one.kill()
        one.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not say how long a process has waited")
async def test_the_time_for_which_a_process_waits_for_a_processor_does_not_count(busy: list[int]) -> None:
    async with DerivationPool(Settings(derive_processes=1, derive_seconds=2), planted.load) as pool:
        await pool.derive(_ARTICLES[:1])
        (process,) = multiprocessing.active_children()
        for pid in (process.pid or 0, *busy):
            os.sched_setaffinity(pid, {min(os.sched_getaffinity(0))})
        begun = time.monotonic()
        (derived,) = await pool.derive([_with(planted.THINKS)])
        assert isinstance(derived, Derivation)
        assert time.monotonic() - begun > 2 * planted.THINKS_SECONDS
        assert pool.replaced == 0


async def test_a_long_article_may_take_longer() -> None:
    pool = DerivationPool(Settings(derive_processes=1, derive_seconds=10))
    short, long = (_ARTICLES[0].model_copy(update={"body": "x" * length}) for length in (1000, 250_000))
    budgets = [pool.budget_seconds([Waiting(one, asyncio.Future())]) for one in (short, long)]
    assert budgets == [pytest.approx(10.1), pytest.approx(35)]
