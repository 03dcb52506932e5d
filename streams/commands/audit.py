"""`readout audit`: verify a log, sign it, prove and check; every command takes the live topics or an archive."""

import re
import secrets
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from readout.schemas.news import ArticlePublished
from readout.streams.audit.findings import Account, Finding, Status, Tolerance
from readout.streams.audit.log import LiveLog, Log
from readout.streams.audit.proof.bundle import check_file
from readout.streams.audit.proof.checkpoint import (
    SignedCheckpoint,
    keep_checkpoints,
    make_checkpoints,
    write_checkpoints,
)
from readout.streams.audit.proof.collect import Witnesses, collect_cosignatures, collect_files
from readout.streams.audit.proof.key_files import create_key, public_path, read_private_key, read_public_key
from readout.streams.audit.proof.notes import LOG, WITNESS, PrivateKey, PublicKey
from readout.streams.audit.proof.proof_files import Demands, proof_json
from readout.streams.audit.proof.prove import prove_consistency, prove_inclusion
from readout.streams.audit.proof.signer_state import SignerState, read_state, state_path, write_state
from readout.streams.audit.replay.locate import find_one
from readout.streams.audit.scratch import KnownCheckpoint
from readout.streams.audit.verify.checkpoints import read_note
from readout.streams.audit.verify.examine import Derived
from readout.streams.audit.verify.older_code import older_code
from readout.streams.audit.verify.run import Derive, Scope
from readout.streams.audit.verify.run import verify as verify_log
from readout.streams.audit.verify.state import InstalledCode
from readout.streams.audit.wording import count_of
from readout.streams.commands import terminal
from readout.streams.commands.audit_views import account_json, finding_json, print_account
from readout.streams.commands.logs import Archive, open_log
from readout.streams.commands.terminal import Json
from readout.streams.errors import ConfigurationError, ReplayMismatch
from readout.streams.kafka.connection import Partition
from readout.streams.log.topics import NEWS
from readout.streams.settings import Settings

PublicKeyFile = Annotated[
    Path | None, typer.Option("--public-key", help="Public key that checkpoints must be signed with.")
]


def verify(  # noqa: PLR0913 - a person's options
    archive: Archive = None,
    *,
    partition: Annotated[list[int] | None, typer.Option(min=0, help="Only these partitions.")] = None,
    sample: Annotated[
        int | None,
        typer.Option(min=1, help="Derive about so many articles again; the rest is checked otherwise."),
    ] = None,
    seed: Annotated[str | None, typer.Option(help="Choose the same sample again.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes that derive side by side.")] = 1,
    public_key: PublicKeyFile = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint that you kept; may be repeated.")
    ] = None,
    since_checkpoint: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH",
            help="Derive only what came after these checkpoints, once they are proved: files, or their folder.",
        ),
    ] = None,
    require_checkpoints: Annotated[
        bool | None,
        typer.Option(
            "--require-checkpoints/--no-require-checkpoints",
            help="Is a partition without a checkpoint a finding? Default: with --public-key.",
            show_default=False,
        ),
    ] = None,
    require_statement: Annotated[
        bool, typer.Option("--require-statement", help="Is an archive that nobody has signed a finding?")
    ] = False,
    with_producer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="BUILD=PATH",
            help="Derive records of another build with its virtual environment or wheel; may be repeated.",
        ),
    ] = None,
    tolerate: Annotated[list[Tolerance] | None, typer.Option(help="Findings that you take for well.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Findings and account as JSON lines.")] = False,
) -> None:
    """Derive every article again and compare all records with what must be there."""
    settings = terminal.start()
    log = open_log(settings, archive)
    key = read_public_key(public_key) if public_key else None
    kept = tuple(_kept(path, key) for path in checkpoint or ())
    seed = seed or secrets.token_hex(8)
    if sample and not as_json:
        terminal.notes.print(f"sample: about {sample} articles, --seed {seed}", markup=False)
    scope = Scope(
        numbers=tuple(partition) if partition else None,
        sample=sample,
        seed=seed,
        batch_size=settings.batch_size * jobs,
        public_key=key,
        kept=kept,
        since=tuple(known for path in since_checkpoint or () for known in _kept_in(path, key)),
        require_checkpoints=require_checkpoints,
        require_statement=require_statement,
    )
    older = [_build_and_path(one) for one in with_producer or ()]
    account = terminal.run(_verify(log, settings, scope, jobs, older, as_json=as_json))
    tolerated = frozenset(tolerate or ())
    if as_json:
        sys.stdout.buffer.write(account_json(account, tolerated) + b"\n")
    else:
        print_account(account, verified=key is not None)
    _end(account, tolerated)


def _end(account: Account, tolerated: frozenset[Tolerance]) -> None:
    """End with the status of an audit: 1 for a finding, 3 for what could not be checked."""
    status = account.status(tolerated)
    if status is Status.FINDING:
        raise ReplayMismatch(f"{count_of(account.findings.total(), 'finding')}: not all is well")
    if status is Status.NOT_CHECKED:
        terminal.note(
            "readout: what is there fits, but not everything could be derived again (--with-producer)"
        )
        raise typer.Exit(status)


def _build_and_path(text: str) -> tuple[str, Path]:
    build, equals, path = text.partition("=")
    if not equals or not re.fullmatch("[0-9a-f]{8,64}", build):
        raise ConfigurationError(
            f"--with-producer {text!r}: write BUILD=PATH, with at least 8 digits of the build as verify names it"
        )
    return build, Path(path)


async def _verify(
    log: Log,
    settings: Settings,
    scope: Scope,
    jobs: int,
    older: Sequence[tuple[str, Path]],
    *,
    as_json: bool,
) -> Account:
    news = [Partition(log.prefix + NEWS.stem, number) for number in range(await log.partitions())]
    total = sum(bounds.next - bounds.first for bounds in (await log.bounds(news)).values())
    # The log is looked for first: whoever has mistyped it need not wait for spaCy.
    from readout.streams.derive.environment import environment_text  # noqa: PLC0415
    from readout.streams.derive.producer_block import load_producer  # noqa: PLC0415
    from readout.streams.derive.without_broker import deriver  # noqa: PLC0415 - spaCy takes a second to import

    with terminal.progress(total, "verifying") as bar:
        async with AsyncExitStack() as stack:
            codes = [await stack.enter_async_context(older_code(*one, settings)) for one in older]
            kept = {code.producer: code.derive for code in codes}
            installed = InstalledCode(load_producer(settings), environment_text(), settings, kept)
            return await verify_log(
                log,
                _when_needed(stack, deriver(settings, jobs)),
                installed,
                scope,
                _printer(as_json=as_json),
                lambda done: bar.advance(bar.task_ids[0], done),
            )


def _when_needed(stack: AsyncExitStack, deriver: AbstractAsyncContextManager[Derive]) -> Derive:
    """Derive with code that is loaded for the first article: its model takes more memory than all else."""
    loaded: list[Derive] = []

    async def derive(articles: Sequence[ArticlePublished]) -> list[Derived]:
        if not loaded:
            loaded.append(await stack.enter_async_context(deriver))
        return await loaded[0](articles)

    return derive


def _printer(*, as_json: bool) -> Callable[[Finding], None]:
    def print_finding(finding: Finding) -> None:
        if as_json:
            sys.stdout.buffer.write(finding_json(finding) + b"\n")
        else:
            terminal.out.print(terminal.one_line(str(finding)), markup=False)

    return print_finding


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
    note = _text(checkpoint) if checkpoint else None
    sys.stdout.buffer.write(terminal.run(_proof(log, id_, _text(consistency) if consistency else "", note)))


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
    kept = _kept(checkpoint, key).checkpoint if checkpoint else None
    witnesses = tuple(read_public_key(path) for path in witness or ())
    demands = Demands(key, kept, witnesses, len(witnesses) if quorum is None else quorum)
    proved = check_file(_bytes(proof), demands)
    if as_json:
        terminal.print_json({"proved": proved})
    for line in proved if not as_json else ():
        terminal.out.print(line, markup=False)


def _kept(path: Path, key: PublicKey | None) -> KnownCheckpoint:
    try:
        return read_note(_text(path), key, str(path))
    except ValueError as error:
        raise ConfigurationError(f"{path} is no checkpoint: {error}") from None


def _kept_in(path: Path, key: PublicKey | None) -> list[KnownCheckpoint]:
    """The checkpoint in a file, or all in a folder."""
    if not path.is_dir():
        return [_kept(path, key)]
    found = [_kept(one, key) for one in sorted(path.glob("*.txt"))]
    if not found:
        raise ConfigurationError(f"{path} holds no checkpoints: they are files NAME.txt")
    return found


def _text(path: Path) -> str:
    return _bytes(path).decode(errors="replace")


def _bytes(path: Path) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
