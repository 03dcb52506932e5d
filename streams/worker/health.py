"""The worker's HTTP port: what Prometheus scrapes, and whether the worker lives and is ready.

    /metrics   the metrics in Prometheus' text format
    /healthz   200 as long as the event loop answers, with a line for each article whose derivation has stalled; 503
               when the worker has given up and is about to end, or cannot end a derivation whose time is up
    /readyz    200 when partitions have been assigned and their writers are open; 503 before and after

Off unless READOUT_METRICS_PORT names a port. It tells nothing of articles, and takes no input.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Protocol

from aiohttp import web

from readout.streams.errors import ConfigurationError
from readout.streams.settings import Settings
from readout.streams.worker.metrics import CONTENT_TYPE

_GOING_DOWN_SECONDS = 1.0


class Shown(Protocol):
    """Metrics that can be shown."""

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        ...


@asynccontextmanager
async def health_port(
    settings: Settings,
    metrics: Shown,
    *,
    is_alive: Callable[[], bool],
    is_ready: Callable[[], bool],
    refresh: Callable[[], None] = lambda: None,
    stalled_seconds: Callable[[], Mapping[str, float]] = dict,
) -> AsyncIterator[None]:
    """Serve for as long as the context lasts; nothing at all without a port.

    Args:
        settings: which port, and on which address; no port, no server.
        metrics: what `/metrics` shows.
        is_alive: answers `/healthz`.
        is_ready: answers `/readyz`.
        refresh: called before metrics are shown, for what is only worth finding out then.
        stalled_seconds: the ids of articles whose derivation has stalled, for how long; `/healthz` tells them.

    Raises:
        ConfigurationError: the port cannot be had.
    """
    host, port = settings.metrics_host, settings.metrics_port
    if port is None:
        yield
        return

    async def show(_: web.Request) -> web.Response:
        refresh()
        return web.Response(body=metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    application = web.Application()
    application.router.add_get("/metrics", show)
    application.router.add_get("/healthz", _answer(is_alive, lambda: _stalled_lines(stalled_seconds())))
    application.router.add_get("/readyz", _answer(is_ready))
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_GOING_DOWN_SECONDS)
    await runner.setup()
    try:
        await _listen(runner, host, port)
        yield
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise ConfigurationError(
            f"READOUT_METRICS_PORT={port} cannot be used: {error.strerror}; choose another"
        ) from None


def _stalled_lines(seconds: Mapping[str, float]) -> str:
    """The pool ends them when their time is up; who restarts the worker before has it derive them again."""
    return "".join(f"derivation of {name} stalled, for {since:.0f} s\n" for name, since in seconds.items())


def _answer(
    ask: Callable[[], bool], more: Callable[[], str] = str
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(_: web.Request) -> web.StreamResponse:
        said, status = ("ok\n", 200) if ask() else ("not now\n", 503)
        return web.Response(text=said + more(), status=status)

    return answer
