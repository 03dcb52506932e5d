"""`readout repartition`: copy a log into one with another number of partitions, and link both."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from readout.streams.audit.log import LiveLog
from readout.streams.audit.proof.key_files import read_private_key
from readout.streams.audit.proof.signer_state import read_state, state_path, write_state
from readout.streams.audit.wording import count_of
from readout.streams.commands import terminal
from readout.streams.errors import TransientError
from readout.streams.kafka.connection import Bounds, Partition
from readout.streams.log.topics import NEWS
from readout.streams.settings import Settings


def repartition(
    *,
    to: Annotated[int, typer.Option("--to", min=1, metavar="N", help="Partitions of every new topic.")],
    topic_prefix: Annotated[
        str, typer.Option("--topic-prefix", metavar="NEW", help="In front of every new topic's name.")
    ],
    key: Annotated[
        Path | None,
        typer.Option(help="Private key: sign both logs and link them. Give it at the latest in the end."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the checkpoints as files.")] = Path("checkpoints"),
) -> None:
    """Copy this log into a new one with more partitions, verify the copy, and link both.

    Stop publishers and workers first. A copy that was broken off goes on when the same is run again.
    """
    settings = terminal.start()
    new = Settings.model_validate(settings.model_dump() | {"topic_prefix": topic_prefix, "partitions": to})
    private = read_private_key(key) if key else None
    if key is None or private is None:
        terminal.run(_copied(settings, new))
        terminal.note("not linked: run this again with --key, before anybody writes to either log")
        return
    time = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    state = read_state(state_path(key), private.public)
    if state.doubt:
        terminal.note(f"{state.doubt}: everything is compared again")
    from readout.streams.repartition.link import Signer, link_logs  # noqa: PLC0415 - with its neighbours

    signer = Signer(private, time, out, state)
    bounds = terminal.run(_copied(settings, new))
    link = terminal.run(link_logs(settings, bounds, new, signer))
    write_state(state_path(key), state, private)
    terminal.note(
        f"linked by {private.name} at {link.time}: {count_of(len(link.before), 'partition')} of before with "
        f"{count_of(sum(one.size for one in link.before), 'record')}, {len(link.after)} now with "
        f"{sum(one.size for one in link.after)}"
    )


async def _copied(old: Settings, new: Settings) -> dict[Partition, Bounds]:
    """Copy and compare; how far the old log was copied."""
    from readout.streams.derive.producer_block import load_producer  # noqa: PLC0415 - spaCy takes a second to import
    from readout.streams.repartition.compare import compare_logs  # noqa: PLC0415
    from readout.streams.repartition.run import copy_log  # noqa: PLC0415

    log, producer = LiveLog(old), load_producer(old)
    news = [Partition(log.prefix + NEWS.stem, number) for number in range(await log.partitions())]
    total = sum(reach.next - reach.first for reach in (await log.bounds(news)).values())
    with terminal.progress(total, "copying") as bar:
        copied = await copy_log(old, new, producer, lambda done: bar.advance(bar.task_ids[0], done))
    if copied.pending:
        raise TransientError(
            f"{count_of(copied.pending, 'record')} of {log.prefix}{NEWS.stem} are not derived yet, and were not "
            f"copied: stop the publishers, let the workers finish and stop them, then run this again"
        )
    records = await compare_logs(log, copied.bounds, LiveLog(new), new, producer)
    terminal.note(
        f"{count_of(records, 'record')} in {new.partitions} partitions of {new.topic_prefix}…: each is there once, "
        f"with the content that it had"
    )
    return copied.bounds
