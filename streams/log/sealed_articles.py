"""What each article of one partition last came to: pages of `seals`, the manifests after them, and a local index.

Reads:  seals and manifests of the partition
Writes: a local index that may be thrown away; pages, by way of whoever asks
The manifests are the truth. Pages and index are shortcuts, and taken only as far as the log bears them out: pages
must follow each other and end with a manifest that stands in the log; a manifest that is fetched must be the one
that was meant. In any doubt the next better source is read again, at worst all manifests.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from readout.schemas.envelope import Record
from readout.schemas.manifests import ManifestSealed
from readout.streams.errors import InvalidRecord, TransientError
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.log.origin import Position
from readout.streams.log.seal_pages import (
    ENTRY,
    BriefSeal,
    Seal,
    SealPage,
    article_key,
    pack,
    page_record,
    seal_of,
)
from readout.streams.log.sealed_index import IndexInDoubt, IndexInUse, SealedIndex, discard
from readout.streams.log.sources import later, source_of
from readout.streams.log.topics import MANIFESTS, SEALS, topic_name
from readout.streams.logs import EventLogger
from readout.streams.settings import Settings

log = EventLogger(__name__)
WritePage = Callable[[Record], Awaitable[StoredRecord]]
_KEPT_EVERY = 100
_ATTEMPTS = 4
# Beside the entries, base64 and headers.
_PAGE_OVERHEAD_BYTES = 8 * 1024


class SealedArticles:
    """The last manifests of a partition; `catch_up` before use, `close` in the end."""

    def __init__(self, settings: Settings, number: int, *, folder: Path | None = None) -> None:
        """The articles of a partition; `folder` is where an index may be kept, None for a private one."""
        self.manifests = Partition(topic_name(settings, MANIFESTS.stem), number)
        self.pages = Partition(topic_name(settings, SEALS.stem), number)
        self.position: Position | None = None
        """The latest record of `news` that a manifest accounts for, or what `account` was told."""
        self.newest: StoredRecord | None = None
        """The newest manifest."""
        self.letters = 0
        """Dead letters before this offset are accounted for in `position`."""
        self._page_size = _page_size(settings)
        self._path = folder and folder / _file_name(settings, number)
        self._index: SealedIndex | None = None
        self._settling: asyncio.Future[None] | None = None
        self._recent: list[Seal] = []
        self._recent_by_key: dict[bytes, Seal] = {}
        self._unproved: SealPage | None = None
        self._is_broken = False
        self._distrusts_pages = False
        self._is_caught_up = False

    async def catch_up(
        self, reader: Reader, manifests: Bounds, pages: Bounds, write: WritePage | None = None
    ) -> None:
        """Read what was added since the last time; with `write`, write the pages that are missing.

        Raises:
            TransientError: the brokers did not answer, or no index can be kept.
        """
        self._is_caught_up = False
        for _ in range(_ATTEMPTS):
            try:
                if self._settling is not None:
                    await asyncio.shield(self._settling)
                if not await self._has_read_pages(reader, pages):
                    continue
                await self._read_manifests(reader, manifests, write)
                await self._settle()
            except IndexInDoubt as doubt:
                self._forget(str(doubt))
            else:
                self._is_caught_up = True
                return
        raise TransientError(
            f"{self.manifests.topic} partition {self.manifests.number}: no index can be kept"
        )

    def find(self, article_id: str) -> BriefSeal | None:
        """Where the last manifest of an article stands; None if it has none.

        Raises:
            TransientError: the index was in doubt and is forgotten; catch up again.
        """
        if not self._is_caught_up:
            raise TransientError(f"the log of {self._place()} must be read again")
        key = article_key(article_id.encode())
        recent = self._recent_by_key.get(key)
        if recent is not None:
            return recent.brief
        try:
            return self._opened().find(key)
        except IndexInDoubt as doubt:
            self._forget(str(doubt))
            raise TransientError(f"the index of {self._place()} was in doubt: {doubt}") from doubt

    async def manifest(self, reader: Reader, article_id: str) -> ManifestSealed | None:
        """The last manifest of an article; None if it has none.

        Raises:
            TransientError: what stands there is not what was sealed, all is forgotten: catch up again.
            InvalidRecord: so say the manifests themselves; the log has lost one.
        """
        seal = self.find(article_id)
        if seal is None:
            return None
        record = await self._manifest_at(reader, seal.offset)
        if record is not None and seal_of(record).brief == seal:
            return ManifestSealed.model_validate_json(record.value or b"")
        if self._distrusts_pages:
            raise InvalidRecord(f"manifest {seal.offset} of {self._place()} has gone; retention must be -1")
        self._distrusts_pages = True
        self._forget(f"manifest {seal.offset} is not the one that was sealed")
        raise TransientError(f"the seals of {self._place()} were in doubt: reading its manifests")

    def account(self, position: Position | None, letters: int) -> None:
        """Take note of what else accounts for records of `news`: dead letters, read up to an offset."""
        self.position = later(self.position, position)
        self.letters = max(self.letters, letters)

    def note(self, manifest: StoredRecord) -> None:
        """Take note of the next manifest in the log."""
        self._add(seal_of(manifest))
        self.newest = manifest
        self.position = later(self.position, source_of(manifest))

    def due_pages(self, written: Iterable[StoredRecord] = ()) -> list[SealPage]:
        """The pages that are full, with manifests that have just been written but not noted yet."""
        manifests = [record for record in written if record.topic == self.manifests.topic]
        seals = [*self._recent, *map(seal_of, manifests)]
        position = self.position
        for manifest in manifests:
            position = later(position, source_of(manifest))
        progress, size = self._opened().progress, self._page_size
        first, chain, pages = progress.next_manifest, progress.chain, list[SealPage]()
        for start in range(0, len(seals) - size + 1, size):
            entries = pack(seals[start : start + size])
            pages.append(SealPage(first, entries, chain, progress.began, position, self.letters))
            first, chain = pages[-1].next, pages[-1].digest
        return pages

    def note_page(self, record: StoredRecord) -> None:
        """Take note of the next page in the log, whose manifests are noted.

        Raises:
            TransientError: the index was in doubt and is forgotten; catch up again.
        """
        try:
            self._take_in(SealPage.read(record), record.offset + 1)
            self._opened().settle()
        except IndexInDoubt as doubt:
            self._forget(str(doubt))
            raise TransientError(f"the index of {self._place()} was in doubt: {doubt}") from doubt

    def close(self) -> None:
        """Let go of the index."""
        index, self._index = self._index, None
        if index is None:
            return
        if self._settling is None or self._settling.done():
            index.close()
        else:
            self._settling.add_done_callback(lambda _: index.close())

    async def _has_read_pages(self, reader: Reader, reach: Bounds) -> bool:
        """Read the pages that are new; False if what was known before does not fit them or the log."""
        index = self._opened()
        was_new = not index.progress.chain
        if self._distrusts_pages and was_new:
            index.begin_chain(reach.next)
        self._is_broken = False
        if not await self._read_pages(reader, reach):
            self._forget("its last page is not in the log")
            return False
        if self._is_broken:
            self._distrusts_pages = True
            self._forget("the pages in the log do not follow each other")
            return False
        if await self._is_anchored(reader):
            return True
        if was_new:
            self._distrusts_pages = True
        self._forget("its last manifests are not in the log")
        return False

    async def _read_pages(self, reader: Reader, reach: Bounds) -> bool:
        """Take in what follows the last page; False if that is not where it was."""
        progress = self._opened().progress
        start = max(progress.pages - bool(progress.chain), reach.first)
        is_there = not progress.chain
        count = 0
        async for record in reader.read({self.pages: start}, {self.pages: reach.next}):
            page = _page(record)
            if not is_there:
                is_there = page is not None and page.digest == progress.chain
                if not is_there:
                    return False
            elif page is not None and self._follows(page):
                self._take_in(page, record.offset + 1)
                self._unproved = page
                count += 1
                if count % _KEPT_EVERY == 0:
                    self._opened().keep()
        return is_there

    def _follows(self, page: SealPage) -> bool:
        """Is it the next page of the chain, or the first one of a chain that began later?"""
        progress = self._opened().progress
        if page.began > progress.began and not (page.first or page.previous):
            self._forget("its pages were written anew")
            self._is_broken = False
            return True
        if (page.began, page.first) != (progress.began, progress.next_manifest):
            return False
        self._is_broken = self._is_broken or page.previous != progress.chain
        return not self._is_broken

    def _take_in(self, page: SealPage, pages: int) -> None:
        self._opened().stage(page, pages)
        self.position = later(self.position, page.news)
        self.letters = max(self.letters, page.letters)
        kept = [seal for seal in self._recent if seal.offset >= page.next]
        self._recent, self._recent_by_key = [], {}
        for seal in kept:
            self._add(seal)

    def _add(self, seal: Seal) -> None:
        self._recent.append(seal)
        self._recent_by_key[seal.key] = seal

    async def _is_anchored(self, reader: Reader) -> bool:
        """Does the last manifest of the pages stand in the log as they say?"""
        last = self._opened().progress.last
        if last is None:
            return True
        key, offset, digest = last
        record = await self._manifest_at(reader, offset)
        if record is None:
            return False
        if self.newest is None or self.newest.offset < offset:
            self.newest = record
        seal = seal_of(record)
        return (seal.key.hex(), seal.digest.hex()) == (key, digest) and await self._is_proved(reader)

    async def _is_proved(self, reader: Reader) -> bool:
        """Are the manifests of the last page those that it says? No later page vouches for it."""
        page, self._unproved = self._unproved, None
        if page is None:
            return True
        reach = {self.manifests: page.first}, {self.manifests: page.next}
        return pack([seal_of(record) async for record in reader.read(*reach)]) == page.entries

    async def _read_manifests(self, reader: Reader, reach: Bounds, write: WritePage | None) -> None:
        """Note the manifests that no page has, and make pages of them."""
        known = self._recent[-1].offset + 1 if self._recent else self._opened().progress.next_manifest
        start = max(known, reach.first)
        count = 0
        async for record in reader.read({self.manifests: start}, {self.manifests: reach.next}):
            self.note(record)
            for page in self.due_pages() if len(self._recent) >= self._page_size else ():
                await self._add_page(page, write)
                count += 1
                if count % _KEPT_EVERY == 0:
                    self._opened().keep()

    async def _add_page(self, page: SealPage, write: WritePage | None) -> None:
        after = self._opened().progress.pages
        if write is not None:
            after = (await write(page_record(page, SEALS.stem))).offset + 1
        self._take_in(page, after)

    async def _manifest_at(self, reader: Reader, offset: int) -> StoredRecord | None:
        bounds = {self.manifests: offset}, {self.manifests: offset + 1}
        record = await anext(reader.read(*bounds), None)
        return record if record is not None and record.offset == offset else None

    async def _settle(self) -> None:
        """Merging millions of articles takes seconds, in which the process must be heard of."""
        index = self._opened()
        if index.is_settled():
            return
        self._settling = asyncio.ensure_future(asyncio.to_thread(index.settle))
        await asyncio.shield(self._settling)
        self._settling = None

    def _opened(self) -> SealedIndex:
        if self._index is None:
            self._index = self._open_index()
            progress = self._index.progress
            self.position, self.letters = progress.news, progress.letters
        return self._index

    def _open_index(self) -> SealedIndex:
        if self._path is None:
            return SealedIndex(None)
        try:
            return SealedIndex(self._path)
        except IndexInUse:
            pass
        except IndexInDoubt as doubt:
            log.warning("index.discarded", file=str(self._path), reason=str(doubt))
            discard(self._path)
        try:
            return SealedIndex(self._path)
        except IndexInDoubt as doubt:
            # Another process has it, or nothing can be written there.
            log.warning("index.private", file=str(self._path), reason=str(doubt))
            return SealedIndex(None)

    def _forget(self, reason: str) -> None:
        """Forget everything that was not read in the log."""
        log.warning(
            "index.forgotten", topic=self.manifests.topic, partition=self.manifests.number, reason=reason
        )
        index, self._index = self._index, None
        if index is not None:
            index.close()
            if self._path is not None:
                discard(self._path)
        self._is_caught_up = False
        self._unproved = None
        self._recent, self._recent_by_key = [], {}
        self.position, self.newest, self.letters = None, None, 0

    def _place(self) -> str:
        return f"{self.manifests.topic} partition {self.manifests.number}"


def _page(record: StoredRecord) -> SealPage | None:
    """The page that a record holds; what is none says nothing."""
    try:
        page = SealPage.read(record)
    except InvalidRecord as error:
        log.warning("page.unreadable", partition=record.partition, offset=record.offset, reason=str(error))
        return None
    # No chain begins after its own pages.
    return page if page.began <= record.offset else None


def _page_size(settings: Settings) -> int:
    """How many manifests a page has, so that it is no larger than a record may be."""
    room = (settings.max_record_bytes - _PAGE_OVERHEAD_BYTES) * 3 // 4 // ENTRY.size
    return max(1, min(settings.manifests_per_page, room))


def _file_name(settings: Settings, number: int) -> str:
    """One for each partition of each log, as far as settings tell logs apart."""
    log_name = f"{settings.bootstrap_servers}\n{settings.topic_prefix}"
    return f"{hashlib.sha256(log_name.encode()).hexdigest()[:16]}-{number}.sqlite"
