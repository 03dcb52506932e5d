"""How long an article takes from its publication to its manifest, while a worker has half the work it can do."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from benchmarks.runs import publish, running_workers
from readout.schemas.news import ArticlePublished
from readout.streams.log.subscribe import read_topics
from readout.streams.log.topics import MANIFESTS, ensure_topics
from readout.streams.settings import Settings

_WARM_UP = 5


class Latency(TypedDict):
    """Seconds from the acknowledged publication to a reader who sees the manifest."""

    p50: float
    p95: float
    p99: float


async def measure_latency(
    articles: Sequence[ArticlePublished], settings: Settings, *, rate: float, seconds: float, log: Path
) -> Latency:
    """Publish so many articles a second for so long, and wait for the manifest of each."""
    await ensure_topics(settings)
    wanted = [
        articles[number % len(articles)].model_copy(update={"article_id": f"{number}"})
        for number in range(_WARM_UP + max(20, round(rate * seconds)))
    ]
    published: dict[str, float] = {}
    sealed: dict[str, float] = {}
    with running_workers(settings, [0], log):
        reading = asyncio.create_task(_note_seals(settings, sealed, len(wanted)))
        await publish(wanted[:_WARM_UP], settings)
        while len(sealed) < _WARM_UP:  # noqa: ASYNC110 - it is a worker's doing, seen by the reader
            await asyncio.sleep(0.1)
        for article in wanted[_WARM_UP:]:
            started = time.perf_counter()
            await publish([article], settings)
            published[article.article_id] = time.perf_counter()
            await asyncio.sleep(max(0.0, started + 1 / rate - time.perf_counter()))
        await reading
    waits = sorted(sealed[name] - moment for name, moment in published.items())
    cuts = statistics.quantiles(waits, n=100)
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98]}


async def _note_seals(settings: Settings, sealed: dict[str, float], expected: int) -> None:
    async for record in read_topics([MANIFESTS.stem], settings=settings, follow=True):
        sealed[(record.key or b"").decode()] = time.perf_counter()
        if len(sealed) >= expected:
            return
