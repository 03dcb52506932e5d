"""`readout replay`, `readout trace`, `readout rederive`: what the log said, why, and what newer code would say."""

import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

import typer

from readout.streams.audit.log import Log
from readout.streams.audit.replay.copy_out import copy_out
from readout.streams.audit.replay.locate import records_of
from readout.streams.audit.replay.select import Selection, replay_as_of
from readout.streams.audit.replay.select import replay as replay_log
from readout.streams.audit.replay.trace import trace as trace_id
from readout.streams.audit.wording import count_of
from readout.streams.commands import terminal
from readout.streams.commands.audit_views import changes_json, print_changes, print_trace, trace_json
from readout.streams.commands.logs import Archive, open_log
from readout.streams.commands.moments import moment_of
from readout.streams.commands.read import json_record
from readout.streams.commands.terminal import Json
from readout.streams.errors import ConfigurationError, NothingFound, TransientError
from readout.streams.kafka.connection import Bounds, StoredRecord
from readout.streams.log.article_ids import article_meant
from readout.streams.log.topics import NEWS
from readout.streams.rederive.changes import Changes
from readout.streams.settings import Settings

_PARTITION = Annotated[list[int] | None, typer.Option(min=0, help="Only these partitions.")]


def replay(  # noqa: PLR0913 - a person's options
    topics: Annotated[list[str] | None, typer.Argument(help="Topics, without prefix; default: all.")] = None,
    archive: Archive = None,
    *,
    from_beginning: Annotated[
        bool, typer.Option("--from-beginning", help="From the first record: the default.")
    ] = False,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Recorded at or after.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Recorded before.")] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="TIME", help="What was live then: revisions and withdrawals folded.")
    ] = None,
    offsets: Annotated[str | None, typer.Option(metavar="A:B", help="Offsets from A to before B.")] = None,
    partition: _PARTITION = None,
    article: Annotated[
        str | None, typer.Option(metavar="ID", help="Of one article, by its id or the beginning of it.")
    ] = None,
    person: Annotated[
        str | None, typer.Option(metavar="NAME", help="Naming somebody, by name or entity id.")
    ] = None,
    contact: Annotated[
        str | None, typer.Option(metavar="ID", help="Of one contact, by id or its beginning.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="TOPIC", help="Copy into this topic instead of printing.")
    ] = None,
    to_servers: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The cluster of --to; default: the same.")
    ] = None,
) -> None:
    """Read topics or an archive again, as JSON lines.

    Nothing is written unless --to says where.
    """
    settings = terminal.start()
    if from_beginning and (since or offsets):
        raise ConfigurationError("--from-beginning contradicts --since and --offsets")
    if to_servers and not to:
        raise ConfigurationError("--to-servers needs --to TOPIC")
    selection = Selection(
        stems=tuple(topics or ()),
        numbers=tuple(partition or ()),
        offsets=_offsets(offsets),
        since=_moment("--since", since),
        until=_moment("--until", until),
        article=article,
        person=person,
        contact=contact,
    )
    log, moment = open_log(settings, archive), _moment("--as-of", as_of)
    records = _replayed(log, selection, moment)
    if to is None:
        if not terminal.run(_print(records)):
            _say_nothing_found(selection)
        return
    target = settings.model_copy(update={"bootstrap_servers": to_servers} if to_servers else {})
    copied = terminal.run(copy_out(records, target, to, same_cluster=to_servers is None))
    terminal.note(f"{count_of(copied, 'record')} copied to {to}")


async def _replayed(log: Log, selection: Selection, moment: int | None) -> AsyncIterator[StoredRecord]:
    if selection.article is not None:
        article = await article_meant(selection.article, records_of(log, [NEWS.stem]))
        selection = replace(selection, article=article)
    records = replay_log(log, selection) if moment is None else replay_as_of(log, selection, moment)
    async for record in records:
        yield record


async def _print(records: AsyncIterator[StoredRecord]) -> int:
    """Print records; how many there were."""
    count = 0
    async for record in records:
        sys.stdout.buffer.write(json_record(record) + b"\n")
        count += 1
    sys.stdout.buffer.flush()
    return count


def _say_nothing_found(selection: Selection) -> None:
    """Raise where one thing was asked for, and say it where many were."""
    one = selection.article or selection.contact or selection.person
    if one:
        raise NothingFound(f"no record is of {one!r}")
    terminal.note("nothing found")


def trace(
    id_: Annotated[
        str,
        typer.Argument(metavar="ID", help="A record or event id, its beginning, or topic/partition@offset."),
    ],
    archive: Archive = None,
    *,
    as_json: Json = False,
) -> None:
    """Show a record with its evidence, article, producer, manifest and checkpoint."""
    settings = terminal.start()
    found = terminal.run(trace_id(open_log(settings, archive), id_))
    if as_json:
        terminal.print_json(trace_json(found))
    else:
        print_trace(found)


def rederive(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; write nothing.")] = False,
    jobs: Annotated[int, typer.Option(min=1, help="Processes that derive side by side.")] = 1,
    as_json: Json = False,
) -> None:
    """Derive sealed articles again with the code that is installed; stop the workers first."""
    settings = terminal.start()
    changes = terminal.run(_rederive(settings, jobs, dry_run=dry_run))
    if as_json:
        terminal.print_json(changes_json(changes, dry_run=dry_run))
    else:
        print_changes(changes, dry_run=dry_run)
    if changes.failed:
        raise TransientError(
            f"this code cannot derive {count_of(changes.failed, 'article')}; what was sealed stays"
        )


async def _rederive(settings: Settings, jobs: int, *, dry_run: bool) -> Changes:
    from readout.streams.derive.without_broker import deriver  # noqa: PLC0415 - spaCy takes a second to import
    from readout.streams.rederive.run import rederive_log  # noqa: PLC0415

    async with deriver(settings, jobs) as derive:
        return await rederive_log(settings, derive, dry_run=dry_run)


def _offsets(text: str | None) -> Bounds | None:
    if text is None:
        return None
    first, colon, stop = text.partition(":")
    if not colon or not (first or "0").isdecimal() or not (stop or "0").isdecimal():
        raise ConfigurationError(f"--offsets {text!r}: write A:B, such as 100:200, 100: or :200")
    return Bounds(int(first or 0), int(stop) if stop else sys.maxsize)


def _moment(option: str, text: str | None) -> int | None:
    """A moment in milliseconds since 1970."""
    moment = moment_of(option, text)
    return None if moment is None else round(moment.timestamp() * 1000)
