"""The pool: the order of what was asked, and nothing lost when a process dies."""

import asyncio
import os
import signal

import pytest

from readout.streams.derive.pool import DerivationPool
from readout.streams.errors import ConfigurationError
from readout.streams.processors.records import Derivation
from readout.streams.settings import Settings
from tests.brokers.topics import generated_article

_ARTICLES = [generated_article(number) for number in range(12)]


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
    assert pool._working is not None
    pid = next(iter(pool._working.executor._processes))
    os.kill(pid, signal.SIGKILL)


async def test_it_starts_at_once_and_loads_while_others_work() -> None:
    async with DerivationPool(Settings(derive_processes=1)) as pool:
        assert not pool.is_loaded
        await pool.loaded()
        assert pool.is_loaded


async def test_a_language_that_cannot_be_loaded_is_said_so_and_no_articles_fault() -> None:
    async with DerivationPool(Settings(derive_processes=1, language_model="not_installed")) as pool:
        with pytest.raises(ConfigurationError, match="cannot be loaded"):
            await pool.derive(_ARTICLES)
