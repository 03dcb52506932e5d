"""Verify a log: derive every article again and compare, to the byte, with what the log holds.

Reads:  all topics of a log, each partition once and in order (the topics of one partition number side by side)
Writes: nothing; every finding is handed to `report` as it is made, and the account of the whole is returned
Memory: a batch of articles, a window of records for each topic, and on disk the last manifest of each article.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from readout.schemas.event import Producer
from readout.schemas.news import ArticlePublished
from readout.streams.audit.archive.read import ArchiveLog, Damage
from readout.streams.audit.archive.statement import NOT_SIGNED, STATEMENT
from readout.streams.audit.findings import Account, Finding, Kind, Report, near
from readout.streams.audit.log import Cursor, LiveLog, Log, snapshot
from readout.streams.audit.proof.leaves import record_digest
from readout.streams.audit.proof.notes import PublicKey
from readout.streams.audit.scratch import KnownCheckpoint, Scratch
from readout.streams.audit.verify.checkpoints import PartitionComparison, collect_checkpoints, not_compared
from readout.streams.audit.verify.contacts import verify_contacts
from readout.streams.audit.verify.dead_letters import DeadLetters
from readout.streams.audit.verify.erasures import is_erased
from readout.streams.audit.verify.examine import Derived, Examiner
from readout.streams.audit.verify.pages import verify_pages
from readout.streams.audit.verify.proved_prefix import ProvedPrefix, sizes_by_tree
from readout.streams.audit.verify.revisions import RevisionReader
from readout.streams.audit.verify.state import AuditState, InstalledCode, Revision
from readout.streams.audit.verify.window import Window
from readout.streams.errors import ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.topics import CHECKPOINTS, CONTACTS, DEAD_LETTERS, DERIVED, MANIFESTS, NEWS

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
        kept: checkpoints that an auditor kept; each must agree.
        since: such checkpoints, of all topics, to go on from: what they cover is compared with them, but not
            derived again. Somebody has verified it when they were made.
        require_checkpoints: is a partition without any a finding? None means: if there is a public key.
        require_statement: is an archive that nobody has signed a finding?
    """

    numbers: tuple[int, ...] | None = None
    sample: int | None = None
    seed: str = ""
    batch_size: int = 16
    public_key: PublicKey | None = None
    kept: tuple[KnownCheckpoint, ...] = ()
    since: tuple[KnownCheckpoint, ...] = ()
    require_checkpoints: bool | None = None
    require_statement: bool = False

    @property
    def requires_checkpoints(self) -> bool:
        """Is a partition without a checkpoint a finding?"""
        asked = self.require_checkpoints
        return self.public_key is not None if asked is None else asked


async def verify(
    log: Log,
    derive: Derive,
    installed: InstalledCode,
    scope: Scope,
    report: Report,
    advance: Callable[[int], None] | None = None,
) -> Account:
    """Verify a log; returns the account of the whole.

    Args:
        log: live topics or an archive.
        derive: derives a batch of usable articles, in order.
        installed: who derives.
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
        state = AuditState(scratch, account, counted, (scope.public_key,) if scope.public_key else None)
        if isinstance(log, ArchiveLog):
            log.report = lambda damage: counted(_damaged(damage))
            log.check_files()
            account.archive = _vouched(log, scope, counted)
        bounds = await snapshot(log, scope.numbers)
        await _collect(log, bounds, scope, state)
        sampled = _sampler(scope, bounds, log)
        compared: frozenset[str] = frozenset()
        numbers = sorted({place.number for place in bounds})
        for number in numbers:
            partition = _Partition(log, number, bounds, state, scope)
            compared |= await partition.verify(derive, installed, sampled, advance)
            if isinstance(log, LiveLog) and not scope.since:
                await verify_pages(log, number, bounds, counted)
        if scope.numbers is None:
            await verify_contacts(log, bounds, installed.knowledge, state)
        for (topic, number, offset), detail in scratch.still_set_aside():
            counted(near(Partition(topic, number), offset, Kind.DERIVES_NOW, detail))
        for finding in not_compared(state, compared, frozenset(numbers)):
            counted(finding)
    return account


class _Partition:
    """The topics of one partition number, side by side."""

    def __init__(
        self,
        log: Log,
        number: int,
        bounds: dict[Partition, Bounds],
        state: AuditState,
        scope: Scope,
    ) -> None:
        self._log = log
        self._number = number
        self._bounds = bounds
        self._state = state
        self._scope = scope
        self._since = sizes_by_tree(scope.since)
        self._prefix = ProvedPrefix(state)
        self._comparisons: list[PartitionComparison] = []

    async def verify(
        self,
        derive: Derive,
        installed: InstalledCode,
        sampled: Callable[[Revision], bool],
        advance: Callable[[int], None] | None,
    ) -> frozenset[str]:
        """Verify them; returns the ends of the origins whose checkpoints were compared."""
        async with AsyncExitStack() as stack:
            manifests = await self._cursor(stack, MANIFESTS.stem)
            if self._since:
                # What is done of all other topics follows from the manifests before the checkpoint.
                await manifests.peek()
            dead_letters = DeadLetters(await self._cursor(stack, DEAD_LETTERS.stem), self._state)
            news = await self._cursor(stack, NEWS.stem)
            windows: dict[str, Window[bytes]] = {}
            examiner = Examiner(installed, windows, self._state)
            for topic in DERIVED:
                cursor = await self._cursor(stack, topic.stem)
                windows[topic.stem] = Window(cursor, record_digest, examiner.unexpected)
            reader = RevisionReader(self._log, news, manifests, dead_letters, self._state)
            async for batch in _batches(reader.revisions(), self._scope.batch_size):
                await _examine(batch, examiner, derive, sampled)
                if advance:
                    advance(len(batch))
            await self._observe(stack, CONTACTS.stem)
            await examiner.finish(reader.pending_from)
            await dead_letters.finish(reader.pending_from)
        required = self._scope.requires_checkpoints
        return frozenset().union(*(one.finish(required=required) for one in self._comparisons))

    async def _observe(self, stack: AsyncExitStack, stem: str) -> None:
        """Read a partition for its checkpoints alone; what its records say is verified elsewhere."""
        if Partition(self._log.prefix + stem, self._number) in self._bounds:
            cursor = await self._cursor(stack, stem)
            while await cursor.take() is not None:
                pass

    async def _cursor(self, stack: AsyncExitStack, stem: str) -> Cursor:
        place = Partition(self._log.prefix + stem, self._number)
        bounds = self._bounds[place]
        self._state.begins[stem, self._number] = bounds.first
        if bounds.first > 0:
            detail = (
                f"the partition begins at offset {bounds.first}: what was before was deleted, by retention or by "
                f"hand; audit an archive that has it"
            )
            self._state.report(near(place, bounds.first, Kind.BEGINNING, detail))
        comparison = PartitionComparison(place, bounds, self._state, self._since)
        self._comparisons.append(comparison)

        def passes_over(record: StoredRecord) -> bool:
            is_done = bool(self._since) and self._prefix.has(stem, record, is_proved=comparison.is_proved)
            return is_erased(record, self._state) or is_done

        return await stack.enter_async_context(
            Cursor(self._log, place, bounds, comparison.observe, passes_over)
        )


async def _examine(
    batch: list[Revision], examiner: Examiner, derive: Derive, sampled: Callable[[Revision], bool]
) -> None:
    chosen = [revision.manifest is None or sampled(revision) for revision in batch]
    articles = [examiner.derives(one) if wanted else None for one, wanted in zip(batch, chosen, strict=True)]
    derived = await _derived(batch, articles, examiner.installed, derive)
    for index, revision in enumerate(batch):
        await examiner.examine(revision, derived.get(index), sampled=chosen[index])


async def _derived(
    batch: list[Revision], articles: list[ArticlePublished | None], installed: InstalledCode, derive: Derive
) -> dict[int, Derived]:
    """What comes of those revisions whose article is to be derived, by their place in the batch."""
    by_code: dict[Producer, list[tuple[int, ArticlePublished]]] = {}
    for index, (revision, article) in enumerate(zip(batch, articles, strict=True)):
        if article is not None:
            producer = revision.manifest.producer if revision.manifest else installed.producer
            by_code.setdefault(producer, []).append((index, article))
    found: dict[int, Derived] = {}
    for producer, wanted in by_code.items():
        code = derive if producer == installed.producer else installed.older[producer]
        outcomes = await code([article for _, article in wanted])
        places = (index for index, _ in wanted)
        found |= {index: one for index, one in zip(places, outcomes, strict=True) if one is not None}
    return found


async def _batches(revisions: AsyncIterator[Revision], size: int) -> AsyncIterator[list[Revision]]:
    """Batches of revisions; what follows a missing manifest waits until it is known what that must have said."""
    batch: list[Revision] = []
    async for revision in revisions:
        batch.append(revision)
        if len(batch) >= size or revision.manifest is None:
            yield batch
            batch = []
    if batch:
        yield batch


async def _collect(log: Log, bounds: dict[Partition, Bounds], scope: Scope, state: AuditState) -> None:
    for place, reach in bounds.items():
        if place.topic == log.prefix + CHECKPOINTS.stem:
            await collect_checkpoints(log, place, reach, scope.public_key, state)
    for known in (*scope.kept, *scope.since):
        state.scratch.add_checkpoint(replace(known, kept=True))


def _sampler(scope: Scope, bounds: dict[Partition, Bounds], log: Log) -> Callable[[Revision], bool]:
    if scope.sample is None:
        return lambda _: True
    news = log.prefix + NEWS.stem
    total = sum(reach.next - reach.first for place, reach in bounds.items() if place.topic == news)
    limit = int(min(1.0, scope.sample / max(total, 1)) * (1 << 64))

    def sampled(revision: Revision) -> bool:
        place = f"{scope.seed}:{revision.source.topic}:{revision.source.partition}:{revision.source.offset}"
        return int.from_bytes(hashlib.sha256(place.encode()).digest()[:8]) < limit

    return sampled


def _damaged(damage: Damage) -> Finding:
    place = Partition(damage.topic, damage.partition)
    return near(place, damage.first, Kind.ARCHIVE, f"{damage.file}: {damage.reason}")


def _vouched(log: ArchiveLog, scope: Scope, report: Report) -> str:
    place = Partition(STATEMENT, 0)
    try:
        said = log.check_statement(scope.public_key)
    except ReplayMismatch as error:
        report(near(place, 0, Kind.SIGNATURE, str(error)))
        return "the statement that it is whole does not hold"
    if scope.require_statement and said == NOT_SIGNED:
        report(near(place, 0, Kind.SIGNATURE, "it is not there: nobody has signed that the archive is whole"))
    return said
