"""`readout audit witness`: cosign checkpoints that go on from those seen before, over HTTP or in files."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from readout.schemas.checkpoints import parse_checkpoint
from readout.streams.audit.proof.collect import COSIGNATURES
from readout.streams.audit.proof.key_files import read_private_key, read_public_key
from readout.streams.audit.proof.notes import split_note
from readout.streams.audit.proof.proof_files import ConsistencyProof, read_proof
from readout.streams.audit.proof.strange_files import PROOF_BYTES, read_strange
from readout.streams.audit.proof.witness import Witness
from readout.streams.commands import terminal
from readout.streams.errors import ConfigurationError

_LARGEST_PORT = 65535


def witness(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Checkpoints, or consistency proofs from the last one on; - for standard input."),
    ] = None,
    *,
    key: Annotated[Path, typer.Option(help="Private key of the witness: `keygen --witness` draws one.")],
    public_key: Annotated[list[Path], typer.Option("--public-key", help="Whose logs; may be repeated.")],
    state: Annotated[Path, typer.Option(help="Folder of the last checkpoints seen.")] = Path("witnessed"),
    listen: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Serve POST /add-checkpoint, until interrupted.")
    ] = None,
) -> None:
    """Remember the last checkpoint of each log, and cosign only what goes on from it."""
    terminal.start()
    if bool(files) == (listen is not None):
        raise ConfigurationError("give either files, or --listen HOST:PORT")
    who = Witness(read_private_key(key), [read_public_key(path) for path in public_key], state)
    for path in files or ():
        if str(path) == "-":
            sys.stdout.write(_cosign(who, path))
            continue
        out = path.with_name(path.name + COSIGNATURES)
        out.write_text(_cosign(who, path), "utf-8")
        terminal.out.print(str(out), markup=False)
    if listen is not None:
        terminal.run(_serve(who, listen))


def _cosign(who: Witness, path: Path) -> str:
    data = read_strange(path, PROOF_BYTES)
    if not data.lstrip().startswith(b"{"):
        return who.cosign(data.decode(errors="replace"), 0, (), _now())
    proof = read_proof(data)
    if not isinstance(proof, ConsistencyProof):
        raise ConfigurationError(f"{path} is neither a checkpoint nor a consistency proof")
    old = parse_checkpoint(split_note(proof.old)[0])
    return who.cosign(proof.new, old.size, proof.hashes, _now())


async def _serve(who: Witness, listen: str) -> None:
    from readout.streams.audit.proof.witness_port import witness_port  # noqa: PLC0415 - aiohttp is slow to import

    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > _LARGEST_PORT:
        raise ConfigurationError(f"--listen {listen!r} is no HOST:PORT")
    async with witness_port(who, host.strip("[]"), int(port), _now) as open_port:
        terminal.notes.print(
            f"{who.key.name} listens at http://{host}:{open_port}/add-checkpoint", markup=False
        )
        await asyncio.Event().wait()


def _now() -> int:
    return int(datetime.now(UTC).timestamp())
