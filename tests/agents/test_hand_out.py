"""Handing out: articles of several callers go together, each caller gets its own back, and a broken pool is said."""

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pytest

from readout.schemas.news import ArticlePublished
from readout.streams.derive.pool_queue import HandOut
from readout.streams.processors.records import DerivationFailure, Derived
from tests.brokers.topics import generated_article

_ARTICLES = [generated_article(number) for number in range(20)]


def tell_how_many(articles: list[ArticlePublished]) -> list[Derived]:
    """Instead of deriving: how many were given at once."""
    return [DerivationFailure(article, "", str(len(articles)), "") for article in articles]


def die(_: list[ArticlePublished]) -> list[Derived]:
    """Instead of deriving: end the process."""
    os._exit(1)


def told(one: Derived) -> str:
    """What a failure says."""
    assert isinstance(one, DerivationFailure)
    return one.message


@pytest.fixture
async def executor() -> AsyncIterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        yield executor


async def test_articles_of_several_partitions_go_together_and_each_gets_its_own(
    executor: ProcessPoolExecutor,
) -> None:
    hand_out = HandOut(executor, 1, tell_how_many)
    parts = [_ARTICLES[start : start + 2] for start in range(0, 20, 2)]
    derived = await asyncio.gather(*map(hand_out.derive, parts))
    assert [[one.article for one in part] for part in derived] == parts
    assert [told(one) for part in derived for one in part] == ["8"] * 16 + ["4"] * 4


async def test_processes_share_what_waits(executor: ProcessPoolExecutor) -> None:
    derived = await HandOut(executor, 4, tell_how_many).derive(_ARTICLES[:8])
    assert [one.article for one in derived] == _ARTICLES[:8]
    assert {told(one) for one in derived} <= {"1", "2"}


async def test_a_process_that_dies_is_told_to_all_who_wait(executor: ProcessPoolExecutor) -> None:
    hand_out = HandOut(executor, 1, die)
    waiting = [asyncio.create_task(hand_out.derive(_ARTICLES[:10])) for _ in range(3)]
    for told in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(told, BrokenProcessPool)
    with pytest.raises(BrokenProcessPool):
        await hand_out.derive(_ARTICLES[:1])
