"""The worker's HTTP port: what Prometheus scrapes, and whether the worker lives and is ready.

    /metrics   the metrics in Prometheus' text format
    /healthz   200 as long as the event loop answers; 503 when the worker has given up and is about to end
    /readyz    200 when partitions have been assigned and their writers are open; 503 before and after

Off unless READOUT_METRICS_PORT names a port. It tells nothing of articles, and takes no input.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from readout.streams.errors import ConfigurationError
from readout.streams.settings import Settings
from readout.streams.worker.metrics import CONTENT_TYPE, Metrics

_GOING_DOWN_SECONDS = 1.0


@asynccontextmanager
async def health_port(
    settings: Settings,
    metrics: Metrics,
    *,
    is_alive: Callable[[], bool],
    is_ready: Callable[[], bool],
    refresh: Callable[[], None] = lambda: None,
) -> AsyncIterator[None]:
    """Serve for as long as the context lasts; nothing at all without a port.

    Args:
        settings: which port, and on which address; no port, no server.
        metrics: what `/metrics` shows.
        is_alive: answers `/healthz`.
        is_ready: answers `/readyz`.
        refresh: called before metrics are shown, for what is only worth finding out then.

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
    application.router.add_get("/healthz", _answer(is_alive))
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


def _answer(ask: Callable[[], bool]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(text="ok\n") if ask() else web.Response(text="not now\n", status=503)

    return answer
