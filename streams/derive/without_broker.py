"""Derive articles without any broker: the same values as the worker writes, as CloudEvents JSON lines.

Reads:  articles, in the order given, a batch at a time
Writes: one line an event, in article order: derived records, withdrawals, and the manifest last
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from typing import TypeVar

from readout.schemas.envelope import json_line
from readout.schemas.event import Producer
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.streams.derive.language import load_language
from readout.streams.derive.pool import SLOW, DerivationPool
from readout.streams.derive.producer_block import load_producer
from readout.streams.logs import EventLogger
from readout.streams.processors.derivation import derive_batch
from readout.streams.processors.records import Derivation, DerivationFailure, Derived
from readout.streams.processors.sealing import plan
from readout.streams.publish.sources import Found, Refusal
from readout.streams.settings import Settings

log = EventLogger(__name__)
T = TypeVar("T")
Derive = Callable[[Sequence[ArticlePublished]], Awaitable[list[Derived]]]


async def derive_lines(
    sources: Iterable[Found | Refusal], settings: Settings, *, jobs: int = 1
) -> AsyncIterator[bytes | Refusal]:
    """The events of articles as lines of JSON; what could not be read or derived stays a refusal.

    Args:
        sources: articles and refusals, in order; revisions of one article in theirs.
        settings: which language resources, and batches of which size.
        jobs: processes; the lines do not depend on it.
    """
    producer = load_producer(settings)
    manifests: dict[str, ManifestSealed] = {}
    async for one, outcome in _outcomes(sources, settings, jobs):
        if isinstance(one, Refusal):
            yield one
        elif isinstance(outcome, DerivationFailure):
            yield Refusal(one.where, f"a processor broke: {outcome.error}: {outcome.message}")
        else:
            for line in _sealed_lines(one.article, outcome, producer, manifests):
                yield line


def _sealed_lines(
    article: ArticlePublished,
    derivation: Derivation | None,
    producer: Producer,
    manifests: dict[str, ManifestSealed],
) -> Iterator[bytes]:
    records = plan(article, derivation, manifests.get(article.article_id), producer)
    if records:
        manifests[article.article_id] = ManifestSealed.model_validate_json(records[-1].value or b"")
    yield from map(json_line, records)


async def _outcomes(
    sources: Iterable[Found | Refusal], settings: Settings, jobs: int
) -> AsyncIterator[tuple[Found | Refusal, Derived | None]]:
    """Everything that was read, with its derivation if it is usable, in order."""
    async with deriver(settings, jobs) as derive:
        for batch in _batches(sources, settings.batch_size * jobs):
            derived = iter(await derive(_usable(batch)))
            for one in batch:
                yield one, next(derived) if _is_usable(one) else None


@asynccontextmanager
async def deriver(settings: Settings, jobs: int) -> AsyncIterator[Derive]:
    """Here and now for one job, in a pool for more."""
    if jobs > 1:
        async with DerivationPool(settings.model_copy(update={"derive_processes": jobs})) as pool:
            yield pool.derive
        return
    language = load_language(settings)
    if not language.is_fast:
        log.warning("fast_paths.left", reason=SLOW)
    # What is loaded stays: the collector need not look through all of it again and again.
    gc.freeze()

    async def derive_here(articles: Sequence[ArticlePublished]) -> list[Derived]:
        # In a thread: who reads from a broker meanwhile must go on answering it.
        return await asyncio.to_thread(derive_batch, articles, language)

    yield derive_here


def _usable(batch: list[Found | Refusal]) -> list[ArticlePublished]:
    return [one.article for one in batch if isinstance(one, Found) and _is_usable(one)]


def _is_usable(one: Found | Refusal) -> bool:
    return isinstance(one, Found) and one.article.status == "usable"


def _batches(sources: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(sources)
    while batch := list(islice(rest, size)):
        yield batch
