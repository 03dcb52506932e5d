"""`readout serve`: the pages of a log, live."""

import asyncio
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from readout.streams.audit.log import Log
from readout.streams.commands import terminal
from readout.streams.commands.logs import Archive, open_log
from readout.streams.commands.report import making_for, now
from readout.streams.errors import ConfigurationError
from readout.streams.kafka.connection import Bounds, Partition
from readout.streams.report.contents import Making
from readout.streams.report.fill import fill, shown_bounds
from readout.streams.report.filters import Filters
from readout.streams.report.index import Index
from readout.streams.report.serve.access import is_loopback
from readout.streams.report.serve.follow import follow
from readout.streams.report.serve.news import News
from readout.streams.report.serve.server import Serving, served
from readout.streams.settings import Settings


def serve(
    archive: Archive = None,
    *,
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Where; elsewhere than on loopback a token is asked for.")
    ] = "127.0.0.1:8420",
    public_key: Annotated[
        Path | None, typer.Option("--public-key", help="Whose checkpoints count: the pages check them again.")
    ] = None,
    without_text: Annotated[
        bool, typer.Option("--without-text", help="Leave out what articles say; spans and digests stay.")
    ] = False,
) -> None:
    """Serve the pages of a log, and show what arrives, until interrupted."""
    settings = terminal.start()
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal():
        raise ConfigurationError(f"--listen {listen!r} is no HOST:PORT")
    making = making_for(settings, archive, Filters(), public_key, with_text=not without_text)
    log, follows = open_log(settings, archive), settings if archive is None else None
    terminal.run(_serve(log, making, follows, (host.strip("[]"), int(port))))


async def _serve(log: Log, making: Making, follows: Settings | None, address: tuple[str, int]) -> None:
    """Read what is there, then serve it, and follow what comes where it is a live log."""
    bounds = await shown_bounds(log)
    with tempfile.TemporaryDirectory(prefix="readout-serve-") as folder:
        path = Path(folder) / "index.sqlite"
        with Index(path, log.prefix, making.key, with_text=making.with_text) as index:
            total = await _fill(log, index, bounds)
            host, port = address
            token = None if is_loopback(host) else secrets.token_urlsafe(24)
            news = News(total)
            async with served(Serving(path, making, now, news, token), host, port) as open_port:
                _print_address(host, open_port, token)
                await (follow(follows, index, bounds, news) if follows else asyncio.Event().wait())


async def _fill(log: Log, index: Index, bounds: Mapping[Partition, Bounds]) -> int:
    total = sum(reach.next - reach.first for reach in bounds.values())
    with terminal.progress(total, "reading") as bar:
        await fill(log, index, bounds, lambda done: bar.advance(bar.task_ids[0], done))
    return total


def _print_address(host: str, port: int, token: str | None) -> None:
    shown = f"[{host}]" if ":" in host else host
    link = f"http://{shown}:{port}/" + (f"?token={token}" if token else "")
    terminal.notes.print(f"serving {link} (Ctrl-C stops)", soft_wrap=True, markup=False)
