"""`readout audit bundle`: everything about one record in one file that is checked offline."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from readout.streams.audit.log import Log
from readout.streams.audit.proof.bundle import bundle_json, make_bundle
from readout.streams.audit.proof.key_files import read_public_key
from readout.streams.audit.proof.notes import PublicKey
from readout.streams.audit.replay.locate import find_one
from readout.streams.commands import terminal
from readout.streams.commands.logs import Archive, open_log


def bundle(
    id_: Annotated[
        str,
        typer.Argument(metavar="ID", help="A record or event id, its beginning, or topic/partition@offset."),
    ],
    archive: Archive = None,
    *,
    public_key: Annotated[
        Path | None, typer.Option("--public-key", help="Take checkpoints that this key has signed.")
    ] = None,
    with_article: Annotated[
        bool, typer.Option("--article/--no-article", help="With the article, or only with its digest.")
    ] = True,
) -> None:
    """Put a record with its article and all proofs into one file, which `check` reads.

    Checkpoints with their cosignatures and the schemas are in it too; it goes to standard output.
    """
    settings = terminal.start()
    key = read_public_key(public_key) if public_key else None
    made = terminal.run(_bundle(open_log(settings, archive), id_, key, with_article=with_article))
    sys.stdout.buffer.write(made)


async def _bundle(log: Log, id_: str, key: PublicKey | None, *, with_article: bool) -> bytes:
    return bundle_json(await make_bundle(log, await find_one(log, id_), key, with_article=with_article))
