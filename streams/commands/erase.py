"""`readout erase`: take an article out of an archive, with a signed statement in the place of each record."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from readout.streams.audit.archive.erase import Request, erase_article
from readout.streams.audit.archive.read import ArchiveLog
from readout.streams.audit.proof.key_files import read_private_key
from readout.streams.audit.replay.locate import records_of
from readout.streams.audit.wording import count_of
from readout.streams.commands import terminal
from readout.streams.commands.terminal import Json
from readout.streams.log.article_ids import article_meant
from readout.streams.log.topics import NEWS


def erase(
    article: Annotated[str, typer.Argument(help="The article's id, or the beginning of it.")],
    *,
    archive: Annotated[Path, typer.Option("--archive", metavar="DIR", help="The archive to erase it from.")],
    reason: Annotated[str, typer.Option(help="Why, in one line; it stays, so name nobody.")],
    key: Annotated[Path, typer.Option(help="Private key that signs the log's checkpoints.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: Json = False,
) -> None:
    """Take an article, and all that was derived from it, out of an archive.

    The proofs of all other records still hold; a signed statement stands in the place of each that went.
    """
    settings = terminal.start()
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    private = read_private_key(key)
    news = records_of(ArchiveLog(archive, segment_bytes=settings.max_segment_bytes), [NEWS.stem])
    # What an interrupted run has erased already is no article any more, and is to be finished.
    whole_id = terminal.run(article_meant(article, news, or_as_typed=True))
    request = Request(whole_id, reason, now, private)
    erased = erase_article(archive, request, dry_run=dry_run)
    for record in erased if not as_json else ():
        terminal.out.print(f"{record.topic}/{record.partition}@{record.offset}", markup=False)
    if as_json:
        gone = [f"{one.topic}/{one.partition}@{one.offset}" for one in erased]
        terminal.print_json({"article_id": whole_id, "erased": gone, "dry_run": dry_run})
    done = (
        "would be erased (dry run: nothing was written)"
        if dry_run
        else f"erased, signed by {request.key.name}"
    )
    terminal.notes.print(f"{count_of(len(erased), 'record')} {done}", markup=False)
