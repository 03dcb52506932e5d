"""Read one partition of a log as it was written: each record of `news` in turn, with all that came of it.

Reads:  all topics of one partition number, each once and in order; an article that was derived again later is
        read a second time
Writes: nothing
What an honest log cannot hold is refused: a copy would give it a past of its own. Erased records are left out.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

from readout.schemas.envelope import Record
from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.streams.audit.facts import source_position
from readout.streams.audit.log import Cursor, Log
from readout.streams.audit.proof.erasures import is_claimed
from readout.streams.audit.proof.leaves import record_digest
from readout.streams.audit.scratch import Scratch
from readout.streams.audit.verify.back_reader import BackReader
from readout.streams.audit.verify.dead_letters import letter_position
from readout.streams.audit.verify.window import Window
from readout.streams.errors import InvalidRecord, ReplayMismatch
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.dead_letters import UNREADABLE, Reason, Stage, dead_letter_facts
from readout.streams.log.decoding import decode_article
from readout.streams.log.origin import Offsets, Position, is_at, is_before, offsets_of, own_headers
from readout.streams.log.run_facts import RUN_FACTS
from readout.streams.log.topics import DEAD_LETTERS, DERIVED, MANIFESTS, NEWS
from readout.streams.processors.sealing import is_news


@dataclass(frozen=True, slots=True)
class Step:
    """A record of `news`, and what came of it once.

    Attributes:
        source: the record.
        article: the article; None if nobody could read it.
        seal: the record of its manifest; None if a dead letter is all, or it was no newer revision.
        manifest: what that says.
        records: the live records that the manifest lists, without run facts.
        reason: why it is a dead letter, if it is.
        is_again: was it sealed before, by other code?
    """

    source: StoredRecord
    article: ArticlePublished | None
    seal: StoredRecord | None = None
    manifest: ManifestSealed | None = None
    records: tuple[Record, ...] = ()
    reason: Reason | None = None
    is_again: bool = False


class OldPartition:
    """One partition number of the log that is copied."""

    def __init__(self, log: Log, number: int, bounds: dict[Partition, Bounds], scratch: Scratch) -> None:
        """A partition, up to its bounds; `scratch` remembers the last manifest of each article."""
        self.pending = 0
        """Records of `news` at the end that nothing accounts for: they are not given."""
        self._log = log
        self._number = number
        self._bounds = bounds
        self._scratch = scratch
        self._back = BackReader(log, self._place(NEWS.stem))
        self._reached: Offsets | None = None
        self._windows: dict[str, Window[bytes]] = {}

    async def steps(self) -> AsyncIterator[Step]:
        """All steps, in the order in which they were written.

        Raises:
            ReplayMismatch: the log is not as it must be; `readout audit verify` says where and why.
        """
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._back.close)
            news, manifests, letters = [
                await stack.enter_async_context(self._cursor(topic.stem))
                for topic in (NEWS, MANIFESTS, DEAD_LETTERS)
            ]
            for topic in DERIVED:
                cursor = await stack.enter_async_context(self._cursor(topic.stem))
                self._windows[topic.stem] = Window(cursor, record_digest, lambda _: None)
            while (seal := await manifests.take()) is not None:
                position = source_position(seal)
                if position is None:
                    raise _broken(seal, "does not say of which article it is")
                if self._is_reached(position):
                    yield await self._again(seal, position)
                    continue
                async for step in self._up_to(seal, position, news, letters):
                    yield step
            async for step in self._rest(news, letters):
                yield step

    async def _up_to(
        self, seal: StoredRecord, position: Position, news: Cursor, letters: Cursor
    ) -> AsyncIterator[Step]:
        while (source := await news.take()) is not None:
            self._reached = offsets_of(source)
            if is_at(position, self._reached):
                yield await self._sealed(source, seal, await self._letter(source, letters))
                return
            if is_before(position, self._reached):
                break
            step = self._unsealed(source, await self._letter(source, letters))
            if step is None:
                raise _broken(source, "has neither manifest nor dead letter, and what comes after it has")
            yield step
        raise _broken(seal, "seals a record of news that is not there")

    async def _rest(self, news: Cursor, letters: Cursor) -> AsyncIterator[Step]:
        while (source := await news.take()) is not None:
            step = self._unsealed(source, await self._letter(source, letters))
            if step is None or self.pending:
                self.pending += 1
            else:
                yield step

    async def _again(self, seal: StoredRecord, position: Position) -> Step:
        source = await self._back.read(position)
        if source is None:
            raise _broken(seal, "seals a record of news that is not there")
        return await self._sealed(source, seal, None, is_again=True)

    async def _sealed(
        self, source: StoredRecord, seal: StoredRecord, letter: StoredRecord | None, *, is_again: bool = False
    ) -> Step:
        article = _article(source)
        if article is None:
            raise _broken(seal, "seals a record of news that is no article")
        manifest = ManifestSealed.model_validate_json(seal.value or b"")
        self._scratch.seal(article.article_id, seal.value or b"")
        records = await self._records(seal, manifest)
        reason = _reason(letter) if letter and manifest.outcome == "dead-lettered" else None
        return Step(source, article, seal, manifest, records, reason, is_again)

    def _unsealed(self, source: StoredRecord, letter: StoredRecord | None) -> Step | None:
        """A record that only a dead letter accounts for, or that says nothing new; None if it waits."""
        article = _article(source)
        if letter is not None:
            reason = _reason(letter)
            return Step(source, None if reason.stage == UNREADABLE else article, reason=reason)
        if article is None or is_news(article, self._scratch.manifest(article.article_id)):
            return None
        return Step(source, article)

    async def _records(self, seal: StoredRecord, manifest: ManifestSealed) -> tuple[Record, ...]:
        """The live records of a manifest; withdrawals follow from it and are only passed over."""
        live = manifest.live if manifest.outcome == "derived" else ()
        found = []
        for line in (*live, *manifest.withdrawn):
            record = await self._windows[line.topic].find(bytes.fromhex(line.sha256))
            if record is None:
                raise _broken(seal, f"lists {line.type} {line.record_id[:12]}…, which is not there")
            found.append(_without_run_facts(line.topic, record))
        for window in self._windows.values():
            window.shrink()
        return tuple(found[: len(live)])

    async def _letter(self, source: StoredRecord, letters: Cursor) -> StoredRecord | None:
        """The dead letter of a record; they lie in the order of `news`."""
        offsets = offsets_of(source)
        while (letter := await letters.peek()) is not None:
            position = letter_position(letter)
            if position is not None and not is_before(position, offsets):
                return await letters.take() if is_at(position, offsets) else None
            await letters.take()
        return None

    def _is_reached(self, position: Position) -> bool:
        reached = self._reached
        return reached is not None and (is_at(position, reached) or is_before(position, reached))

    def _cursor(self, stem: str) -> Cursor:
        place = self._place(stem)
        return Cursor(self._log, place, self._bounds[place], passes_over=is_claimed)

    def _place(self, stem: str) -> Partition:
        return Partition(self._log.prefix + stem, self._number)


def _article(source: StoredRecord) -> ArticlePublished | None:
    try:
        return decode_article(source.key, source.value, source.headers)
    except InvalidRecord:
        return None


def _reason(letter: StoredRecord) -> Reason:
    facts = dead_letter_facts(letter.headers)
    stage: Stage = next((one for one in _STAGES if one == facts.get("stage")), UNREADABLE)
    return Reason(
        stage,
        facts.get("exception.class.name", ""),
        facts.get("exception.message", ""),
        facts.get("exception.stacktrace"),
    )


_STAGES: tuple[Stage, ...] = ("VALUE_CONVERTER", "TRANSFORMATION", "KAFKA_CONSUME")


def _without_run_facts(stem: str, record: StoredRecord) -> Record:
    headers = tuple(header for header in own_headers(record.headers) if header[0] not in RUN_FACTS)
    return Record(stem, record.key, record.value, headers)


def _broken(record: StoredRecord, what: str) -> ReplayMismatch:
    where = f"{record.topic}/{record.partition}@{record.offset}"
    return ReplayMismatch(f"{where} {what}: a log is copied when `readout audit verify` finds nothing wrong")
