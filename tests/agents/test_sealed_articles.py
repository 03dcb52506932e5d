"""Where each article's last manifest stands: read from pages and an index where they fit, and right where they do not."""

import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import cast

import orjson
import pytest

from readout.schemas.envelope import SALT, Record
from readout.streams.errors import TransientError
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.kafka.reader import Reader
from readout.streams.log.run_facts import SOURCE_OFFSET
from readout.streams.log.seal_pages import SealPage, pack, page_record
from readout.streams.log.sealed_articles import SealedArticles
from readout.streams.settings import Settings
from tests.corrections.damage import DAMAGES, Damage
from tests.corrections.memory_log import MemoryLog, MemoryReader

_ARTICLES = 40
_SETTINGS = Settings(manifests_per_page=10)
_MANIFESTS, _SEALS = Partition("manifests", 0), Partition("seals", 0)


class _Reader(MemoryReader):
    """Counts what is read."""

    def __init__(self, log: MemoryLog) -> None:
        super().__init__(log)
        self.count: Counter[str] = Counter()

    async def read(
        self, starts: Mapping[Partition, int], stops: Mapping[Partition, int]
    ) -> AsyncIterator[StoredRecord]:
        async for record in super().read(starts, stops):
            self.count[record.topic] += 1
            yield record


def sealed_log(count: int = 55, name: str = "here") -> MemoryLog:
    """A partition with so many manifests of 40 articles, some of which came twice."""
    log = MemoryLog()
    for number in range(count):
        _seal(log, number, name)
    return log


def _seal(log: MemoryLog, number: int, name: str = "here") -> StoredRecord:
    value = orjson.dumps({"outcome": "derived", "revision": number // _ARTICLES + 1, "padding": name})
    headers = ((SOURCE_OFFSET, str(number).encode()), (SALT, f"{name}-{number}".encode()))
    return log.append("manifests", Record("manifests", _key(number).encode(), value, headers))


def _key(number: int) -> str:
    return f"article-{number % _ARTICLES}"


async def opened(
    log: MemoryLog, folder: Path | None = None, *, writes: bool = True, fails_after: int = 1000
) -> tuple[SealedArticles, Counter[str]]:
    """The articles of a log, caught up; and how much of each topic was read."""
    reader, written = _Reader(log), 0

    async def write(page: Record) -> StoredRecord:
        nonlocal written
        written += 1
        if written > fails_after:
            raise TransientError("killed")
        return log.append("seals", page)

    articles = SealedArticles(_SETTINGS, 0, folder=folder)
    try:
        await _catch_up(articles, reader, write if writes else None)
    except TransientError:
        articles.close()
        raise
    return articles, reader.count


async def _catch_up(articles: SealedArticles, reader: _Reader, write: Callable | None) -> None:  # type: ignore[type-arg]
    bounds = await reader.bounds([_MANIFESTS, _SEALS])
    await articles.catch_up(cast(Reader, reader), bounds[_MANIFESTS], bounds[_SEALS], write)


def _found(articles: SealedArticles) -> dict[str, int]:
    found = {key: articles.find(key) for key in map(_key, range(_ARTICLES + 3))}
    return {key: seal.offset for key, seal in found.items() if seal}


def _true(log: MemoryLog) -> dict[str, int]:
    return {(record.key or b"").decode(): record.offset for record in log.committed("manifests")}


async def _assert_right(log: MemoryLog, folder: Path | None = None) -> Counter[str]:
    articles, read = await opened(log, folder)
    try:
        assert _found(articles) == _true(log)
        assert articles.position == (0, len(log.committed("manifests")) - 1)
    finally:
        articles.close()
    return read


def _damage(folder: Path, damage: Damage) -> None:
    (file,) = folder.glob("*.sqlite")
    damage(file)


async def test_a_new_owner_reads_pages_and_only_what_follows_them() -> None:
    log = sealed_log()
    first = await _assert_right(log)
    assert first["manifests"] >= 55
    assert len(log.committed("seals")) == 5
    second = await _assert_right(log)
    # Beside the rest those of the last page, which has to be right; its last one is looked for twice.
    assert second == {"seals": 5, "manifests": 5 + 10 + 1}


async def test_with_an_index_only_the_last_page_is_looked_at(tmp_path: Path) -> None:
    log = sealed_log()
    await _assert_right(log, tmp_path)
    for number in range(55, 63):
        _seal(log, number)
    # The last page is there, its last manifest is, and so many were not in it.
    assert await _assert_right(log, tmp_path) == {"seals": 1, "manifests": 1 + 5 + 8}
    assert await _assert_right(log, tmp_path) == {"seals": 1, "manifests": 1 + 3}


async def test_who_is_killed_on_the_way_goes_on_there(tmp_path: Path) -> None:
    log = sealed_log(400)
    with pytest.raises(TransientError):
        await opened(log, tmp_path, fails_after=25)
    assert len(log.committed("seals")) == 25
    read = await _assert_right(log, tmp_path)
    assert len(log.committed("seals")) == 40
    assert read["manifests"] == 1 + 10 + 400 - 250


async def test_who_writes_nothing_knows_as_much() -> None:
    log = sealed_log()
    articles, _ = await opened(log, writes=False)
    assert _found(articles) == _true(log)
    assert log.committed("seals") == []
    articles.close()


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_damaged_index_is_noticed_before_it_is_believed(tmp_path: Path, damage: Damage) -> None:
    log = sealed_log()
    await _assert_right(log, tmp_path)
    _damage(tmp_path, damage)
    # Where only a look at its rows can tell, whoever looks is told to read the log again.
    with suppress(TransientError):
        await _assert_right(log, tmp_path)
    await _assert_right(log, tmp_path)


@pytest.mark.parametrize(("count", "name"), [(55, "another cluster"), (99, "here"), (99, "another cluster")])
async def test_an_index_of_another_log_or_of_the_future_is_thrown_away(
    tmp_path: Path, count: int, name: str
) -> None:
    await _assert_right(sealed_log(count, name), tmp_path)
    log = sealed_log()
    await _assert_right(log)
    await _assert_right(log, tmp_path)


async def test_an_older_index_is_brought_up_to_date(tmp_path: Path) -> None:
    log = sealed_log(25)
    await _assert_right(log, tmp_path / "now")
    shutil.copytree(tmp_path / "now", tmp_path / "then")
    for number in range(25, 90):
        _seal(log, number)
    await _assert_right(log, tmp_path / "now")
    assert (await _assert_right(log, tmp_path / "then"))["manifests"] == 1 + 10


async def test_an_index_that_another_process_has_is_left_to_it(tmp_path: Path) -> None:
    log = sealed_log()
    holder, _ = await opened(log, tmp_path)
    await _assert_right(log, tmp_path)
    assert _found(holder) == _true(log)
    holder.close()


async def test_pages_that_are_gone_are_written_again(tmp_path: Path) -> None:
    log = sealed_log()
    await _assert_right(log, tmp_path)
    rest = MemoryLog()
    for record in log.committed("manifests"):
        rest.append("manifests", Record("manifests", record.key, record.value, record.headers))
    await _assert_right(rest, tmp_path)
    assert len(rest.committed("seals")) == 5


def _edited(page: SealPage) -> SealPage:
    """Without one of its manifests."""
    seals = list(page.seals())
    return replace(page, entries=pack([*seals[:3], *seals[4:]]))


FORGED: Mapping[str, Callable[[list[SealPage]], list[SealPage]]] = {
    "edited": lambda pages: [*pages[:2], _edited(pages[2]), *pages[3:]],
    "edited last": lambda pages: [*pages[:4], _edited(pages[4])],
    "missing": lambda pages: [*pages[:2], *pages[3:]],
    "out of order": lambda pages: [pages[1], pages[0], *pages[2:]],
    "twice": lambda pages: [*pages, *pages],
    "of another beginning": lambda pages: [replace(page, began=7) for page in pages],
}


@pytest.mark.parametrize("how", FORGED)
async def test_pages_that_do_not_follow_each_other_are_not_believed(how: str) -> None:
    log = sealed_log()
    await _assert_right(log)
    pages = [SealPage.read(record) for record in log.committed("seals")]
    forged = sealed_log()
    for page in FORGED[how](pages):
        forged.append("seals", page_record(page, "seals"))
    await _assert_right(forged)
    assert (await _assert_right(forged))["manifests"] <= 5 + 10 + 1


async def test_pages_of_another_cluster_are_passed_over_and_written_anew() -> None:
    other, log = sealed_log(name="another cluster"), sealed_log()
    await _assert_right(other)
    for record in other.committed("seals"):
        log.append("seals", Record("seals", record.key, record.value, record.headers))
    await _assert_right(log)
    assert len(log.committed("seals")) == 10
    assert (await _assert_right(log))["manifests"] <= 5 + 10 + 1


async def test_bytes_that_are_no_page_are_passed_over() -> None:
    log = sealed_log()
    log.append("seals", Record("seals", b"0", b"junk", ()))
    await _assert_right(log)
    last = log.committed("seals")[-1]
    log.append("seals", Record("seals", last.key, (last.value or b"")[:-7], last.headers))
    assert (await _assert_right(log))["manifests"] <= 5 + 10 + 1


async def test_a_manifest_that_is_not_the_sealed_one_brings_the_manifests_back() -> None:
    """Pages that follow each other and end right, and yet say wrong things: only the manifest itself can tell."""
    truth, log = sealed_log(), sealed_log()
    await _assert_right(truth)
    chain = ""
    for record in truth.committed("seals"):
        page = SealPage.read(record)
        seals = [seal._replace(mark=seal.mark ^ 1) if seal.offset == 20 else seal for seal in page.seals()]
        wrong = replace(page, entries=pack(seals), previous=chain)
        chain = wrong.digest
        log.append("seals", page_record(wrong, "seals"))
    articles, _ = await opened(log)
    reader = _Reader(log)
    with pytest.raises(TransientError, match="in doubt"):
        await articles.manifest(cast(Reader, reader), _key(20))
    with pytest.raises(TransientError, match="must be read again"):
        articles.find(_key(20))

    async def write(page: Record) -> StoredRecord:
        return log.append("seals", page)

    await _catch_up(articles, reader, write)
    assert _found(articles) == _true(log)
    articles.close()
    assert (await _assert_right(log))["manifests"] <= 5 + 10 + 1
