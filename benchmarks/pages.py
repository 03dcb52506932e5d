"""What the pages cost: a report's size and how fast it opens, and serving a long log: memory and time to answer.

    python -m benchmarks.pages report [--records 10000]       needs chromium and its driver
    python -m benchmarks.pages serve [--records 1000000]

Generated articles are derived as a worker does, and then copied under other ids and with another surname in each
copy, so that a long log has real records of real sizes and many names; it is signed. Prints one JSON object.
"""

import argparse
import asyncio
import hashlib
import json
import multiprocessing
import random
import re
import resource
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

from aiohttp import ClientSession

from benchmarks.articles import generated_articles
from benchmarks.machine import describe_machine
from readout.schemas.checkpoints import Checkpoint, checkpoint_text
from readout.schemas.envelope import Record
from readout.schemas.news import ArticlePublished
from readout.streams.audit.proof.leaves import TreeName
from readout.streams.audit.proof.notes import new_key, sign
from readout.streams.derive.language import load_language
from readout.streams.kafka.connection import Partition, StoredRecord
from readout.streams.processors.derivation import derive_batch
from readout.streams.processors.records import Derivation
from readout.streams.processors.sealing import plan
from readout.streams.publish.publisher import article_record
from readout.streams.report.contents import Contents, Making
from readout.streams.report.file import html_file
from readout.streams.report.filters import Filters
from readout.streams.report.index import Index, connect
from readout.streams.report.serve.news import News
from readout.streams.report.serve.server import Serving, served
from readout.streams.report.trees import range_root
from readout.streams.settings import Settings

_PATTERNS = 120
_PARTITIONS = 4
_NOON = 1_666_699_200_000
_KEY = new_key("benchmark.example")
_HEX = re.compile(rb"[0-9a-f]{64}")
_SURNAMES = ("Weber", "Haddad", "Petrov", "Novak", "Farah", "Costa", "Moreau", "Berger", "Ortega", "Tanaka")
_LETTERS = "bcdfghklmnprstvz", "aeiou"
_ROUNDS = 7
_QUESTIONS = {
    "contacts": "/api/contacts?limit=100",
    "contacts of a country in a month": "/api/contacts?country=FR&start=2022-10-01&end=2022-10-31&limit=100",
    "contacts with a word": "/api/contacts?words=grain&limit=100",
    "statements": "/api/statements?limit=100",
    "names": "/api/people?limit=200",
    "names that begin so": "/api/people?words=bab&limit=200",
    "a search for a rare name": "/api/search?words={rare}",
    "a search for a common word": "/api/search?words=talks",
    "the network": "/api/network",
    "the network of a month": "/api/network?start=2022-10-01&end=2022-10-31",
    "an article with its proofs": "/api/article?article=article-0000007",
}


def main(arguments: list[str] | None = None) -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("what", choices=["report", "serve"])
    parser.add_argument("--records", type=int)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        if asked.what == "report":
            found = _measure_report(Path(name), asked.records or 10_000)
        else:
            found = asyncio.run(_measure_serve(Path(name), asked.records or 1_000_000))
    sys.stdout.write(json.dumps({"machine": describe_machine(), **found}, indent=2) + "\n")
    return 0


def _measure_report(folder: Path, records: int) -> dict[str, object]:
    out = folder / "report.html"
    with _indexed(folder, records) as (index, taken, _), closing(connect(index.path)) as database:
        making = Making("a log of a benchmark", "2022-10-26T09:00:00Z", "0", Filters(), _KEY.public)
        started = time.perf_counter()
        contents = Contents(database, making)
        lists = contents.lists()
        with out.open("wb") as file:
            file.writelines(html_file(lists, contents.documents(lists)))
        written = time.perf_counter() - started
    return {
        "records": taken,
        "articles": len(lists["articles"]),
        "mebibytes": round(out.stat().st_size / 2**20, 1),
        "seconds_to_write": round(written, 1),
        **_opened(out),
    }


def _opened(out: Path) -> dict[str, float]:
    """Seconds until the first view, and until a filter's result, as a browser has them; medians."""
    from tests.report.browser import browser_window, file_address

    first, filtered, article = [], [], []
    with browser_window() as browser:
        browser.size(1440, 900)
        for _ in range(_ROUNDS):
            browser.driver.get("about:blank")
            started = time.perf_counter()
            browser.driver.get(file_address(out))
            browser.until(browser.is_ready, seconds=60)
            first.append(time.perf_counter() - started)
            started = time.perf_counter()
            browser.go("/contacts?country=FR&mode=call")
            filtered.append(time.perf_counter() - started)
            started = time.perf_counter()
            browser.go(f"/article/article-{7:07}")
            article.append(time.perf_counter() - started)
    return {
        "seconds_to_first_view": round(statistics.median(first), 2),
        "seconds_to_filtered_contacts": round(statistics.median(filtered), 2),
        "seconds_to_an_article": round(statistics.median(article), 2),
    }


async def _measure_serve(folder: Path, records: int) -> dict[str, object]:
    with _indexed(folder, records) as (index, taken, seconds):
        after_indexing = _mebibytes()
        making = Making("a log of a benchmark", "2022-10-26T09:00:00Z", "0", Filters(), _KEY.public)
        serving = Serving(index.path, making, lambda: "2022-10-26T09:00:00Z", News())
        async with served(serving, "127.0.0.1", 0) as port:
            answers = await _asked(f"http://127.0.0.1:{port}")
        size = sum(one.stat().st_size for one in (index.path, index.path.with_name(index.path.name + "-wal")))
    return {
        "records": taken,
        "records_a_second_into_the_index": round(taken / seconds),
        "index_gibibytes": round(size / 2**30, 2),
        "peak_mebibytes_after_indexing": after_indexing,
        "peak_mebibytes_after_questions": _mebibytes(),
        "milliseconds": answers,
    }


async def _asked(address: str) -> dict[str, float]:
    found = {}
    async with ClientSession() as session:
        for name, path in _QUESTIONS.items():
            times = []
            for _ in range(_ROUNDS):
                started = time.perf_counter()
                async with session.get(address + path.format(rare=_surname(4321, "Weber"))) as answer:
                    if answer.status != 200:
                        raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")
                    await answer.read()
                times.append(1000 * (time.perf_counter() - started))
            found[name] = round(statistics.median(times), 1)
    return found


class _indexed:  # noqa: N801 - used as a context
    """An index of so many records; with it how many there are, and how many seconds it took to take them."""

    def __init__(self, folder: Path, records: int) -> None:
        self._index = Index(folder / "index.sqlite")
        self._records = records

    def __enter__(self) -> tuple[Index, int, float]:
        taken, seconds = 0, 0.0
        with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as other:
            # The language model's memory is none of a server's.
            patterns = other.submit(_patterns).result()
        offsets: dict[Partition, int] = defaultdict(int)
        number = 0
        while taken < self._records:
            batch = list(_copied(patterns[number % len(patterns)], number, offsets))
            started = time.perf_counter()
            self._index.add(batch)
            seconds += time.perf_counter() - started
            taken, number = taken + len(batch), number + 1
            if number % 4000 == 0:
                sys.stderr.write(f"{taken} records read, {_mebibytes()} MiB\n")
        started = time.perf_counter()
        self._index.settle()
        seconds += time.perf_counter() - started
        self._index.add(_signed(self._index))
        self._index.settle()
        return self._index, taken, seconds

    def __exit__(self, *_: object) -> None:
        self._index.__exit__(None, None, None)


def _signed(index: Index) -> list[StoredRecord]:
    """A checkpoint of every tree."""
    found = []
    with closing(connect(index.path)) as database:
        trees = database.execute("SELECT id, topic, number, size FROM trees").fetchall()
        for number, topic, partition, size in trees:
            root = range_root(database, number, (0, size))
            origin = TreeName(Partition(topic, partition)).origin(_KEY.name)
            note = sign(checkpoint_text(Checkpoint(origin, size, root, size)), _KEY)
            found.append(StoredRecord("checkpoints", partition, 0, _NOON, 1, None, note.encode(), ()))
    return found


Pattern = list[Record]


def _patterns() -> list[Pattern]:
    """The records of some articles: of `news`, what was derived, the manifest."""
    language = load_language(Settings())
    articles = [
        one.model_copy(update={"article_id": f"article-{0:07}"}) for one in generated_articles(_PATTERNS)
    ]
    derived = [one for one in derive_batch(articles, language) if isinstance(one, Derivation)]
    return [_pattern(one.article, one, language.producer) for one in derived]


def _pattern(article: ArticlePublished, derived: Derivation, producer: object) -> Pattern:
    return [article_record(article), *plan(article, derived, None, producer)]  # type: ignore[arg-type]


def _copied(pattern: Pattern, number: int, offsets: dict[Partition, int]) -> Iterator[StoredRecord]:
    """The records of a pattern as those of another article: ids, digests and a surname replaced in all of them."""
    new_id, surname = f"article-{number:07}".encode(), _SURNAMES[number % len(_SURNAMES)]
    swaps = {b"article-0000000": new_id, surname.encode(): _surname(number, surname).encode()}
    for record in pattern:
        value = _HEX.sub(lambda found: _other(found[0], number, swaps), _swapped(record.value or b"", swaps))
        swaps[hashlib.sha256(record.value or b"").hexdigest().encode()] = (
            hashlib.sha256(value).hexdigest().encode()
        )
        headers = tuple(
            (name, data and _HEX.sub(lambda found: _other(found[0], number, swaps), _swapped(data, swaps)))
            for name, data in record.headers
        )
        place = Partition(record.topic, number % _PARTITIONS)
        stamp = (_NOON + number, 1, new_id, value, headers)
        yield StoredRecord(record.topic, place.number, offsets[place], *stamp)
        offsets[place] += 1


def _swapped(data: bytes, swaps: dict[bytes, bytes]) -> bytes:
    for old, new in list(swaps.items())[:2]:
        data = data.replace(old, new)
    return data


def _other(digest: bytes, number: int, swaps: dict[bytes, bytes]) -> bytes:
    """The digest of a copied value, or an id of the copy's own."""
    known = swaps.get(digest)
    return known or hashlib.blake2b(digest, key=str(number).encode(), digest_size=32).hexdigest().encode()


def _surname(number: int, like: str) -> str:
    """A made-up surname of the same length, one of some tens of thousands."""
    draw = random.Random(number % 40_000)  # noqa: S311 - the same for one number
    return "".join(draw.choice(_LETTERS[place % 2]) for place in range(len(like))).capitalize()


def _mebibytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
