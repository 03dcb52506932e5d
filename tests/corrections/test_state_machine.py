"""Publish, revise, withhold, restore, cancel, crash and replay, in any order: the derived topics come out right.

The machine runs the agent, the planner, the sealed state and the writers as they are, on a log in memory. After
every step that ends, what readers of committed records saw before is still there. When all is done, the topics
hold what one process without any fault would have written, byte for byte and in that order, and their fold equals
a fresh derivation of the last usable revisions.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, cast

import pytest
import structlog.testing
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from readout.schemas.envelope import Record
from readout.schemas.news import ArticlePublished, ArticleStatus
from readout.schemas.withdrawals import RecordWithdrawn
from readout.streams.deliver import confirmed, partition_writer, unit_writer
from readout.streams.deliver.assignment import Assignment
from readout.streams.deliver.batch_plan import BatchPlanner
from readout.streams.deliver.partition_writer import Delivery
from readout.streams.deliver.sleep_guard import SleepGuard
from readout.streams.derive.pool import DerivationPool
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.decoding import decode_event
from readout.streams.log.topics import DERIVED
from readout.streams.processors.records import DerivationFailure, Derived
from readout.streams.publish.publisher import article_record
from readout.streams.settings import DeliveryMode, Settings
from readout.streams.worker.derive_agent import DeriveAgent
from readout.streams.worker.metrics import Metrics
from tests.agents.made import PRODUCER, derived
from tests.corrections.damage import DAMAGES, Damage, keep_a_copy, put_back, spoil_pages
from tests.corrections.memory_log import (
    NUMBER,
    Crashed,
    Fault,
    FaultKind,
    MemoryLog,
    MemoryProducer,
    MemoryReader,
)

_LONGER = int(os.environ.get("READOUT_FAULT_ROUNDS", "1"))
_EXAMPLES = 150  # of each mode
_NAMES = ("Anna Weber", "Luis Ortega", "Mei Tanaka")
_SETTINGS = Settings(batch_size=3, dead_letter_limit=1000, retry_seconds=30)
_WRITTEN = (*(topic.stem for topic in DERIVED), "manifests", "dead-letters")
_JUNK = Record("news", b"k", b"junk", ())
_FAULTS: tuple[FaultKind, ...] = ("crash before", "crash after", "request lost", "answer lost", "taken over")


class _Pool:
    """Derives whoever is named; an article that says so breaks."""

    async def derive(self, articles: Sequence[ArticlePublished]) -> list[Derived]:
        return [_derive(one) for one in articles]


def _derive(article: ArticlePublished) -> Derived:
    if article.headline == "break":
        return DerivationFailure(article, "ValueError", "odd", "Traceback")
    return derived(article, tuple(name for name in _NAMES if name in article.body))


class _Process:
    """What dies in a crash: the agent, its writer, and all that they remember."""

    def __init__(self, settings: Settings) -> None:
        self.suspended = False
        self._seconds = 0.0
        planner = BatchPlanner(settings, PRODUCER)
        guard = SleepGuard(lambda: self._seconds, 10)
        shared = Delivery(settings, planner, lambda: "2022-10-25T00:00:00Z", guard)
        self._assignment = Assignment(shared, seek=_never, fail=_raise, reclaim_seconds=1000)
        self._agent = DeriveAgent(
            _SETTINGS, cast(DerivationPool, _Pool()), self._assignment, Metrics(PRODUCER)
        )

    async def work(self, news: Sequence[StoredRecord], *, assigned: bool) -> None:
        if assigned:
            await self._assignment.assign([NUMBER])
        await self._agent.process(news)

    def die(self) -> None:
        """The files that it has open are closed as they are."""
        for writer in self._assignment._writers.values():
            writer._sealed.close()

    async def forget(self) -> None:
        await self._assignment.close()

    def suspend(self) -> None:
        """It does not run for longer than its group waits."""
        self.suspended = True
        self._seconds += 100


class _Machine(RuleBasedStateMachine):
    mode: ClassVar[DeliveryMode]

    def __init__(self) -> None:
        super().__init__()
        self.log = MemoryLog()
        self.articles: dict[str, list[ArticlePublished]] = {}
        self.seen: dict[str, list[StoredRecord]] = {stem: [] for stem in _WRITTEN}
        self.process: _Process | None = None
        self.stack = ExitStack()
        self.stack.enter_context(structlog.testing.capture_logs())
        self.patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        self.patch.setattr(partition_writer, "_FIRST_PAUSE_SECONDS", 0)
        self.runner = self.stack.enter_context(asyncio.Runner())
        self._connect(self.log)
        self.folder = Path(self.stack.enter_context(TemporaryDirectory()))
        self.indexes, self.copy = self.folder / "indexes", self.folder / "copy"
        self.settings = _SETTINGS.model_copy(update={"delivery": self.mode, "index_folder": self.indexes})

    def _connect(self, log: MemoryLog) -> None:
        def producer(_: Settings, **options: Any) -> MemoryProducer:
            return MemoryProducer(log, **options)

        self.patch.setattr(unit_writer, "RecordProducer", producer)
        self.patch.setattr(confirmed, "RecordProducer", producer)
        self.patch.setattr(partition_writer, "Reader", lambda _, **__: MemoryReader(log))

    @rule(
        number=st.integers(0, 2),
        names=st.sets(st.sampled_from(_NAMES)),
        newer=st.sampled_from((1, 1, 1, 2, 0, -1)),
        broken=st.integers(0, 9).map(lambda n: n == 9),
    )
    def publish_or_revise_or_restore(
        self, number: int, names: Iterable[str], newer: int, *, broken: bool
    ) -> None:
        body = f"Present: {', '.join(sorted(names))}."
        self._publish(number, newer, "usable", body, "break" if broken else None)

    @rule(number=st.integers(0, 2), newer=st.sampled_from((1, 1, 1, 0, -1)))
    def withhold(self, number: int, newer: int) -> None:
        self._publish(number, newer, "withheld", "", None)

    @rule(number=st.integers(0, 2), newer=st.sampled_from((1, 1, 0)))
    def cancel(self, number: int, newer: int) -> None:
        self._publish(number, newer, "canceled", "", None)

    @rule()
    def publish_what_nobody_can_read(self) -> None:
        self.log.append("news", _JUNK)

    @rule(size=st.sampled_from((1, 2, 5)))
    def start_again_with_pages_of_another_size(self, size: int) -> None:
        self._die()
        self.settings = self.settings.model_copy(update={"manifests_per_page": size})

    @precondition(lambda self: self.process is None)
    @rule(damage=st.sampled_from(DAMAGES))
    def the_index_is_damaged(self, damage: Damage) -> None:
        for file in self.indexes.glob("*.sqlite"):
            damage(file)

    @precondition(lambda self: self.process is None and self.indexes.exists())
    @rule()
    def the_index_is_copied(self) -> None:
        keep_a_copy(self.indexes, self.copy)

    @precondition(lambda self: self.process is None and self.copy.exists())
    @rule()
    def the_index_is_an_older_one(self) -> None:
        put_back(self.indexes, self.copy)

    @rule(change=st.sampled_from((bytes.upper, lambda value: value[:-9], lambda value: value)))
    def a_page_is_written_by_somebody_else(self, change: Callable[[bytes], bytes]) -> None:
        spoil_pages(self.log, change)

    @rule(assigned=st.booleans())
    def work(self, *, assigned: bool) -> None:
        self._run(self._work_to_the_end(assigned=assigned))

    @rule(kind=st.sampled_from(_FAULTS), after=st.integers(0, 12), assigned=st.booleans())
    def work_and_be_struck(self, kind: FaultKind, after: int, *, assigned: bool) -> None:
        self.log.fault = Fault(kind, after)
        try:
            self._run(self._work_to_the_end(assigned=assigned))
        except Crashed:
            self._die()
        self.log.fault = None

    @rule()
    def start_again_and_replay_from_the_first_offset(self) -> None:
        self._die()
        self.process = _Process(self.settings)
        self._run(self.process.work(self._news(), assigned=True))

    @precondition(lambda self: self.process is not None)
    @rule()
    def wake_up_after_another_has_taken_over(self) -> None:
        zombie = self.process
        assert zombie is not None
        zombie.suspend()
        self._run(self._take_over())
        self._run(zombie.work(self._news(), assigned=False))
        self._run(zombie.forget())

    @invariant()
    def what_was_seen_stays(self) -> None:
        for stem, before in self.seen.items():
            now = self.log.committed(stem)
            assert now[: len(before)] == before
            self.seen[stem] = now

    def teardown(self) -> None:
        with self.stack:
            self._run(self._work_to_the_end(assigned=True))
            self._assert_as_an_undisturbed_process_writes_it()
            self._assert_fold_is_fresh_derivation()

    def _die(self) -> None:
        if self.process is not None:
            self.process.die()
        self.process = None

    def _publish(
        self, number: int, newer: int, status: ArticleStatus, body: str, headline: str | None
    ) -> None:
        history = self.articles.setdefault(f"article-{number}", [])
        last = max((one.revision for one in history), default=0)
        article = ArticlePublished(
            article_id=f"article-{number}",
            revision=max(1, last + newer),
            status=status,
            body=body,
            headline=headline,
        )
        history.append(article)
        self.log.append("news", article_record(article))

    async def _work_to_the_end(self, *, assigned: bool) -> None:
        first = self.process is None
        process = self.process = self.process or _Process(self.settings)

        async def take_over() -> None:
            process.suspend()
            await self._take_over()

        self.log.take_over = take_over
        await process.work(self._news(), assigned=assigned or first)
        if process.suspended:
            await process.forget()

    async def _take_over(self) -> None:
        self.process = _Process(self.settings)
        await self.process.work(self._news(), assigned=True)

    def _assert_as_an_undisturbed_process_writes_it(self) -> None:
        clean = MemoryLog()
        for record in self._news():
            clean.append("news", Record("news", record.key, record.value, record.headers))
        self._connect(clean)
        undisturbed = self.settings.model_copy(update={"index_folder": None, "manifests_per_page": 1000})
        self._run(_Process(undisturbed).work(clean.committed("news"), assigned=True))
        for stem in _WRITTEN:
            assert _contents(self.log, stem) == _contents(clean, stem), stem

    def _assert_fold_is_fresh_derivation(self) -> None:
        fresh = set[bytes | None]()
        for history in self.articles.values():
            holds = _what_holds(history)
            if holds is not None:
                one = _derive(holds)
                assert not isinstance(one, DerivationFailure)
                fresh |= {record.value for record in one.records}
        assert _fold(self.log) == fresh

    def _news(self) -> list[StoredRecord]:
        return self.log.committed("news")

    def _run(self, work: Coroutine[None, None, None]) -> None:
        self.runner.run(work)


def _what_holds(history: Iterable[ArticlePublished]) -> ArticlePublished | None:
    """The revision whose records are live, told without any of the code under test."""
    sealed, failed = 0, False
    holds: ArticlePublished | None = None
    for one in history:
        if one.revision < sealed or (one.revision == sealed and not failed):
            continue
        sealed, failed = one.revision, one.headline == "break"
        if one.status == "canceled":
            return None
        if not failed:
            holds = one if one.status == "usable" else None
    return holds


def _contents(log: MemoryLog, stem: str) -> list[tuple[bytes | None, bytes | None]]:
    return [(record.key, record.value) for record in log.committed(stem)]


def _fold(log: MemoryLog) -> set[bytes | None]:
    """As a subscriber folds the derived topics: by record id, without the manifests."""
    live: dict[tuple[str, str], bytes | None] = {}
    for topic in DERIVED:
        for record in log.committed(topic.stem):
            event = decode_event(record.value, record.headers)
            if isinstance(event, RecordWithdrawn):
                del live[event.record_type, event.record_id]
            else:
                live[event.event_type, event.entity_id] = record.value  # type: ignore[attr-defined]
    return set(live.values())


async def _never(number: int, offset: int) -> None:
    raise AssertionError(f"nothing is reclaimed here: {number}, {offset}")


def _raise(error: BaseException) -> None:
    raise error


def _case(mode: DeliveryMode) -> type:
    machine: Any = type(f"{mode}Machine", (_Machine,), {"mode": mode})
    machine.TestCase.settings = settings(
        max_examples=_EXAMPLES * _LONGER,
        stateful_step_count=25,
        deadline=None,
        derandomize=_LONGER == 1,
        suppress_health_check=list(HealthCheck),
    )
    case: type = machine.TestCase
    return case


TestTransactional = _case("transactional")
TestConfirmed = _case("confirmed")
