"""The pages, served: the same views as in a file, asked of the index, and told when it grows.

    GET /…                  the page; every view has a path
    GET /api/VIEW?…         what a view shows, as JSON
    GET /export/VIEW.csv    all rows of a list; or .json
    GET /events             server-sent events: `articles` when some have changed

Reads:  the index, two questions at a time
Writes: nothing
"""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

import orjson
from aiohttp import web

from readout.streams.errors import ConfigurationError
from readout.streams.report.contents import Making, about
from readout.streams.report.file import page_html, page_script, page_style
from readout.streams.report.index import connect
from readout.streams.report.kept import Json
from readout.streams.report.proofs import Proofs
from readout.streams.report.serve.access import POLICY, add_headers, guard
from readout.streams.report.serve.export import COLUMNS, csv_rows, json_rows
from readout.streams.report.serve.news import News
from readout.streams.report.serve.questions import QUESTIONS, rows_of
from readout.streams.report.views import Views

T = TypeVar("T")
_QUESTIONS_AT_A_TIME = 2
_MOST_LISTENERS = 500
_HEARTBEAT_SECONDS = 15.0
_BETWEEN_NEWS_SECONDS = 0.2
_CHUNK = 200
_TYPES = {"csv": "text/csv", "json": "application/json"}


@dataclass(frozen=True, slots=True)
class Serving:
    """What is served: the index, how its pages are made, the clock (RFC 3339), the news, and who may look.

    Without a token only the loopback address is answered.
    """

    path: Path
    making: Making
    now: Callable[[], str]
    news: News
    token: str | None = None


class Pages:
    """The handlers of one server."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._local = threading.local()
        self._threads = ThreadPoolExecutor(_QUESTIONS_AT_A_TIME, "readout-pages")
        self._listeners = 0

    def application(self) -> web.Application:
        """All routes."""
        application = web.Application(middlewares=[guard(self._serving.token)])
        application.router.add_get("/api/about", self.about)
        application.router.add_get("/api/article", self.article)
        application.router.add_get("/api/told", self.told)
        application.router.add_get("/api/{view}", self.answer)
        application.router.add_get("/export/{view}.{form}", self.export)
        application.router.add_get("/events", self.events)
        application.router.add_get("/page.js", self.script)
        application.router.add_get("/page.css", self.style)
        application.router.add_get("/{view:.*}", self.page)
        application.on_response_prepare.append(add_headers)
        return application

    async def page(self, _: web.Request) -> web.Response:
        """The page, which draws the view that its address names."""
        head = '<link rel="stylesheet" href="/page.css">\n<script src="/page.js" defer></script>\n</head>'
        html = page_html(POLICY, "live").replace("</head>", head)
        return web.Response(text=f"{html}</body>\n</html>\n", content_type="text/html")

    async def script(self, _: web.Request) -> web.Response:
        """The script of the page."""
        return web.Response(text=page_script(), content_type="text/javascript")

    async def style(self, _: web.Request) -> web.Response:
        """Its style sheet."""
        return web.Response(text=page_style(), content_type="text/css")

    async def about(self, _: web.Request) -> web.Response:
        """What the page says of itself: counts, countries and trees."""
        return _json(await self._ask(self._about))

    async def article(self, request: web.Request) -> web.Response:
        """One article, with the audit paths of its records."""
        found = await self._ask(partial(self._article, request.query.get("article", "")))
        if found is None:
            raise web.HTTPNotFound(text="there is no such article\n")
        return _json(found)

    async def told(self, request: web.Request) -> web.Response:
        """One contact across articles, with the audit path of its record."""
        found = await self._ask(partial(self._told, request.query.get("told", "")))
        if found is None:
            raise web.HTTPNotFound(text="there is no such contact\n")
        return _json(found)

    async def answer(self, request: web.Request) -> web.Response:
        """What a list, the network or a search shows."""
        question = QUESTIONS.get(request.match_info["view"])
        if question is None:
            raise web.HTTPNotFound(text="there is no such view\n")
        return _json(await self._ask(lambda views: question(views, request.query)))

    async def export(self, request: web.Request) -> web.StreamResponse:
        """All rows of a list, as they are read."""
        view, form = request.match_info["view"], request.match_info["form"]
        if view not in COLUMNS or form not in _TYPES:
            raise web.HTTPNotFound(text="there is no such list\n")
        response = web.StreamResponse(
            headers={"Content-Disposition": f'attachment; filename="{view}.{form}"'}
        )
        response.content_type = _TYPES[form]
        with closing(connect(self._serving.path)) as database:
            views = Views(database, with_text=self._serving.making.with_text)
            rows = await asyncio.to_thread(_refusing, partial(rows_of, view, views, request.query))
            pieces = csv_rows(view, rows) if form == "csv" else json_rows(rows)
            await response.prepare(request)
            while chunk := await asyncio.to_thread(lambda: list(islice(pieces, _CHUNK))):
                await response.write(b"".join(chunk))
        await response.write_eof()
        return response

    async def events(self, request: web.Request) -> web.StreamResponse:
        """News, for as long as somebody listens."""
        if self._listeners >= _MOST_LISTENERS:
            raise web.HTTPServiceUnavailable(text="too many pages are open\n")
        response = web.StreamResponse()
        response.content_type = "text/event-stream"
        await response.prepare(request)
        self._listeners += 1
        try:
            await self._tell(response)
        except ConnectionError:
            pass
        finally:
            self._listeners -= 1
        return response

    async def _tell(self, response: web.StreamResponse) -> None:
        seen = self._serving.news.version
        await response.write(b": listening\n\n")
        while True:
            try:
                change = await asyncio.wait_for(self._serving.news.after(seen), _HEARTBEAT_SECONDS)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            seen = change.version
            data = orjson.dumps({"records": change.records, "articles": change.articles})
            await response.write(b"event: articles\ndata: " + data + b"\n\n")
            await asyncio.sleep(_BETWEEN_NEWS_SECONDS)

    async def _ask(self, question: Callable[[Views], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: _refusing(lambda: question(self._views())))

    def _views(self) -> Views:
        """The views of this thread, which has a connection of its own."""
        if not hasattr(self._local, "views"):
            database = connect(self._serving.path)
            self._local.views = Views(database, with_text=self._serving.making.with_text)
        views: Views = self._local.views
        return views

    def _about(self, views: Views) -> Json:
        return {
            **about(self._serving.making),
            "counts": views.counts(),
            "countries": views.countries(),
            "trees": self._proofs(views.database).trees(),
            "across": views.has_across(),
        }

    def _article(self, article_id: str, views: Views) -> Json | None:
        document = views.article(article_id)
        return self._proofs(views.database).prove(document) if document else None

    def _told(self, key: str, views: Views) -> Json | None:
        row = views.told(key)
        return self._proofs(views.database).prove_one(row) if row else None

    def _proofs(self, database: sqlite3.Connection) -> Proofs:
        return Proofs(database, self._serving.making.key, self._serving.now())


def _refusing(question: Callable[[], T]) -> T:
    """An answer; a question that makes no sense is the asker's mistake."""
    try:
        return question()
    except ConfigurationError as error:
        raise web.HTTPBadRequest(text=f"{error}\n") from None


def _json(data: object) -> web.Response:
    return web.Response(body=orjson.dumps(data), content_type="application/json")


@asynccontextmanager
async def served(serving: Serving, host: str, port: int) -> AsyncIterator[int]:
    """Serve for as long as the context lasts; gives the port, which is a free one if 0 was asked for.

    Raises:
        ConfigurationError: the port cannot be had.
    """
    runner = web.AppRunner(Pages(serving).application(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield runner.addresses[0][1]
    except OSError as error:
        raise ConfigurationError(f"{host}:{port} cannot be listened on: {error.strerror}") from None
    finally:
        await runner.cleanup()
