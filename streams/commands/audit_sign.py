"""`readout audit keygen` and `checkpoint`: sign what every partition holds."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from readout.streams.audit.log import LiveLog, Log
from readout.streams.audit.proof.checkpoint import (
    SignedCheckpoint,
    keep_checkpoints,
    make_checkpoints,
    write_checkpoints,
)
from readout.streams.audit.proof.collect import Witnesses, collect_cosignatures, collect_files
from readout.streams.audit.proof.key_files import create_key, public_path, read_private_key, read_public_key
from readout.streams.audit.proof.notes import LOG, WITNESS, PrivateKey
from readout.streams.audit.proof.signer_state import SignerState, read_state, state_path, write_state
from readout.streams.audit.wording import count_of
from readout.streams.commands import terminal
from readout.streams.commands.logs import Archive, open_log
from readout.streams.commands.terminal import Json
from readout.streams.errors import ConfigurationError


def keygen(
    key: Annotated[Path, typer.Argument(help="File of the new private key; the public one gets .pub.")],
    *,
    name: Annotated[str, typer.Option(help="Name of the key, as a rule a URL without its scheme.")],
    witness: Annotated[bool, typer.Option("--witness", help="A key of a witness.")] = False,
    as_json: Json = False,
) -> None:
    """Draw a key that signs checkpoints, or cosigns them."""
    terminal.start()
    public = create_key(key, name, WITNESS if witness else LOG)
    if as_json:
        paths = {"private_key_file": str(key), "public_key_file": str(public_path(key))}
        terminal.print_json({"public_key": public.line()} | paths)
        return
    terminal.out.print(public.line(), markup=False)
    terminal.notes.print(
        f"private key: {key} (keep it); public key: {public_path(key)} (give it)", markup=False
    )


def checkpoint(  # noqa: PLR0913 - a person's options
    archive: Archive = None,
    *,
    key: Annotated[Path, typer.Option(help="Private key that signs.")],
    out: Annotated[Path, typer.Option(help="Folder for the checkpoints as files.")] = Path("checkpoints"),
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Compare everything that was ever signed, not only what is new.")
    ] = False,
    witness: Annotated[list[str] | None, typer.Option(metavar="URL", help="Ask this witness.")] = None,
    witness_key: Annotated[list[Path] | None, typer.Option(help="Public key of a witness.")] = None,
    as_json: Json = False,
) -> None:
    """Sign what every partition holds, if it agrees with all that was signed.

    Checkpoints are kept as files and, of live topics, in the topic checkpoints as well.
    """
    settings = terminal.start()
    private = read_private_key(key)
    log = open_log(settings, archive)
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if bool(witness) > bool(witness_key):
        raise ConfigurationError(
            "--witness needs --witness-key: without a key no answer can be told from another"
        )
    witnesses = Witnesses(witness or (), [read_public_key(path) for path in witness_key or ()])
    state = _signer_state(key, private, rebuild=rebuild)
    made = terminal.run(_checkpoints(log, private, now, out, state, witnesses))
    paths = keep_checkpoints(made, out, private.public)
    for path in collect_files(out, private.public, witnesses.keys):
        terminal.notes.print(f"{path}: cosignatures added", markup=False)
    if archive is None:
        terminal.run(write_checkpoints(made, settings))
    write_state(state_path(key), state, private)
    if as_json:
        sizes = [
            {"file": str(path), "records": one.checkpoint.size} for path, one in zip(paths, made, strict=True)
        ]
        terminal.print_json({"checkpoints": sizes, "signed_by": private.name})
    for path, one in zip(paths, made, strict=True) if not as_json else ():
        terminal.out.print(f"{path}\t{count_of(one.checkpoint.size, 'record')}", markup=False)
    terminal.notes.print(f"{count_of(len(made), 'checkpoint')} signed by {private.name}", markup=False)
    if state.passed_over:
        terminal.note(
            f"{count_of(state.passed_over, 'record')} signed before and not read again since {state.rebuilt_at} "
            f"(--rebuild compares them)"
        )


def _signer_state(key: Path, private: PrivateKey, *, rebuild: bool) -> SignerState:
    """What the signer remembers; all trees are built again where it is asked for, or is not to be believed."""
    state = read_state(state_path(key), private.public)
    if state.doubt:
        terminal.note(f"{state.doubt}: everything is compared again")
    elif rebuild:
        state.doubt = "--rebuild"
    return state


async def _checkpoints(
    log: Log, key: PrivateKey, now: str, folder: Path, state: SignerState, witnesses: Witnesses
) -> list[SignedCheckpoint]:
    to_topic = isinstance(log, LiveLog)
    made = await make_checkpoints(log, key, now, folder=folder, to_topic=to_topic, state=state)

    def missed(what: str) -> None:
        terminal.notes.print(what, markup=False)

    return await collect_cosignatures(log, made, key.public, witnesses, missed)
