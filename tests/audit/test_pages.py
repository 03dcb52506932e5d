"""Verification compares pages of seals with the manifests that they speak of."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from readout.schemas.envelope import Record
from readout.streams.audit.findings import Finding, Kind
from readout.streams.audit.verify.pages import verify_pages
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.connection import Bounds, Partition, StoredRecord
from readout.streams.log.seal_pages import SealPage, pack, page_record
from tests.agents.test_sealed_articles import opened, sealed_log
from tests.corrections.memory_log import MemoryLog

_MANIFESTS, _SEALS = Partition("manifests", 0), Partition("seals", 0)


class _Log:
    """A log in memory, as an audit reads it."""

    prefix = ""

    def __init__(
        self, log: MemoryLog, topics: Sequence[str] = ("manifests", "seals"), begins: int = 0
    ) -> None:
        self._log = log
        self._topics = topics
        self._begins = {_MANIFESTS: begins}

    async def partitions(self) -> int:
        return 1

    async def bounds(self, places: Sequence[Partition]) -> dict[Partition, Bounds]:
        if any(place.topic not in self._topics for place in places):
            raise ConfigurationError("no such topic")
        return {place: Bounds(self._begins.get(place, 0), self._log.end_of(place)) for place in places}

    async def read(self, place: Partition, bounds: Bounds) -> AsyncIterator[StoredRecord]:
        for record in self._log.committed(place.topic):
            if max(bounds.first, self._begins.get(place, 0)) <= record.offset < bounds.next:
                yield record


async def _paged() -> MemoryLog:
    log = sealed_log()
    (await opened(log))[0].close()
    return log


async def _findings(
    log: MemoryLog, topics: Sequence[str] = ("manifests", "seals"), begins: int = 0
) -> list[tuple[Kind, int]]:
    found: list[Finding] = []
    audited = _Log(log, topics, begins)
    await verify_pages(audited, 0, await audited.bounds([_MANIFESTS]), found.append)
    return [(one.kind, one.offset or 0) for one in found]


async def test_right_pages_have_no_findings() -> None:
    assert await _findings(await _paged()) == []


async def test_a_log_without_the_topic_has_none_either() -> None:
    assert await _findings(sealed_log(), ("manifests",)) == []


async def test_a_page_that_says_otherwise_is_found_and_one_that_is_none() -> None:
    log = await _paged()
    page = SealPage.read(log.committed("seals")[2])
    wrong = replace(page, entries=pack(list(page.seals())[1:]))
    log.append("seals", page_record(wrong, "seals"))
    log.append("seals", Record("seals", b"9", b"junk", ()))
    assert await _findings(log) == [(Kind.MANIFEST, 5), (Kind.UNREADABLE, 6)]


async def test_pages_that_were_begun_anew_count_in_place_of_the_others() -> None:
    log = await _paged()
    first = SealPage.read(log.committed("seals")[0])
    log.append("seals", page_record(replace(first, entries=first.entries[:-76]), "seals"))
    log.append("seals", page_record(replace(first, began=6), "seals"))
    assert await _findings(log) == []


async def test_of_manifests_that_were_deleted_from_the_beginning_a_page_may_say_anything() -> None:
    log = await _paged()
    for begins in range(log.end_of(_MANIFESTS) + 1):
        assert await _findings(log, begins=begins) == []
    last = SealPage.read(log.committed("seals")[-1])
    *others, one = last.seals()
    wrong = replace(last, entries=pack([*others, one._replace(revision=99)]))
    log.append("seals", page_record(wrong, "seals"))
    assert [kind for kind, _ in await _findings(log, begins=last.first + 1)] == [Kind.MANIFEST]
