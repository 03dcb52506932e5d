"""`readout audit prove` and `check`: what was in a signed log, checked with public keys alone."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from readout.streams.audit.log import Log
from readout.streams.audit.proof.bundle import check_file
from readout.streams.audit.proof.key_files import read_public_key
from readout.streams.audit.proof.proof_files import Demands, proof_json
from readout.streams.audit.proof.prove import prove_consistency, prove_inclusion
from readout.streams.audit.replay.locate import find_one
from readout.streams.commands import terminal
from readout.streams.commands.kept_files import kept_note, proof_of, text_of
from readout.streams.commands.logs import Archive, open_log
from readout.streams.commands.terminal import Json
from readout.streams.errors import ConfigurationError


def prove(
    id_: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="A record or event id, its beginning, or topic/partition@offset."),
    ] = None,
    archive: Archive = None,
    *,
    consistency: Annotated[
        Path | None, typer.Option(help="An older checkpoint: prove that the log only grew since.")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Prove for this checkpoint, not the newest.")
    ] = None,
) -> None:
    """Prove that a record was in the log when it was signed, or that the log only grew.

    The proof is JSON on standard output; `readout audit check` reads it.
    """
    settings = terminal.start()
    if (id_ is None) == (consistency is None):
        raise ConfigurationError("give either the ID of a record, or --consistency with an older checkpoint")
    log = open_log(settings, archive)
    note = text_of(checkpoint) if checkpoint else None
    sys.stdout.buffer.write(terminal.run(_proof(log, id_, text_of(consistency) if consistency else "", note)))


async def _proof(log: Log, id_: str | None, old: str, note: str | None) -> bytes:
    if id_ is None:
        return proof_json(await prove_consistency(log, old, note))
    return proof_json(await prove_inclusion(log, await find_one(log, id_), note))


def check(
    proof: Annotated[Path, typer.Argument(help="A bundle, a proof or a checkpoint; - for standard input.")],
    *,
    public_key: Annotated[Path, typer.Option("--public-key", help="Who must have signed.")],
    checkpoint: Annotated[Path | None, typer.Option(help="The checkpoint that you kept.")] = None,
    witness: Annotated[
        list[Path] | None, typer.Option(help="Public key of a witness; may be repeated.")
    ] = None,
    quorum: Annotated[
        int | None,
        typer.Option(min=1, help="How many of the witnesses must have cosigned; all, if not said."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a proof with public keys alone: no broker, no archive, nothing to trust."""
    terminal.start()
    key = read_public_key(public_key)
    kept = kept_note(checkpoint, key).checkpoint if checkpoint else None
    witnesses = tuple(read_public_key(path) for path in witness or ())
    demands = Demands(key, kept, witnesses, len(witnesses) if quorum is None else quorum)
    proved = check_file(proof_of(proof), demands)
    if as_json:
        terminal.print_json({"proved": proved})
    for line in proved if not as_json else ():
        terminal.out.print(line, markup=False)
