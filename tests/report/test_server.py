"""The server answers as the file does, to those who may ask, and tells everybody of what is new without a queue."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar

from readout.streams.report.contents import Making
from readout.streams.report.filters import Filters
from readout.streams.report.index import Index
from readout.streams.report.serve.access import is_loopback
from readout.streams.report.serve.news import News
from readout.streams.report.serve.server import Serving, served
from tests.audit.auditing import KEY
from tests.report.made import AT, ATTACKS, newsroom

_TOKEN = "a-token-of-these-tests"


@asynccontextmanager
async def serving(folder: Path, token: str | None = None) -> AsyncIterator[tuple[str, News]]:
    """The newsroom's pages, served; their address."""
    making = Making("a log of tests", AT, "0", Filters(), KEY.public)
    with Index(folder / "index.sqlite", key=KEY.public) as index:
        index.add((await newsroom()).all())
        index.settle()
        news = News()
        async with served(Serving(index.path, making, lambda: AT, news, token), "127.0.0.1", 0) as port:
            yield f"http://127.0.0.1:{port}", news


@asynccontextmanager
async def asking(address: str, path: str, **headers: str) -> AsyncIterator[ClientResponse]:
    async with (
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as session,
        session.get(address + path, headers=headers) as answer,
    ):
        yield answer


async def asked(address: str, path: str) -> object:
    async with asking(address, path) as answer:
        assert answer.status == 200, await answer.text()
        return orjson.loads(await answer.read())


async def test_a_question_is_answered_out_of_the_index(tmp_path: Path) -> None:
    async with serving(tmp_path) as (address, _):
        found = await asked(address, "/api/contacts?person=anna+weber&mode=call")
        assert isinstance(found, dict)
        assert [row["title"] for row in found["rows"]] == [
            "A call on Wednesday",
            "Weber calls Ortega on Tuesday",
        ]
        article = await asked(address, "/api/article?article=calls")
        assert isinstance(article, dict)
        assert all("path" in one["log"] for one in article["records"])


@pytest.mark.parametrize("path", ["/", "/contacts?mode=call", "/article/a%2Fb", "/proof"])
async def test_every_view_has_a_path(tmp_path: Path, path: str) -> None:
    async with serving(tmp_path) as (address, _), asking(address, path) as answer:
        assert answer.status == 200
        assert 'src="/page.js"' in await answer.text()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


BAD = [
    ("/api/nothing", 404),
    ("/api/article?article=nobody", 404),
    ("/api/contacts?limit=x", 400),
    ("/api/contacts?limit=-1", 400),
    ("/api/contacts?words=" + "x" * 700, 400),
    ("/export/nothing.csv", 404),
    ("/export/contacts.exe", 404),
    ("/export/contacts.csv?since=now", 400),
]


@pytest.mark.parametrize(("path", "status"), BAD)
async def test_what_makes_no_sense_is_refused(tmp_path: Path, path: str, status: int) -> None:
    async with serving(tmp_path) as (address, _), asking(address, path) as answer:
        assert answer.status == status
        assert "Traceback" not in await answer.text()


async def test_on_loopback_only_its_own_name_is_answered(tmp_path: Path) -> None:
    async with serving(tmp_path) as (address, _):
        async with asking(address, "/api/about", Host="evil.example") as answer:
            assert answer.status == 403
        async with asking(address, "/api/about", Host="localhost:1") as answer:
            assert answer.status == 200


async def test_elsewhere_nothing_is_shown_without_the_token(tmp_path: Path) -> None:
    async with serving(tmp_path, _TOKEN) as (address, _):
        for path in ("/", "/api/about", "/events", "/page.js", "/?token=wrong", "/export/contacts.csv"):
            async with asking(address, path) as answer:
                assert answer.status == 401
        async with asking(address, "/api/about", Authorization=f"Bearer {_TOKEN}") as answer:
            assert answer.status == 200
        async with asking(address, f"/contacts?token={_TOKEN}&mode=call") as answer:
            assert (answer.status, answer.url.raw_path_qs) == (200, "/contacts?mode=call")
            (cookie,) = answer.history[0].cookies.values()
            assert cookie["httponly"]
            assert cookie["samesite"] == "Strict"


@pytest.mark.parametrize(
    ("host", "alone"), [("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("box", False)]
)
def test_loopback_is_told_from_other_addresses(host: str, *, alone: bool) -> None:
    assert is_loopback(host) is alone


LISTS = {"contacts": 5, "statements": 5, "people": 5, "articles": 5, "network": 4, "across": 1}


@pytest.mark.parametrize("view", LISTS)
async def test_every_list_is_exported_as_csv_and_json(tmp_path: Path, view: str) -> None:
    async with serving(tmp_path) as (address, _):
        rows = await asked(address, f"/export/{view}.json")
        async with asking(address, f"/export/{view}.csv") as answer:
            table = list(csv.DictReader(io.StringIO(await answer.text())))
    assert isinstance(rows, list)
    assert len(rows) == len(table) >= LISTS[view]


async def test_an_exported_text_is_no_formula(tmp_path: Path) -> None:
    async with serving(tmp_path) as (address, _), asking(address, "/export/statements.csv") as answer:
        table = list(csv.DictReader(io.StringIO(await answer.text())))
    texts = [row["text"] for row in table]
    assert ATTACKS[0] in texts
    assert not any(text.startswith(("=", "+", "-", "@")) for text in texts)


async def test_a_slow_reader_is_told_once_of_all_that_came() -> None:
    news = News()
    waiting = asyncio.create_task(news.after(0))
    await asyncio.sleep(0)
    for number in range(1000):
        news.tell(3, [f"article-{number}"])
    change = await waiting
    assert (change.version, change.records) == (1000, 3000)
    assert change.articles == tuple(f"article-{number}" for number in range(980, 1000))


async def test_listeners_hear_of_what_changed(tmp_path: Path) -> None:
    async with serving(tmp_path) as (address, news), asking(address, "/events") as answer:
        await answer.content.readuntil(b"\n\n")
        news.tell(7, ["calls"])
        said = await answer.content.readuntil(b"\n\n")
    assert said == b'event: articles\ndata: {"records":7,"articles":["calls"]}\n\n'
