"""Read one partition: each article revision of `news` in turn, with the manifest and dead letter that belong to it.

Reads:  news, manifests and dead-letters of one partition number, side by side, each once and in order; an article
        that was derived again later is read a second time
Writes: nothing; what does not fit is reported
Nothing is derived here. A `Revision` says what is to be checked; records of news that need no derivation
(unreadable ones with their dead letter, revisions that are not newer) are counted here.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import replace

from readout.schemas.manifests import ManifestSealed
from readout.schemas.news import ArticlePublished
from readout.streams.audit.facts import header, news_header_complaints, source_position
from readout.streams.audit.findings import Kind, Outcome, at, near
from readout.streams.audit.log import Cursor, Log
from readout.streams.audit.verify.back_reader import BackReader
from readout.streams.audit.verify.dead_letters import DeadLetters
from readout.streams.audit.verify.earlier_manifest import earlier_manifest
from readout.streams.audit.verify.state import AuditState, Revision
from readout.streams.errors import InvalidRecord
from readout.streams.kafka.connection import StoredRecord
from readout.streams.log.decoding import decode_article, decode_event
from readout.streams.log.origin import Offsets, Position, is_at, is_before, offsets_of
from readout.streams.log.topics import MANIFESTS
from readout.streams.processors.sealing import contradicts, is_news

_HELD = 512


class RevisionReader:
    """Reads the revisions of one partition; `dead_letters` must be opened on the same partition number."""

    def __init__(
        self, log: Log, news: Cursor, manifests: Cursor, dead_letters: DeadLetters, state: AuditState
    ) -> None:
        self.pending_from: Offsets | None = None
        """The offsets of the first article that nothing in the log accounts for; None if there is none."""
        self._news = news
        self._manifests = manifests
        self._dead_letters = dead_letters
        self._state = state
        self._held: OrderedDict[Position, StoredRecord] = OrderedDict()
        self._highest_seal = -1
        self._reached_what_is_left = False
        """Was the manifest of an article that is still there found?"""
        self._has_manifests = False
        self._back = BackReader(log, news.place)

    async def revisions(self) -> AsyncIterator[Revision]:
        """All revisions, in the order of `news`; what was derived again comes where its manifest lies."""
        async for revision in self._deleted():
            yield revision
        self._has_manifests = self._highest_seal >= 0 or await self._manifests.peek() is not None
        while (record := await self._news.take()) is not None:
            offsets = offsets_of(record)
            article = await self._read(record)
            if article is None:
                async for revision in self._sealed_unread(record, offsets):
                    yield revision
                continue
            if not is_news(article, self._state.scratch.manifest(article.article_id)):
                await self._passed_over(record, article)
                continue
            async for revision in self._answered(record, article, offsets):
                yield revision
        for seal in list(self._held.values()):
            self._state.report(
                at(seal, Kind.EXTRA, f"seals {_said(seal)} of news, where no article is to be sealed")
            )
        while (late := await self._manifests.take()) is not None:
            async for revision in self._later(late, None):
                yield revision
        await self._back.close()

    async def _deleted(self) -> AsyncIterator[Revision]:
        """What is left of articles that were deleted with the beginning of `news`: their manifests come first."""
        while (seal := await self._manifests.peek()) is not None:
            if not self._state.is_of_deleted(source_position(seal), seal.partition):
                return
            await self._manifests.take()
            async for revision in self._later(seal, None):
                yield revision

    async def _passed_over(self, record: StoredRecord, article: ArticlePublished) -> None:
        """A revision that is not newer writes nothing, or a dead letter if it contradicts what is sealed."""
        contradictory = contradicts(article, self._state.scratch.manifest(article.article_id))
        # What it contradicted may have been deleted.
        contradictory |= self._may_be_deleted(None)
        has_letter = contradictory and await self._dead_letters.answers(record)
        self._state.account.outcomes[Outcome.DEAD_LETTERED if has_letter else Outcome.IGNORED] += 1

    async def _read(self, record: StoredRecord) -> ArticlePublished | None:
        """The article of a record; None if it is none and a dead letter says so, or nothing does."""
        self._state.account.records += 1
        try:
            article = decode_article(record.key, record.value, record.headers)
        except InvalidRecord as error:
            return await self._unreadable(record, str(error))
        first = self._state.scratch.first_partition(article.article_id, record.partition)
        if first != record.partition:
            detail = f"earlier revisions of the article are in partition {first}"
            self._state.report(at(record, Kind.WRONG_PARTITION, detail))
        for complaint in news_header_complaints(record, article):
            self._state.report(at(record, Kind.HEADERS, complaint))
        return article

    async def _unreadable(self, record: StoredRecord, reason: str) -> ArticlePublished | None:
        if await self._dead_letters.answers(record):
            self._state.account.outcomes[Outcome.DEAD_LETTERED] += 1
            return None
        article = _article_with_another_key(record)
        if article is None and await self._seal_at(offsets_of(record)) is None and self._at_the_end():
            self._note_pending(record)
            return None
        if article is None and self._dead_letters.may_be_deleted():
            detail = f"{reason}; that a dead letter said so, and was deleted, is all that is known"
            self._state.report(at(record, Kind.BEGINNING, detail))
            return None
        kind = Kind.WRONG_KEY if article else Kind.UNREADABLE
        self._state.report(at(record, kind, f"{reason}, and no dead letter says so"))
        return article

    async def _answered(
        self, record: StoredRecord, article: ArticlePublished, offsets: Offsets
    ) -> AsyncIterator[Revision]:
        """The revision of an article, after all that was derived again before it was sealed."""
        may_be_deleted = self._may_be_deleted(self._state.scratch.manifest(article.article_id))
        async for revision in self._search(offsets, in_order=may_be_deleted):
            yield revision
        seal, previous = self._take_held(offsets), self._state.scratch.manifest(article.article_id)
        if seal is not None:
            self._check_order(seal)
            revision = self._sealed(record, article, previous, seal)
            if revision.manifest is not None and revision.manifest.outcome == "dead-lettered":
                revision = replace(revision, has_dead_letter=await self._has_letter(record))
            yield revision
        elif not is_news(article, previous):
            # By then newer code had derived what was dead-lettered here.
            await self._passed_over(record, article)
        elif await self._dead_letters.answers(record):
            if self._may_be_deleted(previous):
                self._note_unknown(record, article, Outcome.DEAD_LETTERED)
            else:
                self._readable_now(record, article)
        elif self._may_be_deleted(previous) and not (self._has_manifests and self._at_the_end()):
            self._note_unknown(record, article, Outcome.DELETED)
        elif self._at_the_end():
            self._note_pending(record)
        else:
            yield self._unsealed(record, article, previous)

    async def _has_letter(self, record: StoredRecord) -> bool:
        if await self._dead_letters.answers(record):
            return True
        may_be_deleted = self._dead_letters.may_be_deleted()
        if may_be_deleted:
            self._state.report(at(record, Kind.BEGINNING, "was dead-lettered; the dead letter was deleted"))
        return may_be_deleted

    def _may_be_deleted(self, previous: ManifestSealed | None) -> bool:
        """May there have been a manifest of an article that is not known, before those that are left?"""
        return previous is None and self._state.is_cut(MANIFESTS.stem, self._manifests.place.number)

    def _note_unknown(self, record: StoredRecord, article: ArticlePublished, outcome: Outcome) -> None:
        """The article's manifest was deleted, or that of a newer revision, after which nothing is due here."""
        detail = (
            f"no manifest of {_name(article)}: its own, or that of a newer revision, can have been deleted"
        )
        self._state.report(at(record, Kind.BEGINNING, detail))
        self._state.account.outcomes[outcome] += 1

    async def _comes_later(self, offsets: Offsets) -> bool:
        """Is a record of news older than what the next manifest seals?"""
        ahead = await self._manifests.peek()
        said = source_position(ahead) if ahead is not None else None
        return said is not None and not (is_before(said, offsets) or is_at(said, offsets))

    async def _search(self, offsets: Offsets, *, in_order: bool) -> AsyncIterator[Revision]:
        """Hold manifests until that of a record is among them; what was derived again comes out at once.

        Not `in_order`, it may lie behind those of later records; else it was deleted if it does not come first.
        """
        while self._held_at(offsets) is None and len(self._held) < _HELD:
            if in_order and await self._comes_later(offsets):
                return
            taken = await self._manifests.take()
            if taken is None:
                return
            said = source_position(taken)
            if said is not None and is_before(said, offsets):
                async for revision in self._later(taken, offsets):
                    yield revision
            elif said in self._held:
                self._state.report(at(taken, Kind.DUPLICATE, f"seals {_said(taken)} of news once more"))
            else:
                self._held[said or (0, offsets[0])] = taken

    def _readable_now(self, record: StoredRecord, article: ArticlePublished) -> None:
        """Older code could not read it and put it aside; whether it was put through again shows later."""
        where = (record.topic, record.partition, record.offset)
        detail = f"{_name(article)} can be read, although it was dead-lettered"
        self._state.scratch.set_aside(article.article_id, article.revision, where, detail)
        self._state.account.outcomes[Outcome.DEAD_LETTERED] += 1

    async def _sealed_unread(self, record: StoredRecord, offsets: Offsets) -> AsyncIterator[Revision]:
        """The revision of a record that was sealed as an article, and is none."""
        seal = await self._seal_at(offsets)
        if seal is None:
            return
        if self._take_held(offsets) is None:
            await self._manifests.take()
        yield self._sealed(record, None, None, seal)

    async def _seal_at(self, offsets: Offsets) -> StoredRecord | None:
        """Look whether a manifest speaks of a record of news, near where it should be."""
        ahead = await self._manifests.peek()
        said = source_position(ahead) if ahead is not None else None
        if said is not None and is_at(said, offsets):
            return ahead
        return self._held_at(offsets)

    def _held_at(self, offsets: Offsets) -> StoredRecord | None:
        found = (self._held.get(alias) for alias in enumerate(offsets))
        return next((seal for seal in found if seal is not None), None)

    def _take_held(self, offsets: Offsets) -> StoredRecord | None:
        found = (self._held.pop(alias, None) for alias in enumerate(offsets))
        return next((seal for seal in found if seal is not None), None)

    def _unsealed(
        self, record: StoredRecord, article: ArticlePublished, previous: ManifestSealed | None
    ) -> Revision:
        place = self._manifests.place
        detail = f"no manifest of {_name(article)}, {record.topic}/{record.partition}@{record.offset}"
        self._state.report(near(place, self._highest_seal + 1, Kind.MISSING, detail))
        return Revision(record, article, previous, None, None)

    def _sealed(
        self,
        record: StoredRecord,
        article: ArticlePublished | None,
        previous: ManifestSealed | None,
        seal: StoredRecord,
        *,
        again: bool = False,
    ) -> Revision:
        self._reached_what_is_left = True
        self._highest_seal = max(self._highest_seal, seal.offset)
        self._state.account.records += 1
        manifest = self._manifest(seal)
        if manifest is not None and article is not None and manifest.article_id != article.article_id:
            detail = (
                f"seals {_said(seal)} of news as {manifest.article_id!r}, which is {article.article_id!r}"
            )
            self._state.report(at(seal, Kind.MANIFEST, detail))
            manifest = None
        if manifest is not None and article is not None:
            self._state.scratch.seal(article.article_id, seal.value or b"")
            earlier = earlier_manifest(article, manifest) if self._may_be_deleted(previous) else None
            if earlier is not None:
                detail = (
                    f"what {_name(article)} takes back or leaves was sealed in a manifest that was deleted"
                )
                self._state.report(at(seal, Kind.BEGINNING, detail))
                previous, again = earlier.manifest, earlier.again
        return Revision(record, article, previous, seal, manifest, again)

    def _manifest(self, seal: StoredRecord) -> ManifestSealed | None:
        try:
            event = decode_event(seal.value, seal.headers)
        except InvalidRecord as error:
            self._state.report(at(seal, Kind.UNREADABLE, str(error)))
            return None
        if not isinstance(event, ManifestSealed):
            self._state.report(
                at(seal, Kind.UNREADABLE, f"{event.event_type} does not belong into manifests")
            )
            return None
        return event

    def _check_order(self, seal: StoredRecord) -> None:
        if seal.offset < self._highest_seal:
            detail = f"the manifest of {_said(seal)} of news lies before that of an earlier article"
            self._state.report(at(seal, Kind.OUT_OF_ORDER, detail))

    async def _later(self, seal: StoredRecord, now: Offsets | None) -> AsyncIterator[Revision]:
        """A manifest of an article that is sealed already: derived again by newer code, or not ours."""
        said, manifest = source_position(seal), self._manifest(seal)
        if manifest is None:
            return
        previous = self._state.scratch.manifest(manifest.article_id)
        if said is not None and self._state.is_of_deleted(said, seal.partition):
            if self._can_be_of_deleted(manifest, previous):
                yield await self._of_deleted(seal, said, manifest, previous)
            else:
                detail = f"seals {_said(seal)} of news, which was deleted, as nobody can have sealed it"
                self._state.report(at(seal, Kind.DUPLICATE if manifest == previous else Kind.EXTRA, detail))
            return
        if said is None or (now is not None and not is_before(said, now)):
            detail = f"seals {_said(seal)} of news, which holds no such record"
            self._state.report(at(seal, Kind.EXTRA, detail))
            return
        is_first = self._may_be_deleted(previous)
        if not is_first and (previous is None or not _is_derived_again(manifest, previous)):
            same = previous is not None and previous == manifest
            detail = f"seals revision {manifest.revision} of article {manifest.article_id!r} once more"
            self._state.report(at(seal, Kind.DUPLICATE if same else Kind.EXTRA, detail))
            return
        source = await self._back.read(said)
        article = _article_with_another_key(source) if source else None
        if source is not None and article is not None:
            yield self._sealed(source, article, previous, seal, again=not is_first)

    def _can_be_of_deleted(self, manifest: ManifestSealed, previous: ManifestSealed | None) -> bool:
        """Do the manifests before one of an article that was deleted allow for it?

        After the first manifest of an article that is still there only newer code can have sealed one.
        """
        if previous is None:
            return not self._reached_what_is_left or self._may_be_deleted(previous)
        return _is_derived_again(manifest, previous) or (
            not self._reached_what_is_left and _is_newer(manifest, previous)
        )

    async def _of_deleted(
        self,
        seal: StoredRecord,
        said: Position,
        manifest: ManifestSealed,
        previous: ManifestSealed | None,
    ) -> Revision:
        """A manifest whose article was deleted: its records are what it says, whatever the article was."""
        self._state.report(at(seal, Kind.BEGINNING, f"seals {_said(seal)} of news, which was deleted"))
        self._state.account.records += 1
        self._highest_seal = max(self._highest_seal, seal.offset)
        self._state.scratch.seal(manifest.article_id, seal.value or b"")
        is_dead_lettered = manifest.outcome == "dead-lettered"
        has_dead_letter = is_dead_lettered and await self._dead_letters.has_of(said)
        return Revision(
            seal, None, previous, seal, manifest, has_dead_letter=has_dead_letter, is_deleted=True
        )

    def _at_the_end(self) -> bool:
        """Is every manifest in the log accounted for? Then what has none is only not derived yet."""
        return self._manifests.is_finished and not self._held

    def _note_pending(self, record: StoredRecord) -> None:
        if self.pending_from is None:
            self.pending_from = offsets_of(record)
            detail = "no manifest and no dead letter accounts for this record and those after it"
            self._state.report(at(record, Kind.PENDING, detail))
        self._state.account.outcomes[Outcome.PENDING] += 1


def _is_derived_again(manifest: ManifestSealed, previous: ManifestSealed) -> bool:
    return manifest.revision == previous.revision and manifest.producer != previous.producer


def _is_newer(manifest: ManifestSealed, previous: ManifestSealed) -> bool:
    if previous.outcome == "dead-lettered" and manifest.revision == previous.revision:
        return True
    return previous.status != "canceled" and manifest.revision > previous.revision


def _article_with_another_key(record: StoredRecord) -> ArticlePublished | None:
    try:
        event = decode_event(record.value, record.headers)
    except InvalidRecord:
        return None
    return event if isinstance(event, ArticlePublished) else None


def _said(seal: StoredRecord) -> str:
    return f"offset {header(seal, 'ce_sourceoffset')}"


def _name(article: ArticlePublished) -> str:
    return f"article {article.article_id!r} revision {article.revision}"
