"""Verify a log: derive every article again and compare, to the byte, with what the log holds.

Reads:  all topics of a log, each partition once and in order (the topics of one partition number side by side)
Writes: nothing; every finding is handed to `report` as it is made, and the account of the whole is returned
Memory: a batch of articles, a window of records for each topic, and on disk the last manifest of each article.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from readout.schemas.news import ArticlePublished
from readout.streams.audit.archive.read import ArchiveLog, Damage
from readout.streams.audit.findings import Account, Finding, Kind, Report, near
from readout.streams.audit.log import Cursor, Log, snapshot
from readout.streams.audit.proof.leaves import record_digest
from readout.streams.audit.proof.notes import PublicKey
from readout.streams.audit.scratch import KnownCheckpoint, Scratch
from readout.streams.audit.verify.cases import Bench, Case, Desk
from readout.streams.audit.verify.examine import Derived, Examiner
from readout.streams.audit.verify.known_checkpoints import collect_checkpoints
from readout.streams.audit.verify.letters import Letters
from readout.streams.audit.verify.story import Story
from readout.streams.audit.verify.watch import Watch, unwatched
from readout.streams.audit.verify.window import Window
from readout.streams.kafka.connection import Bounds, Partition
from readout.streams.log.topics import CHECKPOINTS, DEAD_LETTERS, DERIVED, MANIFESTS, NEWS

Derive = Callable[[Sequence[ArticlePublished]], Awaitable[list[Derived]]]


@dataclass(frozen=True, slots=True)
class Scope:
    """How much is verified.

    Attributes:
        numbers: partition numbers; None for all.
        sample: about how many articles are derived again; None for all. Everything else is checked of all.
        seed: chooses the sample; who wants to hide something must not know it beforehand.
        batch_size: articles derived at a time.
        public_key: verifies checkpoints; None leaves signatures unverified.
        kept: checkpoints that an auditor kept.
    """

    numbers: tuple[int, ...] | None = None
    sample: int | None = None
    seed: str = ""
    batch_size: int = 16
    public_key: PublicKey | None = None
    kept: tuple[KnownCheckpoint, ...] = ()


async def verify(
    log: Log,
    derive: Derive,
    bench: Bench,
    scope: Scope,
    report: Report,
    advance: Callable[[int], None] | None = None,
) -> Account:
    """Verify a log; returns the account of the whole.

    Args:
        log: live topics or an archive.
        derive: derives a batch of usable articles, in order.
        bench: who derives.
        scope: how much is verified.
        report: takes every finding.
        advance: is told of every record of news that is done.

    Raises:
        ConfigurationError: the topics are missing.
        TransientError: the brokers do not answer.
    """
    account = Account()

    def counted(finding: Finding) -> None:
        account.findings[finding.kind] += 1
        report(finding)

    with Scratch() as scratch:
        desk = Desk(scratch, account, counted)
        if isinstance(log, ArchiveLog):
            log.report = lambda damage: counted(_damaged(damage))
            log.check_schemas()
        bounds = await snapshot(log, scope.numbers)
        await _collect(log, bounds, scope, desk)
        sampled = _sampler(scope, bounds, log)
        watched: frozenset[str] = frozenset()
        numbers = sorted({place.number for place in bounds})
        for number in numbers:
            partition = _Partition(log, number, bounds, desk, bench)
            watched |= await partition.verify(derive, scope.batch_size, sampled, advance)
        for (topic, number, offset), detail in scratch.still_set_aside():
            counted(near(Partition(topic, number), offset, Kind.DERIVES_NOW, detail))
        for known in unwatched(desk, watched, frozenset(numbers)):
            counted(_all_gone(known))
    return account


class _Partition:
    """The topics of one partition number, side by side."""

    def __init__(
        self, log: Log, number: int, bounds: dict[Partition, Bounds], desk: Desk, bench: Bench
    ) -> None:
        self._log = log
        self._number = number
        self._bounds = bounds
        self._desk = desk
        self._bench = bench
        self._watches: list[Watch] = []

    async def verify(
        self,
        derive: Derive,
        batch_size: int,
        sampled: Callable[[Case], bool],
        advance: Callable[[int], None] | None,
    ) -> frozenset[str]:
        """Verify them; returns the ends of the origins whose checkpoints were compared."""
        async with AsyncExitStack() as stack:
            letters = Letters(await self._cursor(stack, DEAD_LETTERS.stem), self._desk.report)
            news, manifests = await self._cursor(stack, NEWS.stem), await self._cursor(stack, MANIFESTS.stem)
            windows: dict[str, Window[bytes]] = {}
            examiner = Examiner(self._bench, windows, self._desk)
            for topic in DERIVED:
                cursor = await self._cursor(stack, topic.stem)
                windows[topic.stem] = Window(cursor, record_digest, examiner.unexpected)
            story = Story(self._log, news, manifests, letters, self._desk)
            async for batch in _batches(story.cases(), batch_size):
                await _examine(batch, examiner, derive, sampled)
                if advance:
                    advance(len(batch))
            await examiner.finish(story.pending_from)
            await letters.finish(story.pending_from)
        return self._finish()

    async def _cursor(self, stack: AsyncExitStack, stem: str) -> Cursor:
        place = Partition(self._log.prefix + stem, self._number)
        bounds = self._bounds[place]
        if bounds.first > 0:
            detail = f"the partition begins at offset {bounds.first}: what was before is gone"
            self._desk.report(near(place, 0, Kind.TRUNCATED, detail))
        watch = Watch(place, self._desk)
        self._watches.append(watch)
        return await stack.enter_async_context(Cursor(self._log, place, bounds, watch.observe))

    def _finish(self) -> frozenset[str]:
        ends = [bounds.next for bounds in self._bounds.values()]
        found = [watch.finish(max(ends, default=0)) for watch in self._watches]
        return frozenset().union(*found)


async def _examine(
    batch: list[Case], examiner: Examiner, derive: Derive, sampled: Callable[[Case], bool]
) -> None:
    wanted = [examiner.derives(case) if case.manifest is None or sampled(case) else None for case in batch]
    derived = iter(await derive([article for article in wanted if article]))
    for case, article in zip(batch, wanted, strict=True):
        await examiner.examine(case, next(derived) if article else None)


async def _batches(cases: AsyncIterator[Case], size: int) -> AsyncIterator[list[Case]]:
    """Batches of cases; what follows a missing manifest waits until it is known what that must have said."""
    batch: list[Case] = []
    async for case in cases:
        batch.append(case)
        if len(batch) >= size or case.manifest is None:
            yield batch
            batch = []
    if batch:
        yield batch


async def _collect(log: Log, bounds: dict[Partition, Bounds], scope: Scope, desk: Desk) -> None:
    for place, reach in bounds.items():
        if place.topic == log.prefix + CHECKPOINTS.stem:
            await collect_checkpoints(log, place, reach, scope.public_key, desk)
    for known in scope.kept:
        desk.scratch.add_checkpoint(known)


def _sampler(scope: Scope, bounds: dict[Partition, Bounds], log: Log) -> Callable[[Case], bool]:
    if scope.sample is None:
        return lambda _: True
    news = log.prefix + NEWS.stem
    total = sum(reach.next - reach.first for place, reach in bounds.items() if place.topic == news)
    limit = int(min(1.0, scope.sample / max(total, 1)) * (1 << 64))

    def sampled(case: Case) -> bool:
        place = f"{scope.seed}:{case.source.topic}:{case.source.partition}:{case.source.offset}"
        return int.from_bytes(hashlib.sha256(place.encode()).digest()[:8]) < limit

    return sampled


def _damaged(damage: Damage) -> Finding:
    place = Partition(damage.topic, damage.partition)
    return near(place, damage.first, Kind.ARCHIVE, f"{damage.file}: {damage.reason}")


def _all_gone(known: KnownCheckpoint) -> Finding:
    topic, number = known.checkpoint.origin.split("/")[-2:]
    detail = f"{known.place} covers {known.checkpoint.size} records, but none is left"
    return near(Partition(topic, int(number)), 0, Kind.TRUNCATED, detail)
