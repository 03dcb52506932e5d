"""`readout demo`, `up`, `broker`, `worker`: what runs until it is done or stopped."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from readout.schemas.entities import EntityMentioned
from readout.schemas.event import Event
from readout.streams.audit.log import LiveLog
from readout.streams.audit.replay.consolidated import held_contacts
from readout.streams.commands import terminal
from readout.streams.commands.cards import card, entity_list
from readout.streams.commands.contacts import print_contacts
from readout.streams.commands.report import write_signed
from readout.streams.commands.views import line
from readout.streams.commands.write import limits_of, publish_all, summary
from readout.streams.consolidate.steps import facts_of
from readout.streams.errors import ConfigurationError, TransientError
from readout.streams.kafka.connection import Partition
from readout.streams.kafka.embedded import embedded_broker
from readout.streams.kafka.reader import Reader
from readout.streams.log.subscribe import Received, read_topics, subscribe_records
from readout.streams.log.topics import CONTACT_LOG, CONTACTS, DERIVED, MANIFESTS, ensure_topics, topic_name
from readout.streams.publish.sources import count_files, read_sources
from readout.streams.settings import Settings, environment_of

Workers = tuple["subprocess.Popen[bytes]", "subprocess.Popen[bytes]"]
"""The worker, and the consolidation."""

_DERIVED_WITHIN_SECONDS = 120.0
_STOPS_WITHIN_SECONDS = 30.0
# A group of one worker on a broker of our own need not wait long for others; and that broker has no transactions.
_EMBEDDED = {
    "session_timeout_seconds": 6.0,
    "rebalance_timeout_seconds": 4.0,
    "derive_processes": 1,
    "delivery": "confirmed",
    "log_level": "warning",
}


def demo(
    *,
    many: Annotated[
        bool,
        typer.Option("--many", help="With thirty more articles about the same calls; show the contacts."),
    ] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the pages of the seed article into a file.")
    ] = None,
) -> None:
    """Start a broker, publish the seed article, derive, show all topics, stop."""
    settings = terminal.start()
    with _embedded(settings) as embedded, _processes(embedded) as workers:
        terminal.run(_publish_and_show(embedded, workers, many=many))
        if report is not None:
            terminal.run(write_signed(embedded, report))


def up(
    port: Annotated[
        int | None, typer.Option(help="Loopback port of the broker; default: a free one.", min=1, max=65535)
    ] = None,
) -> None:
    """The same as demo, and stay: broker and worker run until Ctrl-C."""
    settings = terminal.start()
    with _embedded(settings, port) as embedded, _processes(embedded) as workers:
        terminal.run(_publish_and_show(embedded, workers))
        _print_address(embedded)
        if workers[0].wait():
            raise TransientError("the worker stopped; its log above says why")


def broker(
    port: Annotated[
        int | None, typer.Option(help="Loopback port; default: a free one.", min=1, max=65535)
    ] = None,
) -> None:
    """Run the embedded broker, with all topics, until Ctrl-C."""
    settings = terminal.start()
    with _embedded(settings, port) as embedded:
        terminal.run(ensure_topics(embedded))
        _print_address(embedded)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


def worker() -> None:
    """Derive what is published, until stopped.

    Reads news; writes entities, statements, contact-log and manifests. Start as many as there are partitions.
    """
    from readout.streams.worker.run import run_worker  # noqa: PLC0415 - Faust and spaCy take a second to import

    raise typer.Exit(run_worker(terminal.start()))


def consolidate() -> None:
    """Bring together what all articles tell of a contact, until stopped.

    Reads contact-log and news; writes contacts and contacts-current. One process does the work; others that are
    started stand by.
    """
    from readout.streams.worker.consolidate_run import run_consolidate  # noqa: PLC0415 - as above

    raise typer.Exit(run_consolidate(terminal.start()))


def _print_address(settings: Settings) -> None:
    """What another terminal sets to work with this broker."""
    ours = f"READOUT_BOOTSTRAP_SERVERS={settings.bootstrap_servers} READOUT_DELIVERY={settings.delivery}"
    terminal.notes.print(f"running: {ours} (Ctrl-C stops)", soft_wrap=True)


@contextmanager
def _embedded(settings: Settings, port: int | None = None) -> Iterator[Settings]:
    """The settings of a broker of our own, which ends with the context."""
    with embedded_broker(port) as running:
        own = {"bootstrap_servers": running.bootstrap_servers, "security_protocol": "PLAINTEXT"}
        yield settings.model_copy(update=own | _EMBEDDED)


@contextmanager
def _processes(settings: Settings) -> Iterator[Workers]:
    """A worker and the consolidation, stopped with the context, also when we are told to end."""
    signal.signal(signal.SIGTERM, _end)
    with _process(settings, "worker") as worker, _process(settings, "consolidate") as consolidation:
        yield worker, consolidation


@contextmanager
def _process(settings: Settings, command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "readout", command],
        env=os.environ | environment_of(settings),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end(number: int, _: object) -> None:
    raise SystemExit(128 + number)


async def _publish_and_show(settings: Settings, workers: Workers, *, many: bool = False) -> None:
    await ensure_topics(settings)
    seeds = [str(seeds_folder()), *([str(seeds_folder("seeds_many"))] if many else ())]
    found = read_sources(seeds, limits_of(settings))
    counts = await publish_all(found, settings, total=count_files(seeds))
    terminal.notes.print(summary(counts, check=False, dry_run=False))
    await _until_done(counts.total() - counts["refused"], settings, workers)
    if many:
        print_contacts((await held_contacts(LiveLog(settings))).items())
    else:
        await _show(settings)


async def _until_done(articles: int, settings: Settings, workers: Workers) -> None:
    """Wait until every article is sealed and its contacts are consolidated, or for a process to give up."""
    work = _sealed_and_consolidated(articles, settings)
    waits = [asyncio.create_task(work), *(asyncio.create_task(_ended(one)) for one in workers)]
    done, pending = await asyncio.wait(
        waits, timeout=_DERIVED_WITHIN_SECONDS, return_when=asyncio.FIRST_COMPLETED
    )
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    if waits[0] not in done:
        raise TransientError("the worker did not derive the articles; its log above says why")
    await waits[0]


async def _sealed_and_consolidated(articles: int, settings: Settings) -> None:
    await _sealed(articles, settings)
    async with Reader(settings) as reader:
        name = topic_name(settings, CONTACT_LOG.stem)
        bounds = await reader.bounds([Partition(name, number) for number in range(settings.partitions)])
    ends = {place.number: reach.next for place, reach in bounds.items()}
    if not any(ends.values()):
        return
    async for record in read_topics([CONTACTS.stem], settings=settings, follow=True):
        if facts_of(record).positions == ends:
            return


async def _sealed(articles: int, settings: Settings) -> None:
    sealed = 0
    async for _ in subscribe_records([MANIFESTS.stem], settings=settings, follow=True):
        sealed += 1
        if sealed >= articles:
            return


async def _ended(process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:  # noqa: ASYNC110 - a process of its own sets no event here
        await asyncio.sleep(0.1)


async def _show(settings: Settings) -> None:
    """All derived topics; the contact log, which is what people come for, last."""
    stems = [MANIFESTS.stem, *(topic.stem for topic in DERIVED), CONTACTS.stem]
    received = [one async for one in subscribe_records(stems, settings=settings)]
    received.sort(key=lambda one: (stems.index(_stem(one, settings)), one.record.partition))
    if not terminal.out.is_terminal:
        for one in received:
            terminal.plain(line(one))
        return
    # Entities are many and short; of everything else each says something of its own.
    terminal.show(entity_list(one.event for one in received if isinstance(one.event, EntityMentioned)))
    terminal.show("")
    for one in received:
        if not isinstance(one.event, EntityMentioned):
            terminal.show(card(one))


def _stem(received: Received[Event], settings: Settings) -> str:
    return received.record.topic.removeprefix(settings.topic_prefix)


def seeds_folder(name: str = "seeds") -> Path:
    """Where the package keeps the seed articles, or the many about the same calls.

    Raises:
        ConfigurationError: they are missing.
    """
    folder = Path(__file__).parents[2] / name
    if folder.is_dir():
        return folder
    raise ConfigurationError("the seed articles are missing: install readout-streams again")
