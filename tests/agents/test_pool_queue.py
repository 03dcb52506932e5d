"""Sharing out: articles of several callers go together, and those that may take long leave room for the others."""

import asyncio

from readout.streams.derive.pool_queue import Part, PoolQueue, Waiting
from tests.brokers.topics import generated_article

_ARTICLE = generated_article(1)


def _waiting(length: int = 1000, *, is_suspect: bool = False) -> Waiting:
    article = _ARTICLE.model_copy(update={"body": "x" * length})
    return Waiting(article, asyncio.get_running_loop().create_future(), is_suspect)


async def _takes(queue: PoolQueue) -> Part:
    return await asyncio.wait_for(queue.take(), 1)


async def test_articles_of_several_callers_go_together_in_the_order_of_coming() -> None:
    queue, articles = PoolQueue(1), [_waiting() for _ in range(20)]
    for start in range(0, 20, 2):
        queue.put(articles[start : start + 2])
    parts = [await _takes(queue) for _ in range(3)]
    assert [len(part.articles) for part in parts] == [8, 8, 4]
    assert [one for part in parts for one in part.articles] == articles


async def test_processes_share_what_waits() -> None:
    queue = PoolQueue(4)
    queue.put([_waiting() for _ in range(8)])
    assert [len((await _takes(queue)).articles) for _ in range(4)] == [2, 2, 1, 1]


async def test_long_articles_are_not_many_at_once() -> None:
    queue = PoolQueue(1)
    queue.put([_waiting(15_000) for _ in range(8)])
    assert len((await _takes(queue)).articles) == 3


async def test_suspects_and_very_long_ones_go_alone_and_leave_one_process_to_others() -> None:
    queue = PoolQueue(2)
    slow = [_waiting(200_000), _waiting(is_suspect=True)]
    short = [_waiting(), _waiting(), _waiting()]
    queue.put([*slow, *short])
    first = await _takes(queue)
    assert first.articles == [slow[0]]
    assert [one for _ in range(2) for one in (await _takes(queue)).articles] == short
    queue.done(first)
    assert (await _takes(queue)).articles == [slow[1]]


async def test_a_single_process_takes_everything() -> None:
    queue = PoolQueue(1)
    queue.put([_waiting(is_suspect=True), _waiting()])
    part = await _takes(queue)
    queue.done(part)
    assert part.is_alone
    assert not (await _takes(queue)).is_alone


async def test_what_is_put_back_comes_first() -> None:
    queue, articles = PoolQueue(1), [_waiting() for _ in range(10)]
    queue.put(articles)
    part = await _takes(queue)
    queue.put_back(part.articles)
    assert (await _takes(queue)).articles == part.articles


async def test_who_has_stopped_waiting_takes_nothing_along() -> None:
    queue = PoolQueue(1)
    gone = asyncio.create_task(queue.take())
    await asyncio.sleep(0)
    gone.cancel()
    queue.put([_waiting()])
    assert len((await _takes(queue)).articles) == 1
