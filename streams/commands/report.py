"""`readout report`: the pages of a log in one file."""

from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from readout.streams.audit.log import LiveLog, Log
from readout.streams.audit.proof.checkpoint import make_checkpoints, write_checkpoints
from readout.streams.audit.proof.key_files import read_public_key
from readout.streams.audit.proof.notes import PublicKey, new_key
from readout.streams.audit.replay.locate import records_of
from readout.streams.audit.wording import count_of
from readout.streams.commands import terminal
from readout.streams.commands.logs import Archive, open_log
from readout.streams.commands.moments import moment_of
from readout.streams.log.article_ids import article_meant
from readout.streams.log.topics import NEWS
from readout.streams.report.contents import Making
from readout.streams.report.fill import shown_bounds
from readout.streams.report.filters import Filters
from readout.streams.report.making import write_report
from readout.streams.settings import Settings


def report(  # noqa: PLR0913 - a person's options
    out: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, such as report.html.")],
    archive: Archive = None,
    *,
    article: Annotated[
        str | None, typer.Option(metavar="ID", help="Of one article, by its id or its beginning.")
    ] = None,
    person: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of somebody, by a name or a part of it.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(metavar="CC", help="Of a country, as two letters: UA.")
    ] = None,
    contact: Annotated[
        str | None, typer.Option(metavar="ID", help="Of one contact, by id or its beginning.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Recorded at or after.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Recorded before.")] = None,
    public_key: Annotated[
        Path | None, typer.Option("--public-key", help="Whose checkpoints count: the page checks them again.")
    ] = None,
    without_text: Annotated[
        bool, typer.Option("--without-text", help="Leave out what articles say; spans and digests stay.")
    ] = False,
) -> None:
    """Write a log, or a part of it, as one HTML file to read, mail and keep."""
    settings = terminal.start()
    filters = Filters(
        article=article,
        contact=contact,
        named=person,
        country=country.upper() if country else None,
        since=milliseconds("--since", since),
        until=milliseconds("--until", until),
    )
    making = making_for(settings, archive, filters, public_key, with_text=not without_text)
    terminal.run(_write(open_log(settings, archive), out, making))


async def _write(log: Log, out: Path, making: Making) -> None:
    """Write a report; an article is known by the beginning of its id as well."""
    if making.filters.article is not None:
        article = await article_meant(making.filters.article, records_of(log, [NEWS.stem]))
        making = replace(making, filters=replace(making.filters, article=article))
    await write(log, out, making)


async def write(log: Log, out: Path, making: Making) -> None:
    """Write a report, and say what is in it."""
    bounds = await shown_bounds(log)
    total = sum(reach.next - reach.first for reach in bounds.values())
    with terminal.progress(total, "reading") as bar:
        counts = await write_report(log, out, making, bounds, lambda done: bar.advance(bar.task_ids[0], done))
    said = ", ".join(count_of(counts[f"{one}s"], one) for one in ("article", "contact", "statement"))
    terminal.note(f"{out}: {said}")


async def write_signed(settings: Settings, out: Path) -> None:
    """Sign a log that ends with its broker by a key that nobody keeps, and write all of it."""
    key, log = new_key("readout.demo"), LiveLog(settings)
    await write_checkpoints(await make_checkpoints(log, key, now()), settings)
    await write(log, out, making_of("readout demo", Filters(), key.public))


def making_for(
    settings: Settings, archive: Path | None, filters: Filters, public_key: Path | None, *, with_text: bool
) -> Making:
    """How a report of the log that a person has named is made now."""
    key = read_public_key(public_key) if public_key else None
    return making_of(
        str(archive) if archive else settings.bootstrap_servers, filters, key, with_text=with_text
    )


def making_of(log: str, filters: Filters, key: PublicKey | None, *, with_text: bool = True) -> Making:
    """How a report is made now, by this version."""
    return Making(log, now(), version("readout-streams"), filters, key, with_text)


def milliseconds(option: str, text: str | None) -> int | None:
    """A moment that somebody typed, in milliseconds since 1970."""
    moment = moment_of(option, text)
    return None if moment is None else round(moment.timestamp() * 1000)


def now() -> str:
    """The present moment in RFC 3339."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
