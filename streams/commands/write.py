"""`readout publish` and `readout derive`: articles in, to Kafka or to standard output."""

import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from typing import Annotated

import typer

from readout.streams.commands import terminal
from readout.streams.commands.terminal import Json
from readout.streams.errors import ConfigurationError, InvalidRecord
from readout.streams.publish.drafts import Limits
from readout.streams.publish.formats import Encoding, SourceFormat
from readout.streams.publish.publisher import Published, Publisher, publishing
from readout.streams.publish.sources import Found, Refusal, count_files, read_sources
from readout.streams.settings import Settings

REFUSED = "refused"

Paths = Annotated[
    list[str] | None,
    typer.Argument(help="Files, folders, patterns, or - for standard input.", show_default=False),
]
Format = Annotated[
    SourceFormat,
    typer.Option(
        "--format", metavar="FORMAT", help=f"How the articles are written: {', '.join(SourceFormat)}."
    ),
]
Bytes = Annotated[
    Encoding,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help=f"How their characters are written as bytes: {', '.join(Encoding)}.",
    ),
]
Teasers = Annotated[
    bool, typer.Option("--teasers", help="Take entries of feeds that hold only the beginning of their text.")
]


def publish(  # noqa: PLR0913 - a person's options
    paths: Paths = None,
    source_format: Format = SourceFormat.AUTO,
    *,
    encoding: Bytes = Encoding.UTF_8,
    teasers: Teasers = False,
    revision: Annotated[int | None, typer.Option(min=1, help="Give the articles this revision.")] = None,
    withhold: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help="Take an article back for now, by its id or 4 letters of it or more."
        ),
    ] = None,
    cancel: Annotated[str | None, typer.Option(metavar="ID", help="Take it back for good.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why it is withheld or canceled.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Look first what is there already, and say so of each article.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Publish articles to the topic news; the same revision twice adds nothing."""
    settings = terminal.start()
    if bool(paths) + bool(withhold) + bool(cancel) != 1:
        raise ConfigurationError("give either articles to publish, or --withhold ID, or --cancel ID")
    if paths:
        found = read_sources(
            paths, limits_of(settings), source_format, revision=revision, encoding=encoding, teasers=teasers
        )
        total = 0 if "-" in paths else count_files(paths)
        counts = terminal.run(publish_all(found, settings, total=total, check=check, dry_run=dry_run))
    else:
        counts = terminal.run(_take_back(withhold, cancel, reason, settings, dry_run=dry_run))
    if as_json:
        terminal.print_json({name: counts[name] for name in (*Published, REFUSED)} | {"dry_run": dry_run})
    else:
        terminal.note(summary(counts, check=check, dry_run=dry_run))
    if counts[REFUSED]:
        raise typer.Exit(1)


def derive(
    paths: Paths = None,
    source_format: Format = SourceFormat.AUTO,
    *,
    encoding: Bytes = Encoding.UTF_8,
    teasers: Teasers = False,
    jobs: Annotated[int, typer.Option(min=1, help="Processes that derive side by side.")] = 1,
) -> None:
    """Derive articles without any broker: JSON lines out, in article order.

    Each line is a CloudEvent, as the worker would write it.
    """
    from readout.streams.derive.without_broker import derive_lines  # noqa: PLC0415 - spaCy takes a second to import

    settings = terminal.start()
    sources = read_sources(
        paths or ["-"], limits_of(settings), source_format, encoding=encoding, teasers=teasers
    )
    if terminal.run(_print_lines(derive_lines(sources, settings, jobs=jobs))):
        raise typer.Exit(1)


async def _print_lines(lines: AsyncIterator[bytes | Refusal]) -> int:
    """Print what was derived; the number of refusals."""
    refused = 0
    async for line in lines:
        if isinstance(line, Refusal):
            refused += 1
            terminal.refuse(line.where, line.reason)
        else:
            sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
    return refused


def limits_of(settings: Settings) -> Limits:
    """The settings' limits on articles."""
    return Limits(settings.max_article_characters, settings.max_record_bytes)


async def publish_all(
    found: Iterable[Found | Refusal],
    settings: Settings,
    *,
    total: int = 0,
    check: bool = False,
    dry_run: bool = False,
) -> Counter[str]:
    """Publish what was found and count what came of it; each refusal gets its line."""
    counts: Counter[str] = Counter()
    with terminal.progress(total, "publishing") as bar:
        async with publishing(settings, check=check, dry_run=dry_run) as publisher:
            for one in found:
                counts[await _publish_one(one, publisher)] += 1
                bar.advance(bar.task_ids[0])
    return counts


def summary(counts: Counter[str], *, check: bool, dry_run: bool) -> str:
    """The exact counts in one line; without a check nobody knows what was there already."""
    always = {Published.ADDED, REFUSED, *({Published.UNCHANGED} if check or dry_run else ())}
    parts = [f"{counts[name]} {name}" for name in (*Published, REFUSED) if counts[name] or name in always]
    return ", ".join(parts) + (" (dry run: nothing was written)" if dry_run else "")


async def _publish_one(one: Found | Refusal, publisher: Publisher) -> str:
    if isinstance(one, Refusal):
        terminal.refuse(one.where, one.reason)
        return REFUSED
    try:
        publish_it = publisher.revise if one.unnumbered else publisher.publish
        outcome = await publish_it(one.article)
    except InvalidRecord as error:
        terminal.refuse(one.where, str(error))
        return REFUSED
    if outcome is not Published.ADDED:
        terminal.notes.print(f"{outcome}: {one.where}", markup=False)
    return outcome


async def _take_back(
    withhold: str | None, cancel: str | None, reason: str | None, settings: Settings, *, dry_run: bool
) -> Counter[str]:
    async with publishing(settings, dry_run=dry_run) as publisher:
        if withhold:
            return Counter([await publisher.take_back(await publisher.meant(withhold), "withheld", reason)])
        return Counter([await publisher.take_back(await publisher.meant(cancel or ""), "canceled", reason)])
